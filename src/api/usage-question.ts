/**
 * What usage is asked for: a stretch of time, intervals, groups and filters.
 *
 * Source: web API 1.15 and 6.3, whose words refuse what is wrong; intervals of seconds and of several days are ours.
 */
import type { Config } from '../config.ts'
import { errorCategories } from '../protocol/outcome.ts'
import { unitOf } from '../protocol/rate-limits.ts'
import { eventFacets } from '../store/event-facets.ts'
import { facetResolutions } from '../store/flush.ts'
import type { BucketRange } from '../store/stats.ts'
import { SECOND } from '../time.ts'
import type { Parameter } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { type Query, queryText } from './query.ts'
import { DEFAULT_RANGE_MS, rangeParameters, readRange } from './ranges.ts'
import { coveringRanges, parseInterval, resolutionFor, rollups, wholeIntervals } from './series.ts'
import { dateOf, type Filter, queryValues, questionParameters, readFilter } from './stats-question.ts'

export const projectGroupings = ['key', 'category', 'outcome', 'reason', ...eventFacets] as const
export const organizationGroupings = ['project', ...projectGroupings] as const
export type Grouping = (typeof organizationGroupings)[number]

export const usageFormats = ['json', 'csv', 'ndjson'] as const
export type UsageFormat = (typeof usageFormats)[number]

const MAX_TOP = 1000
/** Of what senders choose, a few stand for most of it. */
const FACETS_TOP = 10
const MAX_INTERVALS = 1000
/** Of intervals that nobody asked for: as many as a chart shows well. */
const CHART_INTERVALS = 120
/** Buckets of all projects together that one question may read. */
const MAX_BUCKETS = 1_000_000
const DAY = 86_400
const HOUR = 3600

export function usageParameters(groupings: readonly Grouping[]): Readonly<Record<string, Parameter>> {
  const { category, outcome, reason, key_id } = questionParameters
  return {
    ...rangeParameters,
    interval: {
      description:
        'Seconds in tens, minutes or hours that divide a day, or whole days: `10s`, `5m`, `6h`, `7d`. By default one that makes a readable chart',
    },
    groupBy: {
      description:
        'Repeatable. `sdk`, `release` and `environment` are known of stored events: they go with `category` and `project` only, and with intervals of whole hours',
      schema: { type: 'string', enum: groupings },
    },
    ...(category && {
      category: {
        description: `${category.description}. Without it, and without groupBy=category, \`error\``,
      },
    }),
    ...(outcome && { outcome }),
    ...(reason && { reason }),
    ...(key_id && { key_id }),
    top: {
      description: `How many groups are told apart, the largest first; what is left is added up. ${MAX_TOP} by default, ${FACETS_TOP} for what is known of stored events`,
      schema: { type: 'integer', minimum: 1, maximum: MAX_TOP },
    },
    compare: { description: '`1` adds the totals of the period before, as long and right before it' },
    format: {
      description:
        'As a file with a line per interval and group: `csv`, in which a cell that a spreadsheet would run as a formula begins with an apostrophe, or `ndjson`',
      schema: { type: 'string', enum: usageFormats },
    },
  }
}

/** Epoch seconds, end exclusive. */
export interface Period {
  readonly from: number
  readonly to: number
}

export interface UsageQuestion extends Period {
  /** Seconds. */
  readonly interval: number
  /** Of the counts that are read for it, in seconds. */
  readonly resolution: number
  /** Set when the two are to be compared. */
  readonly previous: Period | undefined
  readonly groupBy: readonly Grouping[]
  /** Whether stored events are counted by what they say of themselves. */
  readonly isOfEvents: boolean
  readonly filter: Filter
  readonly top: number
  readonly format: UsageFormat
}

