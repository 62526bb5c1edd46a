import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { attachmentOf, countOf, eventOf, itemOf, storeEvents } from '../../tests/store.fixtures.ts'
import { readConfig } from '../config.ts'
import { silentLog } from '../log.ts'
import { insertSession, insertUser } from '../store/accounts.ts'
import { digest, openBlobs } from '../store/blobs.ts'
import { openDatabase } from '../store/database.ts'
import { type Flush, openFlush } from '../store/flush.ts'
import { createProject } from '../store/new-project.ts'
import { insertOrganization } from '../store/organizations.ts'
import { DAY, HOUR, heldClock, MINUTE } from '../time.ts'
import { prune } from './retention.ts'
import { startJobs } from './scheduler.ts'

const startAt = Date.UTC(2026, 0, 5, 9, 30)
/** A whole 10-second bucket, as the writer makes them. */
const bucketOf = (at: number) => Math.floor(at / 10_000) * 10

/** A data folder with one project in it; what `keep` flushes is there when pruning begins. */
async function openFolder(
  env: Record<string, string> = {},
  keep: (into: Flush, projectId: number) => void = () => {},
) {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'vedette-retention-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const config = readConfig({ data: folder }, env)
  const file = join(folder, 'vedette.sqlite')
  const db = opened.use(await openDatabase(file))
  const projectId = await db.write(async (tx) => {
    const { id } = await insertOrganization(tx, { slug: 'acme', name: 'Acme', now: startAt })
    const basics = { organizationId: id, teamId: undefined, platform: null, now: startAt }
    return (await createProject(tx, { ...basics, name: 'web' })).id
  })
  using handle = openFlush(file)
  handle.transaction((into) => keep(into, projectId))
  const blobs = openBlobs(join(folder, 'blobs'))
  const lifetime = opened.move()
  const dispose = () => lifetime.disposeAsync()
  return { db, blobs, config, folder, projectId, [Symbol.asyncDispose]: dispose }
}

test('deletes events, items and attachments older than their retention, and nothing younger', async () => {
  await using world = await openFolder({ VEDETTE_EVENT_RETENTION_DAYS: '30' }, (into, projectId) => {
    for (const [title, receivedAt] of [
      ['old', startAt - 30 * DAY - 1],
      ['kept', startAt - 30 * DAY],
    ] as const) {
      storeEvents(into, eventOf(projectId, { title, receivedAt }))
      into.insertItem(itemOf(projectId, { type: title, receivedAt }))
      into.insertAttachment(attachmentOf(projectId, { name: title, receivedAt }))
    }
  })
  expect(await prune({ ...world, now: startAt })).toEqual({
    events: 1,
    items: 1,
    attachments: 1,
    counts: 0,
    sessions: 0,
  })
  const { read } = world.db
  expect(await read.selectFrom('event').select('title').execute()).toEqual([{ title: 'kept' }])
  expect(await read.selectFrom('stored_item').select('type').execute()).toEqual([{ type: 'kept' }])
  expect(await read.selectFrom('attachment').select('name').execute()).toEqual([{ name: 'kept' }])
})

test('deletes the file of a large attachment with the last one that has its content', async () => {
  const [lost, shared] = [Buffer.from('lost'), Buffer.from('shared')]
  const old = startAt - 91 * DAY
  await using world = await openFolder({}, (into, projectId) => {
    for (const [content, receivedAt] of [
      [lost, old],
      [shared, old],
      [shared, startAt],
    ] as const) {
      into.insertAttachment(attachmentOf(projectId, { sha256: digest(content), content: null, receivedAt }))
    }
  })
  for (const content of [lost, shared]) await world.blobs.put(digest(content), content)
  expect(await prune({ ...world, now: startAt })).toMatchObject({ attachments: 2 })
  await expect(world.blobs.get(digest(lost))).rejects.toThrow('ENOENT')
  expect(Buffer.from(await world.blobs.get(digest(shared))).toString()).toBe('shared')
})

