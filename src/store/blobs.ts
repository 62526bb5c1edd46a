/** Large attachments as files under their SHA-256, beside the database. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'

/** Content larger than this goes to a file; smaller content travels inside the transaction. */
export const INLINE_LIMIT_BYTES = 128 * 1024

export interface Blobs {
  /** Durable when it resolves: the file and its directory entry are synced. Equal content is kept once. */
  put(sha256: string, content: Uint8Array): Promise<void>
  get(sha256: string): Promise<Uint8Array>
  /** The content piece by piece; undefined when there is no such file. */
  stream(sha256: string): Promise<Readable | undefined>
  delete(sha256: string): Promise<void>
  /** The digests of what is there. */
  list(): Promise<readonly string[]>
}

export function digest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The digest that clients of the web API are shown beside ours. */
export function sha1(content: Uint8Array): string {
  return createHash('sha1').update(content).digest('hex')
}

export function openBlobs(folder: string): Blobs {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256)
  return {
    async put(sha256, content) {
      const path = pathOf(sha256)
      const known = await stat(path).catch(() => undefined)
      if (known?.size === content.byteLength) return
      const parent = join(folder, sha256.slice(0, 2))
      await mkdir(parent, { recursive: true })
      const draft = `${path}.${randomBytes(6).toString('hex')}`
      await using file = await open(draft, 'wx')
      await file.writeFile(content)
      await file.sync()
      await rename(draft, path)
      await using directory = await open(parent, 'r')
      await directory.sync()
    },
    get: (sha256) => readFile(pathOf(sha256)),
    async stream(sha256) {
      const file = await open(pathOf(sha256), 'r').catch((error) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      return file?.createReadStream()
    },
    delete: (sha256) => rm(pathOf(sha256), { force: true }),
    async list() {
      const names = await readdir(folder, { recursive: true }).catch((error) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      return names.map((name) => basename(name)).filter((name) => /^[0-9a-f]{64}$/.test(name))
    },
  }
}
