/** The store's contract: what a flush writes, the counts that are read of it, and what retention takes away. */
import { zstdDecompressSync } from 'node:zlib'
import { expect } from 'vitest'
import { insertSession } from '../src/store/accounts.ts'
import type { Database } from '../src/store/database.ts'
import { removeProject } from '../src/store/removed-projects.ts'
import {
  deleteExpiredSessions,
  deleteOldAttachments,
  deleteOldChunks,
  deleteOldEvents,
  deleteOldItems,
} from '../src/store/retention.ts'
import {
  environmentExists,
  type OutcomeQuery,
  projectsWithOldCounts,
  pruneCounts,
  sumOutcomes,
  sumOutcomesOfKey,
  sumOutcomesOfProjects,
  sumStoredEvents,
} from '../src/store/stats.ts'
import { estimateEvents, listFateTotals } from '../src/store/totals.ts'
import { HOUR } from '../src/time.ts'
import {
  addProject,
  addProjectOfItsOwn,
  addUser,
  attachmentOf,
  type Behaviours,
  countOf,
  eventOf,
  itemOf,
  type OpenStore,
  startAt,
  startBucket,
  storeEvents,
} from './store.fixtures.ts'

const DAY = 86_400
const day = startBucket - (startBucket % DAY)
const text = (bytes: Uint8Array) => new TextDecoder().decode(zstdDecompressSync(bytes))

/** The payload of every stored event, by its id. */
async function payloads(db: Database): Promise<Map<string, string>> {
  const rows = await db.read
    .selectFrom('event')
    .innerJoin('event_chunk', 'event_chunk.id', 'event.chunk_id')
    .select(['event_id', 'chunk_offset', 'size_bytes', 'payloads'])
    .orderBy('event.id')
    .execute()
  return new Map(
    rows.map(({ event_id, chunk_offset, size_bytes, payloads }) => {
      const chunk = zstdDecompressSync(payloads)
      return [event_id, chunk.subarray(chunk_offset, chunk_offset + size_bytes).toString()]
    }),
  )
}

/** Sums of accepted errors over the whole day, unless told otherwise. */
function sums({ db }: OpenStore, projectId: number, more: Partial<OutcomeQuery> = {}) {
  const range = { from: day, to: day + DAY, resolution: 10 }
  return sumOutcomes(db.read, { projectId, range, categories: [1], outcomes: [0], ...more })
}

