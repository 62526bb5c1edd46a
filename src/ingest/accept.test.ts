import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { item, newId, openFrontDoor, soundItem, soundItems } from '../../tests/http/front-door.ts'
import { openInstallation, startAt } from '../../tests/http/installation.ts'
import type { RawItem } from '../protocol/envelope.ts'
import { newEventId, parseEventId } from '../protocol/ids.ts'
import { itemTypeOf, makesEvent, quantitiesOf } from '../protocol/items.ts'
import { accepted, drop } from '../protocol/outcome.ts'
import { digest, INLINE_LIMIT_BYTES } from '../store/blobs.ts'
import { WriteFailed } from '../store/writer.ts'
import { HOUR } from '../time.ts'
import { type Admitted, accept, type IngestDeps, refuse } from './accept.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())
const deps: IngestDeps = {
  writer: vedette.app.writer,
  blobs: vedette.app.blobs,
  limits: vedette.app.limits,
  retentionDays: vedette.app.config.eventRetentionDays,
}

async function openGround() {
  const door = await openFrontDoor(vedette)
  const key = await vedette.app.gate.keyOf(door.key.publicKey)
  if (key === undefined) throw new Error('The key is not known')
  return {
    door,
    key,
    accept: async (items: readonly RawItem[], rest: Partial<Admitted> = {}) => {
      const { persisted } = await accept(deps, {
        key,
        eventId: newEventId(),
        items,
        receivedAt: startAt,
        sentAt: undefined,
        clientIp: undefined,
        client: undefined,
        ...rest,
      })
      return persisted
    },
  }
}

function raw({ header, payload }: ReturnType<typeof item>): RawItem {
  return { type: String(header.type), header: { ...header }, payload }
}

const event = raw(soundItem('event'))

describe('exactly one fate for each item', () => {
  const payload = fc.oneof(
    fc.constantFrom('', '{', '[]', 'null', '{}', '{"items":[]}', '{"items":[{},{}]}', '{"event_id":"a"}'),
    fc.json({ maxDepth: 2 }),
    fc.uint8Array({ maxLength: 50 }),
  )
  const header = fc.record(
    {
      item_count: fc.oneof(fc.integer({ min: -1, max: 5 }), fc.constantFrom('2', null, 0.5, 2 ** 33)),
      platform: fc.constantFrom('javascript', 'python', 7),
      attachment_type: fc.constantFrom('event.minidump', 'event.attachment', 'unheard-of', 7),
      content_type: fc.constantFrom('application/vnd.sentry.items.span.v2+json', 'text/plain', 7),
      filename: fc.constantFrom('a.txt', '', 7),
    },
    { requiredKeys: [] },
  )
  const types = [...new Set(Object.values(soundItems).map(({ header }) => String(header.type))), 'unheard-of']
  const broken = fc
    .record({ type: fc.constantFrom(...types), payload, header })
    .map(({ type, payload, header }) => raw(item(type, payload, header)))
  const sound = fc.constantFrom(...Object.values(soundItems)).map(raw)
  const lost = fc.record({
    reason: fc.constantFrom('before_send', 'sample_rate'),
    category: fc.constantFrom('error' as const, 'transaction' as const, 'log_byte' as const),
    quantity: fc.integer({ min: 1, max: 1000 }),
  })
  const report = fc
    .array(lost, { maxLength: 3 })
    .map((discarded_events) => raw(item('client_report', { discarded_events })))
  /** Few ids, so that there are repetitions, of which nothing may be counted twice either. */
  const delivery = fc.record({
    eventId: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
    items: fc.array(fc.oneof(sound, broken, report), { maxLength: 8 }),
  })

  test('whatever comes, sound, broken or repeated, alone or many at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 6 }), async (deliveries) => {
        const ground = await openGround()
        await Promise.all(
          deliveries.map(({ eventId, items }) =>
            ground.accept(items, {
              eventId: eventId === undefined ? newEventId() : parseEventId(eventId.repeat(32)),
            }),
          ),
        )
        const expected = deliveries.flatMap(({ items }) =>
          items.flatMap((sent) => [...quantitiesOf(sent), ...lossesOf(sent)]).concat(madeEventOf(items)),
        )
        const counted = Object.entries(ground.door.counts()).map(([fate, quantity]) => ({
          category: fate.slice(fate.lastIndexOf(' ') + 1),
          quantity,
        }))
        expect(sums(counted)).toEqual(sums(expected))

        const ids = ground.door.look((ledger, projectId) => ledger.eventIds(projectId))
        expect(ids.length).toBe(new Set(ids).size)
      }),
      { numRuns: 150 },
    )
  })

  function lossesOf({ type, payload }: RawItem): { category: string; quantity: number }[] {
    if (type !== 'client_report') return []
    try {
      return JSON.parse(Buffer.from(payload).toString()).discarded_events ?? []
    } catch {
      return []
    }
  }

  /** A dump makes an event when none came along. */
  function madeEventOf(items: readonly RawItem[]): { category: string; quantity: number }[] {
    const isDump = ({ type, header }: RawItem) =>
      type === 'attachment' && header.attachment_type === 'event.minidump'
    const isEvent = ({ type }: RawItem) => makesEvent(itemTypeOf(type) ?? 'client_report')
    return items.some(isDump) && !items.some(isEvent) ? [{ category: 'error', quantity: 1 }] : []
  }

  function sums(quantities: readonly { category: string; quantity: number }[]): Record<string, number> {
    const total: Record<string, number> = {}
    for (const { category, quantity } of quantities) total[category] = (total[category] ?? 0) + quantity
    return total
  }
})

