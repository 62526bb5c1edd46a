import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bucketStarts,
  coveringRanges,
  fillSeries,
  parseInterval,
  parseResolution,
  rangeOf,
  resolutionFor,
  rollupFor,
  wholeIntervals,
} from './series.ts'

const HOUR = 3600
const DAY = 86_400
const resolutions = [10, HOUR, DAY]

/** 23:14:21 UTC. */
const until = 1_700_003_661

describe('parseResolution', () => {
  test.each([
    ['10s', 10],
    ['1h', HOUR],
    ['60m', HOUR],
    ['3600s', HOUR],
    ['1d', DAY],
    ['24h', DAY],
    ['1440m', DAY],
    ['86400s', DAY],
    ['01h', HOUR],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseResolution(text)).toBe(seconds)
  })

  test.each([
    '',
    '1',
    'h',
    '10',
    '1m',
    '2h',
    '2d',
    '60s',
    '0s',
    '-1h',
    '1.0h',
    '1 h',
    ' 1h',
    '1H',
    '1w',
    '1hh',
    '1y',
  ])('refuses %j', (text) => {
    expect(parseResolution(text)).toBeUndefined()
  })
})

test.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['3d', 259_200],
  ['1w', 604_800],
  ['1x', undefined],
  ['w', undefined],
])('parseInterval of %s is %j', (text, seconds) => {
  expect(parseInterval(text)).toBe(seconds)
})

describe('rollupFor', () => {
  test.each([
    [0, 10],
    [3599, 10],
    [3600, 10],
    [3601, HOUR],
    [86_399, HOUR],
    [604_800, HOUR],
    [604_801, DAY],
    [90 * DAY, DAY],
    [90 * DAY + 1, DAY],
    [3650 * DAY, DAY],
  ])('a span of %d seconds is shown in steps of %d', (span, seconds) => {
    expect(rollupFor(until - span, until)).toBe(seconds)
  })

  test('cuts fractions of seconds off both ends before it measures', () => {
    expect(rollupFor(1_700_000_000.9, 1_700_003_600.95)).toBe(10)
    expect(rollupFor(1_700_000_000, 1_700_003_600.9)).toBe(10)
    expect(rollupFor(1_700_000_000.9, 1_700_003_601)).toBe(HOUR)
  })

  test('does not depend on how long ago it was', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100 * DAY }), fc.nat({ max: 2_000_000_000 }), (span, ago) => {
        expect(rollupFor(until - ago - span, until - ago)).toBe(rollupFor(until - span, until))
      }),
    )
  })
})

describe('bucketStarts', () => {
  /** The loop as it is specified. */
  function loop(since: number, end: number, rollup: number): number[] {
    const emitted: number[] = []
    let t = end
    while (t >= since) {
      const second = Math.floor(t)
      emitted.push(second - (second % rollup))
      t -= rollup
    }
    return emitted.reverse()
  }

  /** Seconds since midnight of some day. */
  const at = (clock: string) => Date.parse(`2024-03-31T${clock}Z`) / 1000

  test('covers a day in 24 hours, the last of which holds the end', () => {
    const starts = bucketStarts(until - 86_399, until, HOUR)
    expect(starts).toHaveLength(24)
    expect(starts.slice(0, 2)).toEqual([1_699_920_000, 1_699_923_600])
    expect(starts.at(-1)).toBe(1_700_002_800)
  })

  test('covers an hour and a minute in two hours', () => {
    expect(bucketStarts(1_700_000_000, until, HOUR)).toEqual([1_699_999_200, 1_700_002_800])
  })

  test('covers an hour in 361 steps of ten seconds', () => {
    const starts = bucketStarts(1_700_000_061, until, 10)
    expect(starts).toHaveLength(361)
    expect([starts[0], starts.at(-1)]).toEqual([1_700_000_060, 1_700_003_660])
  })

  test.each([
    ['since lies later in its hour than until', '10:59:00', '12:01:00', HOUR, ['11:00:00', '12:00:00']],
    ['both are aligned', '10:00:00', '12:00:00', HOUR, ['10:00:00', '11:00:00', '12:00:00']],
    [
      'since lies earlier in its hour than until',
      '10:01:00',
      '12:59:00',
      HOUR,
      ['10:00:00', '11:00:00', '12:00:00'],
    ],
    ['since is until', '10:59:59', '10:59:59', HOUR, ['10:00:00']],
    ['the span is 19 seconds', '10:59:56', '11:00:15', 10, ['11:00:00', '11:00:10']],
    ['the span is a second short of the resolution', '10:00:05', '10:00:14', 10, ['10:00:10']],
    ['a fraction of a second is missing', '10:00:00.500', '11:00:00.499', HOUR, ['11:00:00']],
    ['the fractions are equal', '10:00:00.500', '11:00:00.500', HOUR, ['10:00:00', '11:00:00']],
    ['until lies in the last second of its bucket', '10:00:00', '10:00:19.999', 10, ['10:00:00', '10:00:10']],
  ])('when %s', (_, since, end, rollup, starts) => {
    expect(bucketStarts(at(since), at(end), rollup)).toEqual(starts.map(at))
  })

  test.each([
    [30, 10, 4],
    [30 * 60, 60, 31],
    [5 * HOUR, HOUR, 6],
    [7 * DAY, DAY, 8],
    [DAY, HOUR, 25],
    [HOUR, 10, 361],
    [30 * DAY, DAY, 31],
    [0, DAY, 1],
  ])('has for an aligned span of %d seconds in steps of %d %d points', (span, rollup, points) => {
    const end = 1_700_006_400 - (1_700_006_400 % DAY)
    expect(bucketStarts(end - span, end, rollup)).toHaveLength(points)
    expect(bucketStarts(end - span, end, rollup)[0]).toBe(end - span)
  })

  /** To the microsecond, and often as long as a number of steps, give or take one. */
  const spans = fc
    .record({
      rollup: fc.constantFrom(...resolutions),
      endMicros: fc.oneof(
        fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
        fc.integer({ min: 0, max: 1_000_000 }).map((hours) => hours * HOUR * 1e6),
        fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1e6),
      ),
      steps: fc.oneof(fc.nat({ max: 400 }), fc.double({ min: 0, max: 400, noNaN: true })),
      more: fc.constantFrom(-1, 0, 1),
    })
    .map(({ rollup, endMicros, steps, more }) => {
      const sinceMicros = endMicros - Math.round(steps * rollup * 1e6) - more
      return { since: sinceMicros / 1e6, end: endMicros / 1e6, rollup }
    })
    .filter(({ since, end }) => since >= 0 && since <= end)

  test('are what the loop of the specification emits', () => {
    fc.assert(
      fc.property(spans, ({ since, end, rollup }) => {
        expect(bucketStarts(since, end, rollup)).toEqual(loop(since, end, rollup))
      }),
      { numRuns: 1000 },
    )
  })

  test('rise by the resolution, are multiples of it, and the last holds the end', () => {
    fc.assert(
      fc.property(spans, ({ since, end, rollup }) => {
        const starts = bucketStarts(since, end, rollup)
        const [last = Number.NaN] = starts.slice(-1)
        expect(last <= end && end < last + rollup).toBe(true)
        expect(starts.filter((start) => start % rollup !== 0)).toEqual([])
        expect(new Set(starts.slice(1).map((start, index) => start - (starts[index] ?? 0)))).toEqual(
          new Set(starts.length > 1 ? [rollup] : []),
        )
      }),
    )
  })
})

