/** The only place that reads the clock, so that tests can hold time still. */

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Runs `work` once, `ms` from now; the answer calls it off. Waiting for it keeps no process alive. */
  after(ms: number, work: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms).unref()
    return () => clearTimeout(timer)
  },
}

/** A clock that only moves when told to, and on its way runs what has become due. */
export function heldClock(startAt: number): Clock & { advance(ms: number): void; set(at: number): void } {
  let at = startAt
  const waiting = new Set<{ readonly dueAt: number; readonly work: () => void }>()

  function set(next: number): void {
    for (;;) {
      const [due] = [...waiting].filter(({ dueAt }) => dueAt <= next).sort((a, b) => a.dueAt - b.dueAt)
      if (due === undefined) break
      waiting.delete(due)
      at = due.dueAt
      due.work()
    }
    at = next
  }

  return {
    now: () => at,
    after(ms, work) {
      const entry = { dueAt: at + ms, work }
      waiting.add(entry)
      return () => void waiting.delete(entry)
    },
    advance: (ms) => set(at + ms),
    set,
  }
}

/** Milliseconds from some moment on, for durations: unlike the time of day it never jumps. */
export function monotonicMs(): number {
  return performance.now()
}

/** Waits without holding the event loop open longer than asked. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
