/**
 * What one flush writes: events with what hangs on them, the count of every fate, what was lost, and what quotas
 * used.
 */
import {
  accepted,
  categoryNumber,
  type DataCategory,
  drop,
  isErrorCategory,
  outcomeNumber,
  type Quantity,
} from '../protocol/outcome.ts'
import type {
  EventFacetCount,
  Flush,
  NewAttachment,
  NewEvent,
  NewItem,
  RateLimitUse,
} from '../store/flush.ts'
import type { Parcel } from '../store/writer.ts'
import { type DropBudget, type Fated, makeDropList, openDropBudget } from './dropped-items.ts'

/** An amount of data whose fate was settled before it reached the writer. */
export interface Settled extends Fated {
  /** Epoch milliseconds; absent means the time the request was received. */
  readonly at?: number
}

/** An event, and what shares its fate. Payloads are positions in the parcel. */
export interface ArrivedEvent extends Omit<NewEvent, 'payload' | 'projectId' | 'keyId' | 'receivedAt'> {
  readonly payload: number
  /** The event and everything bound to it. All are dropped if the event turns out to be a duplicate. */
  readonly quantities: readonly Quantity[]
}

export interface ArrivedAttachment extends Omit<NewAttachment, 'content' | 'projectId' | 'receivedAt'> {
  readonly content: number | null
  readonly boundToEvent: boolean
}

export interface ArrivedItem extends Omit<NewItem, 'payload' | 'projectId' | 'receivedAt'> {
  readonly payload: number
  readonly boundToEvent: boolean
}

/** What was counted against a quota for data of the request. */
export interface ArrivedUse extends RateLimitUse {
  readonly boundToEvent: boolean
}

/** Everything one request leaves behind in one project. */
export interface Arrival {
  readonly projectId: number
  /** 0 when the key is not known. */
  readonly keyId: number
  readonly receivedAt: number
  /** Name and version of the SDK; only where something was lost, for those who ask what. */
  readonly client?: string
  readonly event?: ArrivedEvent
  readonly attachments: readonly ArrivedAttachment[]
  readonly items: readonly ArrivedItem[]
  readonly settled: readonly Settled[]
  readonly uses?: readonly ArrivedUse[]
}

export type Persisted = 'stored' | 'duplicate'

/** Facts written once per project. They are forgotten when a transaction is rolled back. */
export type KnownFacts = Set<string>

const duplicate = drop('invalid', 'duplicate')

/** Everything of an arrival with its fate, once it is known whether its event is new. */
export function settledOf({ event, settled }: Arrival, persisted: Persisted): readonly Settled[] {
  if (event === undefined) return settled
  const fate = persisted === 'duplicate' ? duplicate : accepted
  return [...event.quantities.map((quantity) => ({ ...quantity, fate })), ...settled]
}

/**
 * Writes a batch inside the caller's transaction. Each event is stored and counted once per project and id,
 * however often it arrives; the answer says which arrivals were repetitions.
 */
export function persist(
  flush: Flush,
  parcels: readonly Parcel<Arrival>[],
  known: KnownFacts,
  budget: DropBudget = openDropBudget(),
): Persisted[] {
  const ledger = makeLedger()
  const losses = makeDropList(budget)
  const keyUses = new Map<number, number>()
  const projectUses = new Map<number, number>()

  const stored = insertEvents(flush, parcels)

  const results = parcels.map((parcel) => {
    const { entry, payloads } = parcel
    const { projectId, keyId, receivedAt, event } = entry
    const once = (what: string, note: () => void) => {
      const fact = `${projectId} ${what}`
      if (known.has(fact)) return
      note()
      known.add(fact)
    }
    const isDuplicate = event !== undefined && !stored.has(parcel)
    const persisted = isDuplicate ? 'duplicate' : 'stored'

    if (event !== undefined && !isDuplicate) {
      noteEvent(flush, entry, event, once)
      ledger.addStoredEvent(entry, event)
    }
    for (const attachment of entry.attachments) {
      if (isDuplicate && attachment.boundToEvent) continue
      const content = attachment.content === null ? null : payloadAt(payloads, attachment.content)
      flush.insertAttachment({ ...attachment, projectId, receivedAt, content })
    }
    for (const item of entry.items) {
      if (isDuplicate && item.boundToEvent) continue
      flush.insertItem({ ...item, projectId, receivedAt, payload: payloadAt(payloads, item.payload) })
      once(`item:${item.type}`, () => flush.noteSeen(projectId, `item:${item.type}`, receivedAt))
    }
    const all = settledOf(entry, persisted)
    for (const settled of all) ledger.addOutcome(entry, settled)
    if (isDuplicate) losses.add({ ...entry, eventBytes: payloadAt(payloads, event.payload).byteLength }, all)
    else losses.add(entry, all)
    for (const use of entry.uses ?? []) {
      if (isDuplicate && use.boundToEvent) continue
      ledger.addUse(use)
    }
    if (keyId !== 0) keyUses.set(keyId, receivedAt)
    if (all.some(({ fate }) => fate.outcome === 'accepted')) projectUses.set(projectId, receivedAt)
    return persisted
  })

  ledger.writeTo(flush)
  losses.writeTo(flush)
  for (const [keyId, at] of keyUses) flush.noteKeyUse(keyId, at)
  for (const [projectId, at] of projectUses) flush.noteProjectUse(projectId, at)
  return results
}

