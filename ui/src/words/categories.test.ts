import { expect, test } from 'vitest'
import { dataCategories } from '../../../src/protocol/outcome.ts'
import { unitOf } from '../../../src/protocol/rate-limits.ts'
import { amount, amountOf, categoryWords, compareCategories, shortAmount } from './categories.ts'

/** Narrow spaces written as plain ones, so that they can be read here. */
const plain = (text: string) => text.replaceAll('\u202f', ' ')

test.each(dataCategories.map((name) => [name, unitOf(name)] as const))(
  'gives %s in the unit that the server counts it in: %s',
  (name, unit) => expect(categoryWords(name).unit).toBe(unit),
)

test('calls a category that it does not know by its name', () => {
  expect(categoryWords('size_analysis')).toEqual({
    label: 'Size analysis',
    one: 'event',
    many: 'events',
    unit: 'number',
  })
  expect(categoryWords('constructor').label).toBe('Constructor')
})

test.each([
  [1_234_567, 'number', '1 234 567', '1.2M'],
  [1_234_567, 'bytes', '1.2 MB', '1.2 MB'],
  [0, 'milliseconds', '0 ms', '0 ms'],
  [850, 'milliseconds', '850 ms', '850 ms'],
  [12_500, 'milliseconds', '12.5 s', '12.5 s'],
  [750_000, 'milliseconds', '12.5 min', '12.5 min'],
  [5_400_000, 'milliseconds', '1.5 h', '1.5 h'],
  [4_320_000_000, 'milliseconds', '1 200 h', '1 200 h'],
] as const)('writes %d as %s', (value, unit, long, little) => {
  expect([plain(amount(value, unit)), plain(shortAmount(value, unit))]).toEqual([long, little])
})

test('says what the amount is of', () => {
  expect(
    [
      amountOf(1, categoryWords('error')),
      amountOf(2000, categoryWords('session')),
      amountOf(2000, categoryWords('attachment')),
    ].map(plain),
  ).toEqual(['1 error', '2 000 sessions', '2 KB of attachments'])
})

test('lists the usual categories first, and unknown ones by name', () => {
  expect(['zebra', 'session', 'apple', 'error', 'transaction'].sort(compareCategories)).toEqual([
    'error',
    'transaction',
    'session',
    'apple',
    'zebra',
  ])
})
