/** Pointers and keys on the bars of a chart. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { type Box, indexAt } from './bars.ts'
import { nowhere, type Place, selectionOf, walk } from './walk.ts'

/** Pixels that a pointer may move before it selects. */
const DRAG_DISTANCE = 5

interface Ground {
  readonly starts: readonly number[]
  /** Seconds. */
  readonly interval: number
  /** Where the bars are in the element, in pixels of style sheets; undefined until they are drawn. */
  readonly box: Box | undefined
  /** Epoch seconds, end exclusive. */
  readonly onSelectRange: ((from: number, to: number) => void) | undefined
  /** What is read out when a key has led to these bars. */
  readonly tell: (first: number, last: number) => string
}

export interface Stretch {
  readonly first: number
  readonly last: number
  readonly isSelected: boolean
  /** Whether a pointer is selecting. */
  readonly isDragged: boolean
}

/** Bars are remembered by the moment at which they begin: while new ones come in, they move on. */
interface Moments {
  readonly active?: number | undefined
  readonly anchor?: number | undefined
}

/** The bars that are looked at, what is read out, and what goes onto the element. */
export function useWalking({ starts, interval, box, onSelectRange, tell }: Ground) {
  const [moments, setMoments] = useState<Moments>({})
  const [words, setWords] = useState('')
  const drag = useRef<{ readonly x: number; readonly index: number } | undefined>(undefined)
  const count = starts.length
  const place: Place = { active: indexOf(moments.active), anchor: indexOf(moments.anchor) }
  const selection = selectionOf(place)

  function indexOf(moment: number | undefined): number | undefined {
    const index = moment === undefined ? -1 : Math.floor((moment - (starts[0] ?? 0)) / interval)
    return index >= 0 && index < count ? index : undefined
  }

  function go({ active, anchor }: Place) {
    const momentOf = (index: number | undefined) => (index === undefined ? undefined : starts[index])
    setMoments({ active: momentOf(active), anchor: momentOf(anchor) })
  }

  function giveUp() {
    drag.current = undefined
    go(nowhere)
    setWords('')
  }

  function select([first, last]: readonly [number, number]) {
    giveUp()
    const [from, to] = [starts[first], starts[last]]
    if (from !== undefined && to !== undefined) onSelectRange?.(from, to + interval)
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Enter' && selection) {
      event.preventDefault()
      select(selection)
      return
    }
    const shiftKey = event.shiftKey && onSelectRange !== undefined
    const next = walk(place, { key: event.key, shiftKey }, count)
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    drag.current = undefined
    go(next)
    const [first, last] = selectionOf(next) ?? [next.active, next.active]
    setWords(first === undefined || last === undefined ? '' : tell(first, last))
  }

  function indexUnder({ clientX, currentTarget }: PointerEvent): number | undefined {
    if (box === undefined || count === 0) return undefined
    return indexAt(clientX - currentTarget.getBoundingClientRect().left - box.left, box.width, count)
  }

  function onPointerDown(event: PointerEvent) {
    const index = indexUnder(event)
    if (index === undefined || event.button !== 0) return
    go({ active: index, anchor: undefined })
    // A finger moves along the bars; a mouse selects.
    if (event.pointerType === 'touch' || onSelectRange === undefined) return
    drag.current = { x: event.clientX, index }
    event.currentTarget.setPointerCapture(event.pointerId)
  }

  function onPointerMove(event: PointerEvent) {
    const begun = drag.current
    // What the keys have selected stands until it is taken or given up.
    if (!begun && selection) return
    const active = indexUnder(event)
    const isFar = begun && (selection || Math.abs(event.clientX - begun.x) >= DRAG_DISTANCE)
    const anchor = isFar ? begun.index : undefined
    if (active !== place.active || anchor !== place.anchor) go({ active, anchor })
  }

  function onPointerUp() {
    const isTaken = drag.current !== undefined
    drag.current = undefined
    if (isTaken && selection) select(selection)
  }

  function onPointerLeave({ pointerType }: PointerEvent) {
    // A finger that is lifted leaves what it pointed at.
    if (pointerType !== 'touch' && !drag.current && !selection) giveUp()
  }

  const [first, last] = selection ?? [place.active, place.active]
  const isDragged = drag.current !== undefined
  const stretch: Stretch | undefined =
    first === undefined || last === undefined
      ? undefined
      : { first, last, isSelected: selection !== undefined, isDragged }
  const handlers = { onKeyDown, onPointerDown, onPointerMove, onPointerUp, onPointerLeave }
  return { stretch, words, handlers: { ...handlers, onPointerCancel: giveUp, onBlur: giveUp } }
}
