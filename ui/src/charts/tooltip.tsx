import type { CSSProperties } from 'react'
import { amount, type CategoryWords } from '../words/categories.ts'
import { plural } from '../words/numbers.ts'
import classes from './chart.module.css'
import { type ChartSeries, sumOf } from './series.ts'
import { Swatch } from './swatch.tsx'

interface Props {
  /** The interval, or the stretch that is being selected. */
  readonly title: string
  readonly series: readonly ChartSeries[]
  /** The key of the series that is shown alone. */
  readonly isolated: string | undefined
  readonly first: number
  readonly last: number
  readonly what: CategoryWords
  readonly isRunning: boolean
  /** What came in the period before, and when that was. */
  readonly previous: { readonly name: string; readonly value: number } | undefined
  /** What can be done now. */
  readonly note: string | undefined
  readonly style: CSSProperties
}

/** All outcomes of an interval, and their total. */
export function ChartTooltip(props: Props) {
  const { title, series, isolated, first, last, what, isRunning, previous, note, style } = props
  const sums = series.map((each) => ({ ...each, sum: sumOf(each.values, first, last) }))
  const total = sums.reduce((all, { sum }) => all + sum, 0)
  const isFaint = (key: string, sum: number) => sum === 0 || (isolated !== undefined && isolated !== key)
  return (
    // Those who listen hear the same from the live region.
    <div className={classes.tooltip} style={style} aria-hidden="true">
      <div className={classes.title}>{title}</div>
      {/* Like the bar: what is on top of it comes first. */}
      {sums.toReversed().map(({ key, label, color, pattern, sum }) => (
        <div key={key} className={classes.row} data-faint={isFaint(key, sum) || undefined}>
          <Swatch color={color} pattern={pattern} />
          <span>{label}</span>
          <span>{amount(sum, what.unit)}</span>
        </div>
      ))}
      <div className={`${classes.row} ${classes.total}`}>
        <span>
          Total{isRunning && ' so far'}
          {first !== last && ` of ${plural(last - first + 1, 'bar')}`}
        </span>
        <span>{amount(total, what.unit)}</span>
      </div>
      {previous && (
        <div className={`${classes.row} ${classes.note}`}>
          <span>{previous.name}</span>
          <span>{amount(previous.value, what.unit)}</span>
        </div>
      )}
      {note && <div className={classes.note}>{note}</div>}
    </div>
  )
}

/** Pixels, as in the style sheet. */
const WIDTH = 272
const GAP = 12

interface Span {
  readonly left: number
  readonly width: number
}

/** Beside the bars, on the side that has more room; below the plot where it would hide half of it. */
export function tooltipPlace(bars: Span, plot: { readonly width: number; readonly height: number }) {
  const isRight = bars.left + bars.width / 2 < plot.width / 2
  const wanted = isRight ? bars.left + bars.width + GAP : bars.left - WIDTH - GAP
  return {
    left: Math.max(0, Math.min(wanted, plot.width - WIDTH)),
    top: plot.width < 2 * WIDTH ? plot.height : 0,
  }
}
