/**
 * What the writer thread may do inside one transaction, with statements prepared once.
 *
 * This is the hot half of the store: plain SQL instead of Kysely, because Kysely compiles each query anew.
 */
import { constants, zstdCompressSync } from 'node:zlib'
import { openSqlite } from './sqlite.ts'

export interface NewEvent {
  readonly projectId: number
  readonly keyId: number
  readonly eventId: string
  readonly type: string
  readonly level: string
  readonly platform: string
  readonly title: string
  readonly culprit: string | null
  readonly release: string | null
  readonly dist: string | null
  readonly environment: string | null
  readonly transactionName: string | null
  readonly sdkName: string | null
  readonly sdkVersion: string | null
  readonly timestampAt: number
  readonly receivedAt: number
  readonly sentAt: number | null
  readonly clientIp: string | null
  /** As it came, whole. */
  readonly payload: Uint8Array
}

export interface NewAttachment {
  readonly projectId: number
  readonly eventId: string
  readonly name: string
  readonly contentType: string | null
  readonly attachmentType: string
  readonly sizeBytes: number
  readonly sha1: string
  readonly sha256: string
  readonly receivedAt: number
  /** Null when the content lies in the blob folder already. */
  readonly content: Uint8Array | null
}

export interface NewItem {
  readonly projectId: number
  readonly eventId: string | null
  readonly type: string
  readonly receivedAt: number
  readonly headers: string
  readonly payload: Uint8Array
}

export interface OutcomeCount {
  readonly projectId: number
  readonly keyId: number
  readonly category: number
  readonly outcome: number
  readonly reason: string
  /** Epoch seconds, start of a 10-second bucket. */
  readonly bucket: number
  readonly quantity: number
}

export interface StoredEventCount {
  readonly projectId: number
  readonly environment: string
  readonly bucket: number
  readonly quantity: number
}

/** Stored events of any kind by what they say of themselves. An empty text stands for what is not known. */
export interface EventFacetCount {
  readonly projectId: number
  readonly category: number
  readonly environment: string
  readonly release: string
  readonly sdk: string
  readonly bucket: number
  readonly quantity: number
}

/** An item that was lost, for the list of the last ones. */
export interface NewDrop {
  readonly receivedAt: number
  /** 0 when the key is not known. */
  readonly keyId: number
  readonly client: string | null
  readonly category: number
  readonly outcome: number
  readonly reason: string
  readonly detail: string | null
  readonly quantity: number
  readonly sizeBytes: number | null
}

/** What was counted against a quota in the window that ends at `endsAt`, in epoch seconds. */
export interface RateLimitUse {
  readonly quotaId: string
  readonly endsAt: number
  readonly quantity: number
}

/** Seconds per bucket, finest first. Every count is written at each of them in the same transaction. */
export const resolutions = [10, 3600, 86_400] as const
/** Facets have many values, of which each costs a row per bucket. */
export const facetResolutions = [3600, 86_400] as const

/** Dropped items that are listed of a project: the last ones. */
export const DROPPED_LIMIT = 1000

export interface Flush {
  /**
   * Stores the events of a batch. False at the place of those whose project has an event of that id already, in
   * the database or earlier in the batch; nothing is stored of them.
   */
  insertEvents(events: readonly NewEvent[]): readonly boolean[]
  insertAttachment(attachment: NewAttachment): void
  insertItem(item: NewItem): void
  addOutcomes(count: OutcomeCount): void
  addStoredEvents(count: StoredEventCount): void
  addEventFacets(count: EventFacetCount): void
  /** Lists items that a project has lost; `unlisted` more came with them and are only counted. */
  listDropped(projectId: number, drops: readonly NewDrop[], unlisted: number): void
  addRateLimitUse(use: RateLimitUse): void
  /** Records the first time a project sent `what`. */
  noteSeen(projectId: number, what: string, at: number): void
  noteEnvironment(projectId: number, name: string, at: number): void
  noteRelease(projectId: number, version: string, at: number): void
  noteFirstEvent(projectId: number, at: number): void
  noteKeyUse(keyId: number, at: number): void
  /** Records when something of a project was accepted last. */
  noteProjectUse(projectId: number, at: number): void
}

