/** What came through each key of a project in the last day, out of one answer for all of them. */
import type { UsageGroup, UsageQuestion } from '../../api/usage.ts'
import { type Outcome, parseOutcome } from '../../words/outcomes.ts'

/** Errors and transactions: what people call events. */
export const trafficQuestion: UsageQuestion = {
  statsPeriod: '24h',
  interval: '1h',
  groupBy: ['key', 'outcome'],
  category: ['error', 'transaction'],
}

export interface Traffic {
  readonly accepted: readonly number[]
  readonly dropped: readonly number[]
  readonly acceptedTotal: number
  readonly droppedTotal: number
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>
  /** In the hour that is running and the one before it, so that the answer is never of a minute only. */
  readonly refusedLately: number
}

type Group = Pick<UsageGroup, 'by' | 'total' | 'series'>

/** What the SDK dropped by itself was not refused here. */
const refusals: ReadonlySet<Outcome> = new Set(['filtered', 'rate_limited', 'invalid'])

/** By public key. Keys without an entry had nothing. */
export function trafficByKey(groups: readonly Group[], intervals: number): ReadonlyMap<string, Traffic> {
  const found = new Map<string, Group[]>()
  for (const group of groups) {
    const { key } = group.by
    if (key) found.set(key, [...(found.get(key) ?? []), group])
  }
  return new Map([...found].map(([key, some]) => [key, trafficOf(some, intervals)]))
}

export function trafficOf(groups: readonly Group[], intervals: number): Traffic {
  const accepted = new Array<number>(intervals).fill(0)
  const dropped = new Array<number>(intervals).fill(0)
  const byOutcome: Partial<Record<Outcome, number>> = {}
  let refusedLately = 0
  for (const { by, total, series } of groups) {
    const outcome = parseOutcome(by.outcome)
    if (outcome === undefined) continue
    byOutcome[outcome] = (byOutcome[outcome] ?? 0) + total
    const sums = outcome === 'accepted' ? accepted : dropped
    for (const [index, value] of series.entries()) sums[index] = (sums[index] ?? 0) + value
    if (refusals.has(outcome)) refusedLately += (series.at(-1) ?? 0) + (series.at(-2) ?? 0)
  }
  const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0)
  return {
    accepted,
    dropped,
    acceptedTotal: sum(accepted),
    droppedTotal: sum(dropped),
    byOutcome,
    refusedLately,
  }
}

export const noTraffic: Traffic = trafficOf([], 25)
