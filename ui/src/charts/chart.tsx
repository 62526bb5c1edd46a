/** The plot: bars, axes, and what is shown of the bars that are looked at. Nothing else knows the library. */
import { useComputedColorScheme } from '@mantine/core'
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { CategoryWords } from '../words/categories.ts'
import type { Box } from './bars.ts'
import classes from './chart.module.css'
import { drawPicture, type Inks, type Scheme } from './drawing.ts'
import { intervalName, zoneOfBars } from './interval-names.ts'
import { type Plan, planOf } from './plan.ts'
import { type ChartSeries, sumOf } from './series.ts'
import { barWords, chartSummary } from './summary.ts'
import { timeTicks } from './time-ticks.ts'
import { ChartTooltip, tooltipPlace } from './tooltip.tsx'
import { useWalking } from './walking.ts'

export interface ChartProps {
  /** What the chart shows, for those who listen: `Events of web`. */
  readonly label: string
  /** Epoch seconds at which the intervals begin, one right after the other. */
  readonly starts: readonly number[]
  /** Length of an interval in seconds. */
  readonly interval: number
  /** Stacked from the first to the last. */
  readonly series: readonly ChartSeries[]
  /** What is counted. */
  readonly what: CategoryWords
  /** IANA name. Whole days are those of UTC nevertheless. */
  readonly timeZone: string
  /** Epoch seconds: intervals that begin then or later are not over. */
  readonly runningFrom?: number | undefined
  /** Totals of the period before, which began at `from` epoch seconds. */
  readonly previous?: { readonly from: number; readonly values: readonly number[] } | undefined
  /** The key of the series that is shown alone. */
  readonly isolated: string | undefined
  /** Epoch seconds, end exclusive. Without it nothing can be selected. */
  readonly onSelectRange?: ((from: number, to: number) => void) | undefined
  /** Pixels, axes included. */
  readonly height: number
}

/** Pixels. */
const AXIS_HEIGHT = 40
const TOP = 10
const RIGHT = 12
const FONT_SIZE = 12

export function Chart(props: ChartProps) {
  const { label, starts, interval, series, what, timeZone, runningFrom, previous, isolated } = props
  const { onSelectRange, height } = props
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const plan = useMemo(() => {
    const plotHeight = height - AXIS_HEIGHT - TOP
    return planOf({ starts, interval, series, what, timeZone, runningFrom, previous, isolated, plotHeight })
  }, [starts, interval, series, what, timeZone, runningFrom, previous, isolated, height])
  const { host, box } = usePlot(plan, scheme)
  const summary = useId()

  const isRunning = (index: number) => index >= plan.picture.running
  const tell = (first: number, last: number) => barWords(props, { first, last, isRunning: isRunning(last) })
  const { stretch, words, handlers } = useWalking({ starts, interval, box, onSelectRange, tell })
  const columns = stretch && box && columnsOf(box, starts.length, stretch)
  const zone = zoneOfBars(interval, timeZone)
  const nameFrom = (start: number, { first, last } = { first: 0, last: 0 }) =>
    intervalName(start + first * interval, start + (last + 1) * interval, zone)

  return (
    <div
      className={classes.plot}
      style={{ height }}
      role="application"
      aria-roledescription="bar chart"
      aria-label={label}
      aria-describedby={summary}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is what takes keys
      tabIndex={0}
      data-selects={onSelectRange !== undefined || undefined}
      {...handlers}
    >
      {columns && !stretch.isSelected && <div className={classes.column} style={columns} />}
      <div className={classes.canvas} ref={host} aria-hidden="true" />
      {columns && stretch.isSelected && (
        <div className={classes.shade} style={box}>
          <div
            className={classes.selection}
            style={{ left: columns.left - box.left, width: columns.width }}
          />
        </div>
      )}
      {columns && (
        <ChartTooltip
          {...{ series, isolated, what, ...stretch }}
          title={nameFrom(plan.from, stretch)}
          isRunning={isRunning(stretch.last)}
          previous={
            previous && {
              name: nameFrom(previous.from, stretch),
              value: sumOf(previous.values, stretch.first, stretch.last),
            }
          }
          note={stretch.isSelected ? selectionNotes[stretch.isDragged ? 'pointer' : 'keys'] : undefined}
          style={tooltipPlace(columns, { width: box.left + box.width + RIGHT, height })}
        />
      )}
      <p id={summary} className="visually-hidden">
        {chartSummary(props)} Left and right walk the bars.
        {onSelectRange && ' With shift they select, and Enter zooms in.'}
      </p>
      <div className="visually-hidden" aria-live="polite">
        {words}
      </div>
    </div>
  )
}

