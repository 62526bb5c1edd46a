/** Walking the bars of a chart by keys: which one is looked at, and which stretch is being selected. */

export interface Place {
  /** Index of the bar that is looked at. */
  readonly active: number | undefined
  /** Where a selection began, while there is one. */
  readonly anchor: number | undefined
}

export const nowhere: Place = { active: undefined, anchor: undefined }

export interface Key {
  readonly key: string
  readonly shiftKey: boolean
}

/** Where a key leads; undefined for keys that mean nothing here. `count` is the number of bars. */
export function walk(place: Place, { key, shiftKey }: Key, count: number): Place | undefined {
  if (count === 0) return undefined
  if (key === 'Escape') return retreat(place)
  const active = target(place.active, key, count)
  if (active === undefined) return undefined
  return { active, anchor: shiftKey ? (place.anchor ?? place.active ?? active) : undefined }
}

function target(active: number | undefined, key: string, count: number): number | undefined {
  const last = count - 1
  switch (key) {
    // The newest is the one that people come for.
    case 'ArrowLeft':
      return active === undefined ? last : Math.max(0, active - 1)
    case 'ArrowRight':
      return active === undefined ? last : Math.min(last, active + 1)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}

/** Gives up the selection first, then the bar. */
function retreat({ active, anchor }: Place): Place | undefined {
  if (anchor !== undefined) return { active, anchor: undefined }
  return active === undefined ? undefined : nowhere
}

/** First and last bar of the selection. */
export function selectionOf({ active, anchor }: Place): readonly [first: number, last: number] | undefined {
  if (active === undefined || anchor === undefined) return undefined
  return [Math.min(active, anchor), Math.max(active, anchor)]
}
