/** Brings occurrences in as an SDK would: through the filters, limits and counts that everything else passes. */
import { accept, type IngestDeps } from '../ingest/accept.ts'
import type { Gate, KnownKey } from '../ingest/gate.ts'
import { openLimits } from '../ingest/limits.ts'
import type { Arrival, Persisted } from '../ingest/persist.ts'
import type { RawItem } from '../protocol/envelope.ts'
import { parseEventId } from '../protocol/ids.ts'
import { isEventBound, itemTypeOf } from '../protocol/items.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { Blobs } from '../store/blobs.ts'
import type { Parcel, Writer } from '../store/writer.ts'
import { heldClock } from '../time.ts'
import { eventOf } from './events/parts.ts'
import { address, trace } from './events/surroundings.ts'
import type { FoundedProject } from './founding.ts'
import { type Occurrence, occasionAt } from './occurrences.ts'
import type { Occasion, TransactionName } from './project.ts'
import type { Random } from './random.ts'
import { movedShare } from './shares.ts'

export interface Deliveries {
  /** What the events leave behind, to be committed together with the counts of their hour. */
  parcelsOf(occurrences: readonly Occurrence[]): Promise<readonly Parcel<Arrival>[]>
}

export function openDeliveries(input: {
  readonly founded: FoundedProject
  readonly random: Random
  readonly gate: Gate
  readonly blobs: Blobs
  readonly retentionDays: number
}): Deliveries {
  const { founded, random, gate, blobs, retentionDays } = input
  const { project } = founded
  const clock = heldClock(0)
  const collected = collector()
  const deps: IngestDeps = { writer: collected.writer, blobs, limits: openLimits(clock), retentionDays }

  /** The key that most data comes through; after a rotation its successor. */
  async function keyAt(at: number): Promise<KnownKey> {
    const { keys, handover } = project
    const name = handover !== undefined && random.chance(movedShare(project, at)) ? handover.to : keys[0]?.id
    const known = await gate.keyOf(founded.keys.get(name ?? '')?.publicKey ?? '')
    if (known === undefined) throw new Error(`Project ${project.slug} has lost its key ${name}`)
    return known
  }

  async function deliver(occurrence: Occurrence): Promise<void> {
    const { at } = occurrence
    const occasion = occasionAt(project, random, at)
    const items = itemsOf(occurrence, occasion, founded)
    const isOfEvent = items.some(({ type }) => isEventBound(itemTypeOf(type) ?? 'client_report'))
    const sdk = (occurrence.kind === 'issue' ? occurrence.issue.sdk : undefined) ?? project.sdks[0]
    clock.set(at)
    await accept(deps, {
      key: await keyAt(at),
      eventId: isOfEvent ? parseEventId(random.hex(32)) : undefined,
      items,
      receivedAt: at,
      sentAt: at,
      clientIp: address(random),
      client: sdk && `${sdk.name}/${sdk.version}`,
      headers: (occurrence.kind === 'item' && occurrence.item.requestHeaders) || {},
    })
  }

  return {
    async parcelsOf(occurrences) {
      // One after the other: limits look at the clock.
      for (const occurrence of occurrences) await deliver(occurrence)
      return collected.take()
    },
  }
}

function itemsOf(occurrence: Occurrence, occasion: Occasion, { project }: FoundedProject): RawItem[] {
  switch (occurrence.kind) {
    case 'issue': {
      const { make, files } = occurrence.issue
      const attachments = files?.(occasion) ?? []
      return [
        rawItem('event', make(occasion)),
        ...attachments.map(({ name, contentType, type = 'event.attachment', content }) =>
          rawItem('attachment', content, {
            filename: name,
            content_type: contentType,
            attachment_type: type,
          }),
        ),
      ]
    }
    case 'transaction': {
      const [sdk] = project.sdks
      if (sdk === undefined) return []
      const parts = { sdk, platform: project.runtime, ...transactionOf(occasion, occurrence.transaction) }
      return [rawItem('transaction', eventOf(occasion, parts))]
    }
    case 'item':
      return [rawItem(occurrence.item.type, occurrence.item.make(occasion), occurrence.item.header)]
  }
}

function rawItem(type: string, content: unknown, header: Readonly<Record<string, unknown>> = {}): RawItem {
  const payload = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content))
  return { type, header: { type, length: payload.byteLength, ...header }, payload }
}

function transactionOf({ at, random }: Occasion, { name, op, lasting, spans }: TransactionName): JsonObject {
  const seconds = (lasting * (0.6 + 1.2 * random.next() ** 3)) / 1000
  const end = (at - 60) / 1000
  const start = end - seconds
  const context = trace(random, { op, status: random.chance(0.96) ? 'ok' : 'internal_error' })
  let from = start
  return {
    type: 'transaction',
    transaction: name,
    transaction_info: { source: 'route' },
    start_timestamp: start,
    timestamp: end,
    contexts: { trace: context },
    spans: spans.map(([spanOp, description, share]) => {
      const until = Math.min(end, from + seconds * share)
      const span = {
        ...trace(random),
        trace_id: context.trace_id,
        parent_span_id: context.span_id,
        op: spanOp,
        description,
        start_timestamp: from,
        timestamp: until,
        status: 'ok',
      }
      from = until
      return span
    }),
    measurements:
      op === 'pageload'
        ? {
            lcp: { value: Math.round(seconds * 700), unit: 'millisecond' },
            cls: { value: random.below(20) / 100, unit: '' },
          }
        : {},
  }
}

/** Holds what is handed to the writer, instead of committing it at once. */
function collector(): { writer: Writer<Arrival, Persisted>; take(): readonly Parcel<Arrival>[] } {
  let parcels: Parcel<Arrival>[] = []
  return {
    writer: {
      submit(parcel) {
        parcels.push(parcel)
        return Promise.resolve('stored')
      },
      backlog: () => ({ parcels: parcels.length, bytes: 0 }),
      watch: () => () => undefined,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    take() {
      const taken = parcels
      parcels = []
      return taken
    },
  }
}
