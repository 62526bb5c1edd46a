import { expect, test } from 'vitest'
import { byKey, byOutcome, byReason } from './summary.ts'

const group = (
  by: { key: string | null; outcome: string; reason: string | null },
  series: number[],
  { names = {}, previous = null }: { names?: Record<string, string>; previous?: number | null } = {},
) => ({ by, names, series, previous, total: series.reduce((sum, each) => sum + each, 0) })

const counted = {
  intervals: ['', '', ''],
  previous: { start: '', end: '', completeFrom: null, total: 12 },
  groups: [
    group({ key: 'a', outcome: 'accepted', reason: null }, [1, 2, 3], { names: { key: 'Web' }, previous: 4 }),
    group({ key: 'b', outcome: 'accepted', reason: null }, [0, 0, 1], { names: { key: 'App' }, previous: 8 }),
    group({ key: 'a', outcome: 'filtered', reason: 'localhost' }, [0, 5, 0], {
      names: { key: 'Web', reason: 'Filtered: it came from a local machine' },
    }),
    group({ key: 'b', outcome: 'invalid', reason: 'project_id' }, [9, 1, 1], { names: { key: 'App' } }),
    group({ key: null, outcome: 'cardinality_limited', reason: null }, [1, 0, 0]),
  ],
}

test('the same numbers by outcome, by key and by reason', () => {
  expect(byOutcome(counted).map(({ outcome, value, previous }) => [outcome, value, previous])).toEqual([
    ['accepted', 7, 12],
    ['filtered', 5, 0],
    ['rate_limited', 1, 0],
    ['invalid', 11, 0],
    ['client_discard', 0, 0],
  ])
  expect(byKey(counted).map(({ id, name, value }) => [id, name, value])).toEqual([
    ['b', 'App', 12],
    ['a', 'Web', 11],
    [undefined, 'Without a known key', 1],
  ])
  expect(byReason(counted).map(({ outcome, name, value }) => [outcome, name, value])).toEqual([
    ['invalid', 'project_id', 11],
    ['filtered', 'Filtered: it came from a local machine', 5],
    ['rate_limited', 'No reason given', 1],
  ])
})

test('what is not compared has no past', () => {
  expect(byOutcome({ ...counted, previous: null }).map(({ previous }) => previous)).toEqual(
    new Array(5).fill(undefined),
  )
})
