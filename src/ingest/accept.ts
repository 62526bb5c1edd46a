/** One envelope in, one fate per item out: the whole story of an admitted envelope. */
import { readClientReport } from '../protocol/client-report.ts'
import type { RawItem } from '../protocol/envelope.ts'
import type { EventId } from '../protocol/ids.ts'
import { type ItemType, isEventBound, itemTypeOf, quantitiesOf } from '../protocol/items.ts'
import { accepted, drop, type Fate, isFate, type Quantity } from '../protocol/outcome.ts'
import { type Blobs, digest, INLINE_LIMIT_BYTES } from '../store/blobs.ts'
import type { Parcel, Writer } from '../store/writer.ts'
import type { KnownKey } from './gate.ts'
import type { Arrival, ArrivedAttachment, ArrivedEvent, ArrivedItem, Persisted, Settled } from './persist.ts'
import { decide, type Surroundings } from './pipeline.ts'
import { checkItem } from './schemas.ts'

export interface IngestDeps {
  readonly writer: Writer<Arrival, Persisted>
  readonly blobs: Blobs
  readonly retentionDays: number
}

export interface Admitted {
  readonly key: KnownKey
  /** The envelope's, or a new one; undefined when nothing in the envelope belongs to an event. */
  readonly eventId: EventId | undefined
  readonly items: readonly RawItem[]
  readonly receivedAt: number
  readonly sentAt: number | undefined
  readonly clientIp: string | undefined
  /** The SDK's name and version as the credentials state it. */
  readonly client: string | undefined
}

/**
 * Settles the fate of every item, hands what is kept and all counts to the writer, and resolves when they are
 * committed.
 *
 * Errors: WriterOverloaded, WriteFailed.
 */
export async function accept(deps: IngestDeps, admitted: Admitted): Promise<Persisted> {
  return deps.writer.submit(await settle(deps, admitted))
}

/** Counts what a refused request carried, all of it with the same fate. */
export async function refuse(
  deps: IngestDeps,
  refused: {
    projectId: number
    keyId: number
    quantities: readonly Quantity[]
    fate: Fate
    receivedAt: number
  },
): Promise<void> {
  const { projectId, keyId, quantities, fate, receivedAt } = refused
  if (quantities.length === 0) return
  const settled = quantities.map((quantity) => ({ ...quantity, fate }))
  const entry: Arrival = { projectId, keyId, receivedAt, attachments: [], items: [], settled }
  await deps.writer.submit({ entry, payloads: [] })
}

/** What one request leaves behind, while it is being put together. */
interface Estate {
  readonly payloads: Uint8Array[]
  event: ArrivedEvent | undefined
  readonly attachments: ArrivedAttachment[]
  readonly items: ArrivedItem[]
  readonly settled: Settled[]
}

