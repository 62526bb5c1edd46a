import { expect, test } from 'vitest'
import { selectorProblem } from './selectors.ts'

test.each([
  'password',
  'extra.fields.**',
  '**',
  '*.token',
  '$string',
  '$http.headers.x-token',
  'exception.values.0.value',
  "extra.'my field'.'it''s'",
  '$string && !$frame.vars || (user.** && !user.id)',
  '(a||b)&&c',
  ' a.b ',
])('%j selects something', (selector) => {
  expect(selectorProblem(selector)).toBeUndefined()
})

test.each(['', 'er ror', 'a..b', '.a', 'a.', 'a &&', '(a', 'a)', '!!a', "'open", 'a.b\u00e4'])(
  '%j is no selector',
  (selector) => {
    expect(selectorProblem(selector)).toBe(`Invalid syntax near "${selector}"`)
  },
)

test.each(['double.**.wildcard.**', 'a || **.b.**', '!(**.**)'])('%j goes deep twice', (selector) => {
  expect(selectorProblem(selector)).toBe('Deep wildcard used more than once')
})

test('each path may go deep once', () => {
  expect(selectorProblem('a.** || b.**')).toBeUndefined()
})
