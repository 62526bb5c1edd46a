/** The chart of usage as pages show it: legend, plot and what stands below, at their final size from the start. */
import { lazy, Suspense, useState } from 'react'
import classes from './chart.module.css'
import type { ChartProps } from './chart.tsx'
import { axisNote, intervalName, zoneOfBars } from './interval-names.ts'
import { Legend } from './legend.tsx'

// On its way as soon as a page that shows charts is: it need not wait for the page's data.
const plot = import('./chart.tsx')
const Chart = lazy(async () => ({ default: (await plot).Chart }))

const HEIGHT = 280

export interface UsageChartProps extends Omit<ChartProps, 'isolated' | 'height'> {
  /** The key of the series that is shown alone, where the page keeps it; else the chart does. */
  readonly isolated?: string | undefined
  readonly onIsolate?: ((key: string | undefined) => void) | undefined
  /** Of the plot and its axes, in pixels. */
  readonly height?: number
}

export function UsageChart({ isolated, onIsolate, height = HEIGHT, ...props }: UsageChartProps) {
  const { label, starts, interval, series, timeZone, previous, onSelectRange } = props
  const [own, setOwn] = useState<string | undefined>(undefined)
  const alone = onIsolate ? isolated : own
  const zone = zoneOfBars(interval, timeZone)
  const before = previous && intervalName(previous.from, previous.from + starts.length * interval, zone)
  return (
    <figure className={classes.figure} aria-label={label}>
      <Legend series={series} isolated={alone} onIsolate={onIsolate ?? setOwn} previous={before} />
      <Suspense fallback={<div style={{ height }} />}>
        <Chart {...props} isolated={alone} height={height} />
      </Suspense>
      <figcaption className={classes.caption}>
        <span>{axisNote(interval, timeZone, starts.at(-1) ?? 0)}</span>
        <span className={classes.hint} aria-hidden="true">
          ← → walk the bars{onSelectRange && ' · Shift selects · Enter zooms in'}
        </span>
      </figcaption>
    </figure>
  )
}
