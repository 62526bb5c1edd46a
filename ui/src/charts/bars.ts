/** Where stacked bars stand, in whole pixels of the canvas, so that every edge is sharp. */

/** Pixels of the canvas. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The room of one interval, and of its bar inside it. `to` is exclusive. */
export interface Slot {
  readonly from: number
  readonly to: number
  readonly barFrom: number
  readonly barTo: number
}

/** Pixels of style sheets. */
const MAX_BAR = 56
const MAX_GAP = 8

/** Of a slot this wide, in pixels of the canvas, what is left free between two bars. */
function gapOf(width: number, ratio: number): number {
  // Thin bars and gaps of the same width would flicker.
  if (width < 4) return 0
  const gap = Math.min(MAX_GAP * ratio, Math.max(ratio, width * 0.2))
  return Math.max(1, Math.round(gap))
}

/**
 * The gap is the same everywhere, because eyes see it sooner than a bar that is one pixel wider than the next.
 * `ratio` is how many pixels of the canvas make one of a style sheet.
 */
export function slotsOf(
  { left, width }: Pick<Box, 'left' | 'width'>,
  count: number,
  ratio: number,
): readonly Slot[] {
  const step = width / count
  const gap = gapOf(step, ratio)
  const most = Math.round(MAX_BAR * ratio)
  return Array.from({ length: count }, (_, index) => {
    const from = Math.round(left + index * step)
    const to = Math.round(left + (index + 1) * step)
    const spare = Math.max(gap, to - from - most)
    const barFrom = from + Math.floor(spare / 2)
    return { from, to, barFrom, barTo: Math.max(barFrom + 1, to - Math.ceil(spare / 2)) }
  })
}

/** A part of a bar. Nothing stands on the topmost. */
export interface Part extends Box {
  readonly index: number
  readonly isTopmost: boolean
}

export interface Stacking {
  /** Of each series from the bottom up, one value per slot. */
  readonly values: readonly (readonly number[])[]
  readonly slots: readonly Slot[]
  readonly box: Box
  /** The value at the top of the box. */
  readonly max: number
  readonly ratio: number
}

/**
 * The parts of each series from the bottom up. What there is can be seen: it is a pixel high at least. A thin line
 * stays free between two parts where there is room.
 */
export function stackedParts({ values, slots, box, max, ratio }: Stacking): readonly (readonly Part[])[] {
  const parts: Part[][] = values.map(() => [])
  const bottom = box.top + box.height
  const least = Math.max(1, Math.round(ratio))
  for (const [index, { barFrom, barTo }] of slots.entries()) {
    const present = values.flatMap((of, series) => ((of[index] ?? 0) > 0 ? [series] : []))
    let sum = 0
    let floor = bottom
    for (const series of present) {
      sum += values[series]?.[index] ?? 0
      const exact = Math.round(bottom - (sum / max) * box.height)
      const top = Math.max(box.top, Math.min(exact, floor - least))
      const isLowest = series === present[0]
      // The line is taken from the upper part, so that sums stand where the axis says.
      const line = !isLowest && floor - top >= 4 * least ? least : 0
      const height = floor - line - top
      if (height > 0) {
        parts[series]?.push({
          index,
          left: barFrom,
          top,
          width: barTo - barFrom,
          height,
          isTopmost: series === present.at(-1),
        })
      }
      floor = top
    }
  }
  return parts
}

/** Pixels of the canvas: rounded only as much as a bar of that width and height carries. */
export function radiusOf({ width, height }: Pick<Box, 'width' | 'height'>, ratio: number): number {
  const wanted = 2 * ratio
  return width < 3 * wanted ? 0 : Math.min(wanted, height)
}

/** A line over the tops of all slots, as points from left to right. */
export function contourOf(
  values: readonly number[],
  { slots, box, max }: Pick<Stacking, 'slots' | 'box' | 'max'>,
): readonly { readonly x: number; readonly y: number }[] {
  const bottom = box.top + box.height
  return slots.flatMap(({ from, to }, index) => {
    const y = Math.round(bottom - ((values[index] ?? 0) / max) * box.height)
    return [
      { x: from, y },
      { x: to, y },
    ]
  })
}

/** The sum of all series in each interval. */
export function totalsOf(values: readonly (readonly number[])[], count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => values.reduce((sum, of) => sum + (of[index] ?? 0), 0))
}

/** The index of the interval at `x` pixels of `width`; the nearest one outside. */
export function indexAt(x: number, width: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor((x / width) * count)))
}
