/** Draws stacked bars on a canvas. It knows nothing of the library whose canvas it is. */
import type { SchemeColor } from '../words/outcomes.ts'
import { type Box, contourOf, type Part, radiusOf, slotsOf, stackedParts } from './bars.ts'
import { TILE_SIZE, tileInk, tiles } from './pattern-tiles.ts'
import type { ChartSeries } from './series.ts'

export type Scheme = keyof SchemeColor

/** Colours that come from the style sheet. */
export interface Inks {
  readonly text: string
  readonly grid: string
  readonly base: string
  readonly outline: string
}

export interface Picture {
  readonly series: readonly ChartSeries[]
  readonly count: number
  /** The value at the top of the box. */
  readonly max: number
  /** Index of the first interval that is not over yet. */
  readonly running: number
  /** Totals of the period before. */
  readonly previous: readonly number[] | undefined
  readonly scheme: Scheme
  readonly inks: Inks
}

/** How strongly an interval that is not over yet is drawn. */
const RUNNING_ALPHA = 0.45
/** Of the outline where bars stand before it. */
const COVERED_ALPHA = 0.4
/** Pixels of style sheets: in narrower bars patterns are nothing but noise. */
const PATTERN_WIDTH = 4

export function drawPicture(ctx: CanvasRenderingContext2D, box: Box, ratio: number, picture: Picture): void {
  const { series, count, max, running, previous, scheme, inks } = picture
  if (count === 0) return
  const slots = slotsOf(box, count, ratio)
  const stacked = stackedParts({ values: series.map(({ values }) => values), slots, box, max, ratio })
  const contour = previous && contourPath(previous, { slots, box, max }, ratio)
  ctx.save()
  if (contour) strokeContour(ctx, contour, { color: inks.outline, ratio })
  for (const [position, { color, pattern }] of series.entries()) {
    const parts = stacked[position] ?? []
    const isWide = (parts[0]?.width ?? 0) >= PATTERN_WIDTH * ratio
    const tile = isWide ? tileOf(ctx, pattern, scheme, ratio) : undefined
    for (const isRunning of [false, true]) {
      const path = pathOf(
        parts.filter(({ index }) => index >= running === isRunning),
        ratio,
      )
      ctx.globalAlpha = isRunning ? RUNNING_ALPHA : 1
      ctx.fillStyle = color[scheme]
      ctx.fill(path)
      if (tile === undefined) continue
      ctx.fillStyle = tile
      ctx.fill(path)
    }
  }
  ctx.globalAlpha = COVERED_ALPHA
  if (contour) strokeContour(ctx, contour, { color: inks.outline, ratio })
  ctx.restore()
  drawBase(ctx, box, ratio, inks.base)
}

function pathOf(parts: readonly Part[], ratio: number): Path2D {
  const path = new Path2D()
  for (const part of parts) {
    const radius = part.isTopmost ? radiusOf(part, ratio) : 0
    if (radius === 0) path.rect(part.left, part.top, part.width, part.height)
    else path.roundRect(part.left, part.top, part.width, part.height, [radius, radius, 0, 0])
  }
  return path
}

function contourPath(
  values: readonly number[],
  place: Parameters<typeof contourOf>[1],
  ratio: number,
): Path2D {
  const path = new Path2D()
  // Lines are sharp when their middle is where pixels meet, or between for odd widths.
  const shift = (Math.round(ratio) % 2) / 2
  const { left, width } = place.box
  for (const [index, { x, y }] of contourOf(values, place).entries()) {
    const edge = Math.min(x, left + width - 1) + shift
    if (index === 0) path.moveTo(edge, y + shift)
    else path.lineTo(edge, y + shift)
  }
  return path
}

function strokeContour(
  ctx: CanvasRenderingContext2D,
  path: Path2D,
  { color, ratio }: { readonly color: string; readonly ratio: number },
): void {
  ctx.strokeStyle = color
  ctx.lineWidth = Math.round(ratio)
  ctx.lineJoin = 'miter'
  ctx.setLineDash([])
  ctx.stroke(path)
}

/** The zero that bars stand on. */
function drawBase(
  ctx: CanvasRenderingContext2D,
  { left, top, width, height }: Box,
  ratio: number,
  color: string,
): void {
  ctx.fillStyle = color
  ctx.fillRect(left, top + height, width, Math.max(1, Math.round(ratio)))
}

const patterns = new Map<string, CanvasPattern | undefined>()

function tileOf(
  ctx: CanvasRenderingContext2D,
  pattern: ChartSeries['pattern'],
  scheme: Scheme,
  ratio: number,
): CanvasPattern | undefined {
  const name = `${pattern} ${scheme} ${ratio}`
  if (!patterns.has(name)) patterns.set(name, makeTile(ctx, pattern, scheme, ratio))
  return patterns.get(name)
}

function makeTile(
  ctx: CanvasRenderingContext2D,
  pattern: ChartSeries['pattern'],
  scheme: Scheme,
  ratio: number,
): CanvasPattern | undefined {
  const tile = tiles[pattern]
  if (tile === undefined) return undefined
  const canvas = document.createElement('canvas')
  // Whole pixels, else tiles would not join.
  const size = Math.round(TILE_SIZE * ratio)
  canvas.width = size
  canvas.height = size
  const inner = canvas.getContext('2d')
  if (inner === null) return undefined
  inner.scale(size / TILE_SIZE, size / TILE_SIZE)
  inner.strokeStyle = tileInk[scheme]
  inner.lineWidth = tile.stroke
  inner.stroke(new Path2D(tile.path))
  return ctx.createPattern(canvas, 'repeat') ?? undefined
}