export const flushes: Behaviours = {
  'keeps everything about an event': async ({ db, flush }) => {
    const event = eventOf(7, { eventId: 'a'.repeat(32) })
    expect(await flush((into) => storeEvents(into, event))).toEqual([true])
    const row = await db.read.selectFrom('event').selectAll().executeTakeFirstOrThrow()
    const { id, chunk_id, chunk_offset, ...columns } = row
    expect(columns).toEqual({
      project_id: 7,
      event_id: 'a'.repeat(32),
      key_id: 1,
      type: 'error',
      level: 'error',
      platform: 'python',
      title: 'ValueError: no such order',
      culprit: 'shop.orders in find',
      release: 'shop@1.2.3',
      dist: null,
      environment: 'production',
      transaction_name: '/orders/{id}',
      sdk_name: 'sentry.python',
      sdk_version: '2.20.0',
      timestamp_at: startAt - 1500,
      received_at: startAt,
      sent_at: startAt - 500,
      client_ip: '192.0.2.7',
      size_bytes: event.payload.byteLength,
    })
    expect(await payloads(db)).toEqual(new Map([['a'.repeat(32), '{"message":"no such order"}']]))
  },

  'keeps the payload of each event to the byte, whatever its size and however many come together': async ({
    db,
    flush,
  }) => {
    const texts = ['', '{}', 'ü'.repeat(5000), ...Array.from({ length: 6 }, (_, n) => `${n}`.repeat(60_000))]
    const events = texts.map((text, n) =>
      eventOf(7 + (n % 2), { payload: new TextEncoder().encode(text), receivedAt: startAt + n }),
    )
    const [first, ...others] = events
    if (first === undefined) throw new Error('No events')
    await flush((into) => storeEvents(into, first))
    await flush((into) => storeEvents(into, ...others))
    expect(await payloads(db)).toEqual(new Map(events.map(({ eventId }, n) => [eventId, texts[n]])))
  },

  'an event of the same id is stored once per project, within a flush and across flushes': async ({
    db,
    flush,
  }) => {
    const first = eventOf(7, { title: 'first' })
    const again = { ...first, title: 'again', payload: new TextEncoder().encode('again') }
    const elsewhere = { ...again, projectId: 8 }
    expect(await flush((into) => storeEvents(into, first, again))).toEqual([true, false])
    expect(await flush((into) => storeEvents(into, again, elsewhere))).toEqual([false, true])
    expect(await flush((into) => storeEvents(into))).toEqual([])
    const rows = await db.read.selectFrom('event').select(['project_id', 'title']).orderBy('id').execute()
    expect(rows).toEqual([
      { project_id: 7, title: 'first' },
      { project_id: 8, title: 'again' },
    ])
  },

  'keeps small attachments inside and large ones by their digest': async ({ db, flush }) => {
    const small = attachmentOf(7, { eventId: 'a'.repeat(32) })
    const large = attachmentOf(7, { eventId: 'a'.repeat(32), name: 'core', contentType: null, content: null })
    await flush((into) => {
      into.insertAttachment(small)
      into.insertAttachment(large)
    })
    const rows = await db.read.selectFrom('attachment').selectAll().orderBy('id').execute()
    const common = {
      project_id: 7,
      event_id: 'a'.repeat(32),
      attachment_type: 'event.attachment',
      size_bytes: 12,
      sha1: 'b'.repeat(40),
      sha256: 'a'.repeat(64),
      received_at: startAt,
    }
    expect(rows.map(({ id, content, ...row }) => ({ ...row, content: content && text(content) }))).toEqual([
      { ...common, name: 'basket.json', content_type: 'application/json', content: '{"apples":3}' },
      { ...common, name: 'core', content_type: null, content: null },
    ])
  },

  'keeps other items as they came': async ({ db, flush }) => {
    await flush((into) => into.insertItem(itemOf(7)))
    const [row, ...others] = await db.read.selectFrom('stored_item').selectAll().execute()
    const { id, payload, ...columns } = row ?? { payload: new Uint8Array() }
    expect([others, text(payload)]).toEqual([[], '{"sid":"1"}'])
    expect(columns).toEqual({
      project_id: 7,
      event_id: null,
      type: 'session',
      received_at: startAt,
      size_bytes: 11,
      headers: '{"type":"session"}',
    })
  },

  'an empty payload is kept as empty': async ({ db, flush }) => {
    await flush((into) => into.insertItem(itemOf(7, { payload: new Uint8Array() })))
    const { payload, size_bytes } = await db.read
      .selectFrom('stored_item')
      .selectAll()
      .executeTakeFirstOrThrow()
    expect([text(payload), size_bytes]).toEqual(['', 0])
  },

  'what is noted for the first time stays as it was': async ({ db, flush }) => {
    for (const at of [startAt, startAt + 1000]) {
      await flush((into) => {
        into.noteSeen(7, 'platform:python', at)
        into.noteEnvironment(7, 'production', at)
        into.noteRelease(7, 'shop@1.2.3', at)
      })
    }
    expect(await db.read.selectFrom('project_seen').selectAll().execute()).toEqual([
      { project_id: 7, what: 'platform:python', first_at: startAt },
    ])
    expect(await db.read.selectFrom('environment').select(['name', 'created_at']).execute()).toEqual([
      { name: 'production', created_at: startAt },
    ])
    expect(await db.read.selectFrom('release').select(['version', 'created_at']).execute()).toEqual([
      { version: 'shop@1.2.3', created_at: startAt },
    ])
    const exists = (projectId: number, name: string) => environmentExists(db.read, { projectId, name })
    expect([
      await exists(7, 'production'),
      await exists(7, 'staging'),
      await exists(8, 'production'),
    ]).toEqual([true, false, false])
  },

  'a flush that fails leaves nothing behind, and the next one goes through': async ({ db, flush }) => {
    const failing = flush((into) => {
      storeEvents(into, eventOf(7))
      into.addOutcomes(countOf(7))
      into.noteSeen(7, 'platform:python', startAt)
      throw new RangeError('no such payload')
    })
    await expect(failing).rejects.toThrow(new RangeError('no such payload'))
    for (const table of ['event', 'event_chunk', 'outcome_count', 'project_seen'] as const) {
      expect(await db.read.selectFrom(table).selectAll().execute(), table).toEqual([])
    }
    expect(await flush((into) => storeEvents(into, eventOf(7)))).toEqual([true])
  },
}

