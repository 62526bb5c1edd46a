/** A chart in sentences, for those who listen to it. */
import { amount, amountOf, type CategoryWords } from '../words/categories.ts'
import { percent } from '../words/numbers.ts'
import { duration } from '../words/times.ts'
import { totalsOf } from './bars.ts'
import { intervalName, zoneOfBars } from './interval-names.ts'
import { type ChartSeries, sumOf } from './series.ts'

export interface Told {
  /** Epoch seconds. */
  readonly starts: readonly number[]
  /** Seconds. */
  readonly interval: number
  readonly series: readonly ChartSeries[]
  /** What is counted. */
  readonly what: CategoryWords
  readonly timeZone: string
}

/** What there is in all, what became of it, and when there was most. */
export function chartSummary({ starts, interval, series, what, timeZone }: Told): string {
  const [first] = starts
  const last = starts.at(-1)
  if (first === undefined || last === undefined) return 'There are no intervals in this range.'
  const zone = zoneOfBars(interval, timeZone)
  const totals = totalsOf(
    series.map(({ values }) => values),
    starts.length,
  )
  const total = sumOf(totals)
  const range = intervalName(first, last + interval, zone)
  const bars = `${starts.length === 1 ? '1 bar' : `${starts.length} bars`} of ${duration(interval)}`
  if (total === 0) return `${range}, ${bars}: nothing was counted.`
  const parts = series.flatMap(({ label, values }) => {
    const sum = sumOf(values)
    return sum === 0 ? [] : [`${label.toLowerCase()} ${amount(sum, what.unit)} (${percent(sum, total)})`]
  })
  const peak = totals.indexOf(Math.max(...totals))
  const at = starts[peak] ?? first
  const most = `Most at ${intervalName(at, at + interval, zone)}: ${amount(totals[peak] ?? 0, what.unit)}.`
  return `${range}, ${bars}: ${amountOf(total, what)}. ${sentence(parts)} ${most}`
}

/** One bar, or the bars of a selection, as they are read out when a key has led there. */
export function barWords(
  { starts, interval, series, what, timeZone }: Told,
  { first, last, isRunning }: { readonly first: number; readonly last: number; readonly isRunning: boolean },
): string {
  const zone = zoneOfBars(interval, timeZone)
  const name = intervalName(starts[first] ?? 0, (starts[last] ?? 0) + interval, zone)
  const sums = series.map(({ label, values }) => ({ label, sum: sumOf(values, first, last) }))
  const total = sums.reduce((all, { sum }) => all + sum, 0)
  const parts = sums.flatMap(({ label, sum }) =>
    sum === 0 || sum === total ? [] : [`${label.toLowerCase()} ${amount(sum, what.unit)}`],
  )
  const alone = sums.find(({ sum }) => sum === total)
  const all = `${amountOf(total, what)}${total > 0 && alone ? `, ${alone.label.toLowerCase()}` : ''}`
  return [`${name}${isRunning ? ', so far' : ''}: ${all}.`, sentence(parts)].filter(Boolean).join(' ')
}

function sentence(parts: readonly string[]): string {
  const text = parts.join(', ')
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
