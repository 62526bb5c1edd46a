/** The list of projects: which are shown, in which order, and what is wrong with one. */
import type { ProjectUsage } from '../../api/usage.ts'
import { percent, plural } from '../../words/numbers.ts'
import type { ProjectsSearch, Sorting } from './search.ts'

export type ProjectRow = ProjectUsage['projects'][number]

export interface Trouble {
  readonly words: string
  /** Higher is worse. */
  readonly weight: number
}

export interface ShownProject {
  readonly row: ProjectRow
  /** Undefined when all seems well. */
  readonly trouble: Trouble | undefined
}

/** What the SDK itself has dropped is not the server's doing, and is left to the project's page. */
const refusals = ['invalid', 'rate_limited'] as const

/** From this share on, what is refused is more than a stray sender. */
const MUCH = 0.05
const HOUR_MS = 3_600_000
const HOURS_OF_SILENCE = 6
/** Whoever sends in so much of the hours is missed when nothing comes. */
const STEADY = 0.8
/** With fewer hours than these before the silence, the day before tells how steady it was. */
const ENOUGH_HOURS = 6

type Facts = Pick<ProjectRow, 'id' | 'accepted' | 'dropped' | 'lastAccepted'>

/** `at` is when the numbers were read, in epoch milliseconds; `reasons` are as `mainReasons` makes them. */
export function troubleOf(
  { id, accepted, dropped, lastAccepted }: Facts,
  at: number,
  reasons: ReadonlyMap<string, string> = new Map(),
): Trouble | undefined {
  const lost = refused(dropped)
  const all = accepted.total + dropped.total
  if (all > 0 && lost / all >= MUCH) {
    const isLimit = (dropped.outcomes.rate_limited ?? 0) * 2 >= lost
    const why = reasons.get(id) ?? (isLimit ? 'over a rate limit' : 'invalid')
    return { words: `${percent(lost, all)} refused, mostly: ${why}`, weight: 1 + lost / all }
  }
  const silent = hoursOfSilence(accepted, lastAccepted, at)
  return silent === undefined
    ? undefined
    : { words: `Nothing accepted for ${plural(silent, 'hour')}`, weight: 0.5 }
}

/** Whether it is worth asking for reasons. */
export function isRefusing(rows: readonly ProjectRow[]): boolean {
  return rows.some(({ dropped }) => refused(dropped) > 0)
}

function refused({ outcomes }: ProjectRow['dropped']): number {
  return refusals.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0)
}

/** Something came nearly every hour, and then nothing of any kind any more. */
function hoursOfSilence(
  { series, previous }: ProjectRow['accepted'],
  lastAccepted: string | null,
  at: number,
): number | undefined {
  if (lastAccepted === null) return undefined
  const hours = Math.floor((at - Date.parse(lastAccepted)) / HOUR_MS)
  if (hours < HOURS_OF_SILENCE) return undefined
  // The running hour is the last of them, and the silence began within one.
  const before = series.slice(0, Math.max(0, series.length - 1 - hours))
  const isSteady =
    before.length < ENOUGH_HOURS
      ? (previous ?? 0) >= 24
      : before.filter((count) => count > 0).length >= before.length * STEADY
  return isSteady ? hours : undefined
}

/** In the order that is asked for; those with trouble say so in any. */
export function shownProjects(
  rows: readonly ProjectRow[],
  { query, team, sort }: ProjectsSearch,
  at: number,
  reasons?: ReadonlyMap<string, string>,
): readonly ShownProject[] {
  const wanted = query?.trim().toLowerCase() ?? ''
  return rows
    .filter(
      ({ name, slug, teams }) =>
        (name.toLowerCase().includes(wanted) || slug.includes(wanted)) &&
        (team === undefined || teams.some((each) => each.slug === team)),
    )
    .map((row) => ({ row, trouble: troubleOf(row, at, reasons) }))
    .sort((a, b) => compareBy(sort, a, b) || a.row.name.localeCompare(b.row.name))
}

function compareBy(sort: Sorting | undefined, one: ShownProject, other: ShownProject): number {
  const [a, b] = [one.row, other.row]
  switch (sort) {
    case 'name':
      return 0
    case 'accepted':
      return b.accepted.total - a.accepted.total
    case 'dropped':
      return droppedShare(b) - droppedShare(a)
    case 'last':
      return moment(b) - moment(a)
    default:
      return (
        Number(b.isBookmarked) - Number(a.isBookmarked) ||
        (other.trouble?.weight ?? 0) - (one.trouble?.weight ?? 0) ||
        b.accepted.total - a.accepted.total
      )
  }
}

function droppedShare({ accepted, dropped }: ProjectRow): number {
  const all = accepted.total + dropped.total
  return all === 0 ? -1 : dropped.total / all
}

function moment({ lastAccepted }: ProjectRow): number {
  return lastAccepted === null ? 0 : Date.parse(lastAccepted)
}
