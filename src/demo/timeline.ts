/** When the story of the demo begins and ends, and how its moments are named. Units: epoch milliseconds. */
import { DAY, HOUR, MINUTE } from '../time.ts'

export interface Timeline {
  /** At a full hour. */
  readonly start: number
  readonly now: number
  /** An hour of the day in UTC, so many days before today. It may lie before the start. */
  day(daysAgo: number, hour: number): number
  /** So many minutes before now. */
  ago(minutes: number): number
  /** The moment itself, or the end of the story that is nearest to it. */
  within(at: number): number
}

export function timelineOf({ now, days }: { now: number; days: number }): Timeline {
  const start = Math.floor((now - days * DAY) / HOUR) * HOUR
  const today = Math.floor(now / DAY) * DAY
  return {
    start,
    now,
    day: (daysAgo, hour) => today - daysAgo * DAY + hour * HOUR,
    ago: (minutes) => now - minutes * MINUTE,
    within: (at) => Math.min(now, Math.max(start, at)),
  }
}
