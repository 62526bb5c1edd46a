import { lazy, Suspense } from 'react'
import classes from './platform-icon.module.css'
import { platformOf } from './platforms.ts'
import { inkOn } from './tile.ts'

const Glyph = lazy(() => import('./glyphs.tsx').then(({ Glyph }) => ({ default: Glyph })))

interface Props {
  /** Its id; nothing known is fine. */
  readonly platform: string | null | undefined
  readonly size?: number
  /** Says its name to those who do not see it; for places where the name does not stand beside it. */
  readonly isNamed?: boolean
}

/** A tile in the colour of the platform. It has its size at once; what is drawn on it may come a moment later. */
export function PlatformIcon({ platform, size = 24, isNamed = false }: Props) {
  const { name, colour, letters, glyph } = platformOf(platform)
  const spoken = isNamed ? { role: 'img', 'aria-label': name, title: name } : { 'aria-hidden': true }
  return (
    <span
      className={classes.tile}
      data-ink={inkOn(colour)}
      style={{ width: size, height: size, borderRadius: Math.round(size * 0.22), backgroundColor: colour }}
      {...spoken}
    >
      {glyph === undefined ? (
        <span className={classes.letters} style={{ fontSize: size * (letters.length > 2 ? 0.36 : 0.44) }}>
          {letters}
        </span>
      ) : (
        <Suspense>
          <Glyph name={glyph} size={Math.round(size * 0.68)} />
        </Suspense>
      )}
    </span>
  )
}
