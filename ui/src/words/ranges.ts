/**
 * Stretches of time as they stand in addresses and in questions to the API: `?statsPeriod=24h`, or
 * `?start=2026-03-01T00:00:00Z&end=…`, and how finely they are counted.
 */

export const periods = ['1h', '24h', '7d', '14d', '30d', '90d'] as const
export type Period = (typeof periods)[number]

export const periodNames: Readonly<Record<Period, string>> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '14d': 'Last 14 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
}

const periodSeconds: Readonly<Record<Period, number>> = {
  '1h': 3600,
  '24h': 86_400,
  '7d': 7 * 86_400,
  '14d': 14 * 86_400,
  '30d': 30 * 86_400,
  '90d': 90 * 86_400,
}

/** What an address says of a range. Both ends are ISO in UTC; one alone counts as none. */
export interface RangeSearch {
  readonly statsPeriod?: Period
  readonly start?: string
  readonly end?: string
  /** Only when it is not the one that fits best: `5m`, `1h`. */
  readonly interval?: string
}

/** More bars than this are too thin to be told apart. */
export const MAX_BARS = 400
/** Counts in steps of ten seconds are kept for two days unless the operator says otherwise. */
const FINE_SECONDS = 2 * 86_400

const intervals = [
  { name: '10s', seconds: 10 },
  { name: '1m', seconds: 60 },
  { name: '5m', seconds: 300 },
  { name: '15m', seconds: 900 },
  { name: '1h', seconds: 3600 },
  { name: '6h', seconds: 6 * 3600 },
  { name: '1d', seconds: 86_400 },
  { name: '7d', seconds: 7 * 86_400 },
] as const

export type IntervalName = (typeof intervals)[number]['name']

/** Keeps what makes sense; anything else is as if it were not there. */
export function readRangeSearch(search: Readonly<Record<string, unknown>>): RangeSearch {
  const interval = intervals.find(({ name }) => name === search.interval)?.name
  const chosen = interval === undefined ? {} : { interval }
  const [start, end] = [readMoment(search.start), readMoment(search.end)]
  if (start !== undefined && end !== undefined && start < end) return { start, end, ...chosen }
  const statsPeriod = periods.find((period) => period === search.statsPeriod)
  return statsPeriod === undefined ? chosen : { statsPeriod, ...chosen }
}

function readMoment(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  // Without a zone it would be read in the viewer's, and a copied link would show another picture.
  const text = /(?:Z|[+-]\d\d:?\d\d)$/.test(value)
    ? value
    : `${value}${value.includes('T') ? '' : 'T00:00:00'}Z`
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString().replace('.000Z', 'Z')
}

export interface Stretch {
  /** Epoch milliseconds. */
  readonly start: number
  readonly end: number
}

/** The range in milliseconds, as it is at `now`. */
export function stretchOf(range: RangeSearch, fallback: Period, now: number): Stretch {
  if (range.start !== undefined && range.end !== undefined) {
    return { start: Date.parse(range.start), end: Date.parse(range.end) }
  }
  return { start: now - periodSeconds[range.statsPeriod ?? fallback] * 1000, end: now }
}

/** Intervals that can be chosen for a range, the finest first. */
export function intervalsOf(range: RangeSearch, fallback: Period, now: number): readonly IntervalName[] {
  const { start, end } = stretchOf(range, fallback, now)
  const seconds = (end - start) / 1000
  // A little less than what is kept, so that a page that stays open does not ask for what has gone.
  const isFineKept = now - start <= FINE_SECONDS * 1000 - 600_000
  const fitting = intervals.filter(
    (each) =>
      seconds / each.seconds <= MAX_BARS && each.seconds <= seconds && (each.seconds >= 3600 || isFineKept),
  )
  const [coarsest] = intervals.slice(-1)
  return fitting.length > 0 ? fitting.map(({ name }) => name) : [coarsest?.name ?? '1d']
}

/** The interval that was chosen if it fits, else the finest that makes up to 180 bars. */
export function intervalOf(range: RangeSearch, fallback: Period, now: number): IntervalName {
  const choices = intervalsOf(range, fallback, now)
  const chosen = choices.find((name) => name === range.interval)
  if (chosen !== undefined) return chosen
  const { start, end } = stretchOf(range, fallback, now)
  const fine = choices.find((name) => (end - start) / 1000 / intervalSeconds(name) <= 180)
  return fine ?? choices.at(-1) ?? '1d'
}

export function intervalSeconds(name: string): number {
  return intervals.find((each) => each.name === name)?.seconds ?? 3600
}

/** What the API is asked: `statsPeriod` or both ends, and the interval. */
export function rangeQuery(
  range: RangeSearch,
  fallback: Period,
  now: number,
): { statsPeriod?: string; start?: string; end?: string; interval: string } {
  const interval = intervalOf(range, fallback, now)
  if (range.start !== undefined && range.end !== undefined) {
    return { start: range.start, end: range.end, interval }
  }
  return { statsPeriod: range.statsPeriod ?? fallback, interval }
}
