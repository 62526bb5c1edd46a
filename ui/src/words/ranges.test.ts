import { expect, test } from 'vitest'
import { intervalOf, intervalsOf, periods, rangeQuery, readRangeSearch, stretchOf } from './ranges.ts'

const now = Date.UTC(2026, 2, 3, 12)

test.each([
  [{ statsPeriod: '7d' }, { statsPeriod: '7d' }],
  [{ statsPeriod: '5y' }, {}],
  [
    { start: '2026-03-01', end: '2026-03-02' },
    { start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' },
  ],
  [
    { start: '2026-03-01T01:00:00+01:00', end: '2026-03-02T00:00:00', statsPeriod: '7d' },
    { start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' },
  ],
  [{ start: '2026-03-02', end: '2026-03-01', statsPeriod: '30d' }, { statsPeriod: '30d' }],
  [{ start: 'soon', end: 7 }, {}],
  [
    { statsPeriod: '24h', interval: '1h' },
    { statsPeriod: '24h', interval: '1h' },
  ],
  [{ interval: '3h' }, {}],
])('reads %j from an address', (search, range) => expect(readRangeSearch(search)).toEqual(range))

test('chooses an interval that makes a chart', () => {
  const chosen = periods.map((statsPeriod) => intervalOf({ statsPeriod }, '24h', now))
  expect(chosen).toEqual(['1m', '15m', '1h', '6h', '6h', '1d'])
})

test('offers no interval of which there would be too many, or whose counts are gone', () => {
  expect(intervalsOf({ statsPeriod: '1h' }, '24h', now)).toEqual(['10s', '1m', '5m', '15m', '1h'])
  expect(intervalsOf({ statsPeriod: '90d' }, '24h', now)).toEqual(['6h', '1d', '7d'])
  const longAgo = { start: '2026-02-01T00:00:00Z', end: '2026-02-01T03:00:00Z' }
  expect(intervalsOf(longAgo, '24h', now)).toEqual(['1h'])
  expect(intervalsOf({ start: '2016-01-01T00:00:00Z', end: '2026-01-01T00:00:00Z' }, '24h', now)).toEqual([
    '7d',
  ])
})

test('asks the API for what the address says', () => {
  expect(rangeQuery({}, '24h', now)).toEqual({ statsPeriod: '24h', interval: '15m' })
  expect(rangeQuery({ start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' }, '24h', now)).toEqual({
    start: '2026-03-01T00:00:00Z',
    end: '2026-03-02T00:00:00Z',
    interval: '1h',
  })
  expect(stretchOf({ statsPeriod: '1h' }, '24h', now)).toEqual({ start: now - 3_600_000, end: now })
})