export const counts: Behaviours = {
  'a count is added at ten seconds, hours and days, and adds up over flushes': async (store) => {
    const minutes = (count: number) => startBucket + count * 60
    await store.flush((into) => into.addOutcomes(countOf(7, { quantity: 2 })))
    await store.flush((into) => {
      into.addOutcomes(countOf(7, { quantity: 3 }))
      into.addOutcomes(countOf(7, { bucket: minutes(0) + 10 }))
      into.addOutcomes(countOf(7, { bucket: minutes(40), quantity: 5 }))
      into.addOutcomes(countOf(7, { bucket: day - 10, quantity: 100 }))
    })
    const at = (resolution: number) =>
      sums(store, 7, { range: { from: day - DAY, to: day + DAY, resolution } })
    expect(await at(10)).toEqual([
      { at: day - 10, sum: 100 },
      { at: minutes(0), sum: 5 },
      { at: minutes(0) + 10, sum: 1 },
      { at: minutes(40), sum: 5 },
    ])
    expect(await at(3600)).toEqual([
      { at: day - 3600, sum: 100 },
      { at: day + 9 * 3600, sum: 6 },
      { at: day + 10 * 3600, sum: 5 },
    ])
    expect(await at(DAY)).toEqual([
      { at: day - DAY, sum: 100 },
      { at: day, sum: 11 },
    ])
  },

  'sums only what was asked for: project, categories, outcomes, reason': async (store) => {
    await store.flush((into) => {
      into.addOutcomes(countOf(7, { quantity: 1 }))
      into.addOutcomes(countOf(7, { keyId: 2, quantity: 2 }))
      into.addOutcomes(countOf(7, { category: 2, quantity: 4 }))
      into.addOutcomes(countOf(7, { outcome: 3, reason: 'duplicate', quantity: 8 }))
      into.addOutcomes(countOf(7, { outcome: 3, reason: 'cors', quantity: 16 }))
      into.addOutcomes(countOf(8, { quantity: 32 }))
    })
    const wanted: [Partial<OutcomeQuery>, number | undefined][] = [
      [{}, 3],
      [{ categories: [1, 2] }, 7],
      [{ categories: [2] }, 4],
      [{ outcomes: [0, 3] }, 27],
      [{ outcomes: [3] }, 24],
      [{ outcomes: [3], reason: 'duplicate' }, 8],
      [{ reason: '' }, 3],
      [{ categories: [9] }, undefined],
      [{ categories: [] }, undefined],
    ]
    for (const [more, expected] of wanted) {
      const found = await sums(store, 7, more)
      expect(found[0]?.sum, JSON.stringify(more)).toBe(expected)
      expect(found.length).toBe(expected === undefined ? 0 : 1)
    }
  },

  'a range includes its first second and not its last': async (store) => {
    await store.flush((into) => into.addOutcomes(countOf(7)))
    const within = async (from: number, to: number) =>
      (await sums(store, 7, { range: { from, to, resolution: 10 } })).length
    expect(await within(startBucket, startBucket + 10)).toBe(1)
    expect(await within(startBucket - 10, startBucket)).toBe(0)
    expect(await within(startBucket + 1, startBucket + 10)).toBe(0)
  },

  'sums stay exact beyond 32 bits': async (store) => {
    const quantity = 3_000_000_000
    for (const keyId of [1, 1, 2])
      await store.flush((into) => into.addOutcomes(countOf(7, { keyId, quantity })))
    expect(await sums(store, 7)).toEqual([{ at: startBucket, sum: 9_000_000_000 }])
  },

  'stored events are counted by environment, those without one under none': async (store) => {
    await store.flush((into) => {
      for (const [environment, quantity, bucket] of [
        ['production', 2, startBucket],
        ['production', 3, startBucket + 10],
        ['', 5, startBucket],
      ] as const) {
        into.addStoredEvents({ projectId: 7, environment, bucket, quantity })
      }
    })
    const of = (resolution: number, environment?: string) =>
      sumStoredEvents(store.db.read, {
        projectId: 7,
        range: { from: day, to: day + DAY, resolution },
        ...(environment === undefined ? {} : { environment }),
      })
    expect(await of(10)).toEqual([
      { at: startBucket, sum: 7 },
      { at: startBucket + 10, sum: 3 },
    ])
    expect(await of(3600, 'production')).toEqual([{ at: day + 9 * 3600, sum: 5 }])
    expect(await of(DAY, '')).toEqual([{ at: day, sum: 5 }])
    expect(await of(DAY, 'staging')).toEqual([])
  },

  'sums of one key come by outcome, by steps of several buckets': async ({ db, flush }) => {
    await flush((into) => {
      into.addOutcomes(countOf(7, { keyId: 2, bucket: day + 10, quantity: 1 }))
      into.addOutcomes(countOf(7, { keyId: 2, bucket: day + 3600, quantity: 2 }))
      into.addOutcomes(countOf(7, { keyId: 2, bucket: day + 3610, outcome: 1, reason: 'cors', quantity: 4 }))
      into.addOutcomes(countOf(7, { keyId: 2, bucket: day + 3610, outcome: 1, reason: 'ip', quantity: 8 }))
      into.addOutcomes(countOf(7, { keyId: 2, bucket: day + 7200, quantity: 16 }))
      into.addOutcomes(countOf(7, { keyId: 2, outcome: 3, reason: 'duplicate', quantity: 32 }))
      into.addOutcomes(countOf(7, { keyId: 2, category: 2, quantity: 64 }))
      into.addOutcomes(countOf(7, { keyId: 3, quantity: 128 }))
    })
    const found = await sumOutcomesOfKey(db.read, {
      projectId: 7,
      keyId: 2,
      range: { from: day, to: day + 4 * 3600, resolution: 10 },
      step: 2 * 3600,
      categories: [1],
      outcomes: [0, 1],
    })
    const sorted = found.map(({ at, outcome, sum }) => [at - day, outcome, sum]).sort()
    expect(sorted).toEqual([
      [0, 0, 3],
      [0, 1, 12],
      [7200, 0, 16],
    ])
  },

  'sums of many projects come in one answer, by steps of several buckets': async ({ db, flush }) => {
    await flush((into) => {
      into.addOutcomes(countOf(7, { bucket: day + 3600, quantity: 1 }))
      into.addOutcomes(countOf(7, { bucket: day + 7200, quantity: 2 }))
      into.addOutcomes(countOf(7, { bucket: day + 4 * 3600, quantity: 4 }))
      into.addOutcomes(countOf(8, { bucket: day, quantity: 8 }))
      into.addOutcomes(countOf(9, { bucket: day, quantity: 16 }))
    })
    const query = {
      range: { from: day, to: day + DAY, resolution: 3600 },
      step: 4 * 3600,
      categories: [1],
      outcomes: [0],
    }
    const found = await sumOutcomesOfProjects(db.read, { ...query, projectIds: [7, 8, 10] })
    const pairs = [...found].map(([id, sums]) => [id, sums.map(({ at, sum }) => [at - day, sum])])
    expect(pairs.toSorted()).toEqual([
      [
        7,
        [
          [0, 3],
          [4 * 3600, 4],
        ],
      ],
      [8, [[0, 8]]],
    ])
    expect(await sumOutcomesOfProjects(db.read, { ...query, projectIds: [] })).toEqual(new Map())
  },

  'totals add up over time, keys and reasons, and outlive the counts that are pruned': async (store) => {
    const { project } = await addProjectOfItsOwn(store, 'web')
    const other = await addProjectOfItsOwn(store, 'app')
    await store.flush((into) => {
      into.addOutcomes(countOf(project.id, { quantity: 1 }))
      into.addOutcomes(countOf(project.id, { keyId: 2, quantity: 2 }))
      into.addOutcomes(countOf(project.id, { bucket: startBucket - 400 * DAY, quantity: 4 }))
      into.addOutcomes(countOf(project.id, { outcome: 3, reason: 'duplicate', quantity: 8 }))
      into.addOutcomes(countOf(project.id, { outcome: 3, reason: 'cors', quantity: 16 }))
      into.addOutcomes(countOf(other.project.id, { category: 4, quantity: 3_000_000_000 }))
    })
    await store.flush((into) =>
      into.addOutcomes(countOf(other.project.id, { category: 4, quantity: Number.MAX_SAFE_INTEGER })),
    )
    await store.db.write((tx) =>
      pruneCounts(tx, { projectId: project.id, resolution: DAY, before: startBucket, limit: 100 }),
    )
    expect(await listFateTotals(store.db.read)).toEqual([
      { organization: 'web-makers', project: 'web', category: 1, outcome: 0, quantity: 7 },
      { organization: 'web-makers', project: 'web', category: 1, outcome: 3, quantity: 24 },
      {
        organization: 'app-makers',
        project: 'app',
        category: 4,
        outcome: 0,
        quantity: Number.MAX_SAFE_INTEGER + 3_000_000_000,
      },
    ])
  },

  'a project that was given up has no totals': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    await store.flush((into) => into.addOutcomes(countOf(project.id)))
    await store.db.write((tx) => removeProject(tx, { projectId: project.id, now: startAt }))
    expect(await listFateTotals(store.db.read)).toEqual([])
  },

  'stored events are estimated from the first id to the last': async ({ db, flush }) => {
    expect(await estimateEvents(db.read)).toBe(0)
    for (const age of [3, 2, 1]) {
      await flush((into) => storeEvents(into, eventOf(7, { receivedAt: startAt - age })))
    }
    expect(await estimateEvents(db.read)).toBe(3)
    await db.write((tx) => deleteOldEvents(tx, { before: startAt - 2, limit: 10 }))
    expect(await estimateEvents(db.read)).toBe(2)
  },
}

