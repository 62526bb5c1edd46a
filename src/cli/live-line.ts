/** A second of a project's fates as a line of a terminal: how much came lately, and what became of it just now. */
import type { FateCounts } from '../ingest/live.ts'
import { type DataCategory, type OutcomeKind, outcomes } from '../protocol/outcome.ts'
import { unitOf } from '../protocol/rate-limits.ts'

const levels = '▁▂▃▄▅▆▇█'

/** One character per number, the lowest for zero and the highest for the largest of them. */
export function sparkLine(numbers: readonly number[]): string {
  const most = Math.max(1, ...numbers)
  return numbers
    .map((number) => levels[number <= 0 ? 0 : Math.max(1, Math.round((number / most) * (levels.length - 1)))])
    .join('')
}

/** Items of any kind, each once: what is counted in bytes as well, or under a second name, is left out there. */
function itemsIn(counts: Readonly<Partial<Record<DataCategory, number>>>): number {
  return (Object.entries(counts) as [DataCategory, number][])
    .filter(([category]) => unitOf(category) === 'number' && category !== 'span_indexed')
    .reduce((sum, [, quantity]) => sum + quantity, 0)
}

const names: Readonly<Record<OutcomeKind, string>> = {
  accepted: 'accepted',
  filtered: 'filtered',
  rate_limited: 'rate limited',
  invalid: 'invalid',
  abuse: 'abuse',
  client_discard: 'discarded by the client',
  cardinality_limited: 'limited',
}

export interface LiveLine {
  /** Items of that second. */
  readonly items: number
  /** `12 accepted, 3 filtered`; `nothing` */
  readonly words: string
}

export function liveLine(counts: FateCounts): LiveLine {
  const parts = outcomes
    .map((outcome) => ({ outcome, items: itemsIn(counts[outcome] ?? {}) }))
    .filter(({ items }) => items > 0)
  return {
    items: parts.reduce((sum, { items }) => sum + items, 0),
    words: parts.map(({ outcome, items }) => `${items} ${names[outcome]}`).join(', ') || 'nothing',
  }
}
