import { expect, test } from 'vitest'
import { bytes, change, exact, percent, plural, short } from './numbers.ts'

/** Narrow spaces written as plain ones, so that they can be read here. */
const plain = (text: string | undefined) => text?.replaceAll('\u202f', ' ')

test.each([
  [0, '0'],
  [999, '999'],
  [1234567, '1 234 567'],
  [-1234, '-1 234'],
])('writes every digit of %d', (value, text) => expect(plain(exact(value))).toBe(text))

test.each([
  [0, '0'],
  [9999, '9 999'],
  [10_000, '10k'],
  [12_345, '12.3k'],
  [123_456, '123k'],
  [999_499, '999k'],
  [999_999, '1M'],
  [1_234_567, '1.2M'],
  [2_000_000_000, '2B'],
  [-12_345, '-12.3k'],
])('shortens %d', (value, text) => expect(plain(short(value))).toBe(text))

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 KB'],
  [1_234_567, '1.2 MB'],
  [999_999, '1 MB'],
  [5_000_000_000_000_000, '5000 TB'],
])('writes %d bytes', (value, text) => expect(plain(bytes(value))).toBe(text))

test.each([
  [0, 0, '0 %'],
  [0, 10, '0 %'],
  [1, 100_000, '< 0.1 %'],
  [42, 1000, '4.2 %'],
  [370, 1000, '37 %'],
  [99_999, 100_000, '> 99.9 %'],
  [10, 10, '100 %'],
])('writes %d of %d as a share', (part, whole, text) => expect(plain(percent(part, whole))).toBe(text))

test.each([
  [112, 100, '+12 %'],
  [95, 100, '\u22125 %'],
  [100, 100, '±0 %'],
  [5000, 100, '+4 900 %'],
  [5, 0, undefined],
])('compares %d with %d before', (now, before, text) => expect(plain(change(now, before))).toBe(text))

test('counts things', () => {
  expect([plural(0, 'event'), plural(1, 'event'), plural(2, 'reply', 'replies')]).toEqual([
    '0 events',
    '1 event',
    '2 replies',
  ])
})
