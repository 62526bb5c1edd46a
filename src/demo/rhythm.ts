/** How the amount of data rises and falls: by the hour, by the day of the week, and when something happens. */
import { DAY, HOUR } from '../time.ts'

export interface Rhythm {
  /** Hour of the day in UTC at which most comes. */
  readonly peak: number
  /** What comes in the deepest night, as a share of the peak; 1 for what knows no night. */
  readonly night: number
  /** Saturdays and Sundays, as a share of the other days. */
  readonly weekend: number
}

/** Something happens, and for a while more or less comes than usual. */
export interface Episode {
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  /** How many times the usual comes at its height. */
  readonly factor: number
  /** `burst`: all at once, then less and less. `plateau`: the same from its first minutes to its last. */
  readonly shape: 'burst' | 'plateau'
}

/** Machines: the same at every hour. */
export const steady: Rhythm = { peak: 0, night: 1, weekend: 1 }

/** Mean 1 over a week. `at` is epoch milliseconds. */
export function levelOf({ peak, night, weekend }: Rhythm, at: number): number {
  const hour = (at % DAY) / HOUR
  const wave = (1 + Math.cos((2 * Math.PI * (hour - peak)) / 24)) / 2
  // The mean of the wave is a half.
  const ofDay = (night + (1 - night) * wave) / (night + (1 - night) / 2)
  const ofWeek = isWeekend(at) ? weekend : 1
  return (ofDay * ofWeek * 7) / (5 + 2 * weekend)
}

/** The first day of the epoch was a Thursday. */
function isWeekend(at: number): boolean {
  const day = (Math.floor(at / DAY) + 4) % 7
  return day === 0 || day === 6
}

/** How many times the usual comes because of what is happening. */
export function factorOf(episodes: readonly Episode[], at: number): number {
  let factor = 1
  for (const { from, to, factor: height, shape } of episodes) {
    if (at < from || at >= to) continue
    const passed = (at - from) / (to - from)
    factor += (height - 1) * (shape === 'burst' ? fading(passed) : plateau(passed))
  }
  return Math.max(0, factor)
}

/** 1 at the beginning, nothing at the end. */
function fading(passed: number): number {
  return Math.exp(-3.5 * passed) * (1 - passed)
}

/** The first and the last eighth lead up to it and down from it. */
function plateau(passed: number): number {
  return Math.min(1, passed * 8, (1 - passed) * 8)
}
