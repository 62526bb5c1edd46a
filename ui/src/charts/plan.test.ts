import { expect, test } from 'vitest'
import { categoryWords } from '../words/categories.ts'
import { planOf, type Wish } from './plan.ts'
import { outcomeSeries } from './series.ts'

const HOUR = 3600
const start = Date.UTC(2026, 2, 3) / 1000

function wish(rest: Partial<Wish> = {}): Wish {
  return {
    starts: [start, start + HOUR, start + 2 * HOUR],
    interval: HOUR,
    series: outcomeSeries(
      [
        { by: { outcome: 'accepted' }, series: [100, 900, 300] },
        { by: { outcome: 'invalid' }, series: [0, 40, 20] },
      ],
      3,
    ),
    what: categoryWords('error'),
    timeZone: 'UTC',
    runningFrom: undefined,
    previous: undefined,
    isolated: undefined,
    plotHeight: 230,
    ...rest,
  }
}

test('reaches from zero to a round amount above the highest bar, and over all intervals', () => {
  const { from, to, totals, labels, picture } = planOf(wish())
  expect({ from, to, totals, labels, max: picture.max }).toEqual({
    from: start,
    to: start + 3 * HOUR,
    totals: [100, 940, 320],
    labels: ['0', '200', '400', '600', '800', '1\u202f000'],
    max: 1000,
  })
})

test('makes room for the period before, unless one series is shown alone', () => {
  const previous = { values: [10, 4000, 10] }
  const all = planOf(wish({ previous })).picture
  expect([all.max, all.previous]).toEqual([4000, previous.values])
  const alone = planOf(wish({ previous, isolated: 'invalid' })).picture
  expect([alone.max, alone.previous, alone.series.map(({ key }) => key)]).toEqual([
    40,
    undefined,
    ['invalid'],
  ])
})

test.each([
  [undefined, 3],
  [start + 2 * HOUR, 2],
  [start + HOUR + 1, 2],
  [start + 9 * HOUR, 3],
])('the intervals that begin at %d or later are not over', (runningFrom, running) => {
  expect(planOf(wish({ runningFrom })).picture.running).toBe(running)
})

test('stands without any interval or event', () => {
  const { from, to, labels, picture } = planOf(wish({ starts: [], series: [] }))
  expect([from, to, labels, picture.count]).toEqual([0, 0, ['0', '1'], 0])
})
