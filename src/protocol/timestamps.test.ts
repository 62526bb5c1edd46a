import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clockDrift, isTooFarAhead, isTooOld, parseRfc3339, parseTimestamp } from './timestamps.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const noon = Date.UTC(2024, 1, 29, 12)

/** Texts that are a moment with a zone. */
const zoned: [string, number][] = [
  ['2024-02-29T12:00:00Z', noon],
  ['2024-02-29t12:00:00z', noon],
  ['2024-02-29 12:00:00Z', noon],
  ['2024-02-29T12:00:00+00:00', noon],
  ['2024-02-29T12:00:00-00:00', noon],
  ['2024-02-29T14:30:00+02:30', noon],
  ['2024-02-29T14:30:00+0230', noon],
  ['2024-02-28T23:00:00-13:00', noon],
  ['2024-02-29T12:00:00.5Z', noon + 500],
  ['2024-02-29T12:00:00.025Z', noon + 25],
  ['2024-02-29T12:00:00.000001Z', noon + 0.001],
  ['2024-02-29T12:00:00.123456Z', noon + 123.456],
  ['2024-02-29T12:00:00.123456000Z', noon + 123.456],
  ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
  ['1970-01-01T00:00:00Z', 0],
  ['1969-12-31T23:59:59Z', -1000],
  ['0001-01-01T00:00:00Z', Date.parse('0001-01-01T00:00:00Z')],
  ['9999-12-31T23:59:59.999Z', Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
]

const malformed = [
  '',
  'yesterday',
  '1709208000',
  '2024-02-29',
  '2024-02-29T12:00Z',
  '2024-02-29T12Z',
  '24-02-29T12:00:00Z',
  '2024-2-29T12:00:00Z',
  '2024-00-01T00:00:00Z',
  '2024-13-01T00:00:00Z',
  '2024-01-00T00:00:00Z',
  '2024-04-31T00:00:00Z',
  '2024-02-30T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2024-02-29T24:00:00Z',
  '2024-02-29T12:60:00Z',
  '2024-02-29T12:00:61Z',
  '2024-02-29T12:00:00.Z',
  '2024-02-29T12:00:00,5Z',
  '2024-02-29T12:00:00+24:00',
  '2024-02-29T12:00:00+01:60',
  '2024-02-29T12:00:00+1',
  '2024-02-29T12:00:00 UTC',
  ' 2024-02-29T12:00:00Z',
  '2024-02-29T12:00:00Z\n',
  '-2024-02-29T12:00:00Z',
]

describe('parseRfc3339', () => {
  test.each(zoned)('reads %s', (text, at) => {
    expect(parseRfc3339(text)).toBe(at)
  })

  test.each([...malformed, '2024-02-29T12:00:00'])('refuses %j', (text) => {
    expect(parseRfc3339(text)).toBeUndefined()
  })

  test('reads every moment in every zone, to the microsecond', () => {
    const moments = fc.record({
      at: fc.integer({ min: Date.UTC(1900), max: Date.UTC(2100) }),
      micros: fc.integer({ min: 0, max: 999 }),
      zone: fc.integer({ min: -23 * 60, max: 23 * 60 }),
    })
    fc.assert(
      fc.property(moments, ({ at, micros, zone }) => {
        const two = (value: number) => String(value).padStart(2, '0')
        const offset = `${zone < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zone) / 60))}:${two(Math.abs(zone) % 60)}`
        const local = new Date(at + zone * MINUTE).toISOString().slice(0, -1)
        const text = `${local}${String(micros).padStart(3, '0')}${offset}`
        expect(Math.round((parseRfc3339(text) ?? Number.NaN) * 1000)).toBe(at * 1000 + micros)
      }),
    )
  })
})

describe('parseTimestamp', () => {
  test.each([
    ...zoned,
    ['2024-02-29T12:00:00', noon],
    ['2024-02-29 12:00:00.5', noon + 500],
    [noon / 1000, noon],
    [1_709_208_000.123456, noon + 123.456],
    [0, 0],
    [-1, -1000],
    [1.5, 1500],
  ])('reads %j', (value, at) => {
    expect(parseTimestamp(value)).toBe(at)
  })

  test.each([...malformed, 1e300, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, {}, [1]])(
    'refuses %j',
    (value) => {
      expect(parseTimestamp(value)).toBeUndefined()
    },
  )

  test('answers a moment that a Date can hold, or nothing, for any text and number', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^\d{4}-[01]\d-[0-3]\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?$/),
    )
    fc.assert(
      fc.property(fc.oneof(texts, fc.double()), (value) => {
        const at = parseTimestamp(value)
        expect(at === undefined || !Number.isNaN(new Date(at).getTime())).toBe(true)
      }),
    )
  })
})

test.each([
  ['nobody said when it was sent', undefined, 0],
  ['the clocks agree', noon, 0],
  ['the clock is behind by less than 55 minutes', noon - 55 * MINUTE + 1, 0],
  ['the clock is ahead by less than 55 minutes', noon + 55 * MINUTE - 1, 0],
  ['the clock is behind by 55 minutes', noon - 55 * MINUTE, 55 * MINUTE],
  ['the clock is ahead by 55 minutes', noon + 55 * MINUTE, -55 * MINUTE],
  ['the clock is behind by a day', noon - DAY, DAY],
])('clockDrift when %s', (_, sentAt, driftMs) => {
  expect(clockDrift(noon, sentAt)).toBe(driftMs)
})

test('a minute ahead is not too far ahead, more is', () => {
  expect([noon - DAY, noon, noon + MINUTE, noon + MINUTE + 1].map((at) => isTooFarAhead(at, noon))).toEqual([
    false,
    false,
    false,
    true,
  ])
})

test('what is as old as what is kept is not too old, older is', () => {
  expect([noon, noon - 90 * DAY, noon - 90 * DAY - 1].map((at) => isTooOld(at, noon, 90))).toEqual([
    false,
    false,
    true,
  ])
})
