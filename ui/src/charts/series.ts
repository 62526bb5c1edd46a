/** What a chart shows: series of amounts, one per interval, stacked from the first to the last. */
import {
  type Outcome,
  outcomes,
  outcomeWords,
  type Pattern,
  parseOutcome,
  type SchemeColor,
} from '../words/outcomes.ts'

export interface ChartSeries {
  readonly key: string
  readonly label: string
  /** One sentence, for those who point at its name. */
  readonly explanation?: string
  readonly color: SchemeColor
  readonly pattern: Pattern
  /** One per interval; what is missing is zero. */
  readonly values: readonly number[]
}

/** As `GET …/usage/?groupBy=outcome` answers them. */
interface OutcomeGroup {
  readonly by: Readonly<Record<string, string | null>>
  readonly series: readonly number[]
}

/** All outcomes in their order, also those of which there was nothing: a legend that changes cannot be learnt. */
export function outcomeSeries(groups: readonly OutcomeGroup[], count: number): readonly ChartSeries[] {
  const sums = new Map<Outcome, number[]>(
    outcomes.map((key) => [key, Array.from({ length: count }, () => 0)]),
  )
  for (const { by, series } of groups) {
    const outcome = parseOutcome(by.outcome)
    const sum = outcome && sums.get(outcome)
    if (sum) for (const [index, value] of series.entries()) sum[index] = (sum[index] ?? 0) + value
  }
  return outcomes.map((key) => {
    const words = outcomeWords[key]
    return { key, ...words, values: sums.get(key) ?? [] }
  })
}

/** The sum of a series over the bars from `first` to `last`. */
export function sumOf(values: readonly number[], first = 0, last = values.length - 1): number {
  let sum = 0
  for (let index = first; index <= last; index++) sum += values[index] ?? 0
  return sum
}

/** The series that are shown: one alone while it is isolated, else all. */
export function shownSeries(
  series: readonly ChartSeries[],
  isolated: string | undefined,
): readonly ChartSeries[] {
  const alone = series.filter(({ key }) => key === isolated)
  return alone.length > 0 ? alone : series
}
