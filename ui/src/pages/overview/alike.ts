/** Dropped items that say the same right after each other are told once. */
import type { DroppedItem } from '../../api/usage.ts'

export interface Alike {
  /** The newest of them. */
  readonly item: DroppedItem
  readonly times: number
  readonly quantity: number
}

export function alike(items: readonly DroppedItem[]): readonly Alike[] {
  const runs: { item: DroppedItem; times: number; quantity: number }[] = []
  for (const item of items) {
    const last = runs.at(-1)
    if (last !== undefined && isSame(last.item, item)) {
      last.times++
      last.quantity += item.quantity
    } else runs.push({ item, times: 1, quantity: item.quantity })
  }
  return runs
}

function isSame(a: DroppedItem, b: DroppedItem): boolean {
  return a.message === b.message && a.key?.id === b.key?.id && a.sdk === b.sdk && a.unlisted === b.unlisted
}
