/** One answer, grouped by key, outcome and reason, seen from each of the three sides. */
import type { Usage } from '../../api/usage.ts'
import { type Outcome, outcomes, parseOutcome } from '../../words/outcomes.ts'

type Counted = Pick<Usage, 'groups' | 'intervals' | 'previous'>

export interface Side {
  /** Undefined for what no name is known of, such as data without a key. */
  readonly id: string | undefined
  readonly name: string
  readonly value: number
  /** In the period before; undefined unless the two are compared. */
  readonly previous: number | undefined
}

export interface OutcomeSide extends Side {
  readonly outcome: Outcome
}

/** By outcome, in their order, with those of which there was nothing. */
export function byOutcome({ groups, previous }: Counted): readonly OutcomeSide[] {
  return outcomes.map((outcome) => {
    const own = groups.filter(({ by }) => parseOutcome(by.outcome) === outcome)
    return { outcome, id: outcome, name: outcome, ...sums(own, previous !== null) }
  })
}

/** The largest first. */
export function byKey({ groups, previous }: Counted): readonly Side[] {
  return sides(
    groups,
    ({ by }) => by.key ?? undefined,
    ({ names }) => names.key ?? 'Without a known key',
    previous !== null,
  )
}

/** Why data was dropped, the largest first. */
export function byReason({ groups, previous }: Counted): readonly OutcomeSide[] {
  const dropped = groups.filter(({ by }) => parseOutcome(by.outcome) !== 'accepted')
  return outcomes
    .filter((outcome) => outcome !== 'accepted')
    .flatMap((outcome) =>
      sides(
        dropped.filter(({ by }) => parseOutcome(by.outcome) === outcome),
        ({ by }) => by.reason ?? undefined,
        ({ by, names }) => names.reason ?? by.reason ?? 'No reason given',
        previous !== null,
      ).map((side) => ({ ...side, outcome })),
    )
    .sort((a, b) => b.value - a.value)
}

type Group = Usage['groups'][number]

function sides(
  groups: readonly Group[],
  idOf: (group: Group) => string | undefined,
  nameOf: (group: Group) => string,
  isCompared: boolean,
): readonly Side[] {
  const found = Map.groupBy(groups, idOf)
  return [...found]
    .flatMap(([id, some]) => {
      const [first] = some
      return first === undefined ? [] : [{ id, name: nameOf(first), ...sums(some, isCompared) }]
    })
    .filter(({ value, previous }) => value > 0 || (previous ?? 0) > 0)
    .sort((a, b) => b.value - a.value)
}

function sums(
  groups: readonly Group[],
  isCompared: boolean,
): { value: number; previous: number | undefined } {
  return {
    value: groups.reduce((sum, { total }) => sum + total, 0),
    previous: isCompared ? groups.reduce((sum, { previous }) => sum + (previous ?? 0), 0) : undefined,
  }
}
