/** One envelope in, one fate per item out: the whole story of an admitted envelope. */
import type { RequestHeaders } from '../protocol/browser-reports.ts'
import { readClientReport } from '../protocol/client-report.ts'
import { allowance } from '../protocol/drop-words.ts'
import type { RawItem } from '../protocol/envelope.ts'
import type { EventId } from '../protocol/ids.ts'
import { type ItemType, isEventBound, itemTypeOf, quantitiesOf } from '../protocol/items.ts'
import { jsonText } from '../protocol/json.ts'
import { accepted, drop, type Fate, isFate, withDetail } from '../protocol/outcome.ts'
import type { RateLimit } from '../protocol/rate-limits.ts'
import { type Blobs, digest, INLINE_LIMIT_BYTES, sha1 } from '../store/blobs.ts'
import type { Parcel, Writer } from '../store/writer.ts'
import { expandCrashReports, hasCrashReport } from './crash-reports.ts'
import type { KnownKey } from './gate.ts'
import { type Charge, isLookedAt, type Limits, limitedFate } from './limits.ts'
import type {
  Arrival,
  ArrivedAttachment,
  ArrivedEvent,
  ArrivedItem,
  ArrivedUse,
  Persisted,
  Settled,
} from './persist.ts'
import { decide, type Surroundings } from './pipeline.ts'
import { checkItem } from './schemas.ts'
import { sift } from './sieve.ts'

export interface IngestDeps {
  readonly writer: Writer<Arrival, Persisted>
  readonly blobs: Blobs
  readonly limits: Limits
  readonly retentionDays: number
}

export interface Admitted {
  readonly key: KnownKey
  /** The envelope's, or a new one; undefined when nothing in the envelope belongs to an event. */
  readonly eventId: EventId | undefined
  readonly items: readonly RawItem[]
  /** Of the items that are dropped before anything of them is parsed. */
  readonly fates?: ReadonlyMap<RawItem, Fate>
  readonly receivedAt: number
  readonly sentAt: number | undefined
  readonly clientIp: string | undefined
  /** The SDK's name and version as the credentials state it. */
  readonly client: string | undefined
  /** Of the request. Only browsers' own reports are completed from them. */
  readonly headers?: RequestHeaders
}

/** What became of an envelope. */
export interface Reception {
  readonly persisted: Persisted
  /** How much of it limits have taken. */
  readonly limited: 'nothing' | 'some' | 'everything'
  /** The limits that it ran into while it was accepted; those that were in force before are not among them. */
  readonly limits: readonly RateLimit[]
}

/**
 * Settles the fate of every item, hands what is kept and all counts to the writer, and resolves when they are
 * committed.
 *
 * Errors: WriterOverloaded, WriteFailed; then nothing of it is charged.
 */
export async function accept(deps: IngestDeps, admitted: Admitted): Promise<Reception> {
  const estate: Estate = {
    payloads: [],
    event: undefined,
    attachments: [],
    items: [],
    settled: [],
    uses: [],
    limits: [],
    limited: 0,
  }
  try {
    const persisted = await deps.writer.submit(await settle(deps, admitted, estate))
    if (persisted === 'duplicate') deps.limits.giveBack(estate.uses.filter((use) => use.boundToEvent))
    const { limits, limited } = estate
    const some = limited < admitted.items.length ? 'some' : 'everything'
    return { persisted, limits, limited: limited === 0 ? 'nothing' : some }
  } catch (error) {
    deps.limits.giveBack(estate.uses)
    throw error
  }
}

/** Counts what a refused request carried, all of it with the same fate. */
export async function refuse(
  deps: IngestDeps,
  refused: {
    projectId: number
    keyId: number
    quantities: readonly SizedQuantity[]
    fate: Fate
    receivedAt: number
    client?: string | undefined
  },
): Promise<void> {
  const { projectId, keyId, quantities, fate, receivedAt } = refused
  if (quantities.length === 0) return
  const settled = quantities.map((quantity) => ({ ...quantity, fate }))
  const client = refused.client === undefined ? {} : { client: refused.client }
  const entry: Arrival = { projectId, keyId, receivedAt, ...client, attachments: [], items: [], settled }
  await deps.writer.submit({ entry, payloads: [] })
}

