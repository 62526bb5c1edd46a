import { encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeBreadcrumbs, readMsgpackBreadcrumbs, readMsgpackEvent } from './msgpack-event.ts'

function concatenated(...values: readonly unknown[]): Uint8Array {
  return Buffer.concat(values.map((value) => encode(value)))
}

/** Arrays of one element inside each other. */
const nested = Buffer.concat([Buffer.alloc(100_000, 0x91), Buffer.from([0xc0])])

describe('an event', () => {
  test.each([
    [
      'of all kinds of values',
      encode({ a: 'b', n: 1, list: [1, null, true] }),
      { a: 'b', n: 1, list: [1, null, true] },
    ],
    [
      'with bytes and times',
      encode({ a: Buffer.from('text'), at: new Date(0) }),
      { a: 'text', at: '1970-01-01T00:00:00.000Z' },
    ],
    ['of nothing', encode({}), {}],
    ['without a byte', Buffer.alloc(0), {}],
  ])('%s is read', async (_, bytes, event) => {
    expect(await readMsgpackEvent(bytes)).toEqual(event)
  })

  test.each([
    ['a list', encode([1])],
    ['a number', encode(7)],
    ['cut off', encode({ a: 'b' }).subarray(0, 3)],
    ['text', Buffer.from('{"a":"b"}')],
    ['a byte without a meaning', Buffer.from([0xc1])],
    ['a list of four billion', Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff, 1])],
    ['nested beyond reason', nested],
  ])('%s is none', async (_, bytes) => {
    expect(await readMsgpackEvent(bytes)).toBeUndefined()
  })

  test('any bytes are one or none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const event = await readMsgpackEvent(bytes)
        expect(event === undefined || typeof event === 'object').toBe(true)
      }),
    )
  })
})

describe('breadcrumbs', () => {
  test('come one after the other, or not at all', async () => {
    expect(await readMsgpackBreadcrumbs(concatenated({ message: 'a' }, 7, { message: 'b' }))).toEqual([
      { message: 'a' },
      { message: 'b' },
    ])
    expect(await readMsgpackBreadcrumbs(Buffer.alloc(0))).toEqual([])
    expect(await readMsgpackBreadcrumbs(Buffer.from([0xc1]))).toBeUndefined()
  })

  const at = (second: number, message: string) => ({ timestamp: `2026-01-05T09:30:0${second}Z`, message })
  const untimed = (message: string) => ({ message })
  type Log = readonly { message: string }[]
  test.each<[string, Log, Log, string]>([
    ['of one log stay', [at(1, 'a'), at(2, 'b')], [], 'ab'],
    ['of the other log stay', [], [at(1, 'a'), at(2, 'b')], 'ab'],
    ['of two logs are in the order of time', [at(1, 'a'), at(3, 'c')], [at(2, 'b')], 'bc'],
    ['are as many as in the longer log', [at(4, 'd')], [at(1, 'a'), at(2, 'b'), at(3, 'c')], 'bcd'],
    ['without a time stay with the one before', [at(1, 'a'), untimed('b'), at(4, 'd')], [at(3, 'c')], 'bcd'],
    ['without any time keep their order', [untimed('a'), untimed('b')], [untimed('c')], 'bc'],
    ['of none are none', [], [], ''],
  ])('%s', (_, one, other, expected) => {
    const merged = mergeBreadcrumbs([...one], [...other])
    expect(merged.map(({ message }) => message).join('')).toBe(expected)
  })
})
