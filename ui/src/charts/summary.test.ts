import { expect, test } from 'vitest'
import { categoryWords } from '../words/categories.ts'
import { axisNote, bareIntervalName, intervalName, zoneOfBars } from './interval-names.ts'
import { outcomeSeries, shownSeries, sumOf } from './series.ts'
import { barWords, chartSummary } from './summary.ts'

/** Narrow spaces written as plain ones, so that they can be read here. */
const plain = (text: string) => text.replaceAll('\u202f', ' ')

const start = Date.UTC(2026, 2, 3) / 1000
const told = {
  starts: [start, start + 3600, start + 7200],
  interval: 3600,
  series: outcomeSeries(
    [
      { by: { outcome: 'rate_limited' }, series: [0, 50, 0] },
      { by: { outcome: 'accepted' }, series: [100, 1800, 0] },
      { by: { outcome: 'abuse' }, series: [0, 50, 0] },
    ],
    3,
  ),
  what: categoryWords('error'),
  timeZone: 'UTC',
}

test('puts outcomes in their order, all of them, and adds up what goes by one name', () => {
  expect(told.series.map(({ key, values }) => [key, values])).toEqual([
    ['accepted', [100, 1800, 0]],
    ['filtered', [0, 0, 0]],
    ['rate_limited', [0, 100, 0]],
    ['invalid', [0, 0, 0]],
    ['client_discard', [0, 0, 0]],
  ])
})

test('shows one alone while it is isolated, and all when there is no such one', () => {
  expect(shownSeries(told.series, 'invalid').map(({ key }) => key)).toEqual(['invalid'])
  expect(shownSeries(told.series, undefined)).toBe(told.series)
  expect(shownSeries(told.series, 'nothing')).toBe(told.series)
})

test('adds up all bars, or some of them', () => {
  expect([sumOf([1, 2, 4]), sumOf([1, 2, 4], 1, 2), sumOf([1, 2, 4], 2, 5), sumOf([])]).toEqual([7, 6, 4, 0])
})

test('sums a chart up in a few sentences', () => {
  expect(plain(chartSummary(told))).toBe(
    '3 Mar, 00:00 – 03:00 UTC, 3 bars of 1 h: 2 000 errors. Accepted 1 900 (95 %), rate limited 100 (5 %). Most at 3 Mar, 01:00 – 02:00 UTC: 1 900.',
  )
  expect(chartSummary({ ...told, series: outcomeSeries([], 3) })).toBe(
    '3 Mar, 00:00 – 03:00 UTC, 3 bars of 1 h: nothing was counted.',
  )
  expect(chartSummary({ ...told, starts: [] })).toBe('There are no intervals in this range.')
})

test.each([
  [1, 1, false, '3 Mar, 01:00 – 02:00 UTC: 1 900 errors. Accepted 1 800, rate limited 100.'],
  [0, 0, false, '3 Mar, 00:00 – 01:00 UTC: 100 errors, accepted.'],
  [2, 2, true, '3 Mar, 02:00 – 03:00 UTC, so far: 0 errors.'],
  [0, 2, true, '3 Mar, 00:00 – 03:00 UTC, so far: 2 000 errors. Accepted 1 900, rate limited 100.'],
])('reads out the bars %d to %d', (first, last, isRunning, words) => {
  expect(plain(barWords(told, { first, last, isRunning }))).toBe(words)
})

test('days are those of UTC in every zone, and say so', () => {
  expect([zoneOfBars(86_400, 'Europe/Vienna'), zoneOfBars(7 * 86_400, 'Europe/Vienna')]).toEqual([
    'UTC',
    'UTC',
  ])
  expect(zoneOfBars(3600, 'Europe/Vienna')).toBe('Europe/Vienna')
  expect(intervalName(start, start + 86_400, 'UTC')).toBe('3 Mar UTC')
  expect(bareIntervalName(start, start + 86_400, 'UTC')).toBe('3 Mar')
  expect(intervalName(start, start + 3600, 'Asia/Kolkata')).toBe('3 Mar, 05:30 – 06:30 GMT+5:30')
  expect(bareIntervalName(start, start + 3600, 'Asia/Kolkata')).toBe('3 Mar, 05:30 – 06:30')
})

test('says below the axis how long a bar is and whose time it shows', () => {
  expect([
    axisNote(3600, 'America/New_York', start),
    axisNote(300, 'UTC', start),
    axisNote(86_400, 'America/New_York', start),
  ]).toEqual([
    '1 h per bar, times in America/New York (GMT-5)',
    '5 min per bar, times in UTC',
    '1 day per bar, days in UTC',
  ])
})
