/** Single keys that do something while nothing is being typed. */
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { furtherPlaces, projectPlaces, railPlaces } from './places.ts'

const isApple = /Mac|iPhone|iPad/.test(navigator.platform)

/** The key of the usual chords. */
export const chord = isApple ? '⌘' : 'Ctrl'

/** How long a second key may take. */
const PATIENCE_MS = 1200

interface Actions {
  readonly onPalette: () => void
  readonly onList: () => void
}

export function useShortcuts({ onPalette, onList }: Actions): void {
  const navigate = useNavigate()
  const { project } = useParams({ strict: false }) as { project?: string }

  const go = useEffectEvent((keys: string): boolean => {
    const place = [...railPlaces, ...furtherPlaces].find((each) => 'keys' in each && each.keys === keys)
    const side = projectPlaces.find((each) => each.keys === keys)
    if (place !== undefined) void navigate(place.link)
    else if (side !== undefined && project !== undefined) void navigate({ to: side.to, params: { project } })
    else return false
    return true
  })

  const press = useEffectEvent((key: string): boolean => {
    if (key === '?') onList()
    else if (key === '/') focusSearch(onPalette)
    else return false
    return true
  })
  const open = useEffectEvent(onPalette)

  useEffect(() => {
    let before = { key: '', at: 0 }
    const onKeyDown = (event: KeyboardEvent) => {
      const hasChord = isApple ? event.metaKey : event.ctrlKey
      if (hasChord && event.key.toLowerCase() === 'k' && !event.shiftKey && !event.altKey) {
        event.preventDefault()
        open()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTaken(event.target)) return
      const isSecond = before.key === 'g' && event.timeStamp - before.at < PATIENCE_MS
      before = { key: event.key, at: event.timeStamp }
      if (isSecond ? go(`g ${event.key}`) : press(event.key)) event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

/** Whether keys mean something else there: in fields, menus and dialogs. */
function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    target.closest('input, textarea, select, [role="menu"], [role="dialog"]') !== null
  )
}

/** The field of the page that says `data-search`; where there is none, the palette. */
function focusSearch(onPalette: () => void): void {
  const field = document.querySelector<HTMLInputElement>('#page input[data-search]')
  if (field === null) onPalette()
  else {
    field.focus()
    field.select()
  }
}
