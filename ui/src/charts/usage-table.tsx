import { useMediaQuery } from '@mantine/hooks'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { amount, type CategoryWords } from '../words/categories.ts'
import { totalsOf } from './bars.ts'
import { bareIntervalName, zoneOfBars } from './interval-names.ts'
import { type ChartSeries, sumOf } from './series.ts'
import { Swatch } from './swatch.tsx'
import classes from './usage-table.module.css'

export interface UsageTableProps {
  /** What the numbers are, for those who listen: `Events of web`. */
  readonly label: string
  /** Epoch seconds. */
  readonly starts: readonly number[]
  /** Seconds. */
  readonly interval: number
  readonly series: readonly ChartSeries[]
  readonly what: CategoryWords
  readonly timeZone: string
  /** Epoch seconds: intervals that begin then or later are not over. */
  readonly runningFrom?: number | undefined
  /** Pixels; what does not fit is scrolled. */
  readonly maxHeight?: number
}

/** Up to so many, every row is in the page, where the browser's search finds it. */
const MANY_ROWS = 100
const ROW_HEIGHT = 33

/** The numbers of the chart, the newest first. Where it is narrow, what became of them stands below the interval. */
export function UsageTable(props: UsageTableProps) {
  const { label, starts, interval, series, what, timeZone, runningFrom, maxHeight = 440 } = props
  const scroller = useRef<HTMLElement>(null)
  const isNarrow = useMediaQuery('(max-width: 47.9375em)', undefined, { getInitialValueInEffect: false })
  const zone = zoneOfBars(interval, timeZone)
  const totals = totalsOf(
    series.map(({ values }) => values),
    starts.length,
  )
  const { rows, above, below, measure } = useRows(starts.length, scroller)
  const columns = { series, isNarrow, write: (value: number) => amount(value, what.unit) }

  return (
    <section
      ref={scroller}
      className={classes.scroller}
      style={{ maxHeight }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
      tabIndex={0}
      aria-label={label}
    >
      <table
        className={classes.table}
        data-narrow={isNarrow || undefined}
        aria-label={label}
        aria-rowcount={starts.length + 2}
      >
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">Interval, {zone.replaceAll('_', ' ')}</th>
            {!isNarrow &&
              series.map(({ key, label, color, pattern }) => (
                <th key={key} scope="col">
                  <span className={classes.part}>
                    <Swatch color={color} pattern={pattern} size={10} />
                    {label}
                  </span>
                </th>
              ))}
            <th scope="col">Total</th>
          </tr>
        </thead>
        <tbody>
          <Spacer height={above} />
          {rows.map((position) => {
            const index = starts.length - 1 - position
            const start = starts[index] ?? 0
            return (
              <tr key={start} aria-rowindex={position + 2} data-index={position} ref={measure}>
                <Cells
                  {...columns}
                  name={bareIntervalName(start, start + interval, zone)}
                  isRunning={runningFrom !== undefined && start >= runningFrom}
                  sums={series.map(({ values }) => values[index] ?? 0)}
                  total={totals[index] ?? 0}
                />
              </tr>
            )
          })}
          <Spacer height={below} />
        </tbody>
        <tfoot>
          <tr aria-rowindex={starts.length + 2}>
            <Cells
              {...columns}
              name="Total"
              isRunning={false}
              sums={series.map(({ values }) => sumOf(values))}
              total={sumOf(totals)}
            />
          </tr>
        </tfoot>
      </table>
    </section>
  )
}

/** Positions of the rows that are in the page, and the room of those that are not. */
function useRows(count: number, scroller: { readonly current: HTMLElement | null }) {
  const isVirtual = count > MANY_ROWS
  const virtualizer = useVirtualizer({
    count,
    enabled: isVirtual,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  if (!isVirtual) {
    return {
      rows: Array.from({ length: count }, (_, position) => position),
      above: 0,
      below: 0,
      measure: undefined,
    }
  }
  const items = virtualizer.getVirtualItems()
  return {
    rows: items.map(({ index }) => index),
    above: items[0]?.start ?? 0,
    below: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
    measure: virtualizer.measureElement,
  }
}

function Spacer({ height }: { readonly height: number }) {
  return height > 0 && <tr className={classes.spacer} style={{ height }} />
}

interface CellsProps {
  readonly name: string
  readonly isRunning: boolean
  readonly series: readonly ChartSeries[]
  readonly sums: readonly number[]
  readonly total: number
  readonly isNarrow: boolean
  readonly write: (value: number) => string
}

function Cells({ name, isRunning, series, sums, total, isNarrow, write }: CellsProps) {
  return (
    <>
      <th scope="row">
        {name}
        {isRunning && <span className={classes.note}> so far</span>}
        {isNarrow && (
          <div className={classes.parts}>
            {series.map(({ key, label, color, pattern }, position) => {
              const sum = sums[position] ?? 0
              return (
                sum > 0 && (
                  <span key={key} className={classes.part} title={label}>
                    <Swatch color={color} pattern={pattern} size={10} />
                    <span className="visually-hidden">{label}</span>
                    {write(sum)}
                  </span>
                )
              )
            })}
          </div>
        )}
      </th>
      {!isNarrow &&
        series.map(({ key }, position) => (
          <td key={key} data-zero={sums[position] === 0 || undefined}>
            {write(sums[position] ?? 0)}
          </td>
        ))}
      <td>{write(total)}</td>
    </>
  )
}
