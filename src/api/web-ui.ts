/**
 * The web UI as its build left it in ui/dist: files, and one page for every address that is nobody else's. It is
 * asked last, when no route fits, so it can never stand in front of the API or of a DSN.
 *
 * Nothing is held in memory. Files are streamed, in the packing that the build made of them if the browser takes it.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Where the build puts it. */
export const uiFolder = join(import.meta.dirname, '..', '..', 'ui', 'dist')

const headers = {
  // Styles stand in elements as well, since components compute them; scripts only in files.
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** The best packing first; the build makes both of what gets smaller by it. */
const packings = [
  { coding: 'br', ending: '.br' },
  { coding: 'gzip', ending: '.gz' },
] as const

/** The names of assets hold a hash of what is in them. */
const FOREVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

const withoutBuild = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Vedette</title>
    <style>body { max-width: 36em; margin: 4em auto; padding: 0 1em; font: 1em/1.5 system-ui, sans-serif; color-scheme: light dark }</style>
  </head>
  <body>
    <h1>The pages are not built</h1>
    <p>The server works: SDKs and API clients are served. Its pages are missing. In its folder, run</p>
    <pre>node scripts/setup.js</pre>
    <p>and load this page again. The server need not be restarted.</p>
  </body>
</html>
`

interface Options {
  /** Where the build is. */
  readonly folder: string
  /** Path of the public URL, without a slash at the end. */
  readonly prefix: string
}

/** Answers the request if it is for a page or one of its files; else says false and has done nothing. */
export async function answerPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { folder, prefix }: Options,
): Promise<boolean> {
  const [path = ''] = request.url.split('?')
  // Addresses of the API and of a DSN are answered by their routes, and where there is none there is nothing.
  if (!['GET', 'HEAD'].includes(request.method) || /^\/api(\/|$)/.test(path)) return false
  const name = /^\/((?:assets\/)?[\w-][\w.-]*\.\w+)$/.exec(path)?.[1]
  if (name !== undefined && name !== 'index.html' && types[extname(name)] !== undefined) {
    return await sendFile(request, reply, join(folder, name))
  }
  if (!wantsPage(request)) return false
  await sendPage(request, reply, { folder, prefix })
  return true
}

/** Browsers name HTML when they go somewhere. Programs that ask for anything are told that nothing is there. */
function wantsPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('text/html')
}

async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { folder, prefix }: Options,
): Promise<void> {
  const built = await readFile(join(folder, 'index.html'), 'utf8').catch(ignoreMissing)
  // The page is the same at every address; what it loads is found from its base.
  const page = built?.replace('<head>', `<head>\n    <base href="${escapeAttribute(prefix)}/">`)
  const body = page ?? withoutBuild
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  reply.headers({ ...headers, 'cache-control': ASK_AGAIN, vary: 'Accept', etag })
  if (request.headers['if-none-match'] === etag) {
    reply.code(304).send()
    return
  }
  reply.code(page === undefined ? 503 : 200).type('text/html; charset=utf-8')
  reply.send(request.method === 'HEAD' ? '' : body)
}

async function sendFile(request: FastifyRequest, reply: FastifyReply, path: string): Promise<boolean> {
  const isAsset = path.includes(`${join('/', 'assets', '/')}`)
  const packed = await openPacked(path, request.headers['accept-encoding'] ?? '')
  if (packed === undefined) return false
  const { file, coding } = packed
  try {
    const { size, mtimeMs } = await file.stat()
    const etag = `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}"`
    reply.headers({
      ...headers,
      'cache-control': isAsset ? FOREVER : ASK_AGAIN,
      vary: 'Accept-Encoding',
      etag,
      ...(coding === undefined ? {} : { 'content-encoding': coding }),
    })
    if (request.headers['if-none-match'] === etag) {
      reply.code(304).send()
      return true
    }
    reply
      .code(200)
      .type(types[extname(path)] ?? 'application/octet-stream')
      .header('content-length', size)
    if (request.method === 'HEAD') reply.send('')
    else reply.send(file.createReadStream())
    return true
  } finally {
    // The stream closes what it reads.
    if (request.method === 'HEAD' || reply.statusCode === 304) await file.close()
  }
}

/** Undefined when there is no such file. */
async function openPacked(
  path: string,
  accepted: string,
): Promise<{ file: FileHandle; coding: string | undefined } | undefined> {
  for (const { coding, ending } of packings) {
    if (!accepts(accepted, coding)) continue
    const file = await open(`${path}${ending}`).catch(ignoreMissing)
    if (file !== undefined) return { file, coding }
  }
  const file = await open(path).catch(ignoreMissing)
  return file && { file, coding: undefined }
}

function accepts(header: string, coding: string): boolean {
  return header.split(',').some((each) => {
    const [name, weight = ''] = each.split(';')
    return name?.trim() === coding && !/q=0(\.0*)?$/.test(weight.trim())
  })
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
