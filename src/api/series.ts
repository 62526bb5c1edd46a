/**
 * Time series of the statistics endpoints: which buckets a question covers, and their counts with gaps filled.
 * Everything here is pure and in epoch seconds; all days are UTC days.
 */
import type { BucketRange, BucketSum } from '../store/stats.ts'

/** Seconds per bucket and how many buckets the resolution is meant to cover, finest first. */
export const rollups: readonly { readonly seconds: number; readonly samples: number }[] = [
  { seconds: 10, samples: 360 },
  { seconds: 3600, samples: 168 },
  { seconds: 86_400, samples: 90 },
]

/** The most points one series may have; longer ones would only serve to exhaust the server. */
export const MAX_POINTS = 100_000

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** `1h`, `60m`, `3600s` → seconds; undefined for anything else. */
export function parseInterval(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(text) ?? []
  return count === undefined || unit === undefined ? undefined : Number(count) * (unitSeconds[unit] ?? 0)
}

/** The resolution of that spelling, if it is one that is counted. */
export function parseResolution(text: string): number | undefined {
  const seconds = /[smhd]$/.test(text) ? parseInterval(text) : undefined
  return rollups.find((rollup) => rollup.seconds === seconds)?.seconds
}

/** The finest rollup that covers the span; days when none does. */
export function rollupFor(since: number, until: number): number {
  const span = Math.trunc(until) - Math.trunc(since)
  return rollups.find(({ seconds, samples }) => seconds * samples >= span)?.seconds ?? 86_400
}

/**
 * The starts of the buckets that a series shows, oldest first: steps back from `until` as long as `since` is
 * not passed, each rounded down to its bucket.
 *
 * Source: web API, project statistics, series algorithm.
 */
export function bucketStarts(since: number, until: number, rollup: number): readonly number[] {
  const count = Math.floor((until - since) / rollup) + 1
  const last = Math.floor(until)
  const newest = last - mod(last, rollup)
  // Stepping from the exact `until` and rounding equals stepping whole buckets from the newest one, except
  // that a fraction of a second may decide how many steps fit; `count` takes care of that.
  return Array.from({ length: count }, (_, index) => newest - (count - 1 - index) * rollup)
}

function mod(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor
}

/** The coarsest counts that add up to an interval: rows are fewest there, and kept for longest. */
export function resolutionFor(interval: number): number {
  return rollups.findLast(({ seconds }) => interval % seconds === 0)?.seconds ?? 10
}

/** Whole intervals from that of `since` to that of `until`, at least one; the end is exclusive. */
export function wholeIntervals(
  since: number,
  until: number,
  interval: number,
): { readonly from: number; readonly to: number } {
  const from = Math.floor(since / interval) * interval
  return { from, to: Math.max(Math.ceil(until / interval) * interval, from + interval) }
}

/**
 * The stretch from `from` to `to` in as few counts as possible: days in its middle, hours and finer counts towards
 * its ends. Both are multiples of ten seconds.
 */
export function coveringRanges(
  from: number,
  to: number,
  resolutions: readonly number[] = rollups.map(({ seconds }) => seconds),
): readonly BucketRange[] {
  const resolution = resolutions.at(-1)
  if (from >= to || resolution === undefined) return []
  const finer = resolutions.slice(0, -1)
  const start = Math.ceil(from / resolution) * resolution
  const end = Math.floor(to / resolution) * resolution
  if (start >= end) return coveringRanges(from, to, finer)
  return [
    ...coveringRanges(from, start, finer),
    { from: start, to: end, resolution },
    ...coveringRanges(end, to, finer),
  ]
}

/** What to read so that every bucket of a series is covered. */
export function rangeOf(starts: readonly number[], rollup: number): BucketRange {
  const from = starts[0] ?? 0
  return { from, to: (starts.at(-1) ?? from) + rollup, resolution: rollup }
}

/** Each bucket with its count, all sums of it together; zero where nothing was counted. */
export function fillSeries(
  starts: readonly number[],
  sums: readonly BucketSum[],
): readonly (readonly [number, number])[] {
  const byStart = new Map<number, number>()
  for (const { at, sum } of sums) byStart.set(at, (byStart.get(at) ?? 0) + sum)
  return starts.map((start) => [start, byStart.get(start) ?? 0] as const)
}
