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
}

/** The last sixty minutes, of which one is running. */
export const lastHourQuestion: UsageQuestion = {
  statsPeriod: '1h',
  interval: '1m',
  groupBy: ['key', 'outcome', 'reason'],
  category: ['error', 'transaction'],
}

export interface LastHour {
  /** Whatever became of it. */
  readonly sent: number
  /** Because the key is switched off. */
  readonly refused: number
}

type Group = Pick<UsageGroup, 'by' | 'total' | 'series'>

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
  for (const { by, total, series } of groups) {
    const outcome = parseOutcome(by.outcome)
    if (outcome === undefined) continue
    byOutcome[outcome] = (byOutcome[outcome] ?? 0) + total
    const sums = outcome === 'accepted' ? accepted : dropped
    for (const [index, value] of series.entries()) sums[index] = (sums[index] ?? 0) + value
  }
  const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0)
  return {
    accepted,
    dropped,
    acceptedTotal: sum(accepted),
    droppedTotal: sum(dropped),
    byOutcome,
  }
}

/** By public key; what the SDK dropped by itself was not sent. */
export function lastHourByKey(
  groups: readonly Pick<UsageGroup, 'by' | 'total'>[],
): ReadonlyMap<string, LastHour> {
  const found = new Map<string, LastHour>()
  for (const { by, total } of groups) {
    if (!by.key || by.outcome === 'client_discard') continue
    const { sent, refused } = found.get(by.key) ?? quietHour
    const isRefused = by.outcome === 'invalid' && by.reason === 'project_id'
    found.set(by.key, { sent: sent + total, refused: refused + (isRefused ? total : 0) })
  }
  return found
}

export const quietHour: LastHour = { sent: 0, refused: 0 }
export const noTraffic: Traffic = trafficOf([], 25)