/** How long counts are kept, and when that is. */
export interface Keeping {
  readonly retention: Config['statsRetentionDays']
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * `sources` is how many projects are read; 1 for the counts of a whole organization.
 *
 * Errors: ApiError 400.
 */
export function readUsageQuestion(
  query: Query,
  input: Keeping & { readonly groupings: readonly Grouping[]; readonly sources: number },
): UsageQuestion {
  const groupBy = queryValues(query, 'groupBy').map((name) => readGrouping(name, input.groupings))
  const isOfEvents = groupBy.some(isFacet)
  const filter = withCategories(readFilter(query), groupBy)
  if (isOfEvents) refuseLedgerOnly(groupBy, filter)
  const format = readChoice(query, 'format', usageFormats) ?? 'json'
  const top = readTop(query) ?? (isOfEvents ? FACETS_TOP : MAX_TOP)
  const compares = queryText(query, 'compare') === '1'
  const { start, end } = readRange(query, input.now) ?? {
    start: input.now - DEFAULT_RANGE_MS,
    end: input.now,
  }
  const wish = { ...input, since: start / SECOND, until: end / SECOND, isOfEvents, compares }
  const text = queryText(query, 'interval')
  const stretch = text ? statedStretch(readInterval(text), wish) : chosenStretch(wish)
  return {
    ...stretch,
    previous: compares ? periodBefore(stretch) : undefined,
    groupBy,
    isOfEvents,
    filter,
    top,
    format,
  }
}

function readGrouping(name: string, groupings: readonly Grouping[]): Grouping {
  const grouping = groupings.find((each) => each === name)
  if (grouping === undefined) throw new ApiError(400, `Invalid groupBy: "${name}"`)
  return grouping
}

function isFacet(grouping: Grouping): boolean {
  return eventFacets.some((facet) => facet === grouping)
}

/** Events alone, unless something else is said: bytes, events and sessions do not add up to anything. */
function withCategories(filter: Filter, groupBy: readonly Grouping[]): Filter {
  if (groupBy.includes('category')) return filter
  const categories = filter.categories ?? errorCategories
  const units = new Set(categories.map(unitOf))
  if (units.size > 1) {
    const odd = categories.find((category) => unitOf(category) !== 'number')
    throw new ApiError(400, `if filtering by ${odd} no other category may be present`)
  }
  return { ...filter, categories }
}

function refuseLedgerOnly(groupBy: readonly Grouping[], { outcomes, reasons, keys }: Filter): void {
  const isLedgerOnly = groupBy.some((grouping) => ['key', 'outcome', 'reason'].includes(grouping))
  if (isLedgerOnly || outcomes !== undefined || reasons !== undefined || keys !== undefined) {
    throw new ApiError(
      400,
      'sdk, release and environment are known of stored events only. They cannot be combined with keys, outcomes or reasons.',
    )
  }
}

function readChoice<T extends string>(query: Query, name: string, choices: readonly T[]): T | undefined {
  const text = queryText(query, name)
  if (!text) return undefined
  const choice = choices.find((each) => each === text)
  if (choice === undefined) throw new ApiError(400, `Invalid ${name}: "${text}"`)
  return choice
}

function readTop(query: Query): number | undefined {
  const text = queryText(query, 'top')
  if (!text) return undefined
  const top = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (top < 1 || top > MAX_TOP) throw new ApiError(400, `Invalid top: "${text}". It is from 1 to ${MAX_TOP}.`)
  return top
}

function readInterval(text: string): number {
  const interval = parseInterval(/^\d+$/.test(text) ? `${text}s` : text) ?? 0
  if (interval === 0 || interval % 10 !== 0) {
    throw new ApiError(400, 'The interval has to be a multiple of the minimum interval of ten seconds.')
  }
  if (interval > DAY && interval % DAY !== 0) {
    throw new ApiError(400, 'The interval has to be whole days if it is longer than one day.')
  }
  if (interval < DAY && DAY % interval !== 0) {
    throw new ApiError(400, 'The interval should divide one day without a remainder.')
  }
  return interval
}

interface Wish extends Keeping {
  readonly since: number
  readonly until: number
  readonly isOfEvents: boolean
  readonly compares: boolean
  readonly sources: number
}

interface Stretch extends Period {
  readonly interval: number
  readonly resolution: number
}

/** Several days are counted from the first of them, shorter intervals from midnight. */
function stretchOf({ since, until }: Wish, interval: number): Stretch {
  const resolution = resolutionFor(interval)
  if (interval <= DAY) return { ...wholeIntervals(since, until, interval), interval, resolution }
  const { from, to } = wholeIntervals(since, until, DAY)
  return { from, to: from + Math.ceil((to - from) / interval) * interval, interval, resolution }
}

function periodBefore({ from, to }: Period): Period {
  return { from: from - (to - from), to: from }
}

/** Errors: ApiError 400 for what would be too much, or what is not kept any more but for longer intervals. */
function statedStretch(interval: number, wish: Wish): Stretch {
  const stretch = stretchOf(wish, interval)
  const { from, resolution } = stretch
  if (wish.isOfEvents && resolution < HOUR) {
    throw new ApiError(400, 'The interval has to be whole hours for sdk, release and environment.')
  }
  if (!isServed(stretch, wish)) throw tooManyResults()
  if (from < keptSince(resolution, wish)) {
    const longer = rollups.find(
      ({ seconds }) => seconds > resolution && from >= keptSince(seconds, wish),
    )?.seconds
    if (longer !== undefined) {
      throw new ApiError(
        400,
        `Counts in steps of ${spellInterval(resolution)} are kept since ${dateOf(Math.ceil(keptSince(resolution, wish)))}. Use an interval of whole ${longer === DAY ? 'days' : 'hours'}, or a later start.`,
      )
    }
  }
  return stretch
}

const chartIntervals = [10, 30, 60, 300, 900, 1800, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY]

/** The shortest intervals that make no more than a chart shows well, and whose counts are all kept. */
function chosenStretch(wish: Wish): Stretch {
  for (const interval of chartIntervals) {
    const stretch = stretchOf(wish, interval)
    const { from, to, resolution } = stretch
    const earliest = wish.compares ? periodBefore(stretch).from : from
    const isReadable = to - from <= CHART_INTERVALS * interval
    const isFine = wish.isOfEvents && resolution < HOUR
    if (!isFine && isReadable && isServed(stretch, wish) && earliest >= keptSince(resolution, wish)) {
      return stretch
    }
  }
  const days = Math.ceil((wish.until - wish.since) / DAY)
  const stretch = stretchOf(wish, DAY * Math.max(1, Math.ceil(days / CHART_INTERVALS)))
  if (!isServed(stretch, wish)) throw tooManyResults()
  return stretch
}

function isServed({ from, to, interval, resolution }: Stretch, { sources }: Wish): boolean {
  return to - from <= MAX_INTERVALS * interval && (sources * (to - from)) / resolution <= MAX_BUCKETS
}

export function tooManyResults(): ApiError {
  return new ApiError(
    400,
    'Your interval and date range would create too many results. Use a larger interval, or a smaller date range.',
  )
}

/** Epoch seconds: counts of this resolution whose bucket began before may be deleted. */
function keptSince(resolution: number, { retention, now }: Keeping): number {
  const { seconds10, hours, days } = retention
  const kept = resolution === 10 ? seconds10 : resolution === HOUR ? hours : days
  return kept === 0 ? Number.NEGATIVE_INFINITY : now / SECOND - kept * DAY
}

/** What to read for the totals of a period in as few counts as possible. */
export function rangesOf({ from, to }: Period, { isOfEvents }: UsageQuestion): readonly BucketRange[] {
  return isOfEvents ? coveringRanges(from, to, facetResolutions) : coveringRanges(from, to)
}

/** From when on nothing is missing; undefined when nothing is at all. Epoch seconds. */
export function completeFrom(ranges: readonly BucketRange[], keeping: Keeping): number | undefined {
  const edges = ranges.flatMap(({ from, to, resolution }) => {
    const edge = Math.ceil(keptSince(resolution, keeping) / resolution) * resolution
    return from < edge ? [Math.min(edge, to)] : []
  })
  return edges.length === 0 ? undefined : Math.max(...edges)
}

const spellings = [
  ['d', DAY],
  ['h', HOUR],
  ['m', 60],
  ['s', 1],
] as const

/** `10s`, `6h`, `7d`: as `interval` takes it. */
export function spellInterval(seconds: number): string {
  const [unit, length] = spellings.find(([, length]) => seconds % length === 0) ?? ['s', 1]
  return `${seconds / length}${unit}`
}
