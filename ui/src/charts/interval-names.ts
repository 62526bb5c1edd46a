/** How the intervals of a chart are named. Starts are epoch seconds, lengths are seconds. */
import { duration, interval as stretch, zoneName } from '../words/times.ts'

const DAY = 86_400

/** Days are counted from midnight to midnight in UTC, whatever the viewer's zone; they are named as such. */
export function zoneOfBars(interval: number, zone: string): string {
  return interval % DAY === 0 ? 'UTC' : zone
}

/** With its zone: `3 Mar, 14:05 – 14:10 CET`, `3 Mar UTC`. */
export function intervalName(start: number, end: number, zone: string): string {
  const name = stretch(start * 1000, end * 1000, zone)
  const zoned = zoneName(zone, start * 1000)
  return name.endsWith(zoned) ? name : `${name} ${zoned}`
}

/** The same where the zone is named at the head of a column: `3 Mar, 14:05 – 14:10`. */
export function bareIntervalName(start: number, end: number, zone: string): string {
  const name = stretch(start * 1000, end * 1000, zone)
  const zoned = ` ${zoneName(zone, start * 1000)}`
  return name.endsWith(zoned) ? name.slice(0, -zoned.length) : name
}

/** What stands below the axis: `1 h per bar, times in Europe/Vienna (CET)`. */
export function axisNote(interval: number, zone: string, at: number): string {
  const shown = zoneOfBars(interval, zone)
  const named = shown === 'UTC' ? 'UTC' : `${shown.replaceAll('_', ' ')} (${zoneName(shown, at * 1000)})`
  return `${duration(interval)} per bar, ${interval % DAY === 0 ? 'days' : 'times'} in ${named}`
}
