/** Stored events, their payloads, and the files that came with them. They are written by flush.ts. */
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { type RawBuilder, sql } from 'kysely'
import type { EventFacts } from '../protocol/event-facts.ts'
import type { EventType, Level } from '../protocol/event-fields.ts'
import type { EventId } from '../protocol/ids.ts'
import { delay } from '../time.ts'
import type { Db } from './database.ts'
import { type KeyPage, type KeyPageRequest, keyPage, type Page, type PageRequest, pageOf } from './page.ts'

export interface StoredEvent extends EventFacts {
  readonly id: number
  readonly projectId: number
  readonly eventId: EventId
  /** Of the payload before compression. */
  readonly sizeBytes: number
  readonly chunkId: number
  readonly chunkOffset: number
}

export interface EventFilter {
  readonly projectId: number
  /** Null stands for events without one. */
  readonly environments?: readonly (string | null)[]
  /** Anywhere in title or culprit, without case. */
  readonly text?: string
  /** Epoch milliseconds, both inclusive. */
  readonly from?: number
  readonly to?: number
}

const eventColumns = [
  'event.id',
  'event.project_id',
  'event.event_id',
  'event.type',
  'event.level',
  'event.platform',
  'event.title',
  'event.culprit',
  'event.release',
  'event.dist',
  'event.environment',
  'event.transaction_name',
  'event.timestamp_at',
  'event.received_at',
  'event.sent_at',
  'event.client_ip',
  'event.size_bytes',
  'event.chunk_id',
  'event.chunk_offset',
] as const

interface EventRow {
  id: number
  project_id: number
  event_id: string
  type: string
  level: string
  platform: string
  title: string
  culprit: string | null
  release: string | null
  dist: string | null
  environment: string | null
  transaction_name: string | null
  timestamp_at: number
  received_at: number
  sent_at: number | null
  client_ip: string | null
  size_bytes: number
  chunk_id: number
  chunk_offset: number
}

function toEvent(row: EventRow): StoredEvent {
  return {
    id: row.id,
    projectId: row.project_id,
    eventId: row.event_id as EventId,
    type: row.type as EventType,
    level: row.level as Level,
    platform: row.platform,
    title: row.title,
    culprit: row.culprit,
    release: row.release,
    dist: row.dist,
    environment: row.environment,
    transactionName: row.transaction_name,
    timestampAt: row.timestamp_at,
    receivedAt: row.received_at,
    sentAt: row.sent_at,
    clientIp: row.client_ip,
    sizeBytes: row.size_bytes,
    chunkId: row.chunk_id,
    chunkOffset: row.chunk_offset,
  }
}

/** Everything but transactions and feedback; in these words, as the index `error_event_by_time` is made of them. */
const isErrorEvent: RawBuilder<boolean> = sql<boolean>`event.type not in ('transaction', 'feedback')`

function errorEvents(db: Db, { projectId, from, to }: EventFilter) {
  let query = db.selectFrom('event').where('event.project_id', '=', projectId).where(isErrorEvent)
  if (from !== undefined) query = query.where('event.timestamp_at', '>=', from)
  if (to !== undefined) query = query.where('event.timestamp_at', '<=', to)
  return query
}

/** Older or newer than a row, by time and then by arrival. */
function beyond(side: '<' | '>', { timestamp_at, id }: Pick<EventRow, 'timestamp_at' | 'id'>) {
  return sql<boolean>`(event.timestamp_at, event.id) ${sql.raw(side)} (${timestamp_at}, ${id})`
}

/** Newest first, along the event's own time. */
export function listErrorEvents(
  db: Db,
  filter: EventFilter,
  page: KeyPageRequest,
): Promise<KeyPage<StoredEvent>> {
  const keyOf = (event: StoredEvent) => event.timestampAt
  const newest = () =>
    errorEvents(db, filter)
      .select(eventColumns)
      .orderBy('event.timestamp_at', 'desc')
      .orderBy('event.id', 'desc')

  if (filter.text !== undefined || filter.environments !== undefined) {
    const matchesFrom = (at: number | undefined) =>
      search(filter, (last) => {
        let slice = newest().limit(SLICE_ROWS)
        if (at !== undefined) slice = slice.where('event.timestamp_at', '<=', at)
        if (last !== undefined) slice = slice.where(beyond('<', last))
        return slice.execute()
      })
    return keyPage(
      page,
      keyOf,
      (from, skip, limit) => take(matchesFrom(from), skip, limit),
      (at) => countWhile(matchesFrom(undefined), (event) => event.timestampAt > at),
    )
  }
  return keyPage(
    page,
    keyOf,
    async (from, skip, limit) => {
      const rows = await newest()
        .$if(from !== undefined, (q) => q.where('event.timestamp_at', '<=', from ?? 0))
        .offset(skip)
        .limit(limit)
        .execute()
      return rows.map(toEvent)
    },
    async (at) => {
      const { n } = await errorEvents(db, filter)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('event.timestamp_at', '>', at)
        .executeTakeFirstOrThrow()
      return n
    },
  )
}

/**
 * In the order of their ids, which SDKs draw at random: a sample that stays the same. The range is left to the
 * search, so that each statement walks along the ids and ends after a slice.
 */