export const retention: Behaviours = {
  'deletes the oldest events first, so many at a time': async ({ db, flush }) => {
    for (const [title, receivedAt] of [
      ['oldest', startAt - 3],
      ['older', startAt - 2],
      ['old', startAt - 1],
      ['kept', startAt],
    ] as const) {
      const event = eventOf(7, { title, receivedAt, timestampAt: startAt - 1_000_000 })
      await flush((into) => storeEvents(into, event))
    }
    const left = async () => {
      const rows = await db.read.selectFrom('event').select('title').orderBy('id').execute()
      return rows.map(({ title }) => title)
    }
    const remove = () => db.write((tx) => deleteOldEvents(tx, { before: startAt, limit: 2 }))
    expect([await remove(), await left()]).toEqual([2, ['old', 'kept']])
    expect([await remove(), await left()]).toEqual([1, ['kept']])
    expect([await remove(), await left()]).toEqual([0, ['kept']])
  },

  'payloads go after their events, and never before': async ({ db, flush }) => {
    // Events of one flush share their place, so the young ones keep the old ones' payload for a while.
    const hours = (n: number) => startAt + n * HOUR
    await flush((into) =>
      storeEvents(into, eventOf(7, { receivedAt: hours(-3) }), eventOf(7, { receivedAt: hours(-3) + 1 })),
    )
    await flush((into) =>
      storeEvents(into, eventOf(7, { receivedAt: hours(-2) }), eventOf(7, { receivedAt: hours(0) })),
    )
    const chunks = async () => (await db.read.selectFrom('event_chunk').select('id').execute()).length
    const remove = async (before: number) => {
      const events = await db.write((tx) => deleteOldEvents(tx, { before, limit: 10 }))
      const payloads = await db.write((tx) => deleteOldChunks(tx, { before, limit: 10 }))
      return [events, payloads]
    }
    const withPayload = async () => (await payloads(db)).size
    expect([await chunks(), await withPayload()]).toEqual([2, 4])
    expect([await remove(hours(-3) + 1), await chunks(), await withPayload()]).toEqual([[1, 0], 2, 3])
    expect([await remove(hours(-1)), await chunks(), await withPayload()]).toEqual([[2, 1], 1, 1])
    expect([await remove(hours(2)), await chunks(), await withPayload()]).toEqual([[1, 1], 0, 0])
  },

  'deletes old items, so many at a time': async ({ db, flush }) => {
    await flush((into) => {
      for (const age of [3, 2, 1, 0]) into.insertItem(itemOf(7, { receivedAt: startAt - age }))
    })
    const remove = () => db.write((tx) => deleteOldItems(tx, { before: startAt, limit: 2 }))
    expect([await remove(), await remove(), await remove()]).toEqual([2, 1, 0])
    expect(await db.read.selectFrom('stored_item').select('received_at').execute()).toEqual([
      { received_at: startAt },
    ])
  },

  'deletes old attachments and names the files that nothing refers to any more': async ({ db, flush }) => {
    const [lost, shared, inline] = ['b', 'c', 'd'].map((letter) => letter.repeat(64))
    await flush((into) => {
      for (const [sha256, receivedAt] of [
        [lost, startAt - 5],
        [lost, startAt - 4],
        [shared, startAt - 3],
        [shared, startAt],
      ] as const) {
        into.insertAttachment(attachmentOf(7, { sha256: sha256 ?? '', receivedAt, content: null }))
      }
      into.insertAttachment(attachmentOf(7, { sha256: inline ?? '', receivedAt: startAt - 2 }))
    })
    const remove = (limit: number) => db.write((tx) => deleteOldAttachments(tx, { before: startAt, limit }))
    // The second row of the same content still refers to it.
    expect(await remove(1)).toEqual({ deleted: 1, orphans: [] })
    expect(await remove(10)).toEqual({ deleted: 3, orphans: [lost] })
    expect(await remove(10)).toEqual({ deleted: 0, orphans: [] })
    expect(await db.read.selectFrom('attachment').select('sha256').execute()).toEqual([{ sha256: shared }])
  },

  'deletes sessions that have ended': async (store) => {
    const userId = await addUser(store, 'ada@example.net')
    for (const [tokenHash, expiresAt] of [
      ['1', startAt - 1],
      ['2', startAt + 1],
    ] as const) {
      await store.db.write((tx) => insertSession(tx, { userId, tokenHash, now: startAt - 10, expiresAt }))
    }
    expect(await store.db.write((tx) => deleteExpiredSessions(tx, startAt))).toBe(1)
    expect(await store.db.read.selectFrom('session').select('token_hash').execute()).toEqual([
      { token_hash: '2' },
    ])
  },

  'deletes old counts of one resolution and project, and no others': async (store) => {
    const { project, organization } = await addProjectOfItsOwn(store)
    const other = await addProject(store, organization, 'other')
    for (const { id } of [project, other]) {
      await store.flush((into) => {
        for (const bucket of [startBucket - 20, startBucket - 10, startBucket]) {
          into.addOutcomes(countOf(id, { bucket }))
          into.addStoredEvents({ projectId: id, environment: '', bucket, quantity: 1 })
        }
      })
    }
    const edge = { resolution: 10, before: startBucket }
    expect(await projectsWithOldCounts(store.db.read, edge)).toEqual([project.id, other.id])
    const remove = (limit: number) =>
      store.db.write((tx) => pruneCounts(tx, { ...edge, projectId: project.id, limit }))
    expect(await remove(10)).toBe(4)
    expect(await remove(10)).toBe(0)
    expect(await projectsWithOldCounts(store.db.read, edge)).toEqual([other.id])

    const rows = async (projectId: number) => {
      const range = { from: day, to: day + DAY }
      const stored = await sumStoredEvents(store.db.read, { projectId, range: { ...range, resolution: 10 } })
      const outcomes = await sums(store, projectId)
      const hours = await sums(store, projectId, { range: { ...range, resolution: 3600 } })
      return [outcomes.map(({ at }) => at), stored.map(({ at }) => at), hours.map(({ sum }) => sum)]
    }
    expect(await rows(project.id)).toEqual([[startBucket], [startBucket], [3]])
    expect((await rows(other.id))[0]).toHaveLength(3)
  },

  'old counts go a few at a time, and a bucket wider than that goes whole': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    await store.flush((into) => {
      for (let keyId = 1; keyId <= 5; keyId++) {
        into.addOutcomes(countOf(project.id, { keyId, bucket: startBucket - 20 }))
      }
      into.addOutcomes(countOf(project.id, { bucket: startBucket - 10 }))
    })
    const remove = () =>
      store.db.write((tx) =>
        pruneCounts(tx, { projectId: project.id, resolution: 10, before: startBucket, limit: 2 }),
      )
    expect([await remove(), await remove(), await remove()]).toEqual([5, 1, 0])
  },

  'a project whose stored events alone are still counted has old counts': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    await store.flush((into) =>
      into.addStoredEvents({ projectId: project.id, environment: '', bucket: startBucket - 10, quantity: 1 }),
    )
    expect(await projectsWithOldCounts(store.db.read, { resolution: 10, before: startBucket })).toEqual([
      project.id,
    ])
  },
}
