/** What one flush writes: events with what hangs on them, and the count of every fate. Nothing else. */
import {
  accepted,
  categoryNumber,
  drop,
  type Fate,
  isErrorCategory,
  outcomeNumber,
  type Quantity,
} from '../protocol/outcome.ts'
import type { Flush, NewAttachment, NewEvent, NewItem } from '../store/flush.ts'
import type { Parcel } from '../store/writer.ts'

/** An amount of data whose fate was settled before it reached the writer. */
export interface Settled extends Quantity {
  readonly fate: Fate
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

/** Everything one request leaves behind in one project. */
export interface Arrival {
  readonly projectId: number
  /** 0 when the key is not known. */
  readonly keyId: number
  readonly receivedAt: number
  readonly event?: ArrivedEvent
  readonly attachments: readonly ArrivedAttachment[]
  readonly items: readonly ArrivedItem[]
  readonly settled: readonly Settled[]
}

export type Persisted = 'stored' | 'duplicate'

/** Facts written once per project. They are forgotten when a transaction is rolled back. */
export type KnownFacts = Set<string>

const duplicate = drop('invalid', 'duplicate')

/**
 * Writes a batch inside the caller's transaction. Each event is stored and counted once per project and id,
 * however often it arrives; the answer says which arrivals were repetitions.
 */
export function persist(flush: Flush, parcels: readonly Parcel<Arrival>[], known: KnownFacts): Persisted[] {
  const ledger = makeLedger()
  const keyUses = new Map<number, number>()

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

    if (event !== undefined) {
      const fate = isDuplicate ? duplicate : accepted
      for (const quantity of event.quantities) ledger.addOutcome(entry, { ...quantity, fate })
      if (!isDuplicate) {
        noteEvent(flush, entry, event, once)
        if (event.quantities.some(({ category }) => isErrorCategory(category)))
          ledger.addStoredEvent(entry, event)
      }
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
    for (const settled of entry.settled) ledger.addOutcome(entry, settled)
    if (keyId !== 0) keyUses.set(keyId, receivedAt)
    return isDuplicate ? 'duplicate' : 'stored'
  })

  ledger.writeTo(flush)
  for (const [keyId, at] of keyUses) flush.noteKeyUse(keyId, at)
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
  writeTo(flush: Flush): void
}

/** Sums the batch first, so that a flush touches each row once. */
function makeLedger(): Ledger {
  const outcomeCounts = new Map<string, Parameters<Flush['addOutcomes']>[0]>()
  const eventCounts = new Map<string, Parameters<Flush['addStoredEvents']>[0]>()
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
      const environment = event.environment ?? ''
      const key = `${projectId} ${bucket} ${environment}`
      const sum = (eventCounts.get(key)?.quantity ?? 0) + 1
      eventCounts.set(key, { projectId, environment, bucket, quantity: sum })
    },
    writeTo(flush) {
      for (const count of outcomeCounts.values()) flush.addOutcomes(count)
      for (const count of eventCounts.values()) flush.addStoredEvents(count)
    },
  }
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
