import { expect, test } from 'vitest'
import { pictureOf } from './picture.ts'

const answer = {
  start: '2026-01-01T00:00:00Z',
  end: '2026-01-01T02:00:00Z',
  intervals: ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z'],
  categories: ['default', 'error', 'security'],
  groups: [{ by: { outcome: 'accepted' }, names: {}, total: 3, series: [1, 2], previous: null }],
}
const midnight = Date.parse('2026-01-01T00:00:00Z')

test('steps, bars and what is counted come from the answer', () => {
  const { starts, interval, series, what } = pictureOf(answer, midnight)
  expect(starts).toEqual([midnight / 1000, midnight / 1000 + 3600])
  expect(interval).toBe(3600)
  expect(series[0]).toMatchObject({ key: 'accepted', values: [1, 2] })
  expect(what.label).toBe('Errors')
  expect(pictureOf({ ...answer, categories: ['span'] }, midnight).what.label).toBe('Spans')
  expect(pictureOf({ ...answer, intervals: answer.intervals.slice(0, 1) }, midnight).interval).toBe(7200)
})

test('the last bar is running until its end has passed', () => {
  expect(pictureOf(answer, midnight + 7_199_000).runningFrom).toBe(midnight / 1000 + 3600)
  expect(pictureOf(answer, midnight + 7_200_000).runningFrom).toBeUndefined()
})
