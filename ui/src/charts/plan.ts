/** What a plot is told: the stretch of time, the round amounts of its axis, and the picture of its bars. */
import type { CategoryWords } from '../words/categories.ts'
import { totalsOf } from './bars.ts'
import type { Picture } from './drawing.ts'
import { type ChartSeries, shownSeries } from './series.ts'
import { tickLabels, valueTicks } from './value-ticks.ts'

export interface Plan {
  /** Epoch seconds, end exclusive. */
  readonly from: number
  readonly to: number
  /** Seconds. */
  readonly interval: number
  readonly zone: string
  readonly starts: readonly number[]
  readonly totals: readonly number[]
  /** Amounts from zero up, and their labels. */
  readonly ticks: readonly number[]
  readonly labels: readonly string[]
  readonly picture: Omit<Picture, 'inks' | 'scheme'>
}

export interface Wish {
  readonly starts: readonly number[]
  readonly interval: number
  readonly series: readonly ChartSeries[]
  readonly what: CategoryWords
  readonly timeZone: string
  readonly runningFrom: number | undefined
  readonly previous: { readonly values: readonly number[] } | undefined
  readonly isolated: string | undefined
  /** Pixels between zero and the top. */
  readonly plotHeight: number
}

/** Pixels from one amount on the axis to the next, at least. */
const LABEL_ROOM = 38
const MAX_STEPS = 6

export function planOf(wish: Wish): Plan {
  const { starts, interval, series, what, timeZone, runningFrom, previous, isolated, plotHeight } = wish
  const shown = shownSeries(series, isolated)
  const totals = totalsOf(
    shown.map(({ values }) => values),
    starts.length,
  )
  // The period before is known in total only, which says nothing of one series.
  const outline = shown === series ? previous?.values : undefined
  const steps = Math.max(2, Math.min(MAX_STEPS, Math.floor(plotHeight / LABEL_ROOM)))
  const ticks = valueTicks(Math.max(0, ...totals, ...(outline ?? [])), what.unit, steps)
  const from = starts[0] ?? 0
  const running = runningFrom === undefined ? -1 : starts.findIndex((start) => start >= runningFrom)
  return {
    from,
    to: from + starts.length * interval,
    interval,
    zone: timeZone,
    starts,
    totals,
    ticks,
    labels: tickLabels(ticks, what.unit),
    picture: {
      series: shown,
      count: starts.length,
      max: ticks.at(-1) ?? 1,
      running: running < 0 ? starts.length : running,
      previous: outline,
    },
  }
}