test('rangeOf reads from the first bucket to the end of the last', () => {
  expect(rangeOf([7200, 10_800], HOUR)).toEqual({ from: 7200, to: 14_400, resolution: HOUR })
  expect(rangeOf([7200], HOUR)).toEqual({ from: 7200, to: 10_800, resolution: HOUR })
})

test('fillSeries has every bucket once, in order, with zero where nothing was counted', () => {
  expect(
    fillSeries(
      [0, 10, 20, 30],
      [
        { at: 30, sum: 5 },
        { at: 10, sum: 2 },
        { at: 40, sum: 9 },
      ],
    ),
  ).toEqual([
    [0, 0],
    [10, 2],
    [20, 0],
    [30, 5],
  ])
})

test.each([
  [60, 10],
  [1800, 10],
  [HOUR, HOUR],
  [2 * HOUR, HOUR],
  [DAY / 2, HOUR],
  [DAY, DAY],
])('an interval of %d s is added up from counts of %d s', (interval, resolution) => {
  expect(resolutionFor(interval)).toBe(resolution)
})

test.each([
  [until, until, { from: 1_700_002_800, to: 1_700_006_400 }],
  [until - HOUR, until, { from: 1_699_999_200, to: 1_700_006_400 }],
  [1_700_002_800, 1_700_002_800, { from: 1_700_002_800, to: 1_700_006_400 }],
  [1_700_002_800, 1_700_006_400, { from: 1_700_002_800, to: 1_700_006_400 }],
  [1_700_002_799.5, 1_700_006_400.5, { from: 1_699_999_200, to: 1_700_010_000 }],
])('from %d to %d there are whole hours', (since, end, expected) => {
  expect(wholeIntervals(since, end, HOUR)).toEqual(expected)
})

describe('coveringRanges', () => {
  const day = 1_699_920_000

  test.each([
    [day, day + 2 * DAY, [[day, day + 2 * DAY, DAY]]],
    [
      day - HOUR,
      day + DAY + 2 * HOUR,
      [
        [day - HOUR, day, HOUR],
        [day, day + DAY, DAY],
        [day + DAY, day + DAY + 2 * HOUR, HOUR],
      ],
    ],
    [
      day - HOUR - 10,
      day + 20,
      [
        [day - HOUR - 10, day - HOUR, 10],
        [day - HOUR, day, HOUR],
        [day, day + 20, 10],
      ],
    ],
    [day + 10, day + 60, [[day + 10, day + 60, 10]]],
    [day, day, []],
  ])('from %d to %d', (from, to, expected) => {
    expect(coveringRanges(from, to).map((range) => [range.from, range.to, range.resolution])).toEqual(
      expected,
    )
  })

  test('covers every second once, with no more buckets of a resolution than two coarser ones hold', () => {
    const moment = fc.integer({ min: 0, max: 40 * 8640 }).map((n) => day + n * 10)
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        const ranges = coveringRanges(from, to)
        let end = from
        for (const range of ranges) {
          expect(range.from).toBe(end)
          expect(range.from % range.resolution).toBe(0)
          expect(range.to % range.resolution).toBe(0)
          end = range.to
        }
        expect(end).toBe(to)
        for (const [resolution, coarser] of [
          [10, HOUR],
          [HOUR, DAY],
        ] as const) {
          const of = ranges.filter((range) => range.resolution === resolution)
          expect(of.reduce((sum, range) => sum + range.to - range.from, 0)).toBeLessThan(2 * coarser)
        }
      }),
    )
  })
})

test('a series adds up what is counted of a bucket in several sums', () => {
  const sums = [
    { at: 0, sum: 1 },
    { at: 10, sum: 20 },
    { at: 0, sum: 300 },
  ]
  expect(fillSeries([0, 10, 20], sums)).toEqual([
    [0, 301],
    [10, 20],
    [20, 0],
  ])
})