test('answers whether the event was new', async () => {
  const { accept } = await openGround()
  const eventId = newEventId()
  expect([await accept([event], { eventId }), await accept([event], { eventId })]).toEqual([
    'stored',
    'duplicate',
  ])
  expect(await accept([raw(soundItem('session'))], { eventId: undefined })).toBe('stored')
})

test('keeps what it needs to know of the event and of its sender', async () => {
  const { accept, key } = await openGround()
  const eventId = newEventId()
  const payload = {
    event_id: newId(),
    level: 'warning',
    platform: 'python',
    release: 'shop@1.2.3',
    dist: '7',
    environment: 'production',
    transaction: 'GET /orders',
    timestamp: startAt / 1000 - 3 * 3600 - 5,
    sdk: { name: 'sentry.python', version: '2.0.0' },
    exception: { values: [{ type: 'LampError', value: 'It went out' }] },
  }
  // The sender's clock is three hours slow.
  await accept([raw(item('event', payload))], {
    eventId,
    sentAt: startAt - 3 * HOUR,
    clientIp: '203.0.113.9',
  })
  const {
    id: _,
    chunk_id,
    chunk_offset,
    ...row
  } = await vedette.app.db.read
    .selectFrom('event')
    .selectAll()
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow()
  expect(row).toEqual({
    project_id: key.projectId,
    event_id: eventId,
    key_id: key.keyId,
    type: 'error',
    level: 'warning',
    platform: 'python',
    title: 'LampError: It went out',
    culprit: 'GET /orders',
    release: 'shop@1.2.3',
    dist: '7',
    environment: 'production',
    transaction_name: 'GET /orders',
    sdk_name: 'sentry.python',
    sdk_version: '2.0.0',
    timestamp_at: startAt - 5000,
    received_at: startAt,
    sent_at: startAt - 3 * HOUR,
    client_ip: '203.0.113.9',
    size_bytes: Buffer.byteLength(JSON.stringify(payload)),
  })
})

