/** An answer of the API as the chart and the table show it. */
import type { Usage } from '../../api/usage.ts'
import { type ChartSeries, outcomeSeries } from '../../charts/series.ts'
import { type CategoryWords, categoryWords } from '../../words/categories.ts'
import type { RangeSearch } from '../../words/ranges.ts'

export interface Picture {
  /** Epoch seconds. */
  readonly starts: readonly number[]
  /** Seconds. */
  readonly interval: number
  readonly series: readonly ChartSeries[]
  readonly what: CategoryWords
  /** Epoch seconds: intervals that begin then or later are not over. */
  readonly runningFrom: number | undefined
}

type Counted = Pick<Usage, 'start' | 'end' | 'intervals' | 'categories' | 'groups'>

/**
 * All of it is read off the answer, not off the question: while the next answer is on its way, the one before stays.
 * `at` is when it came, in epoch milliseconds.
 */
export function pictureOf({ start, end, intervals, categories, groups }: Counted, at: number): Picture {
  const starts = intervals.map(seconds)
  const [first = seconds(start), second = seconds(end)] = starts
  const isRunning = seconds(end) * 1000 > at
  return {
    starts,
    interval: second - first,
    series: outcomeSeries(groups, starts.length),
    what: categoryWords(countedCategory(categories)),
    runningFrom: isRunning ? starts.at(-1) : undefined,
  }
}

/** Errors are three to the API, and one to people. */
function countedCategory(categories: readonly string[] | null): string {
  const [first = 'error'] = categories ?? []
  return categories?.includes('error') ? 'error' : first
}

/** What an address says of the bars from one moment to another, in epoch seconds. */
export function rangeOfBars(from: number, to: number): RangeSearch {
  const text = (at: number) => new Date(at * 1000).toISOString().replace('.000Z', 'Z')
  return { start: text(from), end: text(to) }
}

/** Whether there is anything to compare with: where nothing is kept of the time before, everything would be new. */
export function hasPast({ previous }: Pick<Usage, 'previous'>): boolean {
  return previous !== null && previous.total > 0
}

function seconds(text: string): number {
  return Date.parse(text) / 1000
}
