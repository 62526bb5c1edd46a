/**
 * Undoes gzip and deflate of small bodies with decoders that are used again and again.
 *
 * zlib's own synchronous functions make a stream for each call, whose native memory stays until the next full
 * collection: at thousands of bodies a second, collecting them cost more than all else that is done with an event
 * (docs/adr/0018-decoders-used-again.md).
 */
import { constants, createGunzip, createInflate } from 'node:zlib'

/** Undefined when there is more in `body` than fits. Errors: Error when the stream is broken or breaks off. */
export type Inflate = (body: Uint8Array) => Buffer | undefined

/** What Node keeps behind a zlib stream. Not documented, the same since Node 10, and used by minizlib too. */
interface NativeDecoder {
  readonly _handle?: {
    writeSync(
      flush: number,
      input: Uint8Array,
      inputOffset: number,
      inputBytes: number,
      output: Uint8Array,
      outputOffset: number,
      outputBytes: number,
    ): void
    reset(): void
    onerror: (message: string, errno: number, code: string) => void
  }
  /** How much room is left in the output, and how much of the input, after a write. */
  readonly _writeState?: Uint32Array
}

/** All decoders put their output here, and copy it out before anything else can happen. */
const room = Buffer.allocUnsafeSlow(256 * 1024)

export const gunzipSmall = openInflate(createGunzip() as NativeDecoder)
export const inflateSmall = openInflate(createInflate() as NativeDecoder)

/** Undefined when this Node does not have what it takes. */
function openInflate({ _handle: handle, _writeState: state }: NativeDecoder): Inflate | undefined {
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function' || !state)
    return undefined
  let fault: string | undefined
  handle.onerror = (message) => {
    fault = message
  }
  return (body) => {
    fault = undefined
    handle.reset()
    handle.writeSync(constants.Z_FINISH, body, 0, body.byteLength, room, 0, room.byteLength)
    if (fault !== undefined) throw new Error(fault)
    const [left = 0] = state
    if (left === 0) return undefined
    const inflated = Buffer.allocUnsafeSlow(room.byteLength - left)
    room.copy(inflated, 0, 0, inflated.byteLength)
    return inflated
  }
}