export interface FlushHandle extends Disposable {
  /** Commits and syncs what `work` did, or rolls all of it back and rethrows. */
  transaction<T>(work: (flush: Flush) => T): T
}

/** A thread of its own may wait for the lock; administrative writes hold it for milliseconds. */
const BUSY_TIMEOUT_MS = 10_000
/** 1 is nearly as small as the default for JSON of this size, at half the time. */
const ZSTD_LEVEL = 1

/** Whether a count is worth writing: one that is past its retention would be deleted at once. */
export type Keeps = (resolution: number, bucket: number) => boolean

/** Opens the writer thread's own handle on an existing, migrated database. */
export function openFlush(file: string, keeps: Keeps = () => true): FlushHandle {
  const database = openSqlite(file, { readOnly: false, busyTimeoutMs: BUSY_TIMEOUT_MS })
  // Checkpoints copy the log into the database and sync both; rarer ones cost less and stay short enough.
  database.exec('PRAGMA wal_autocheckpoint = 4000')

  const event = database.prepare(
    `insert into event (project_id, event_id, key_id, type, level, platform, title, culprit, "release", dist,
       environment, transaction_name, sdk_name, sdk_version, timestamp_at, received_at, sent_at, client_ip, size_bytes,
       chunk_id, chunk_offset)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const knownEvent = database.prepare('select 1 from event where project_id = ? and event_id = ?')
  const chunk = database.prepare(
    'insert into event_chunk (project_id, received_at, payloads) values (?, ?, ?)',
  )
  const attachment = database.prepare(
    `insert into attachment (project_id, event_id, name, content_type, attachment_type, size_bytes, sha1, sha256, received_at, content)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const item = database.prepare(
    `insert into stored_item (project_id, event_id, type, received_at, size_bytes, headers, payload)
     values (?, ?, ?, ?, ?, ?, ?)`,
  )
  const outcome = database.prepare(
    `insert into outcome_count (project_id, resolution, bucket, key_id, category, outcome, reason, quantity)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do update set quantity = quantity + excluded.quantity`,
  )
  const total = database.prepare(
    `insert into outcome_total (project_id, category, outcome, quantity) values (?, ?, ?, ?)
     on conflict do update set quantity = quantity + excluded.quantity`,
  )
  const organizationOf = database.prepare('select organization_id as id from project where id = ?')
  const organizationOutcome = database.prepare(
    `insert into organization_outcome_count (organization_id, resolution, bucket, category, outcome, reason, quantity)
     values (?, ?, ?, ?, ?, ?, ?)
     on conflict do update set quantity = quantity + excluded.quantity`,
  )
  const stored = database.prepare(
    `insert into event_count (project_id, resolution, bucket, environment, quantity) values (?, ?, ?, ?, ?)
     on conflict do update set quantity = quantity + excluded.quantity`,
  )
  const facets = database.prepare(
    `insert into event_facet_count (project_id, resolution, bucket, category, environment, "release", sdk, quantity)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do update set quantity = quantity + excluded.quantity`,
  )
  const lastDrop = database.prepare('select max(number) as number from dropped_item where project_id = ?')
  const dropped = database.prepare(
    `insert into dropped_item (project_id, number, received_at, key_id, client, category, outcome, reason, detail,
       quantity, size_bytes)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const forgottenDrops = database.prepare('delete from dropped_item where project_id = ? and number <= ?')
  const unlistedDrops = database.prepare(
    'update dropped_item set unlisted = unlisted + ? where project_id = ? and number = ?',
  )
  const rateLimitUse = database.prepare(
    `insert into rate_limit_use (quota_id, ends_at, used) values (?, ?, ?)
     on conflict do update set used = used + excluded.used`,
  )
  const seen = database.prepare(
    'insert into project_seen (project_id, what, first_at) values (?, ?, ?) on conflict do nothing',
  )
  const environment = database.prepare(
    'insert into environment (project_id, name, created_at) values (?, ?, ?) on conflict do nothing',
  )
  const release = database.prepare(
    'insert into "release" (project_id, version, created_at) values (?, ?, ?) on conflict do nothing',
  )
  const firstEvent = database.prepare(
    'update project set first_event_at = ? where id = ? and first_event_at is null',
  )
  const keyUse = database.prepare(
    `insert into client_key_use (key_id, last_used_at) values (?, ?)
     on conflict do update set last_used_at = max(last_used_at, excluded.last_used_at)`,
  )
  const projectUse = database.prepare(
    `insert into project_use (project_id, last_accepted_at) values (?, ?)
     on conflict do update set last_accepted_at = max(last_accepted_at, excluded.last_accepted_at)`,
  )

  const organizationIds = new Map<number, number>()
  /** Added up until the transaction ends, so that it touches each row of an organization once. */
  const organizationSums = new Map<string, OutcomeCount & { readonly organizationId: number }>()

  /** A project stays in its organization. Undefined when there is no such project. */
  function organizationIdOf(projectId: number): number | undefined {
    const known = organizationIds.get(projectId)
    if (known !== undefined) return known
    const found = organizationOf.get(projectId) as { id: number } | undefined
    if (found !== undefined) organizationIds.set(projectId, found.id)
    return found?.id
  }

  function addToOrganization(c: OutcomeCount): void {
    const organizationId = organizationIdOf(c.projectId)
    if (organizationId === undefined) return
    const key = `${organizationId} ${c.bucket} ${c.category} ${c.outcome} ${c.reason}`
    const quantity = (organizationSums.get(key)?.quantity ?? 0) + c.quantity
    organizationSums.set(key, { ...c, organizationId, quantity })
  }

  function writeOrganizationSums(): void {
    for (const { organizationId, category, outcome, reason, quantity, ...c } of organizationSums.values()) {
      for (const resolution of resolutions) {
        const bucket = c.bucket - (c.bucket % resolution)
        if (!keeps(resolution, bucket)) continue
        organizationOutcome.run(organizationId, resolution, bucket, category, outcome, reason, quantity)
      }
    }
    organizationSums.clear()
  }

  /** Used again for each chunk: this thread makes too little else to have its garbage collected often. */
  const room = new Uint8Array(CHUNK_BYTES)
  function endToEnd(payloads: readonly Uint8Array[]): Uint8Array {
    let end = 0
    for (const payload of payloads) {
      room.set(payload, end)
      end += payload.byteLength
    }
    return room.subarray(0, end)
  }

  function insertChunk(events: readonly NewEvent[]): void {
    const [first] = events
    if (first === undefined) return
    const receivedAt = Math.max(...events.map((e) => e.receivedAt))
    const payloads = events.length === 1 ? first.payload : endToEnd(events.map((e) => e.payload))
    const { lastInsertRowid: chunkId } = withCompressed(payloads, (compressed) =>
      chunk.run(first.projectId, receivedAt, compressed),
    )
    let offset = 0
    for (const e of events) {
      event.run(
        e.projectId,
        e.eventId,
        e.keyId,
        e.type,
        e.level,
        e.platform,
        e.title,
        e.culprit,
        e.release,
        e.dist,
        e.environment,
        e.transactionName,
        e.sdkName,
        e.sdkVersion,
        e.timestampAt,
        e.receivedAt,
        e.sentAt,
        e.clientIp,
        e.payload.byteLength,
        chunkId,
        offset,
      )
      offset += e.payload.byteLength
    }
  }

  const flush: Flush = {
    insertEvents(events) {
      const fresh = new Map<string, NewEvent>()
      const isStored = events.map((e) => {
        const name = `${e.projectId} ${e.eventId}`
        if (fresh.has(name) || knownEvent.get(e.projectId, e.eventId) !== undefined) return false
        fresh.set(name, e)
        return true
      })
      for (const together of chunksOf(fresh.values())) insertChunk(together)
      return isStored
    },
    insertAttachment(a) {
      attachment.run(
        a.projectId,
        a.eventId,
        a.name,
        a.contentType,
        a.attachmentType,
        a.sizeBytes,
        a.sha1,
        a.sha256,
        a.receivedAt,
        a.content === null ? null : compress(a.content),
      )
    },
    insertItem(i) {
      withCompressed(i.payload, (compressed) =>
        item.run(i.projectId, i.eventId, i.type, i.receivedAt, i.payload.byteLength, i.headers, compressed),
      )
    },
    addOutcomes(c) {
      for (const resolution of resolutions) {
        const bucket = c.bucket - (c.bucket % resolution)
        if (!keeps(resolution, bucket)) continue
        outcome.run(c.projectId, resolution, bucket, c.keyId, c.category, c.outcome, c.reason, c.quantity)
      }
      total.run(c.projectId, c.category, c.outcome, c.quantity)
      addToOrganization(c)
    },
    addStoredEvents(c) {
      for (const resolution of resolutions) {
        const bucket = c.bucket - (c.bucket % resolution)
        if (!keeps(resolution, bucket)) continue
        stored.run(c.projectId, resolution, bucket, c.environment, c.quantity)
      }
    },
    addEventFacets(c) {
      for (const resolution of facetResolutions) {
        const bucket = c.bucket - (c.bucket % resolution)
        if (!keeps(resolution, bucket)) continue
        facets.run(c.projectId, resolution, bucket, c.category, c.environment, c.release, c.sdk, c.quantity)
      }
    },
    listDropped(projectId, drops, unlisted) {
      const last = lastDrop.get(projectId) as { number: number | null }
      let number = last.number ?? 0
      for (const d of drops) {
        number++
        dropped.run(
          projectId,
          number,
          d.receivedAt,
          d.keyId,
          d.client,
          d.category,
          d.outcome,
          d.reason,
          d.detail,
          d.quantity,
          d.sizeBytes,
        )
      }
      if (unlisted > 0) unlistedDrops.run(unlisted, projectId, number)
      if (drops.length > 0) forgottenDrops.run(projectId, number - DROPPED_LIMIT)
    },
    addRateLimitUse: (use) => void rateLimitUse.run(use.quotaId, use.endsAt, use.quantity),
    noteSeen: (projectId, what, at) => void seen.run(projectId, what, at),
    noteEnvironment: (projectId, name, at) => void environment.run(projectId, name, at),
    noteRelease: (projectId, version, at) => void release.run(projectId, version, at),
    noteFirstEvent: (projectId, at) => void firstEvent.run(at, projectId),
    noteKeyUse: (keyId, at) => void keyUse.run(keyId, at),
    noteProjectUse: (projectId, at) => void projectUse.run(projectId, at),
  }

  return {
    transaction(work) {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work(flush)
        writeOrganizationSums()
        database.exec('COMMIT')
        return result
      } catch (error) {
        organizationSums.clear()
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
    },
    [Symbol.dispose]: () => database.close(),
  }
}

/** Reading one event decompresses its chunk: this bounds how much that is, unless the event alone is larger. */
const CHUNK_BYTES = 256 * 1024

/** Events of the same project, in order, as long as they fit. */
function* chunksOf(events: Iterable<NewEvent>): Generator<readonly NewEvent[]> {
  for (const ofProject of Map.groupBy(events, (e) => e.projectId).values()) {
    let together: NewEvent[] = []
    let size = 0
    for (const e of ofProject) {
      if (together.length > 0 && size + e.payload.byteLength > CHUNK_BYTES) {
        yield together
        together = []
        size = 0
      }
      together.push(e)
      size += e.payload.byteLength
    }
    yield together
  }
}

/** The form in which payloads lie in the database. */
export function compress(payload: Uint8Array): Buffer {
  return zstdCompressSync(payload, {
    params: zstdParameters,
    // Tables no larger than the payload needs, and one piece of output for nearly every chunk.
    pledgedSrcSize: payload.byteLength,
    chunkSize: PIECE_BYTES,
  })
}

const PIECE_BYTES = 32 * 1024

/** Hands the compressed form to `store`, then gives its memory back at once: this thread rarely collects any. */
function withCompressed<T>(payload: Uint8Array, store: (compressed: Uint8Array) => T): T {
  const compressed = compress(payload)
  const result = store(compressed)
  if (compressed.buffer instanceof ArrayBuffer && compressed.buffer.byteLength >= PIECE_BYTES) {
    compressed.buffer.transfer(0)
  }
  return result
}

const zstdParameters = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL }
