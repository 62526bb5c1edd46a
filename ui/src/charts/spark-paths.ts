/** The bars of a spark as one path per series. */
import { slotsOf, stackedParts, totalsOf } from './bars.ts'

interface SparkBox {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** The value at the top; the largest total unless it is given. */
  readonly max: number | undefined
}

/** Empty for a series of which there was nothing. */
export function sparkPaths(
  values: readonly (readonly number[])[],
  { width, height, max }: SparkBox,
): readonly string[] {
  const count = Math.max(0, ...values.map(({ length }) => length))
  if (count === 0) return values.map(() => '')
  const box = { left: 0, top: 0, width, height }
  const top = max ?? Math.max(1, ...totalsOf(values, count))
  const stacked = stackedParts({ values, slots: slotsOf(box, count, 1), box, max: top, ratio: 1 })
  return stacked.map((parts) =>
    parts.map(({ left, top, width, height }) => `M${left} ${top}h${width}v${height}h-${width}z`).join(''),
  )
}
