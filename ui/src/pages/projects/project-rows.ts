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

/** What the SDK itself has dropped is not the server's doing, and is left to the project's page. */
const refused = ['invalid', 'rate_limited'] as const

/** From this share on, what is refused is more than a stray sender. */
const MUCH = 0.05
const HOURS_OF_SILENCE = 6

/** Undefined when all seems well. */
export function troubleOf({
  accepted,
  dropped,
}: Pick<ProjectRow, 'accepted' | 'dropped'>): Trouble | undefined {
  const all = accepted.total + dropped.total
  const lost = refused.reduce((sum, outcome) => sum + (dropped.outcomes[outcome] ?? 0), 0)
  if (all > 0 && lost / all >= MUCH) {
    const limited = dropped.outcomes.rate_limited ?? 0
    const words =
      limited * 2 >= lost
        ? `${percent(lost, all)} refused, mostly over a rate limit`
        : `${percent(lost, all)} refused as invalid`
    return { words, weight: 1 + lost / all }
  }
  if (hasFallenSilent(accepted.series)) {
    return { words: `Nothing accepted for ${plural(HOURS_OF_SILENCE, 'hour')}`, weight: 0.5 }
  }
  return undefined
}

/** Something came nearly every hour, and then nothing any more. The running hour does not count. */
function hasFallenSilent(series: readonly number[]): boolean {
  const hours = series.slice(0, -1)
  const late = hours.slice(-HOURS_OF_SILENCE)
  const early = hours.slice(0, -HOURS_OF_SILENCE)
  const busy = early.filter((count) => count > 0).length
  return early.length > 0 && busy >= early.length * 0.8 && late.every((count) => count === 0)
}

export function shownProjects(
  rows: readonly ProjectRow[],
  { query, team, sort }: ProjectsSearch,
): readonly ProjectRow[] {
  const wanted = query?.trim().toLowerCase() ?? ''
  const shown = rows.filter(
    ({ name, slug, teams }) =>
      (name.toLowerCase().includes(wanted) || slug.includes(wanted)) &&
      (team === undefined || teams.some((each) => each.slug === team)),
  )
  return shown.sort((a, b) => compareBy(sort, a, b) || a.name.localeCompare(b.name))
}

function compareBy(sort: Sorting | undefined, a: ProjectRow, b: ProjectRow): number {
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
        (troubleOf(b)?.weight ?? 0) - (troubleOf(a)?.weight ?? 0) ||
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