test('keeps counts as long as each resolution says, 0 for ever', async () => {
  const ages = [DAY, 3 * DAY, 500 * DAY]
  await using world = await openFolder({ VEDETTE_STATS_RETENTION_DAYS: '2,400,0' }, (into, projectId) => {
    for (const age of ages) {
      into.addOutcomes(countOf(projectId, { bucket: bucketOf(startAt - age) }))
      into.addStoredEvents({ projectId, environment: '', bucket: bucketOf(startAt - age), quantity: 1 })
    }
  })
  expect(await prune({ ...world, now: startAt })).toMatchObject({ counts: 6 })
  for (const table of ['outcome_count', 'organization_outcome_count', 'event_count'] as const) {
    const rows = await world.db.read
      .selectFrom(table)
      .select((eb) => ['resolution', eb.fn.countAll<number>().as('buckets')])
      .groupBy('resolution')
      .execute()
    expect(rows, table).toEqual([
      { resolution: 10, buckets: 1 },
      { resolution: 3600, buckets: 2 },
      { resolution: 86_400, buckets: 3 },
    ])
  }
})

test('deletes more than one batch holds', async () => {
  await using world = await openFolder({}, (into, projectId) => {
    for (let left = 450; left > 0; left--) {
      storeEvents(into, eventOf(projectId, { receivedAt: startAt - 100 * DAY }))
      into.addOutcomes(countOf(projectId, { bucket: bucketOf(startAt - 3 * DAY) - left * 10 }))
    }
  })
  expect(await prune({ ...world, now: startAt })).toMatchObject({ events: 450, counts: 450 })
  expect(await prune({ ...world, now: startAt })).toMatchObject({ events: 0, counts: 0 })
})

test('ends between two batches when told to', async () => {
  await using world = await openFolder({}, (into, projectId) => {
    for (let left = 450; left > 0; left--) {
      storeEvents(into, eventOf(projectId, { receivedAt: startAt - 100 * DAY }))
    }
  })
  const stopping = new AbortController()
  const running = prune({ ...world, now: startAt, signal: stopping.signal })
  stopping.abort()
  expect(await running).toMatchObject({ events: 200 })
})

test('forgets what quotas used in windows that have ended', async () => {
  const now = Math.floor(startAt / 1000)
  await using world = await openFolder({}, (into) => {
    for (let ago = 450; ago > 0; ago--)
      into.addRateLimitUse({ quotaId: 'key:1:1', endsAt: now - ago, quantity: 1 })
    into.addRateLimitUse({ quotaId: 'key:1:60', endsAt: now + 1, quantity: 1 })
  })
  await prune({ ...world, now: startAt })
  const left = await world.db.read.selectFrom('rate_limit_use').selectAll().execute()
  expect(left).toEqual([{ quota_id: 'key:1:60', ends_at: now + 1, used: 1 }])
})

test('deletes sessions that have ended', async () => {
  await using world = await openFolder()
  await world.db.write(async (tx) => {
    const email = 'ada@example.net'
    const userId = await insertUser(tx, { email, passwordHash: null, isSuperuser: false, now: startAt })
    for (const expiresAt of [startAt - 1, startAt + 1]) {
      await insertSession(tx, { userId, tokenHash: String(expiresAt), now: startAt - DAY, expiresAt })
    }
  })
  expect(await prune({ ...world, now: startAt })).toMatchObject({ sessions: 1 })
})

test('the server prunes one minute after its start and every hour from then on', async () => {
  await using world = await openFolder({}, (into, projectId) => {
    storeEvents(into, eventOf(projectId, { title: 'first', receivedAt: startAt - 91 * DAY }))
    storeEvents(into, eventOf(projectId, { title: 'second', receivedAt: startAt - 90 * DAY + HOUR }))
  })
  const clock = heldClock(startAt)
  const said = new EventEmitter()
  const log = { ...silentLog, debug: (message: string) => void said.emit(message) }
  const stop = startJobs({ ...world, clock, log })
  const left: string[][] = []
  for (const wait of [MINUTE, HOUR]) {
    const pruned = once(said, 'Pruned')
    clock.advance(wait)
    await pruned
    await new Promise(setImmediate)
    const rows = await world.db.read.selectFrom('event').select('title').execute()
    left.push(rows.map(({ title }) => title))
  }
  expect(left).toEqual([['second'], []])
  await stop()
})
