import { expect, test } from 'vitest'
import { WINDOW_SECONDS, windowOf } from './live-window.ts'

test('seconds stand at their place, and those without news are zeros', () => {
  const { starts, series } = windowOf(
    [
      { at: 1000, counts: { accepted: { error: 3, transaction: 9 } } },
      { at: 1002, counts: { filtered: { error: 2 } } },
      { at: 10, counts: { accepted: { error: 7 } } },
    ],
    1003,
    'error',
  )
  expect(starts.length).toBe(WINDOW_SECONDS)
  expect(starts.slice(-3)).toEqual([1000, 1001, 1002])
  const last = (key: string) => series.find((each) => each.key === key)?.values.slice(-3)
  expect(last('accepted')).toEqual([3, 0, 0])
  expect(last('filtered')).toEqual([0, 0, 2])
  expect(series.flatMap(({ values }) => values).reduce((sum, each) => sum + each, 0)).toBe(5)
})
