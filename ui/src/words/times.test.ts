import { expect, test } from 'vitest'
import { ago, duration, exactMoment, instant, interval, moment, zoneName } from './times.ts'

const at = Date.UTC(2026, 2, 3, 13, 5, 9)
const hour = 3_600_000

test('names a moment to the second, in a zone that is named', () => {
  expect(exactMoment(at, 'UTC')).toBe('3 Mar 2026, 13:05:09 UTC')
  expect(exactMoment(at, 'Asia/Kolkata')).toBe('3 Mar 2026, 18:35:09 GMT+5:30')
  expect(zoneName('UTC')).toBe('UTC')
})

test('leaves the year away when it is this one', () => {
  expect(moment(at, 'UTC', at + hour)).toBe('3 Mar, 13:05')
  expect(moment(at, 'UTC', at + 400 * 24 * hour)).toBe('3 Mar 2026, 13:05')
})

test('reads what the API sends', () => {
  expect(instant('2026-03-03T13:05:09.000Z')).toBe(at)
  expect(instant(at)).toBe(at)
})

const midnight = Date.UTC(2026, 2, 3)
test.each([
  ['ten seconds', at - 9000, at + 1000, '3 Mar, 13:05:00 – 13:05:10 UTC'],
  ['an hour', midnight, midnight + hour, '3 Mar, 00:00 – 01:00 UTC'],
  ['across midnight', midnight - hour, midnight + hour, '2 Mar, 23:00 – 3 Mar, 01:00 UTC'],
  ['a day', midnight, midnight + 24 * hour, '3 Mar'],
  ['a week', midnight, midnight + 7 * 24 * hour, '3 Mar – 9 Mar'],
])('names an interval of %s', (_, start, end, text) => expect(interval(start, end, 'UTC')).toBe(text))

test('a day is a day also when the clocks change', () => {
  const start = Date.UTC(2026, 2, 28, 23)
  expect(interval(start, start + 23 * hour, 'Europe/Vienna')).toBe('29 Mar')
})

test.each([
  [-30, 'just now'],
  [2, 'just now'],
  [12, '12 s ago'],
  [300, '5 min ago'],
  [3 * 3600, '3 h ago'],
  [30 * 3600, 'yesterday'],
  [96 * 3600, '4 days ago'],
  [40 * 86_400, '22 Jan 2026'],
])('says how long %d seconds are', (seconds, text) => {
  expect(ago(at - seconds * 1000, 'UTC', at)).toBe(text)
})

test.each([
  [10, '10 s'],
  [0.5, '0.5 s'],
  [300, '5 min'],
  [3600, '1 h'],
  [86_400, '1 day'],
  [604_800, '7 days'],
])('names a length of %d seconds', (seconds, text) => expect(duration(seconds)).toBe(text))