test('has the content of a large attachment on disk and that of a small one in the database', async () => {
  const { accept, door } = await openGround()
  const small = Buffer.alloc(INLINE_LIMIT_BYTES, 's')
  const large = Buffer.alloc(INLINE_LIMIT_BYTES + 1, 'l')
  const minidump = { filename: 'a.dmp', content_type: 'application/x-dmp', attachment_type: 'event.minidump' }
  await accept([raw(item('attachment', small)), raw(item('attachment', large, minidump))])
  const rows = await vedette.app.db.read
    .selectFrom('attachment')
    .select([
      'name',
      'content_type',
      'attachment_type',
      'size_bytes',
      'sha1',
      'sha256',
      (eb) => eb('content', 'is', null).as('isFile'),
    ])
    .where('project_id', '=', door.projectId)
    .orderBy('id')
    .execute()
  expect(rows).toEqual([
    {
      name: 'Unnamed attachment',
      content_type: null,
      attachment_type: 'event.attachment',
      size_bytes: small.byteLength,
      sha1: createHash('sha1').update(small).digest('hex'),
      sha256: digest(small),
      isFile: 0,
    },
    {
      name: 'a.dmp',
      content_type: 'application/x-dmp',
      attachment_type: 'event.minidump',
      size_bytes: large.byteLength,
      sha1: createHash('sha1').update(large).digest('hex'),
      sha256: digest(large),
      isFile: 1,
    },
  ])
  expect(Buffer.compare(await vedette.app.blobs.get(digest(large)), large)).toBe(0)
})

test('keeps an item with its header and, if it is bound to an event, the event’s id', async () => {
  const { accept, door } = await openGround()
  const eventId = newEventId()
  await accept([raw(soundItem('profile')), raw(soundItem('check_in'))], { eventId })
  const rows = await vedette.app.db.read
    .selectFrom('stored_item')
    .select(['type', 'event_id', 'headers', 'size_bytes'])
    .where('project_id', '=', door.projectId)
    .orderBy('id')
    .execute()
  expect(rows).toEqual(
    [
      { ...soundItem('profile'), event_id: eventId },
      { ...soundItem('check_in'), event_id: null },
    ].map(({ header, payload, event_id }) => ({
      type: header.type,
      event_id,
      headers: JSON.stringify(header),
      size_bytes: payload.byteLength,
    })),
  )
})

describe('refusal', () => {
  test('counts all of it under one fate, and resolves when that is committed', async () => {
    const { door, key } = await openGround()
    await refuse(deps, {
      projectId: key.projectId,
      keyId: key.keyId,
      quantities: [
        { category: 'error', quantity: 1 },
        { category: 'attachment', quantity: 9 },
        { category: 'error', quantity: 2 },
      ],
      fate: drop('invalid', 'cors'),
      receivedAt: startAt,
    })
    expect(door.counts()).toEqual({ 'invalid:cors error': 3, 'invalid:cors attachment': 9 })
  })

  test('of nothing that is counted writes nothing', async () => {
    const { door, key } = await openGround()
    const nothing = { quantities: [], fate: drop('invalid', 'cors'), receivedAt: startAt }
    await refuse(deps, { projectId: key.projectId, keyId: key.keyId, ...nothing })
    expect(door.counts()).toEqual({})
  })
})

test('an arrival that cannot be written does not take its neighbours with it', async () => {
  const ground = await openGround()
  const bad = {
    entry: {
      projectId: ground.key.projectId,
      keyId: ground.key.keyId,
      receivedAt: startAt,
      attachments: [],
      items: [{ eventId: null, type: 'session', headers: '{}', payload: 5, boundToEvent: false }],
      settled: [{ category: 'session', quantity: 1, fate: accepted }],
    },
    payloads: [],
  } as const
  const results = await Promise.allSettled([
    ground.accept([event]),
    deps.writer.submit(bad),
    ground.accept([event]),
    ground.accept([event]),
  ])
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason))).toEqual([
    'stored',
    expect.any(WriteFailed),
    'stored',
    'stored',
  ])
  expect(ground.door.counts()).toEqual({ 'accepted error': 3 })
})
