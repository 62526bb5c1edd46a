/** The only place that reads the clock, so that tests can hold time still. */

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that only moves when told to. */
export function heldClock(startAt: number): Clock & { advance(ms: number): void; set(at: number): void } {
  let at = startAt
  return {
    now: () => at,
    advance: (ms) => {
      at += ms
    },
    set: (next) => {
      at = next
    },
  }
}

/** Waits without holding the event loop open longer than asked. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