/** An amount of data that was lost, and the size of the item that it was. */
export type SizedQuantity = Pick<Settled, 'category' | 'quantity' | 'sizeBytes'>

/** What a lost item counts as. Nobody knows the size of one that was not read. */
export function sizedQuantitiesOf(item: RawItem): SizedQuantity[] {
  const sizeBytes = item.payload.byteLength
  const size = sizeBytes === 0 ? {} : { sizeBytes }
  return quantitiesOf(item).map((quantity) => ({ ...quantity, ...size }))
}

/** What one request leaves behind, while it is being put together. */
interface Estate {
  readonly payloads: Uint8Array[]
  event: ArrivedEvent | undefined
  readonly attachments: ArrivedAttachment[]
  readonly items: ArrivedItem[]
  readonly settled: Settled[]
  readonly uses: ArrivedUse[]
  readonly limits: RateLimit[]
  /** Items that limits have taken. */
  limited: number
}

const noFates: ReadonlyMap<RawItem, Fate> = new Map()

interface TypedItem {
  readonly item: RawItem
  readonly type: ItemType
}

/** What settling one item has to know of the whole envelope. */
interface Settling {
  readonly deps: IngestDeps
  readonly admitted: Admitted
  readonly estate: Estate
  /** The item that is the envelope's event; the first, should there be several. */
  readonly maker: TypedItem | undefined
  /** Set when the event is dropped; what is bound to it goes with it. */
  readonly eventFate: Fate | undefined
  /** Of items whose fate was settled before anything of them was parsed. */
  readonly fates: ReadonlyMap<RawItem, Fate>
}

async function settle(deps: IngestDeps, admitted: Admitted, estate: Estate): Promise<Parcel<Arrival>> {
  const { eventId } = admitted
  const arriving = { items: admitted.items, fates: admitted.fates ?? noFates }
  const isCrash = eventId !== undefined && hasCrashReport(admitted.items)
  const { items, fates } = isCrash ? await expandCrashReports(arriving, eventId) : arriving
  const typed = items.flatMap((item) => {
    const type = itemTypeOf(item.type)
    return type === undefined ? [] : [{ item, type }]
  })
  const maker = typed.find(({ type }) => isEventBound(type) && eventItems.has(type))
  const eventFate =
    maker === undefined || eventId === undefined
      ? undefined
      : (fates.get(maker.item) ?? decideEvent(deps, admitted, estate, maker, eventId))
  const partnerFates = missingPartner(typed)
  const settling = { deps, admitted, estate, maker, eventFate, fates }
  for (const each of typed) await settleItem(settling, each, partnerFates.get(each.item))
  return parcelOf(admitted, estate)
}

/** Runs the event through the pipeline; what is kept goes into the estate. Answers its fate when it is dropped. */
function decideEvent(
  deps: IngestDeps,
  admitted: Admitted,
  estate: Estate,
  { item, type }: TypedItem,
  eventId: EventId,
): Fate | undefined {
  const { key, receivedAt, sentAt, clientIp, client, headers } = admitted
  const surroundings: Surroundings = {
    key,
    eventId,
    receivedAt,
    sentAt,
    clientIp,
    client,
    headers,
    retentionDays: deps.retentionDays,
    charge: () => book(estate, deps.limits.charge(key, quantitiesOf(item)), true),
  }
  const decided = decide({ itemType: type, itemHeader: item.header, bytes: item.payload }, surroundings)
  if (isFate(decided)) return decided
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
  return undefined
}

