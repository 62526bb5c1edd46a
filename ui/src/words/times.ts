/** Moments and stretches of time as people read them. `zone` is an IANA name such as `Europe/Vienna` or `UTC`. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Epoch milliseconds of what the API sends: ISO text, or milliseconds already. */
export function instant(value: string | number | Date): number {
  return typeof value === 'number' ? value : new Date(value).getTime()
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes long; there are few. */
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${zone} ${JSON.stringify(options)}`
  const known = formats.get(name)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options })
  formats.set(name, made)
  return made
}

const clock = { hour: '2-digit', minute: '2-digit' } as const
const date = { day: 'numeric', month: 'short' } as const

/** `14:05`, `14:05:09` with seconds. */
export function timeOfDay(at: number, zone: string, { withSeconds = false } = {}): string {
  return format(zone, withSeconds ? { ...clock, second: '2-digit' } : clock).format(at)
}

/** `3 Mar`, `3 Mar 2024` with the year. */
export function day(at: number, zone: string, { withYear = false } = {}): string {
  return format(zone, withYear ? { ...date, year: 'numeric' } : date).format(at)
}

/** To the second, with the zone: `3 Mar 2026, 14:05:09 CET`. */
export function exactMoment(at: number, zone: string): string {
  return `${day(at, zone, { withYear: true })}, ${timeOfDay(at, zone, { withSeconds: true })} ${zoneName(zone, at)}`
}

/** To the minute, without the zone: `3 Mar, 14:05`; with the year when it is not this one. */
export function moment(at: number, zone: string, now: number = Date.now()): string {
  return `${day(at, zone, { withYear: yearOf(at, zone) !== yearOf(now, zone) })}, ${timeOfDay(at, zone)}`
}

function yearOf(at: number, zone: string): string {
  return format(zone, { year: 'numeric' }).format(at)
}

/** Short, at that moment: `UTC`, `CET`, `CEST`, `GMT+5:30`. */
export function zoneName(zone: string, at: number = Date.now()): string {
  if (zone === 'UTC') return 'UTC'
  const parts = format(zone, { timeZoneName: 'short' }).formatToParts(at)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone
}

/**
 * An interval of a chart as its tooltip names it: `3 Mar, 14:05 – 14:10 CET`, `3 Mar`, `3 – 9 Mar`.
 * `end` is exclusive.
 */
export function interval(start: number, end: number, zone: string): string {
  const length = end - start
  // Whole days are named as days; with daylight saving they are 23 or 25 hours long.
  if (length >= 23 * HOUR && timeOfDay(start, zone) === '00:00' && timeOfDay(end, zone) === '00:00') {
    const last = end - 1
    return length < 26 * HOUR ? day(start, zone) : `${day(start, zone)} – ${day(last, zone)}`
  }
  const withSeconds = length < MINUTE
  const to =
    day(start, zone) === day(end, zone)
      ? timeOfDay(end, zone, { withSeconds })
      : `${day(end, zone)}, ${timeOfDay(end, zone, { withSeconds })}`
  return `${day(start, zone)}, ${timeOfDay(start, zone, { withSeconds })} – ${to} ${zoneName(zone, start)}`
}

/** `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `yesterday`, `4 days ago`, then the date. */
export function ago(at: number, zone: string, now: number = Date.now()): string {
  const passed = now - at
  // Clocks differ a little.
  if (passed < 5 * SECOND && passed > -MINUTE) return 'just now'
  if (passed < 0) return moment(at, zone, now)
  if (passed < MINUTE) return `${Math.floor(passed / SECOND)} s ago`
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`
  if (passed < 2 * DAY) return 'yesterday'
  if (passed < 30 * DAY) return `${Math.floor(passed / DAY)} days ago`
  return day(at, zone, { withYear: true })
}

/** When `ago` may say something else, in milliseconds from now. */
export function agoChangesIn(at: number, now: number = Date.now()): number {
  const passed = Math.abs(now - at)
  if (passed < MINUTE) return SECOND
  return passed < HOUR ? MINUTE / 2 : 10 * MINUTE
}

/** `45 s`, `5 min`, `1 h`, `1 day`, `30 days`; whole units only. */
export function duration(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 0) return seconds === 86_400 ? '1 day' : `${seconds / 86_400} days`
  if (seconds % 3600 === 0 && seconds > 0) return `${seconds / 3600} h`
  if (seconds % 60 === 0 && seconds > 0) return `${seconds / 60} min`
  return `${Math.round(seconds * 10) / 10} s`
}
