/** The ordered, named steps that an event-making item goes through, until one of them decides its fate. */
import { type EventSummary, parseEventPayload, summarizeEvent } from '../protocol/event.ts'
import type { EventId } from '../protocol/ids.ts'
import type { ItemType } from '../protocol/items.ts'
import { type Fate, isFate } from '../protocol/outcome.ts'
import type { KnownKey } from './gate.ts'

/** What the steps know of the request. */
export interface Surroundings {
  readonly key: KnownKey
  readonly eventId: EventId
  readonly receivedAt: number
  readonly sentAt: number | undefined
  readonly clientIp: string | undefined
  /** The SDK's name and version as the credentials state it. */
  readonly client: string | undefined
  readonly retentionDays: number
}

/** An item on its way to becoming an event. */
export interface Draft {
  readonly itemType: ItemType
  readonly bytes: Uint8Array
  readonly payload?: Record<string, unknown>
  readonly summary?: EventSummary
}

export interface Step {
  readonly name: string
  readonly run: (draft: Draft, surroundings: Surroundings) => Draft | Fate
}

export const steps: readonly Step[] = [
  { name: 'parse', run: parsePayload },
  { name: 'summarize', run: summarize },
]

/** What is kept: the JSON, and what is known of it. */
export interface KeptEvent {
  readonly bytes: Uint8Array
  readonly summary: EventSummary
}

/** Runs an item through every step, or until one of them decides its fate. */
export function decide(draft: Draft, surroundings: Surroundings): KeptEvent | Fate {
  let current = draft
  for (const step of steps) {
    const result = step.run(current, surroundings)
    if (isFate(result)) return result
    current = result
  }
  const { bytes, summary } = current
  if (summary === undefined) throw new Error('No step summarized the event')
  return { bytes, summary }
}

function parsePayload(draft: Draft, { client }: Surroundings): Draft | Fate {
  const parsed = parseEventPayload(draft.bytes, client)
  return isFate(parsed) ? parsed : { ...draft, payload: parsed.payload, bytes: parsed.bytes }
}

function summarize(draft: Draft, surroundings: Surroundings): Draft | Fate {
  const { eventId, receivedAt, sentAt, retentionDays } = surroundings
  const summary = summarizeEvent(draft.payload ?? {}, {
    eventId,
    receivedAt,
    ...(sentAt === undefined ? {} : { sentAt }),
    itemType: draft.itemType,
    retentionDays,
  })
  return isFate(summary) ? summary : { ...draft, summary }
}
