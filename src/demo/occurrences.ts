/** When the events happen that can be looked at, and which they are: most of them of late, as many by day as traffic. */
import { DAY, HOUR } from '../time.ts'
import type { DemoProject, Issue, Occasion, OtherItem, StoredEvents, TransactionName } from './project.ts'
import type { Random } from './random.ts'
import { levelOf } from './rhythm.ts'
import { releasesAt } from './shares.ts'
import type { Timeline } from './timeline.ts'

export type Occurrence = {
  /** Epoch milliseconds: when it arrives. */
  readonly at: number
} & (
  | { readonly kind: 'issue'; readonly issue: Issue }
  | { readonly kind: 'transaction'; readonly transaction: TransactionName }
  | { readonly kind: 'item'; readonly item: OtherItem }
)

/** How far back there are any, if the server keeps them so long. */
const LONGEST = 10 * DAY
const ITEMS_LONGEST = 2 * DAY

/** In the order in which they arrive. `keptSince` is what retention leaves. */
export function occurrencesOf(
  project: DemoProject,
  { time, random, keptSince }: { time: Timeline; random: Random; keptSince: number },
): readonly Occurrence[] {
  const { stored } = project
  const since = Math.max(time.start, keptSince, time.now - LONGEST)
  const last = time.now - stored.lastMs
  const some = (count: number, from: number) => moments(count, { project, random, from, last })

  const errors = [...some(stored.errors - 1, since), last].map((at): Occurrence => {
    return { kind: 'issue', at, issue: issueAt(stored, random, at) }
  })
  const bursts = stored.issues.flatMap((issue) => burstOf(issue, random, since, last))
  const transactions = some(stored.transactions, Math.max(since, time.now - ITEMS_LONGEST)).map(
    (at): Occurrence => ({ kind: 'transaction', at, transaction: random.pick(stored.transactionNames) }),
  )
  const others = stored.others.flatMap((item) =>
    some(item.count, Math.max(since, time.now - ITEMS_LONGEST)).map(
      (at): Occurrence => ({ kind: 'item', at, item }),
    ),
  )
  return [...errors, ...bursts, ...transactions, ...others].sort((a, b) => a.at - b.at)
}

/** Levels seldom rise above this many times the usual. */
const HIGH = 2.4

function moments(
  count: number,
  { project, random, from, last }: { project: DemoProject; random: Random; from: number; last: number },
): number[] {
  const found: number[] = []
  while (found.length < count) {
    const at = Math.floor(last - (last - from) * random.next() ** 2.4)
    if (random.chance(levelOf(project.rhythm, at) / HIGH)) found.push(at)
  }
  return found
}

function issueAt({ issues }: StoredEvents, random: Random, at: number): Issue {
  const possible = issues.filter(
    ({ weight, since = 0, until = Number.POSITIVE_INFINITY }) => weight > 0 && at >= since && at < until,
  )
  return random.weighted(possible, ({ weight }) => weight)
}

function burstOf(issue: Issue, random: Random, since: number, last: number): Occurrence[] {
  const { from, to, count } = issue.burst ?? { from: 0, to: 0, count: 0 }
  if (from < since || to > last) return []
  return Array.from({ length: count }, () => {
    return { kind: 'issue', at: Math.floor(from + (to - from) * random.next() ** 1.5), issue }
  })
}

/** In which environment something happens, and to which release. */
export function occasionAt(project: DemoProject, random: Random, at: number): Occasion {
  const environment = random.weighted(project.environments, ({ share }) => share)
  const releases = releasesAt(
    project.releases,
    environment,
    Math.max(at, (project.releases[0]?.at ?? 0) + HOUR),
  )
  const release = random.weighted(releases, ({ share }) => share)
  return { at, random, environment: environment.name, release: release.version }
}
