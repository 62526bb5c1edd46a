import { expect, test } from 'vitest'
import { lastHourByKey, noTraffic, quietHour, trafficByKey } from './traffic.ts'

const group = (key: string | null, outcome: string, series: number[]) => ({
  by: { key, outcome },
  total: series.reduce((sum, each) => sum + each, 0),
  series,
})

test('traffic is told apart by key, and accepted from dropped', () => {
  const traffic = trafficByKey(
    [
      group('a', 'accepted', [1, 2, 3]),
      group('a', 'filtered', [0, 1, 1]),
      group('a', 'client_discard', [5, 0, 5]),
      group('b', 'rate_limited', [0, 0, 4]),
      group(null, 'invalid', [9, 9, 9]),
    ],
    3,
  )
  expect([...traffic.keys()]).toEqual(['a', 'b'])
  expect(traffic.get('a')).toEqual({
    accepted: [1, 2, 3],
    dropped: [5, 1, 6],
    acceptedTotal: 6,
    droppedTotal: 12,
    byOutcome: { accepted: 6, filtered: 2, client_discard: 10 },
  })
  expect(traffic.get('b')).toMatchObject({ acceptedTotal: 0, droppedTotal: 4 })
})

test('a key through which nothing came has a quiet day', () => {
  expect(noTraffic).toMatchObject({ acceptedTotal: 0, droppedTotal: 0 })
})

test('what a switched-off key refused in the last hour is told from all else that was sent with it', () => {
  const of = (key: string | null, outcome: string, reason: string | null, total: number) => ({
    by: { key, outcome, reason },
    total,
  })
  const hours = lastHourByKey([
    of('a', 'accepted', null, 5),
    of('a', 'invalid', 'project_id', 3),
    of('a', 'invalid', 'too_large', 2),
    of('a', 'filtered', 'localhost', 1),
    of('a', 'client_discard', 'sample_rate', 99),
    of(null, 'invalid', 'project_id', 7),
  ])
  expect([...hours]).toEqual([['a', { sent: 11, refused: 3 }]])
  expect(quietHour).toEqual({ sent: 0, refused: 0 })
})
