import { createHash } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { gunzipSmall, type Inflate, inflateSmall } from './inflate.ts'

const KIB = 1024

function noise(byteLength: number): Buffer {
  return createHash('shake256', { outputLength: byteLength }).update('noise').digest()
}

const decoders: readonly (readonly [string, (bytes: Buffer) => Buffer, Inflate | undefined])[] = [
  ['gzip', gzipSync, gunzipSmall],
  ['deflate', deflateSync, inflateSmall],
]

describe.each(decoders)('the decoder of %s', (_, encode, decode) => {
  test('is there on this Node', () => {
    expect(decode).toBeTypeOf('function')
  })

  test('gives back what went in, time after time', () => {
    const bodies = [
      Buffer.alloc(0),
      Buffer.from('a'),
      Buffer.alloc(200 * KIB, 'abc'),
      noise(100 * KIB),
      Buffer.from('b'),
    ]
    const inflated = bodies.map((body) => decode?.(encode(body)))
    // All at the end: what came first is not overwritten by what came after.
    expect(inflated.map((body, index) => bodies[index]?.equals(body ?? noise(1)))).toEqual(
      bodies.map(() => true),
    )
  })

  test('leaves alone what does not fit', () => {
    const fits = Buffer.alloc(256 * KIB - 1, 'x')
    expect(decode?.(encode(fits))?.byteLength).toBe(fits.byteLength)
    expect(decode?.(encode(Buffer.alloc(256 * KIB + 1, 'x')))).toBeUndefined()
    expect(decode?.(encode(Buffer.alloc(20_000 * KIB, 'x')))).toBeUndefined()
  })

  test('refuses what is broken, and is as good as before afterwards', () => {
    const whole = encode(noise(10 * KIB))
    const flipped = Buffer.from(whole)
    flipped[flipped.byteLength - 6] = (flipped[flipped.byteLength - 6] ?? 0) ^ 0xff
    for (const broken of [
      Buffer.alloc(0),
      Buffer.from('no such thing'),
      whole.subarray(0, -1),
      whole.subarray(0, 100),
      flipped,
    ]) {
      expect(() => decode?.(broken)).toThrow()
      expect(decode?.(whole)?.equals(noise(10 * KIB))).toBe(true)
    }
  })
})

test('members of a gzip stream follow each other', () => {
  const both = Buffer.concat([gzipSync('one, '), gzipSync('two')])
  expect(gunzipSmall?.(both)?.toString()).toBe('one, two')
})
