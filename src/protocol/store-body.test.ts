import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeStoreBody } from './store-body.ts'

const json = '{"message":"héllo"}'
const KIB = 1024
const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64')

/** The decoded text, or the fault. */
function decode(body: string | Uint8Array, maxBytes = 64 * KIB) {
  const decoded = decodeStoreBody(Buffer.from(body), maxBytes)
  return 'fault' in decoded ? decoded.fault : Buffer.from(decoded).toString()
}

describe('decodeStoreBody', () => {
  test.each([
    ['plain JSON', json],
    ['base64 of JSON', base64(json)],
    ['base64 of a zlib stream', base64(deflateSync(json))],
    ['base64 with a line end behind it', `${base64(json)}\n`],
  ])('reads %s', (_, body) => {
    expect(decode(body)).toBe(json)
  })

  test('does not parse what it reads', () => {
    expect(decode('{garbage')).toBe('{garbage')
    expect(decode(base64(deflateSync('[1]')))).toBe('[1]')
  })

  test.each([
    ['text that is neither', 'hello, world'],
    ['a list', '[1]'],
    ['a number', '42'],
    ['blanks alone', '   '],
    ['base64 of neither', base64('hello, world')],
    ['base64 of gzip', base64(gzipSync(json))],
    ['base64 of a zlib stream that breaks off', base64(deflateSync(json.repeat(50)).subarray(0, 20))],
    ['base64 without its padding', base64('{"a":1} ').replace(/=+$/, '')],
    ['base64 of another alphabet', base64('{"a":"???>>>"}').replaceAll('/', '_').replaceAll('+', '-')],
  ])('refuses %s', (_, body) => {
    expect(decode(body)).toBe('invalid_body')
  })

  test('says in words what is wrong', () => {
    expect(decodeStoreBody(new Uint8Array(), 10)).toEqual({
      fault: 'empty_body',
      detail: 'empty request body',
    })
    expect(decodeStoreBody(Buffer.from('?'), 10)).toEqual({
      fault: 'invalid_body',
      detail: 'invalid request body',
    })
    expect(decodeStoreBody(Buffer.from('{          }'), 10)).toMatchObject({
      fault: 'too_large',
      detail: expect.stringContaining("envelope exceeded size limits for type 'event'"),
    })
  })

  test('allows as much as it is told in every form, and not one byte more', () => {
    const body = `{"a":"${'b'.repeat(KIB)}"}`
    for (const form of [body, base64(body), base64(deflateSync(body))]) {
      expect(decode(form, body.length)).toBe(body)
      expect(decode(form, body.length - 1)).toBe('too_large')
    }
  })

  test('stops unpacking at the limit, before it comes to what is broken behind it', () => {
    const bomb = deflateSync(Buffer.alloc(16 * KIB * KIB))
    const broken = base64(bomb.subarray(0, bomb.length / 2))
    expect(decode(broken, KIB * KIB)).toBe('too_large')
    expect(decode(broken, 16 * KIB * KIB)).toBe('invalid_body')
  })

  test('gives back every text in every form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const body = JSON.stringify({ text })
        expect([decode(body), decode(base64(body)), decode(base64(deflateSync(body)))]).toEqual([
          body,
          body,
          body,
        ])
      }),
    )
  })

  test('answers whatever it is given, and never throws', () => {
    const bodies = fc.oneof(
      fc.uint8Array(),
      fc.uint8Array().map((bytes) => Buffer.from(base64(bytes))),
    )
    fc.assert(
      fc.property(bodies, (body) => {
        const decoded = decodeStoreBody(body, KIB)
        if ('fault' in decoded) expect(['empty_body', 'invalid_body', 'too_large']).toContain(decoded.fault)
        else expect(decoded.byteLength).toBeLessThanOrEqual(KIB)
      }),
    )
  })
})