async function settle(deps: IngestDeps, admitted: Admitted): Promise<Parcel<Arrival>> {
  const { key, eventId, items, receivedAt, sentAt, clientIp, client } = admitted
  const estate: Estate = { payloads: [], event: undefined, attachments: [], items: [], settled: [] }
  const typed = items.flatMap((item) => {
    const type = itemTypeOf(item.type)
    return type === undefined ? [] : [{ item, type }]
  })
  const bound = typed.filter(({ type }) => isEventBound(type))
  const maker = bound.find(({ type }) => eventItems.has(type))
  const lost = missingPartner(typed)

  let eventFate: Fate | undefined
  if (maker !== undefined && eventId !== undefined) {
    const surroundings: Surroundings = {
      key,
      eventId,
      receivedAt,
      sentAt,
      clientIp,
      client,
      retentionDays: deps.retentionDays,
    }
    const decided = decide({ itemType: maker.type, bytes: maker.item.payload }, surroundings)
    if (isFate(decided)) eventFate = decided
    else {
      const { summary, bytes } = decided
      estate.event = {
        eventId,
        type: summary.type,
        level: summary.level,
        platform: summary.platform,
        title: summary.title,
        culprit: summary.culprit ?? null,
        release: summary.release ?? null,
        dist: summary.dist ?? null,
        environment: summary.environment ?? null,
        transactionName: summary.transaction ?? null,
        sdkName: summary.sdk?.name ?? null,
        sdkVersion: summary.sdk?.version ?? null,
        timestampAt: summary.timestamp,
        sentAt: sentAt ?? null,
        clientIp: clientIp ?? null,
        payload: hold(estate, bytes),
        quantities: [],
      }
    }
  }

  for (const { item, type } of typed) {
    const quantities = quantitiesOf(item)
    const isBound = maker !== undefined && isEventBound(type)
    const own = item === maker?.item ? undefined : (lost.get(item) ?? checkItem(type, item))
    const fate = isBound && eventFate !== undefined ? eventFate : own
    if (fate !== undefined) {
      estate.settled.push(...quantities.map((quantity) => ({ ...quantity, fate })))
    } else if (type === 'client_report') {
      const report = readClientReport(item.payload, {
        receivedAt,
        ...(sentAt === undefined ? {} : { sentAt }),
        retentionDays: deps.retentionDays,
      })
      for (const loss of report?.losses ?? [])
        estate.settled.push({ ...loss, at: report?.timestamp ?? receivedAt })
    } else {
      if (item !== maker?.item) await keep(deps, estate, item, type, eventId, isBound)
      // What hangs on the event shares its last test, whether the id is new.
      if (isBound && estate.event !== undefined) {
        estate.event = { ...estate.event, quantities: [...estate.event.quantities, ...quantities] }
      } else {
        estate.settled.push(...quantities.map((quantity) => ({ ...quantity, fate: accepted })))
      }
    }
  }

  const { payloads, event, attachments, items: kept, settled } = estate
  const entry: Arrival = {
    projectId: key.projectId,
    keyId: key.keyId,
    receivedAt,
    attachments,
    items: kept,
    settled,
    ...(event === undefined ? {} : { event }),
  }
  return { entry, payloads }
}

/** Items that are an event themselves. An envelope has at most one of them. */
const eventItems: ReadonlySet<ItemType> = new Set(['event', 'transaction', 'security', 'feedback'])

/** A replay's event and its recording are of no use without each other. */
function missingPartner(typed: readonly { item: RawItem; type: ItemType }[]): ReadonlyMap<RawItem, Fate> {
  const has = (wanted: ItemType) => typed.some(({ type }) => type === wanted)
  if (!has('replay_event') || has('replay_recording')) return new Map()
  const fate = drop('invalid', 'invalid_replay_missing_recording')
  return new Map(typed.filter(({ type }) => type === 'replay_event').map(({ item }) => [item, fate]))
}

function hold(estate: Estate, payload: Uint8Array): number {
  return estate.payloads.push(payload) - 1
}

async function keep(
  deps: IngestDeps,
  estate: Estate,
  item: RawItem,
  type: ItemType,
  eventId: EventId | undefined,
  boundToEvent: boolean,
): Promise<void> {
  if (type === 'attachment' && eventId !== undefined) {
    const sha256 = digest(item.payload)
    const isLarge = item.payload.byteLength > INLINE_LIMIT_BYTES
    // Large content is on disk before the transaction that names it, so a name never points to nothing.
    if (isLarge) await deps.blobs.put(sha256, item.payload)
    estate.attachments.push({
      eventId,
      name: textHeader(item, 'filename') ?? 'Unnamed attachment',
      contentType: textHeader(item, 'content_type') ?? null,
      attachmentType: textHeader(item, 'attachment_type') ?? 'event.attachment',
      sizeBytes: item.payload.byteLength,
      sha256,
      content: isLarge ? null : hold(estate, item.payload),
      boundToEvent,
    })
    return
  }
  estate.items.push({
    eventId: isEventBound(type) ? (eventId ?? null) : null,
    type,
    headers: JSON.stringify(item.header),
    payload: hold(estate, item.payload),
    boundToEvent,
  })
}

function textHeader(item: RawItem, name: string): string | undefined {
  const value = item.header[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