/** Stores the events of the batch; answers the parcels whose event is new. */
function insertEvents(flush: Flush, parcels: readonly Parcel<Arrival>[]): ReadonlySet<Parcel<Arrival>> {
  const withEvent = parcels.filter(({ entry }) => entry.event !== undefined)
  const isStored = flush.insertEvents(
    withEvent.flatMap(({ entry: { projectId, keyId, receivedAt, event }, payloads }) =>
      event === undefined
        ? []
        : [{ ...event, projectId, keyId, receivedAt, payload: payloadAt(payloads, event.payload) }],
    ),
  )
  return new Set(withEvent.filter((_, position) => isStored[position]))
}

function noteEvent(
  flush: Flush,
  { projectId, receivedAt }: Arrival,
  event: ArrivedEvent,
  once: (what: string, note: () => void) => void,
): void {
  const { type, platform, environment, release } = event
  once(`event:${type}`, () => flush.noteSeen(projectId, `event:${type}`, receivedAt))
  once(`platform:${platform}`, () => flush.noteSeen(projectId, `platform:${platform}`, receivedAt))
  if (environment !== null) {
    once(`environment:${environment}`, () => flush.noteEnvironment(projectId, environment, receivedAt))
  }
  if (release !== null) once(`release:${release}`, () => flush.noteRelease(projectId, release, receivedAt))
  if (type !== 'transaction' && type !== 'feedback') {
    once('first event', () => flush.noteFirstEvent(projectId, event.timestampAt))
  }
}

interface Ledger {
  addOutcome(arrival: Arrival, settled: Settled): void
  addStoredEvent(arrival: Arrival, event: ArrivedEvent): void
  addUse(use: RateLimitUse): void
  writeTo(flush: Flush): void
}

/** Sums the batch first, so that a flush touches each row once. */
function makeLedger(): Ledger {
  const outcomeCounts = new Map<string, Parameters<Flush['addOutcomes']>[0]>()
  const eventCounts = new Map<string, Parameters<Flush['addStoredEvents']>[0]>()
  const facetCounts = new Map<string, EventFacetCount>()
  const uses = new Map<string, RateLimitUse>()
  return {
    addOutcome({ projectId, keyId, receivedAt }, { fate, category, quantity, at = receivedAt }) {
      const bucket = bucketOf(at)
      const reason = fate.reason ?? ''
      const key = `${projectId} ${keyId} ${bucket} ${category} ${fate.outcome} ${reason}`
      const sum = (outcomeCounts.get(key)?.quantity ?? 0) + quantity
      outcomeCounts.set(key, {
        projectId,
        keyId,
        bucket,
        category: categoryNumber(category),
        outcome: outcomeNumber(fate.outcome),
        reason,
        quantity: sum,
      })
    },
    addStoredEvent({ projectId, receivedAt }, event) {
      const bucket = bucketOf(receivedAt)
      const category = categoryOf(event)
      const environment = event.environment ?? ''
      const release = event.release ?? ''
      const sdk = event.sdkName ?? ''
      if (isErrorCategory(category)) {
        const key = `${projectId} ${bucket} ${environment}`
        const sum = (eventCounts.get(key)?.quantity ?? 0) + 1
        eventCounts.set(key, { projectId, environment, bucket, quantity: sum })
      }
      // No line break is part of an environment or a release.
      const key = `${projectId} ${bucket} ${category}\n${environment}\n${release}\n${sdk}`
      const known = facetCounts.get(key)
      const facets = { projectId, category: categoryNumber(category), environment, release, sdk, bucket }
      facetCounts.set(key, { ...facets, quantity: (known?.quantity ?? 0) + 1 })
    },
    addUse({ quotaId, endsAt, quantity }) {
      const key = `${quotaId} ${endsAt}`
      const sum = (uses.get(key)?.quantity ?? 0) + quantity
      uses.set(key, { quotaId, endsAt, quantity: sum })
    },
    writeTo(flush) {
      for (const count of outcomeCounts.values()) flush.addOutcomes(count)
      for (const count of eventCounts.values()) flush.addStoredEvents(count)
      for (const count of facetCounts.values()) flush.addEventFacets(count)
      for (const use of uses.values()) flush.addRateLimitUse(use)
    },
  }
}

/** What the event itself counts as. An error may have feedback with it, but feedback has no error. */
function categoryOf({ quantities }: ArrivedEvent): DataCategory {
  const own = quantities.find(({ category }) => category === 'transaction' || isErrorCategory(category))
  return own?.category ?? 'feedback'
}

/** Epoch milliseconds → start of the 10-second bucket in epoch seconds. */
function bucketOf(at: number): number {
  const seconds = Math.floor(at / 1000)
  return seconds - (seconds % 10)
}

function payloadAt(payloads: readonly Uint8Array[], position: number): Uint8Array {
  const payload = payloads[position]
  if (payload === undefined) throw new RangeError(`The parcel has no payload ${position}`)
  return payload
}
