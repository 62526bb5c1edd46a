/** The patterns as tiles that join on all sides, one path for the canvas and for SVG alike. */
import type { Pattern } from '../words/outcomes.ts'

export const TILE_SIZE = 6

interface Tile {
  readonly path: string
  /** Width of the line. */
  readonly stroke: number
}

/** Undefined for an area without a pattern. */
export const tiles: Readonly<Record<Pattern, Tile | undefined>> = {
  solid: undefined,
  hatch: { path: 'M-1.5 1.5 L1.5 -1.5 M0 6 L6 0 M4.5 7.5 L7.5 4.5', stroke: 1.1 },
  dots: { path: dot(1.5, 1.5) + dot(4.5, 4.5), stroke: 0.9 },
  cross: {
    path: 'M-1.5 1.5 L1.5 -1.5 M0 6 L6 0 M4.5 7.5 L7.5 4.5 M-1.5 4.5 L1.5 7.5 M0 0 L6 6 M4.5 -1.5 L7.5 1.5',
    stroke: 0.8,
  },
  lines: { path: 'M1.5 0 L1.5 6 M4.5 0 L4.5 6', stroke: 0.9 },
}

/** A circle whose line fills it. */
function dot(x: number, y: number): string {
  const radius = 0.45
  return `M${x - radius} ${y} a${radius} ${radius} 0 1 0 ${2 * radius} 0 a${radius} ${radius} 0 1 0 ${-2 * radius} 0 `
}

/** What patterns are drawn with, upon the colour of their area. */
export const tileInk = { light: 'rgb(255 255 255 / 50%)', dark: 'rgb(0 0 0 / 38%)' } as const
