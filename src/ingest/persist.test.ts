import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { zstdDecompressSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { type Ledger, openLedger, resolutions } from '../../e2e/ledger.ts'
import { newEventId } from '../protocol/ids.ts'
import { accepted, drop } from '../protocol/outcome.ts'
import { openDatabase } from '../store/database.ts'
import { openFlush } from '../store/flush.ts'
import type { Parcel } from '../store/writer.ts'
import { DAY, HOUR, SECOND } from '../time.ts'
import {
  type Arrival,
  type ArrivedAttachment,
  type ArrivedEvent,
  type ArrivedItem,
  type KnownFacts,
  type Persisted,
  persist,
} from './persist.ts'

/** Monday, half past nine. */
const receivedAt = Date.UTC(2026, 0, 5, 9, 30)
const folder = mkdtempSync(join(tmpdir(), 'vedette-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Archive extends Disposable {
  /** Commits a batch. Facts are known from one to the next until one fails, as in the writer's thread. */
  commit(...parcels: Parcel<Arrival>[]): Persisted[]
  readonly ledger: Ledger
  rows(sql: string): unknown[]
}

let archives = 0

async function openArchive(): Promise<Archive> {
  const home = join(folder, String(archives++))
  const file = join(home, 'vedette.sqlite')
  await (await openDatabase(file))[Symbol.asyncDispose]()
  const handle = openFlush(file)
  const ledger = openLedger(home)
  const reader = new DatabaseSync(file, { readOnly: true })
  const known: KnownFacts = new Set()
  return {
    commit(...parcels) {
      try {
        return handle.transaction((flush) => persist(flush, parcels, known))
      } catch (error) {
        known.clear()
        throw error
      }
    },
    ledger,
    rows: (sql) =>
      reader
        .prepare(sql)
        .all()
        .map((row) => ({ ...row })),
    [Symbol.dispose]() {
      reader.close()
      ledger[Symbol.dispose]()
      handle[Symbol.dispose]()
    },
  }
}

/** What a request leaves behind. The event's payload is the first of `payloads`. */
function parcel(
  input: {
    projectId?: number
    keyId?: number
    at?: number
    event?: Partial<ArrivedEvent>
    attachments?: readonly Partial<ArrivedAttachment>[]
    items?: readonly Partial<ArrivedItem>[]
    settled?: Arrival['settled']
    payloads?: readonly string[]
  } = {},
): Parcel<Arrival> {
  const { event, attachments = [], items = [], settled = [], payloads = ['{}'] } = input
  return {
    entry: {
      projectId: input.projectId ?? 1,
      keyId: input.keyId ?? 7,
      receivedAt: input.at ?? receivedAt,
      ...(event === undefined ? {} : { event: { ...plainEvent, eventId: newEventId(), ...event } }),
      attachments: attachments.map((attachment) => ({ ...plainAttachment, ...attachment })),
      items: items.map((item) => ({ ...plainItem, ...item })),
      settled,
    },
    payloads: payloads.map((payload) => Buffer.from(payload)),
  }
}

const plainEvent: Omit<ArrivedEvent, 'eventId'> = {
  type: 'error',
  level: 'error',
  platform: 'node',
  title: 'Error',
  culprit: null,
  release: null,
  dist: null,
  environment: null,
  transactionName: null,
  sdkName: null,
  sdkVersion: null,
  timestampAt: receivedAt,
  sentAt: null,
  clientIp: null,
  payload: 0,
  quantities: [{ category: 'error', quantity: 1 }],
}
const plainAttachment: ArrivedAttachment = {
  eventId: 'a'.repeat(32),
  name: 'a.txt',
  contentType: null,
  attachmentType: 'event.attachment',
  sizeBytes: 2,
  sha1: 'c'.repeat(40),
  sha256: 'b'.repeat(64),
  content: 0,
  boundToEvent: true,
}
const plainItem: ArrivedItem = {
  eventId: null,
  type: 'session',
  headers: '{}',
  payload: 0,
  boundToEvent: false,
}

test('stores and counts an event once, be it repeated in the same batch or in a later one', async () => {
  using archive = await openArchive()
  const event = {
    eventId: newEventId(),
    quantities: [
      { category: 'error', quantity: 1 },
      { category: 'attachment', quantity: 30 },
    ],
  } as const
  const arrival = () =>
    parcel({
      event,
      attachments: [{}],
      items: [{ type: 'profile', boundToEvent: true }, {}],
      settled: [{ category: 'session', quantity: 1, fate: accepted }],
    })
  expect([archive.commit(arrival(), arrival(), arrival()), archive.commit(arrival())]).toEqual([
    ['stored', 'duplicate', 'duplicate'],
    ['duplicate'],
  ])
  for (const resolution of resolutions) {
    expect(archive.ledger.counts(1, resolution)).toEqual({
      'accepted error': 1,
      'accepted attachment': 30,
      'accepted session': 4,
      'invalid:duplicate error': 3,
      'invalid:duplicate attachment': 90,
    })
    expect(archive.ledger.countedEvents(1, resolution)).toBe(1)
  }
  expect(archive.ledger.eventIds(1)).toEqual([event.eventId])
  expect(archive.ledger.attachments(1)).toHaveLength(1)
  expect(archive.ledger.itemTypes(1)).toEqual(['profile', 'session', 'session', 'session', 'session'])
})

test('an id belongs to its project: elsewhere it is new', async () => {
  using archive = await openArchive()
  const event = { eventId: newEventId() }
  expect(archive.commit(parcel({ projectId: 1, event }), parcel({ projectId: 2, event }))).toEqual([
    'stored',
    'stored',
  ])
  expect([archive.ledger.eventIds(1), archive.ledger.eventIds(2)]).toEqual([[event.eventId], [event.eventId]])
})

test('keeps what came, byte by byte', async () => {
  using archive = await openArchive()
  const payloads = ['{"message":"a\u0000ü"}', 'an attachment', '']
  archive.commit(
    parcel({
      event: { payload: 0 },
      attachments: [{ content: 1, sizeBytes: 13 }, { content: null }],
      items: [{ type: 'log', headers: '{"type":"log"}', payload: 2 }],
      payloads,
    }),
    parcel({ event: { payload: 0 }, payloads: ['{"message":"another"}'] }),
  )
  const text = (compressed: unknown) => zstdDecompressSync(compressed as Uint8Array).toString()
  const events = archive.rows(
    'select chunk_offset, size_bytes, payloads from event join event_chunk on event_chunk.id = chunk_id order by event.id',
  ) as { chunk_offset: number; size_bytes: number; payloads: Uint8Array }[]
  expect(
    events.map(({ chunk_offset, size_bytes, payloads }) =>
      zstdDecompressSync(payloads)
        .subarray(chunk_offset, chunk_offset + size_bytes)
        .toString(),
    ),
  ).toEqual([payloads[0], '{"message":"another"}'])
  const attachments = archive.rows('select content from attachment order by id') as { content: unknown }[]
  expect(attachments.map(({ content }) => content && text(content))).toEqual([payloads[1], null])
  const [item] = archive.rows('select headers, payload from stored_item') as {
    headers: string
    payload: unknown
  }[]
  expect([item?.headers, text(item?.payload)]).toEqual(['{"type":"log"}', ''])
})

test('leaves nothing of a batch that fails, and stores it when it comes again without the fault', async () => {
  using archive = await openArchive()
  const good = parcel({
    event: { environment: 'production', release: 'a@1' },
    settled: [{ category: 'session', quantity: 1, fate: accepted }],
  })
  const bad = parcel({ items: [{ payload: 5 }] })
  expect(() => archive.commit(good, bad)).toThrow('no payload 5')
  for (const table of [
    'event',
    'outcome_count',
    'outcome_total',
    'event_count',
    'project_seen',
    'environment',
    'release',
    'client_key_use',
    'project_use',
  ]) {
    expect([table, archive.rows(`select * from "${table}"`)]).toEqual([table, []])
  }
  expect(archive.commit(good)).toEqual(['stored'])
  expect(archive.ledger.counts(1)).toEqual({ 'accepted error': 1, 'accepted session': 1 })
  expect(archive.rows('select name from environment')).toEqual([{ name: 'production' }])
})

test('counts in the bucket of the time received, or of the time that a loss states', async () => {
  using archive = await openArchive()
  const lastInstant = Date.UTC(2026, 0, 5) + DAY - 1
  const lost = { category: 'error', quantity: 1, fate: drop('client_discard', 'a') } as const
  archive.commit(
    parcel({ at: lastInstant, event: {} }),
    parcel({ at: lastInstant + 1, event: {}, settled: [lost, { ...lost, at: lastInstant - HOUR }] }),
  )
  const day = Date.UTC(2026, 0, 5) / SECOND
  const rows = archive.rows(
    'select outcome, resolution, bucket, sum(quantity) as quantity from outcome_count group by 1, 2, 3 order by 1, 2, 3',
  )
  const row = (outcome: number, resolution: number, bucket: number) => ({
    outcome,
    resolution,
    bucket,
    quantity: 1,
  })
  expect(rows).toEqual([
    row(0, 10, day + 86_390),
    row(0, 10, day + 86_400),
    row(0, 3600, day + 82_800),
    row(0, 3600, day + 86_400),
    row(0, 86_400, day),
    row(0, 86_400, day + 86_400),
    row(5, 10, day + 82_790),
    row(5, 10, day + 86_400),
    row(5, 3600, day + 79_200),
    row(5, 3600, day + 86_400),
    row(5, 86_400, day),
    row(5, 86_400, day + 86_400),
  ])
})

test('keeps projects, keys, categories, fates and reasons apart', async () => {
  using archive = await openArchive()
  const one = { category: 'error', quantity: 1 } as const
  archive.commit(
    parcel({ projectId: 1, keyId: 1, settled: [{ ...one, fate: accepted }] }),
    parcel({ projectId: 1, keyId: 11, settled: [{ ...one, fate: accepted }] }),
    parcel({ projectId: 11, keyId: 1, settled: [{ ...one, fate: accepted }] }),
    parcel({
      projectId: 1,
      keyId: 0,
      settled: [
        { ...one, fate: drop('invalid', 'a') },
        { ...one, fate: drop('invalid', 'a b') },
        { ...one, fate: drop('filtered', 'a') },
        { ...one, category: 'transaction', fate: drop('invalid', 'a') },
        { ...one, quantity: 5, fate: drop('invalid', 'a') },
      ],
    }),
  )
  expect(
    archive.rows(
      'select project_id, key_id, category, outcome, reason, quantity from outcome_count where resolution = 10 order by 1, 2, 3, 4, 5',
    ),
  ).toEqual(
    [
      [1, 0, 1, 1, 'a', 1],
      [1, 0, 1, 3, 'a', 6],
      [1, 0, 1, 3, 'a b', 1],
      [1, 0, 2, 3, 'a', 1],
      [1, 1, 1, 0, '', 1],
      [1, 11, 1, 0, '', 1],
      [11, 1, 1, 0, '', 1],
    ].map(([project_id, key_id, category, outcome, reason, quantity]) => ({
      project_id,
      key_id,
      category,
      outcome,
      reason,
      quantity,
    })),
  )
})

test('counts stored errors by their environment, and only errors', async () => {
  using archive = await openArchive()
  const ofCategory = (category: 'security' | 'transaction' | 'feedback') => ({
    quantities: [{ category, quantity: 1 }],
  })
  archive.commit(
    parcel({ event: { environment: 'production' } }),
    parcel({ event: { environment: 'production' } }),
    parcel({ event: { environment: null } }),
    parcel({ event: { type: 'csp', ...ofCategory('security') } }),
    parcel({ event: { type: 'transaction', ...ofCategory('transaction') } }),
    parcel({ event: { type: 'feedback', ...ofCategory('feedback') } }),
  )
  expect(archive.rows('select resolution, environment, quantity from event_count order by 1, 2')).toEqual(
    resolutions.flatMap((resolution) => [
      { resolution, environment: '', quantity: 2 },
      { resolution, environment: 'production', quantity: 2 },
    ]),
  )
})

test('notes what a project sent first, and when', async () => {
  using archive = await openArchive()
  const later = receivedAt + HOUR
  archive.commit(
    parcel({ event: { type: 'transaction', timestampAt: receivedAt - 2 } }),
    parcel({ event: { timestampAt: receivedAt - 1, environment: 'a', release: 'r' }, items: [{}] }),
  )
  archive.commit(
    parcel({ at: later, event: { timestampAt: later, environment: 'a', release: 'r' }, items: [{}] }),
    parcel({ at: later, event: { environment: 'b' } }),
  )
  expect(archive.rows('select what, first_at from project_seen order by 1')).toEqual(
    ['event:error', 'event:transaction', 'item:session', 'platform:node'].map((what) => ({
      what,
      first_at: receivedAt,
    })),
  )
  expect(archive.rows('select name, created_at from environment order by 1')).toEqual([
    { name: 'a', created_at: receivedAt },
    { name: 'b', created_at: later },
  ])
  expect(archive.rows('select version, created_at from "release"')).toEqual([
    { version: 'r', created_at: receivedAt },
  ])
})

test('a repeated event is nothing that was seen first', async () => {
  using archive = await openArchive()
  const eventId = newEventId()
  archive.commit(parcel({ event: { eventId } }))
  archive.commit(parcel({ event: { eventId, platform: 'python', environment: 'a', release: 'r' } }))
  expect(archive.rows('select what from project_seen order by 1')).toEqual([
    { what: 'event:error' },
    { what: 'platform:node' },
  ])
  expect(archive.rows('select * from environment, "release"')).toEqual([])
})

test('notes the last use of each key, and none where the key is not known', async () => {
  using archive = await openArchive()
  archive.commit(
    parcel({ keyId: 1, at: receivedAt }),
    parcel({ keyId: 2, at: receivedAt + 1 }),
    parcel({ keyId: 0 }),
  )
  archive.commit(parcel({ keyId: 1, at: receivedAt + 2 }), parcel({ keyId: 2, at: receivedAt - HOUR }))
  expect(archive.rows('select * from client_key_use order by key_id')).toEqual([
    { key_id: 1, last_used_at: receivedAt + 2 },
    { key_id: 2, last_used_at: receivedAt + 1 },
  ])
})

test('notes when something of each project was accepted last, whatever came after it', async () => {
  using archive = await openArchive()
  const dropped = { category: 'error', quantity: 1, fate: drop('invalid', 'cors') } as const
  archive.commit(
    parcel({ at: receivedAt, event: {} }),
    parcel({ at: receivedAt + 1, settled: [{ category: 'session', quantity: 1, fate: accepted }, dropped] }),
    parcel({ at: receivedAt + 2, settled: [dropped] }),
  )
  archive.commit(parcel({ at: receivedAt - HOUR, event: {} }))
  expect(archive.rows('select * from project_use')).toEqual([
    { project_id: 1, last_accepted_at: receivedAt + 1 },
  ])
})

describe('what was lost', () => {
  const listed = `select number, project_id, key_id, client, category, outcome, reason, detail, quantity, size_bytes,
    unlisted from dropped_item order by project_id, number`

  test('is listed beside its count, with what was kept left out', async () => {
    using archive = await openArchive()
    const lost = parcel({
      settled: [
        { category: 'session', quantity: 1, fate: accepted },
        {
          category: 'error',
          quantity: 1,
          fate: { ...drop('filtered', 'localhost'), detail: 'a' },
          sizeBytes: 9,
        },
      ],
    })
    archive.commit({ ...lost, entry: { ...lost.entry, client: 'sentry.go/1' } }, parcel({ event: {} }))
    const common = { project_id: 1, key_id: 7, quantity: 1, unlisted: 0 }
    expect(archive.rows(listed)).toEqual([
      {
        ...common,
        number: 1,
        client: 'sentry.go/1',
        category: 1,
        outcome: 1,
        reason: 'localhost',
        detail: 'a',
        size_bytes: 9,
      },
    ])
  })

  test('is listed when an event turns out to be a repetition', async () => {
    using archive = await openArchive()
    const again = () =>
      parcel({ event: { eventId: 'a'.repeat(32), sdkName: 'sentry.php' }, payloads: ['{"a":1}'] })
    archive.commit(again(), again())
    archive.commit(again())
    expect(archive.rows('select client, reason, size_bytes from dropped_item')).toEqual([
      { client: 'sentry.php', reason: 'duplicate', size_bytes: 7 },
      { client: 'sentry.php', reason: 'duplicate', size_bytes: 7 },
    ])
  })

  test('is neither counted nor listed when the batch fails', async () => {
    using archive = await openArchive()
    const lost = parcel({
      settled: [{ category: 'error', quantity: 1, fate: drop('filtered', 'localhost') }],
    })
    expect(() => archive.commit(lost, parcel({ event: { payload: 7 } }))).toThrow('no payload 7')
    expect([archive.rows(listed), archive.ledger.counts(1)]).toEqual([[], {}])
    archive.commit(lost)
    expect(archive.rows(listed)).toHaveLength(1)
  })
})

describe('stored events are counted by what they say of themselves', () => {
  const facets = `select resolution, category, environment, "release", sdk, quantity from event_facet_count
    order by resolution, category, environment, "release", sdk`

  test('once, in rows of hours and days that agree', async () => {
    using archive = await openArchive()
    const eventId = newEventId()
    const said = { environment: 'production', release: '1.0', sdkName: 'sentry.php' }
    archive.commit(parcel({ event: { eventId, ...said } }), parcel({ event: { eventId, ...said } }))
    archive.commit(parcel({ event: said }), parcel({ event: {} }))
    const known = { category: 1, environment: 'production', release: '1.0', sdk: 'sentry.php', quantity: 2 }
    const unknown = { category: 1, environment: '', release: '', sdk: '', quantity: 1 }
    expect(archive.rows(facets)).toEqual(
      [3600, 86_400].flatMap((resolution) => [
        { resolution, ...unknown },
        { resolution, ...known },
      ]),
    )
  })

  test.each([
    [
      'error',
      [
        { category: 'feedback', quantity: 1 },
        { category: 'error', quantity: 1 },
      ],
      1,
    ],
    [
      'transaction',
      [
        { category: 'transaction', quantity: 1 },
        { category: 'profile', quantity: 1 },
      ],
      2,
    ],
    ['csp', [{ category: 'security', quantity: 1 }], 3],
    [
      'feedback',
      [
        { category: 'attachment', quantity: 9 },
        { category: 'feedback', quantity: 1 },
      ],
      14,
    ],
  ] as const)('under the category that a %s is counted in', async (type, quantities, category) => {
    using archive = await openArchive()
    archive.commit(parcel({ event: { type, quantities } }))
    expect(archive.rows('select distinct category, quantity from event_facet_count')).toEqual([
      { category, quantity: 1 },
    ])
  })
})
