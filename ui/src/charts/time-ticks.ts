/** The axis of time: round moments of the clock and the calendar in a zone. Moments are epoch seconds. */
import { day, timeOfDay } from '../words/times.ts'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const WEEK = 7 * DAY

const steps = [
  10,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  WEEK,
  2 * WEEK,
  4 * WEEK,
  13 * WEEK,
  26 * WEEK,
  52 * WEEK,
] as const

/** Zones are apart by whole quarters of an hour, and clocks are set by one hour at most. */
const QUARTER = 15 * MINUTE
const CHANGE = HOUR

export interface TimeTick {
  /** Where it stands: at its moment, or in the middle of the bar that it names. */
  readonly at: number
  /** One or two lines: the day below the time, or the year below the day, where it is new. */
  readonly label: string
}

export interface TimeAxis {
  readonly from: number
  readonly to: number
  /** Length of a bar in seconds. */
  readonly interval: number
  readonly zone: string
  /** Pixels of style sheets. */
  readonly width: number
}

/** As many as can be read side by side. */
export function timeTicks(axis: TimeAxis): readonly TimeTick[] {
  const { interval } = axis
  const named = interval % DAY === 0 ? namedDays(axis) : namedMoments(axis)
  let before = ''
  return named.map(({ at, first, second }) => {
    const label = second === before ? first : `${first}\n${second}`
    before = second
    return { at, label }
  })
}

interface Named {
  readonly at: number
  readonly first: string
  readonly second: string
}

/** Pixels that a label takes, with some air. */
function roomOf(step: number): number {
  if (step >= DAY) return 56
  return step < MINUTE ? 72 : 52
}

/** The smallest that leaves every label its room. */
function stepOf({ from, to, interval, width }: TimeAxis): number {
  const fits = (step: number) => step >= interval && ((to - from) / step) * roomOf(step) <= width
  return steps.find(fits) ?? 52 * WEEK
}

function namedMoments(axis: TimeAxis): readonly Named[] {
  const { from, to, zone, width } = axis
  const step = stepOf(axis)
  // A label at the very end would be cut off.
  const end = to - ((to - from) / width) * 10
  return alignedMoments(from, end, { step, zone }).map((at) => {
    if (step >= DAY) return { at, ...dayAndYear(at, zone) }
    const first = timeOfDay(at * 1000, zone, { withSeconds: step < MINUTE })
    return { at, first, second: day(at * 1000, zone) }
  })
}

/** Bars of whole days are named in their middle. */
function namedDays(axis: TimeAxis): readonly Named[] {
  const { from, to, interval, width } = axis
  const count = Math.round((to - from) / interval)
  const step = stepOf(axis)
  const all = Array.from({ length: count }, (_, index) => from + index * interval)
  const every = Math.max(1, Math.ceil((count * roomOf(DAY)) / width))
  const starts =
    interval === DAY
      ? alignedMoments(from, to - 1, { step, zone: 'UTC' })
      : all.filter((_, index) => index % every === 0)
  return starts.map((start) => ({ at: start + interval / 2, ...dayAndYear(start, 'UTC') }))
}

function dayAndYear(at: number, zone: string): { readonly first: string; readonly second: string } {
  const whole = day(at * 1000, zone, { withYear: true })
  return { first: day(at * 1000, zone), second: whole.slice(-4) }
}

/** Weeks begin on Monday; the first one of the epoch is the fifth of January 1970. */
const FIRST_MONDAY = 4 * DAY

/**
 * Moments at which a clock in the zone shows a multiple of `step`. When it is set back, it shows some of them twice;
 * when it is set forward, it leaves some out.
 */
function alignedMoments(
  from: number,
  to: number,
  { step, zone }: { readonly step: number; readonly zone: string },
): readonly number[] {
  const anchor = step % WEEK === 0 ? FIRST_MONDAY : 0
  const pace = Math.min(step, QUARTER)
  const moments: number[] = []
  let at = Math.ceil(from / pace) * pace
  while (at <= to) {
    const past = modulo(wallSeconds(at, zone) - anchor, step)
    if (past === 0) moments.push(at)
    // Straight to where the next may be, then in quarters of an hour.
    const rest = step - past - CHANGE
    at += rest > pace ? Math.floor(rest / pace) * pace : pace
  }
  return moments
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known !== undefined) return known
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
  const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
  const made = new Intl.DateTimeFormat('en', { timeZone: zone, ...numeric, ...clock })
  clocks.set(zone, made)
  return made
}

/** What a clock and a calendar in the zone show, counted as if they were those of UTC. */
function wallSeconds(at: number, zone: string): number {
  if (zone === 'UTC') return at
  const parts = clockOf(zone).formatToParts(at * 1000)
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((each) => each.type === type)?.value)
  const [year, month, date] = [part('year'), part('month'), part('day')]
  return Date.UTC(year, month - 1, date, part('hour'), part('minute'), part('second')) / 1000
}