const selectionNotes = { pointer: 'Let go to zoom in', keys: 'Enter zooms in, Escape lets go' } as const

/** The room of some bars from top to bottom, in pixels of style sheets. */
function columnsOf(
  box: Box,
  count: number,
  { first, last }: { readonly first: number; readonly last: number },
): Box {
  const edge = (index: number) => Math.round(box.left + (index * box.width) / count)
  return { left: edge(first), top: box.top, width: edge(last + 1) - edge(first), height: box.height }
}

/** What the library's callbacks read, which live as long as the plot. */
interface Current {
  plan: Plan
  scheme: Scheme
  inks: Inks
}

/** A plot that lives as long as its element: new data, sizes and colours are only drawn again. */
function usePlot(plan: Plan, scheme: Scheme) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<{ readonly made: uPlot; readonly current: Current } | undefined>(undefined)
  /** Pixels of style sheets, as the library has laid it out. */
  const [box, setBox] = useState<Box | undefined>(undefined)

  useLayoutEffect(() => {
    const element = host.current
    if (element === null) return
    if (plot.current === undefined) {
      const current = { plan, scheme, inks: inksOf(element) }
      const made = new uPlot(optionsOf(element, current, setBox), dataOf(plan), element)
      plot.current = { made, current }
      return
    }
    const { made, current } = plot.current
    Object.assign(current, { plan, scheme, inks: inksOf(element) })
    made.setData(dataOf(plan))
  }, [plan, scheme])

  useLayoutEffect(() => {
    const element = host.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element
      const made = plot.current?.made
      if (made && width > 0 && (width !== made.width || height !== made.height))
        made.setSize({ width, height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.current?.made.destroy()
      plot.current = undefined
    }
  }, [])
  return { host, box }
}

/** The style sheet knows the colours; a canvas takes none of its variables. */
function inksOf(element: HTMLElement): Inks {
  const { color, borderTopColor, textDecorationColor, columnRuleColor } = getComputedStyle(element)
  return { text: color, grid: borderTopColor, base: textDecorationColor, outline: columnRuleColor }
}

function dataOf({ starts, totals }: Plan): uPlot.AlignedData {
  return [[...starts], [...totals]]
}

function optionsOf(element: HTMLElement, current: Current, onLayout: (box: Box) => void): uPlot.Options {
  const font = `${FONT_SIZE}px ${getComputedStyle(element).fontFamily}`
  const text = () => current.inks.text
  let plotWidth = 0
  let known = ''
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    padding: [TOP, RIGHT, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { time: false, range: () => [current.plan.from, current.plan.to] },
      y: { range: () => [0, current.plan.picture.max] },
    },
    // Its data only moves the scales: stacked bars are drawn upon the axes below.
    series: [{}, { paths: () => null, points: { show: false } }],
    axes: [
      {
        size: AXIS_HEIGHT,
        font,
        gap: 4,
        lineGap: 1.3,
        stroke: text,
        grid: { show: false },
        ticks: { size: 4, width: 1, stroke: () => current.inks.base },
        // The library says nowhere else how wide the plot is while it looks for labels.
        space: (_plot, _axis, _min, _max, width) => {
          plotWidth = width
          return FONT_SIZE
        },
        splits: () => timeTicks({ ...current.plan, width: plotWidth }).map(({ at }) => at),
        values: () => timeTicks({ ...current.plan, width: plotWidth }).map(({ label }) => label),
      },
      {
        size: (_plot, labels) => labelsWidth(labels, font),
        font,
        gap: 8,
        stroke: text,
        grid: { width: 1, stroke: () => current.inks.grid },
        ticks: { show: false },
        splits: () => [...current.plan.ticks],
        values: () => [...current.plan.labels],
      },
    ],
    hooks: {
      draw: [
        ({ ctx, bbox }) => {
          const ratio = uPlot.pxRatio
          const { plan, scheme, inks } = current
          drawPicture(ctx, bbox, ratio, { ...plan.picture, scheme, inks })
          const { left, top, width, height } = bbox
          const box = { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio }
          if (known === JSON.stringify(box)) return
          known = JSON.stringify(box)
          onLayout(box)
        },
      ],
    },
  }
}

/** In steps, so that the bars stay where they are while numbers grow. */
function labelsWidth(labels: readonly string[] | null, font: string): number {
  const ruler = document.createElement('canvas').getContext('2d')
  if (ruler === null || labels === null) return 40
  ruler.font = font
  const widest = Math.max(...labels.map((label) => ruler.measureText(label).width))
  return Math.max(40, Math.ceil((widest + 12) / 8) * 8)
}
