/** The ordered, named steps that an event-making item goes through, until one of them decides its fate. */
import type { RequestHeaders } from '../protocol/browser-reports.ts'
import { type EventSummary, type ParsedEvent, parseEventPayload, summarizeEvent } from '../protocol/event.ts'
import type { EventId } from '../protocol/ids.ts'
import type { ItemType } from '../protocol/items.ts'
import type { JsonObject } from '../protocol/json.ts'
import { parseNelReport } from '../protocol/nel-report.ts'
import { type Fate, isFate, withDetail } from '../protocol/outcome.ts'
import { parseSecurityReport } from '../protocol/security-report.ts'
import { findingOf } from './filters/findings.ts'
import { filterFate } from './filters/index.ts'
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
  /** Of the request. Only browsers' own reports are completed from them. */
  readonly headers?: RequestHeaders | undefined
  readonly retentionDays: number
  /** Counts the event against the key's quotas; a fate when one of them has no room for it. */
  readonly charge: () => Fate | undefined
}

/** An item on its way to becoming an event. */
export interface Draft {
  readonly itemType: ItemType
  readonly itemHeader: JsonObject
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
  { name: 'filter', run: filter },
  // The last that can drop an event: what is not kept uses nothing up.
  { name: 'limit', run: (draft, { charge }) => charge() ?? draft },
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

function parsePayload(draft: Draft, surroundings: Surroundings): Draft | Fate {
  const parsed = eventOf(draft, surroundings)
  return isFate(parsed) ? parsed : { ...draft, payload: parsed.payload, bytes: parsed.bytes }
}

/** Reports that browsers send by themselves become events; from an SDK an event comes as one. */
function eventOf({ itemType, itemHeader, bytes }: Draft, surroundings: Surroundings): ParsedEvent | Fate {
  if (itemType !== 'raw_security' && itemType !== 'nel') return parseEventPayload(bytes, surroundings.client)
  const { receivedAt, clientIp, headers = {} } = surroundings
  const parse = itemType === 'nel' ? parseNelReport : parseSecurityReport
  return parse(bytes, { receivedAt, clientIp, headers, item: itemHeader })
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

function filter(draft: Draft, { key, clientIp }: Surroundings): Draft | Fate {
  const { payload, summary } = draft
  if (payload === undefined || summary === undefined) return draft
  const subject = { payload, summary, clientIp }
  const fate = filterFate(key.filters.ofEvents, subject)
  return fate === undefined ? draft : withDetail(fate, findingOf(fate.reason, subject))
}
