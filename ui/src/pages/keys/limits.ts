/** A key's rate limit in words, and the windows that people choose among. */
import { exact } from '../../words/numbers.ts'

export interface RateLimit {
  readonly count: number
  /** Seconds. */
  readonly window: number
}

/** Seconds, each with how it is called after "per". */
const windows: readonly (readonly [seconds: number, name: string])[] = [
  [10, '10 seconds'],
  [60, 'minute'],
  [300, '5 minutes'],
  [900, '15 minutes'],
  [3600, 'hour'],
  [7200, '2 hours'],
  [14_400, '4 hours'],
  [21_600, '6 hours'],
  [43_200, '12 hours'],
  [86_400, 'day'],
]

/** Those of the list, and the one that is set should it be another: `per 90 seconds`. */
export function windowChoices(current: number | undefined): { value: string; label: string }[] {
  const known = windows.some(([seconds]) => seconds === current)
  const all = current === undefined || known ? windows : [...windows, [current, windowName(current)] as const]
  return [...all]
    .sort(([a], [b]) => a - b)
    .map(([seconds, name]) => ({ value: String(seconds), label: `per ${name}` }))
}

function windowName(seconds: number): string {
  return windows.find(([each]) => each === seconds)?.[1] ?? `${exact(seconds)} seconds`
}

/** `100 per minute`. */
export function limitWords({ count, window }: RateLimit): string {
  return `${exact(count)} per ${windowName(window)}`
}
