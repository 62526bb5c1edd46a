import { useId } from 'react'
import { cssColor, type Pattern, type SchemeColor } from '../words/outcomes.ts'
import { TILE_SIZE, tileInk, tiles } from './pattern-tiles.ts'

interface Props {
  readonly color: SchemeColor
  readonly pattern: Pattern
  /** Pixels. */
  readonly size?: number
}

/** A piece of a bar: colour and pattern, as in the chart. Its name stands beside it. */
export function Swatch({ color, pattern, size = 12 }: Props) {
  const id = useId()
  const tile = tiles[pattern]
  return (
    <svg width={size} height={size} aria-hidden="true" style={{ flexShrink: 0, display: 'block' }}>
      <rect width={size} height={size} rx={2} style={{ fill: cssColor(color) }} />
      {tile && (
        <>
          <pattern id={id} width={TILE_SIZE} height={TILE_SIZE} patternUnits="userSpaceOnUse">
            <path d={tile.path} strokeWidth={tile.stroke} fill="none" style={{ stroke: cssColor(tileInk) }} />
          </pattern>
          <rect width={size} height={size} rx={2} fill={`url(#${id})`} />
        </>
      )}
    </svg>
  )
}
