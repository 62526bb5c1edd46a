import { expect, test } from 'vitest'
import { noTraffic, trafficByKey } from './traffic.ts'

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
    refusedLately: 2,
  })
  expect(traffic.get('b')).toMatchObject({ acceptedTotal: 0, droppedTotal: 4, refusedLately: 4 })
})

test('a key through which nothing came has a quiet day', () => {
  expect(noTraffic).toMatchObject({ acceptedTotal: 0, droppedTotal: 0, refusedLately: 0 })
})