/** Settles one item: by what is known of it already, by its form, by filters, by limits; else it is kept. */
async function settleItem(
  { deps, admitted, estate, maker, eventFate, fates }: Settling,
  { item: whole, type }: TypedItem,
  partnerFate: Fate | undefined,
): Promise<void> {
  const { key, eventId, clientIp } = admitted
  const isMaker = whole === maker?.item
  const isBound = maker !== undefined && isEventBound(type)
  const isSecond = eventItems.has(type) && !isMaker
  const formFate = isSecond ? secondEvent : (partnerFate ?? checkItem(type, whole))
  const known = fates.get(whole) ?? (isBound && !isSecond && eventFate !== undefined ? eventFate : formFate)
  const sifted = known === undefined ? sift(whole, type, { filters: key.filters, clientIp }) : undefined
  const item = sifted === undefined ? whole : sifted.wanted
  estate.settled.push(...(sifted?.filtered ?? []))
  if (item === undefined) return

  const quantities = quantitiesOf(item)
  // The event itself was charged on its way.
  const isCharged = known !== undefined || isMaker
  const fate = isCharged ? known : book(estate, deps.limits.charge(key, quantities), isBound)
  if (fate !== undefined) {
    if (fate.outcome === 'rate_limited' && !isLookedAt(item, type)) estate.limited++
    const lost = explained(fate, key)
    estate.settled.push(...sizedQuantitiesOf(item).map((quantity) => ({ ...quantity, fate: lost })))
    return
  }
  if (type === 'client_report') {
    settleReport(estate, item, admitted, deps.retentionDays)
    return
  }
  if (!isMaker) await keep(deps, estate, item, type, eventId, isBound)
  // What hangs on the event shares its last test, whether the id is new.
  if (isBound && estate.event !== undefined) {
    estate.event = { ...estate.event, quantities: [...estate.event.quantities, ...quantities] }
  } else {
    estate.settled.push(...quantities.map((quantity) => ({ ...quantity, fate: accepted })))
  }
}

/** What an SDK says it has dropped is counted at the time it says. */
function settleReport(
  estate: Estate,
  { payload }: RawItem,
  { receivedAt, sentAt }: Admitted,
  retentionDays: number,
): void {
  const report = readClientReport(payload, { receivedAt, sentAt, retentionDays })
  if (report === undefined) return
  for (const loss of report.losses) estate.settled.push({ ...loss, at: report.timestamp })
}

function parcelOf({ key, receivedAt, client }: Admitted, estate: Estate): Parcel<Arrival> {
  const { payloads, event, attachments, items, settled, uses } = estate
  const entry: Arrival = {
    projectId: key.projectId,
    keyId: key.keyId,
    receivedAt,
    attachments,
    items,
    settled,
    ...(client !== undefined && settled.some(isLoss) ? { client } : {}),
    ...(event === undefined ? {} : { event }),
    ...(uses.length === 0 ? {} : { uses }),
  }
  return { entry, payloads }
}

function isLoss({ fate }: Settled): boolean {
  return fate.outcome !== 'accepted'
}

/** Beside a loss to the limit of its key stands what that limit was. */
function explained(fate: Fate, { rateLimit }: KnownKey): Fate {
  const isOfKey = fate.outcome === 'rate_limited' && fate.reason === 'key_quota' && rateLimit !== null
  return isOfKey ? withDetail(fate, allowance(rateLimit)) : fate
}

/** Enters a charge in the books; the fate of the data when it was refused. */
function book(estate: Estate, charge: Charge, boundToEvent: boolean): Fate | undefined {
  if (charge.kind === 'refused') {
    estate.limits.push(charge.limit)
    return limitedFate(charge.limit)
  }
  for (const use of charge.uses) estate.uses.push({ ...use, boundToEvent })
  return undefined
}

/** Items that are an event themselves. An envelope has at most one of them; the first is it. */
const eventItems: ReadonlySet<ItemType> = new Set([
  'event',
  'transaction',
  'security',
  'raw_security',
  'feedback',
  'nel',
  'unreal_report',
])
const secondEvent = drop('invalid', 'duplicate_item')

/** A replay's event and its recording are of no use without each other. */
function missingPartner(typed: readonly TypedItem[]): ReadonlyMap<RawItem, Fate> {
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
      sha1: sha1(item.payload),
      sha256,
      content: isLarge ? null : hold(estate, item.payload),
      boundToEvent,
    })
    return
  }
  estate.items.push({
    eventId: isEventBound(type) ? (eventId ?? null) : null,
    type,
    headers: jsonText(item.header) ?? '{}',
    payload: hold(estate, item.payload),
    boundToEvent,
  })
}

function textHeader(item: RawItem, name: string): string | undefined {
  const value = item.header[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
