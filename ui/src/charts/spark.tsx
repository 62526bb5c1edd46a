import { memo } from 'react'
import { cssColor, type SchemeColor } from '../words/outcomes.ts'
import { sparkPaths } from './spark-paths.ts'

export interface SparkProps {
  /** What it shows, in words: `Accepted 1 234 and dropped 12 in 24 hours`. */
  readonly label: string
  /** Stacked from the first to the last, with one value per interval each; the same arrays while nothing changes. */
  readonly series: readonly SparkSeries[]
  /** Pixels. */
  readonly width?: number
  readonly height?: number
  /** The value at the top, where sparks are to be compared with each other; else its own largest. */
  readonly max?: number
}

export interface SparkSeries {
  readonly color: SchemeColor
  readonly values: readonly number[]
}

/** A few bars without axes: the number beside them says how large they are. One path per series, for long lists. */
export const Spark = memo(function Spark({ label, series, width = 120, height = 28, max }: SparkProps) {
  const values = series.map(({ values }) => values)
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      style={{ display: 'block', flexShrink: 0 }}
    >
      <title>{label}</title>
      <rect y={height - 1} width={width} height={1} style={{ fill: 'var(--v-line-strong)' }} />
      {sparkPaths(values, { width, height, max }).map((path, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the position of a series is what it is
        <path key={position} d={path} style={{ fill: cssColor(series[position]?.color ?? none) }} />
      ))}
    </svg>
  )
})

const none: SchemeColor = { light: 'none', dark: 'none' }
