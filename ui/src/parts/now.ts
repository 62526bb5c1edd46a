/** The present, one clock for all that shows it. */
import { useSyncExternalStore } from 'react'

const TICK_MS = 5000

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  // Nobody watched the clock in between; React looks again after it has subscribed.
  if (timer === undefined) now = Date.now()
  listeners.add(listener)
  timer ??= setInterval(() => {
    if (document.visibilityState === 'hidden') return
    now = Date.now()
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function current(): number {
  return now
}

/** Epoch milliseconds; changes every five seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, current)
}
