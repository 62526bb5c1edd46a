/** Dumps are sent packed: which packer it was is told by the first bytes, whatever the file is called. */
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { gunzip, zstdDecompress } from 'node:zlib'
import type { SlowPacking, UnpackTask } from './unpacking-thread.ts'

export type UnpackFault =
  | { readonly fault: 'invalid_compression' }
  | { readonly fault: 'too_large' }
  /** Others wait already. */
  | { readonly fault: 'overloaded' }

interface Packing {
  readonly magic: Buffer
  readonly extension: string
  readonly unpack: (packed: Buffer, maxBytes: number) => Promise<Buffer | UnpackFault>
}

const inPool =
  (decode: (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>) =>
  async (packed: Buffer, maxBytes: number): Promise<Buffer | UnpackFault> => {
    try {
      return await decode(packed, { maxOutputLength: maxBytes })
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
      return { fault: isFull ? 'too_large' : 'invalid_compression' }
    }
  }

const onThread = (packing: SlowPacking) => (packed: Buffer, maxBytes: number) =>
  inLine(() => runThread({ packing, packed, maxBytes }))

/** Source: ingest protocol 9.1. */
const packings: readonly Packing[] = [
  { magic: Buffer.from([0x1f, 0x8b]), extension: '.gz', unpack: inPool(promisify(gunzip)) },
  {
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    extension: '.zst',
    unpack: inPool(promisify(zstdDecompress)),
  },
  { magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), extension: '.xz', unpack: onThread('xz') },
  { magic: Buffer.from('BZh'), extension: '.bz2', unpack: onThread('bzip2') },
]

/** The dump itself; the same bytes when they are not packed. */
export async function unpackDump(content: Buffer, maxBytes: number): Promise<Buffer | UnpackFault> {
  const packing = packings.find(({ magic }) => content.subarray(0, magic.length).equals(magic))
  return packing === undefined ? content : packing.unpack(content, maxBytes)
}

/** The name without what it says of packing: what is kept is unpacked. */
export function unpackedName(filename: string): string {
  const packing = packings.find(({ extension }) => filename.endsWith(extension))
  return packing === undefined ? filename : filename.slice(0, -packing.extension.length)
}

/** Slow packings are undone one at a time. */
const MAX_WAITING = 4
let waiting = 0
let last: Promise<unknown> = Promise.resolve()

async function inLine(work: () => Promise<Buffer | UnpackFault>): Promise<Buffer | UnpackFault> {
  if (waiting >= MAX_WAITING) return { fault: 'overloaded' }
  waiting++
  const turn = last.then(work, work)
  last = turn
  try {
    return await turn
  } finally {
    waiting--
  }
}

function runThread(task: UnpackTask): Promise<Buffer | UnpackFault> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./unpacking-thread.ts', import.meta.url), { workerData: task })
    worker.once('message', (answer: Uint8Array | UnpackFault) =>
      resolve('fault' in answer ? answer : Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)),
    )
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The thread that unpacks ended without an answer')))
  })
}
