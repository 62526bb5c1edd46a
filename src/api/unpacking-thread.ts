/** A thread that undoes one packing that Node has no decoder for, so that nobody waits for it but its sender. */
import { ReadableStream } from 'node:stream/web'
import { parentPort, workerData } from 'node:worker_threads'

export type SlowPacking = 'xz' | 'bzip2'

export interface UnpackTask {
  readonly packing: SlowPacking
  readonly packed: Uint8Array
  readonly maxBytes: number
}

class TooLarge extends Error {}

/** Gathers what is unpacked. Errors: TooLarge. */
function makeOutput(maxBytes: number) {
  let buffer = Buffer.alloc(Math.min(maxBytes, 64 * 1024))
  let size = 0
  function makeRoom(length: number): void {
    if (size + length > maxBytes) throw new TooLarge()
    if (size + length <= buffer.byteLength) return
    const larger = Buffer.alloc(Math.min(maxBytes, Math.max(size + length, buffer.byteLength * 2)))
    buffer.copy(larger, 0, 0, size)
    buffer = larger
  }
  return {
    writeByte(byte: number): void {
      if (size === buffer.byteLength) makeRoom(1)
      buffer[size++] = byte
    },
    write(chunk: Uint8Array): void {
      makeRoom(chunk.byteLength)
      buffer.set(chunk, size)
      size += chunk.byteLength
    },
    result: () => new Uint8Array(buffer.subarray(0, size)),
  }
}

async function unpack({ packing, packed, maxBytes }: UnpackTask): Promise<Uint8Array<ArrayBuffer>> {
  const output = makeOutput(maxBytes)
  if (packing === 'bzip2') {
    const { default: bunzip } = await import('seek-bzip')
    bunzip.decode(packed, output, true)
  } else {
    const { XzReadableStream } = (await import('xz-decompress')).default
    for await (const chunk of new XzReadableStream(ReadableStream.from([packed]))) output.write(chunk)
  }
  return output.result()
}

const port = parentPort
if (port === null) throw new Error('unpacking-thread.ts runs as a worker thread only')
try {
  const unpacked = await unpack(workerData as UnpackTask)
  port.postMessage(unpacked, [unpacked.buffer])
} catch (error) {
  // Each package has its own words for a stream that is broken.
  port.postMessage({ fault: error instanceof TooLarge ? 'too_large' : 'invalid_compression' })
}