export async function sampleErrorEvents(
  db: Db,
  filter: EventFilter,
  page: PageRequest,
): Promise<Page<StoredEvent>> {
  const matching = search(filter, (last) => {
    const slice = errorEvents(db, { projectId: filter.projectId })
      .select(eventColumns)
      .orderBy('event.event_id')
      .limit(SLICE_ROWS)
    return (last === undefined ? slice : slice.where('event.event_id', '>', last.event_id)).execute()
  })
  return pageOf(await take(matching, page.offset, page.limit + 1), page)
}

/**
 * Rows that one statement of a search reads. Statements run on the thread that answers requests, so a search
 * through all events of a project is many of them, and requests go on in between.
 */
const SLICE_ROWS = 500

/** The events that match; each slice begins after the last row of the one before. */
async function* search(
  { text, environments, from = -Infinity, to = Infinity }: EventFilter,
  nextSlice: (last: EventRow | undefined) => Promise<readonly EventRow[]>,
): AsyncGenerator<StoredEvent> {
  const wanted = text?.toLowerCase() ?? ''
  let last: EventRow | undefined
  for (;;) {
    const rows = await nextSlice(last)
    for (const row of rows) {
      if (row.timestamp_at < from || row.timestamp_at > to) continue
      if (environments !== undefined && !environments.includes(row.environment)) continue
      const isFound = [row.title, row.culprit].some((line) => line?.toLowerCase().includes(wanted))
      if (isFound) yield toEvent(row)
    }
    last = rows.at(-1)
    if (rows.length < SLICE_ROWS) return
    await delay(0)
  }
}

async function take<T>(all: AsyncIterable<T>, skip: number, limit: number): Promise<readonly T[]> {
  const taken: T[] = []
  let position = 0
  for await (const each of all) {
    if (position++ >= skip) taken.push(each)
    if (taken.length >= limit) break
  }
  return taken
}

async function countWhile<T>(all: AsyncIterable<T>, isCounted: (each: T) => boolean): Promise<number> {
  let count = 0
  for await (const each of all) {
    if (!isCounted(each)) break
    count++
  }
  return count
}

/** An event of any type. */
export async function eventById(
  db: Db,
  { projectId, eventId }: { projectId: number; eventId: EventId },
): Promise<StoredEvent | undefined> {
  const row = await db
    .selectFrom('event')
    .select(eventColumns)
    .where('event.project_id', '=', projectId)
    .where('event.event_id', '=', eventId)
    .executeTakeFirst()
  return row && toEvent(row)
}

export interface Neighbours {
  /** The next older one. */
  readonly previous: string | null
  /** The next newer one. */
  readonly next: string | null
}

/** The ids of the error events before and after this one; none for an event that is not among them. */
export async function neighboursOf(db: Db, event: StoredEvent): Promise<Neighbours> {
  if (event.type === 'transaction' || event.type === 'feedback') return { previous: null, next: null }
  const neighbour = async (side: '<' | '>', order: 'asc' | 'desc') => {
    const row = await errorEvents(db, { projectId: event.projectId })
      .select('event.event_id')
      .where(beyond(side, { timestamp_at: event.timestampAt, id: event.id }))
      .orderBy('event.timestamp_at', order)
      .orderBy('event.id', order)
      .limit(1)
      .executeTakeFirst()
    return row?.event_id ?? null
  }
  return { previous: await neighbour('<', 'desc'), next: await neighbour('>', 'asc') }
}

const decompress = promisify(zstdDecompress)

/**
 * Reads the payloads of events and makes something of each. Each chunk is decompressed once, and only one of
 * them is held at a time.
 *
 * Shape: by the events' `id`; an event whose chunk is gone, because its time was over, is missing.
 */
export async function readPayloads<T>(
  db: Db,
  events: readonly StoredEvent[],
  make: (payload: Buffer, event: StoredEvent) => T,
): Promise<ReadonlyMap<number, T>> {
  const made = new Map<number, T>()
  const byChunk = Map.groupBy(events, (event) => event.chunkId)
  if (byChunk.size === 0) return made
  const chunks = await db
    .selectFrom('event_chunk')
    .select(['id', 'payloads'])
    .where('id', 'in', [...byChunk.keys()])
    .execute()
  for (const { id, payloads } of chunks) {
    const whole = await decompress(payloads)
    for (const event of byChunk.get(id) ?? []) {
      const payload = whole.subarray(event.chunkOffset, event.chunkOffset + event.sizeBytes)
      made.set(event.id, make(payload, event))
    }
  }
  return made
}

export interface UserReport {
  readonly id: number
  readonly receivedAt: number
  /** JSON. */
  readonly payload: Buffer
}

/** What a user wrote about the event, the last of it. */
export async function userReportOf(db: Db, event: StoredEvent): Promise<UserReport | undefined> {
  const row = await db
    .selectFrom('stored_item')
    .select(['id', 'received_at', 'payload'])
    .where('project_id', '=', event.projectId)
    .where('type', '=', 'user_report')
    .where('event_id', '=', event.eventId)
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) return undefined
  return { id: row.id, receivedAt: row.received_at, payload: await decompress(row.payload) }
}

export interface Release {
  readonly id: number
  readonly version: string
  readonly createdAt: number
}

export async function releaseOf(db: Db, event: StoredEvent): Promise<Release | undefined> {
  if (event.release === null) return undefined
  const row = await db
    .selectFrom('release')
    .select(['id', 'version', 'created_at'])
    .where('project_id', '=', event.projectId)
    .where('version', '=', event.release)
    .executeTakeFirst()
  return row && { id: row.id, version: row.version, createdAt: row.created_at }
}
