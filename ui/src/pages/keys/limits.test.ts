import { expect, test } from 'vitest'
import { limitWords, windowChoices } from './limits.ts'

test.each([
  [{ count: 100, window: 60 }, '100 per minute'],
  [{ count: 5, window: 86_400 }, '5 per day'],
  [{ count: 7, window: 90 }, '7 per 90 seconds'],
])('%j is said as %s', (limit, words) => {
  expect(limitWords(limit)).toBe(words)
})

test('a window that nobody offers is offered where it is set', () => {
  const names = (current?: number) => windowChoices(current).map(({ label }) => label)
  expect(names(90).slice(0, 3)).toEqual(['per 10 seconds', 'per minute', 'per 90 seconds'])
  expect(names(60)).toEqual(names())
})
