/** What becomes of the data that comes in: what is kept, and what is counted under which fate. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { openLedger, resolutions } from '../../e2e/ledger.ts'
import { quantitiesOf } from '../../src/protocol/items.ts'
import { DAY, HOUR, SECOND } from '../../src/time.ts'
import {
  allowOrigins,
  countsAtEveryResolution,
  disableKey,
  envelope,
  eventEnvelope,
  type FrontDoor,
  type Item,
  item,
  newId,
  openFrontDoor,
  soundItem,
  soundItems,
} from './front-door.ts'
import { count, openInstallation, startAt } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const MIB = 1024 * 1024
const event = soundItem('event')
const attachment = soundItem('attachment')

/** Everything the project has, so that nothing unexpected goes unseen. */
function kept(door: FrontDoor) {
  return door.look((ledger, projectId) => ({
    events: ledger.events(projectId).map(({ type }) => type),
    attachments: ledger.attachments(projectId).map(({ name }) => name),
    items: ledger.itemTypes(projectId),
  }))
}

const nothing = { events: [], attachments: [], items: [] }

describe('an item of each type', () => {
  type Kept = Partial<ReturnType<typeof kept>>
  const asItem = (type: string): Kept => ({ items: [type] })
  const table: [name: string, counts: Record<string, number>, kept: Kept][] = [
    ['event', { error: 1 }, { events: ['default'] }],
    ['transaction', { transaction: 1 }, { events: ['transaction'] }],
    ['security', { security: 1 }, { events: ['csp'] }],
    ['feedback', { feedback: 1 }, { events: ['feedback'] }],
    ['attachment', { attachment: 12, attachment_item: 1 }, { attachments: ['a.txt'] }],
    ['user_report', { feedback: 1 }, asItem('user_report')],
    ['session', { session: 1 }, asItem('session')],
    ['sessions', { session: 1 }, asItem('sessions')],
    ['client_report', {}, {}],
    ['profile', { profile: 1 }, asItem('profile')],
    ['profile_chunk', { profile_chunk: 1 }, asItem('profile_chunk')],
    ['profile_chunk_ui', { profile_chunk_ui: 1 }, asItem('profile_chunk')],
    ['replay_recording', { replay: 1 }, asItem('replay_recording')],
    ['replay_video', { replay: 1 }, asItem('replay_video')],
    ['check_in', { monitor: 1 }, asItem('check_in')],
    ['log', { log_item: 2, log_byte: 37 }, asItem('log')],
    ['trace_metric', { trace_metric: 3 }, asItem('trace_metric')],
    ['span', { span: 1, span_indexed: 1 }, asItem('span')],
    ['span container', { span: 2, span_indexed: 2 }, asItem('span')],
    ['statsd', {}, asItem('statsd')],
    ['metric_buckets', { metric_bucket: 1 }, asItem('metric_buckets')],
    ['raw_security', { security: 1 }, { events: ['csp'] }],
    ['form_data', {}, asItem('form_data')],
    ['unreal_report', { error: 1 }, { events: ['default'] }],
    ['nel', { error: 1 }, { events: ['nel'] }],
    ['otel_span', { span: 1 }, asItem('otel_span')],
    ['otel_traces_data', { span: 1 }, asItem('otel_traces_data')],
  ]

  test.each(table)('is counted as what it is, and kept: %s', async (name, counts, keeps) => {
    const door = await openFrontDoor(vedette)
    expect((await door.deliver(envelope({}, soundItem(name)))).status).toBe(200)
    expect(door.counts()).toEqual(under('accepted', counts))
    expect(kept(door)).toEqual({ ...nothing, ...keeps })
  })

  test('is in the table', () => {
    expect(new Set(table.map(([name]) => name))).toEqual(
      new Set(Object.keys(soundItems).filter((name) => name !== 'replay_event')),
    )
  })

  test('a replay needs its recording beside its event', async () => {
    const [alone, together] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    await alone.deliver(envelope({}, soundItem('replay_event')))
    expect(alone.counts()).toEqual({ 'invalid:invalid_replay_missing_recording replay': 1 })
    expect(kept(alone)).toEqual(nothing)
    await together.deliver(envelope({}, soundItem('replay_event'), soundItem('replay_recording')))
    expect(together.counts()).toEqual({ 'accepted replay': 2 })
  })

  test('counts an attachment by its bytes, an empty one as one', async () => {
    const door = await openFrontDoor(vedette)
    const large = item('attachment', Buffer.alloc(300_000))
    await door.deliver(envelope({}, item('attachment', ''), large))
    expect(door.counts()).toEqual({ 'accepted attachment': 300_001, 'accepted attachment_item': 2 })
    expect(door.look((ledger, id) => ledger.attachments(id).map(({ size_bytes }) => size_bytes))).toEqual([
      0, 300_000,
    ])
  })

  test('drops what nobody knows without a trace', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({ event_id: newId() }, item('unheard-of', 'a')))
    expect([door.counts(), kept(door)]).toEqual([{}, nothing])
    await door.deliver(envelope({}, item('unheard-of', 'a'), event, item('toString', 'a')))
    expect([door.counts(), kept(door)]).toEqual([
      { 'accepted error': 1 },
      { ...nothing, events: ['default'] },
    ])
  })
})

describe('what is bound to an event', () => {
  const id = 'fc6d8c0c43fc4630ad850ee518f1b9d0'
  const company = [
    attachment,
    soundItem('user_report'),
    soundItem('profile'),
    soundItem('session'),
    soundItem('check_in'),
  ]
  const brokenEvents: [title: string, maker: Item, category: string, reason: string][] = [
    ['is no JSON', item('event', '{'), 'error', 'invalid_json'],
    ['is empty', item('event', ''), 'error', 'invalid_json'],
    ['is a list', item('event', '[]'), 'error', 'no_event_payload'],
    ['is null', item('event', 'null'), 'error', 'no_event_payload'],
    [
      'is a transaction without a start',
      item('transaction', { timestamp: startAt / 1000 }),
      'transaction',
      'invalid_transaction',
    ],
    [
      'is a transaction that ends before it starts',
      transaction({ start_timestamp: startAt / 1000, timestamp: startAt / 1000 - 1 }),
      'transaction',
      'invalid_transaction',
    ],
    [
      'is a transaction of next year',
      transaction({ start_timestamp: startAt / 1000, timestamp: (startAt + 365 * DAY) / 1000 }),
      'transaction',
      'timestamp',
    ],
  ]

  test.each(brokenEvents)('is dropped with an event that %s', async (_, maker, category, reason) => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({ event_id: id }, ...company, maker))
    expect(door.counts()).toEqual({
      ...under(`invalid:${reason}`, {
        [category]: 1,
        attachment: 12,
        attachment_item: 1,
        feedback: 1,
        profile: 1,
      }),
      ...under('accepted', { session: 1, monitor: 1 }),
    })
    expect(kept(door)).toEqual({ ...nothing, items: ['session', 'check_in'] })
  })

  test('is kept under the event’s id', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({ event_id: id }, event, ...company))
    expect(door.counts()).toEqual(
      under('accepted', {
        error: 1,
        attachment: 12,
        attachment_item: 1,
        feedback: 1,
        profile: 1,
        session: 1,
        monitor: 1,
      }),
    )
    expect(door.look((ledger, project) => ledger.attachments(project))).toEqual([
      { event_id: id, name: 'a.txt', size_bytes: 12 },
    ])
  })

  test('may come alone, under the id of the header', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({ event_id: id }, attachment))
    expect(door.look((ledger, project) => ledger.attachments(project))).toEqual([
      { event_id: id, name: 'a.txt', size_bytes: 12 },
    ])
  })

  test.each([
    ['user_report', 'feedback', 'invalid_json'],
    ['user_report', 'feedback', 'invalid_json', '{"comments":"no id"}'],
    ['session', 'session', 'invalid_json'],
    ['sessions', 'session', 'invalid_json', '[]'],
    ['check_in', 'monitor', 'invalid_check_in'],
    ['check_in', 'monitor', 'invalid_check_in', '{"status":"ok"}'],
    ['trace_metric', 'trace_metric', 'invalid_trace_metric', '{}'],
  ])('does not suffer from a neighbour that is broken: %s', async (type, category, reason, payload = '{') => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({}, event, item(type, payload), attachment))
    expect(door.counts()).toEqual({
      'accepted error': 1,
      'accepted attachment': 12,
      'accepted attachment_item': 1,
      [`invalid:${reason} ${category}`]: 1,
    })
    expect(kept(door)).toEqual({ ...nothing, events: ['default'], attachments: ['a.txt'] })
  })

  test('a user report may have blanks around it', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({}, event, item('user_report', ` \n{"event_id":"${id}"} \n`)))
    expect(door.counts()).toEqual({ 'accepted error': 1, 'accepted feedback': 1 })
  })

  test.each(['log', 'trace_metric', 'span'])('a container must hold as many as it says: %s', async (type) => {
    const door = await openFrontDoor(vedette)
    const content_type = `application/vnd.sentry.items.${type}+json`
    await door.deliver(envelope({}, item(type, '{"items":[{}]}', { item_count: 3, content_type })))
    expect(kept(door)).toEqual(nothing)
    const counts = Object.entries(door.counts())
    expect(counts.every(([fate]) => fate.startsWith(`invalid:invalid_${type} ${type}`))).toBe(true)
    expect(counts[0]?.[1]).toBe(3)
  })

  function transaction(times: object): Item {
    return item('transaction', {
      type: 'transaction',
      contexts: { trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) } },
      ...times,
    })
  }
})

describe('the id of an event', () => {
  test('admits one event per project; a repetition is answered like the first and counted as a duplicate', async () => {
    const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    const id = newId()
    const first = envelope({ event_id: id }, item('event', { message: 'first' }), attachment)
    const second = envelope(
      { event_id: id },
      item('event', { message: 'second' }),
      attachment,
      soundItem('user_report'),
      soundItem('session'),
    )
    for (const [to, body] of [
      [door, first],
      [door, second],
      [other, first],
    ] as const) {
      expect(await to.deliver(body)).toMatchObject({ status: 200, body: { id } })
    }
    expect(door.counts()).toEqual({
      ...under('accepted', { error: 1, attachment: 12, attachment_item: 1, session: 1 }),
      ...under('invalid:duplicate', { error: 1, attachment: 12, attachment_item: 1, feedback: 1 }),
    })
    expect(door.look((ledger, project) => ledger.events(project).map(({ title }) => title))).toEqual([
      'first',
    ])
    expect(kept(door)).toEqual({ events: ['default'], attachments: ['a.txt'], items: ['session'] })
    expect(other.counts()).toEqual(under('accepted', { error: 1, attachment: 12, attachment_item: 1 }))
    for (const resolution of resolutions)
      expect(door.look((ledger, project) => ledger.countedEvents(project, resolution))).toBe(1)
  })

  test('admits one of many that come at once, by whatever way', async () => {
    const door = await openFrontDoor(vedette)
    const id = newId()
    const dashed = `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`
    const answers = await Promise.all([
      door.deliver(eventEnvelope(id)),
      door.deliver(gzipSync(eventEnvelope(id.toUpperCase())), { 'content-encoding': 'gzip' }),
      door.post(door.storePath, `{"event_id":"${dashed}"}`),
      door.post('/api/store/', `{"event_id":"${id}"}`),
      door.deliver(envelope({ event_id: id }, soundItem('transaction'))),
    ])
    expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [200, { id }]))
    const {
      'accepted error': errors = 0,
      'accepted transaction': transactions = 0,
      ...others
    } = door.counts()
    expect(errors + transactions).toBe(1)
    const duplicates = Object.entries(others)
    expect(duplicates.every(([fate]) => fate.startsWith('invalid:duplicate '))).toBe(true)
    expect(duplicates.reduce((sum, [, count]) => sum + count, 0)).toBe(4)
    expect(door.look((ledger, project) => ledger.eventIds(project))).toEqual([id])
  })
})

describe('a client report', () => {
  test('becomes what it says, summed by reason and category', async () => {
    const door = await openFrontDoor(vedette)
    const lost = (reason: string | undefined, category: string, quantity: unknown) => ({
      reason,
      category,
      quantity,
    })
    const report = {
      timestamp: startAt / 1000,
      discarded_events: [
        lost('before_send', 'error', 42),
        lost('before_send', 'error', 42),
        lost('sample_rate', 'transaction', 3),
        lost('queue_overflow', 'log_byte', 1000),
        lost('my own', 'error', 1),
        lost('r'.repeat(200), 'error', 7),
        lost('r'.repeat(201), 'error', 100),
        lost('before_send', 'unheard-of', 100),
        lost('before_send', 'error', -1),
        lost('before_send', 'error', '5'),
        'nonsense',
      ],
      filtered_events: [lost('web-crawlers', 'error', 5)],
      filtered_sampling_events: [
        lost('Sampled:1000,1', 'transaction', 6),
        lost('nonsense', 'transaction', 100),
      ],
      rate_limited_events: [lost('key_quota', 'error', 8), lost(undefined, 'error', 9)],
    }
    const second = { discarded_events: [lost('before_send', 'error', 1)] }
    await door.deliver(envelope({}, item('client_report', report), item('client_report', second), event))
    expect(door.counts()).toEqual({
      'accepted error': 1,
      'client_discard:before_send error': 85,
      'client_discard:sample_rate transaction': 3,
      'client_discard:queue_overflow log_byte': 1000,
      'client_discard:my own error': 1,
      [`client_discard:${'r'.repeat(200)} error`]: 7,
      'filtered:web-crawlers error': 5,
      'filtered:Sampled:1000,1 transaction': 6,
      'rate_limited:key_quota error': 8,
      'rate_limited error': 9,
    })
    expect(kept(door)).toEqual({ ...nothing, events: ['default'] })
  })

  test.each([
    ['is no JSON', '{'],
    ['is a list', '[]'],
    ['lies two minutes ahead', reportOf(startAt + 120 * SECOND)],
    ['is older than what is kept', reportOf(startAt - 91 * DAY)],
  ])('that %s is dropped silently', async (_, report) => {
    const door = await openFrontDoor(vedette)
    expect(await door.deliver(envelope({}, item('client_report', report)))).toMatchObject({
      status: 200,
      body: {},
    })
    expect(door.counts()).toEqual({})
  })

  test('is counted at its own time, by a clock set right', async () => {
    const door = await openFrontDoor(vedette)
    const at = (seconds: number) =>
      series(door, 'rejected', { since: seconds, until: seconds, resolution: '1h' })
    const report = { rate_limited_events: [{ category: 'error', quantity: 4 }] }
    const sent = async (timestamp: number, header: object) =>
      door.deliver(envelope({ ...header }, item('client_report', { ...report, timestamp: timestamp / 1000 })))

    await sent(startAt - 3 * HOUR, {})
    expect(await at((startAt - 3 * HOUR) / 1000)).toBe(4)
    // The sender's clock is two hours slow.
    await sent(startAt - 9 * HOUR, { sent_at: new Date(startAt - 2 * HOUR).toISOString() })
    expect(await at((startAt - 7 * HOUR) / 1000)).toBe(4)
    expect(await at(startAt / 1000)).toBe(0)
  })

  function reportOf(at: number): object {
    return { timestamp: at / 1000, discarded_events: [{ reason: 'a', category: 'error', quantity: 1 }] }
  }
})

describe('what is refused', () => {
  const company = [
    event,
    attachment,
    soundItem('session'),
    soundItem('client_report'),
    item('unheard-of', 'a'),
  ]
  const companyAs = (fate: string) =>
    under(fate, { error: 1, attachment: 12, attachment_item: 1, session: 1 })
  const unknownKey = { 'x-sentry-auth': `Sentry sentry_key=${'0'.repeat(32)}` }

  test('because of its origin is counted item by item', async () => {
    const door = await openFrontDoor(vedette)
    await allowOrigins(vedette, door.projectId, [])
    await door.deliver(envelope({}, ...company), { origin: 'https://a.example' })
    expect(door.counts()).toEqual(companyAs('invalid:cors'))
  })

  test('because its key is disabled is counted item by item', async () => {
    const door = await openFrontDoor(vedette)
    await disableKey(vedette, door.key)
    await door.deliver(envelope({}, ...company))
    expect(door.counts()).toEqual(companyAs('invalid:project_id'))
  })

  test('because nobody has its key is counted on the project of the path', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({}, ...company), unknownKey)
    expect(door.counts()).toEqual(companyAs('invalid:project_id'))
  })

  test('because its key is of another project is counted on the project of the path', async () => {
    const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    await door.post(other.envelopePath, envelope({}, ...company))
    expect([door.counts(), other.counts()]).toEqual([{}, companyAs('invalid:project_id')])
  })

  test('because one item is too large is counted item by item', async () => {
    const door = await openFrontDoor(vedette)
    const large = item('event', 'a'.repeat(MIB + 1))
    // In both forms, so that it makes no difference whether the body is watched while it is unpacked.
    const body = envelope({}, large, ...company.slice(1))
    await door.deliver(body)
    expect(door.counts()).toEqual(companyAs('invalid:too_large:event'))
    await door.deliver(gzipSync(body), { 'content-encoding': 'gzip' })
    expect(Object.values(door.counts())).toEqual(Object.values(companyAs('')).map((count) => count * 2))
    expect(kept(door)).toEqual(nothing)
  })

  test('because there are too many of a kind is counted item by item', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({}, ...Array.from({ length: 31 }, () => attachment), soundItem('check_in')))
    expect(door.counts()).toEqual(
      under('invalid:too_large:attachment:attachment', {
        attachment: 31 * 12,
        attachment_item: 31,
        monitor: 1,
      }),
    )
    expect(kept(door)).toEqual(nothing)
  })

  test('while it unpacks to far too much is counted as the item that does', async () => {
    const door = await openFrontDoor(vedette)
    const bombs: [type: string, counts: Record<string, number>][] = [
      ['event', { 'invalid:too_large:event error': 1 }],
      ['feedback', { 'invalid:too_large:user_report_v2 feedback': 1 }],
      ['replay_video', { 'invalid:too_large:replay_video replay': 1 }],
    ]
    for (const [type] of bombs) {
      const bomb = gzipSync(envelope({}, item(type, Buffer.alloc(24 * MIB))))
      expect((await door.deliver(bomb, { 'content-encoding': 'gzip' })).status).toBe(413)
    }
    expect(door.counts()).toEqual(Object.assign({}, ...bombs.map(([, counts]) => counts)))
  })

  const unread: [
    title: string,
    path: 'envelopePath' | 'storePath',
    body: string | Buffer,
    counts: Record<string, number>,
    headers?: Record<string, string>,
  ][] = [
    ['an empty envelope', 'envelopePath', '', { 'invalid:empty_body default': 1 }],
    ['a malformed envelope', 'envelopePath', 'nonsense', { 'invalid:invalid_envelope default': 1 }],
    ['a malformed event id', 'envelopePath', '{"event_id":"xyz"}', { 'invalid:invalid_event_id default': 1 }],
    [
      'an internal item',
      'envelopePath',
      envelope({}, event, item('integration', '')),
      { 'invalid:internal_envelope default': 1 },
    ],
    [
      'a broken encoding',
      'envelopePath',
      'nonsense',
      { 'invalid:payload default': 1 },
      { 'content-encoding': 'zstd' },
    ],
    ['an empty store body', 'storePath', '', { 'invalid:empty_body default': 1 }],
    ['a store body that is nothing', 'storePath', 'What is this?', { 'invalid:invalid_body default': 1 }],
    ['a store body that is no JSON', 'storePath', '{', { 'invalid:invalid_json default': 1 }],
    [
      'a store body that is too large',
      'storePath',
      'a'.repeat(MIB + 1),
      { 'invalid:request_too_large error': 1 },
    ],
    [
      'a store body that unpacks to too much',
      'storePath',
      gzipSync(Buffer.alloc(MIB + 1)),
      { 'invalid:request_too_large error': 1 },
      { 'content-encoding': 'gzip' },
    ],
  ]

  test.each(unread)(
    'before its items are known is counted once: %s',
    async (_, path, body, counts, headers) => {
      const door = await openFrontDoor(vedette)
      expect((await door.post(door[path], body, headers)).status).toBeGreaterThanOrEqual(400)
      expect(door.counts()).toEqual(counts)
      // With another key, nobody knows whose it is.
      await door.post(door[path], body, { ...headers, ...unknownKey })
      expect(door.counts()).toEqual(counts)
    },
  )

  test('before its items are known is counted, too, if only the envelope says whose it is', async () => {
    const door = await openFrontDoor(vedette)
    const body = `{"dsn":"${door.dsn}"}\nnonsense`
    expect((await vedette.send('POST', door.envelopePath, { headers: {} }, { body })).status).toBe(400)
    expect(door.counts()).toEqual({ 'invalid:invalid_envelope default': 1 })
  })

  test('because two keys are stated is counted on the key of the request', async () => {
    const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    await door.deliver(envelope({ dsn: other.dsn }, event))
    expect([door.counts(), other.counts()]).toEqual([{ 'invalid:invalid_envelope default': 1 }, {}])
  })

  test('for want of credentials is counted nowhere', async () => {
    const door = await openFrontDoor(vedette)
    for (const auth of [
      '',
      'Sentry sentry_version=7',
      'Sentry sentry_key=abc',
      `${door.auth['x-sentry-auth']}, sentry_version=8`,
    ])
      expect((await door.deliver(eventEnvelope(), { 'x-sentry-auth': auth })).status).toBeGreaterThanOrEqual(
        400,
      )
    expect(door.counts()).toEqual({})
  })

  test('leaves nothing behind', async () => {
    const door = await openFrontDoor(vedette)
    await allowOrigins(vedette, door.projectId, [])
    await door.deliver(envelope({}, ...company), { origin: 'https://a.example' })
    await door.post(door.storePath, '{"message":"a"}', { origin: 'https://a.example' })
    expect(kept(door)).toEqual(nothing)
    for (const resolution of resolutions)
      expect(door.look((ledger, project) => ledger.countedEvents(project, resolution))).toBe(0)
  })
})

test('the store endpoint counts an event as the type that it states', async () => {
  const door = await openFrontDoor(vedette)
  const trace = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }
  const times = { start_timestamp: startAt / 1000 - 1, timestamp: startAt / 1000 }
  for (const body of [
    {},
    { type: 'default' },
    { type: 'toString' },
    { type: 'transaction', contexts: { trace }, ...times },
    { type: 'csp', csp: { effective_directive: 'img-src' } },
    { type: 'hpkp', hpkp: {} },
    { type: 'expectct', expectct: {} },
    { type: 'expectstaple', expectstaple: {} },
    { type: 'feedback', contexts: { feedback: { message: 'a' } } },
  ]) {
    expect((await door.post(door.storePath, JSON.stringify(body))).status).toBe(200)
  }
  expect(door.counts()).toEqual(under('accepted', { error: 3, transaction: 1, security: 4, feedback: 1 }))
  expect(kept(door).events).toEqual([
    'default',
    'default',
    'default',
    'transaction',
    'csp',
    'hpkp',
    'expectct',
    'expectstaple',
    'feedback',
  ])
})

test('a 200 means that the database has it', async () => {
  const door = await openFrontDoor(vedette)
  using ledger = openLedger(vedette.app.config.dataDir)
  for (let count = 1; count <= 20; count++) {
    const id = newId()
    expect((await door.deliver(envelope({ event_id: id }, event, attachment))).status).toBe(200)
    expect(ledger.eventIds(door.projectId)).toContain(id)
    expect(ledger.attachments(door.projectId)).toHaveLength(count)
    expect(countsAtEveryResolution(ledger, door.projectId)).toEqual(
      under('accepted', { error: count, attachment: 12 * count, attachment_item: count }),
    )
  }
})

test('the statistics over HTTP agree with what came, at every resolution', async () => {
  const door = await openFrontDoor(vedette)
  const id = newId()
  await door.deliver(envelope({ event_id: id }, event, attachment))
  await door.deliver(eventEnvelope(id))
  await door.deliver(eventEnvelope())
  await door.deliver(envelope({}, soundItem('security')))
  await door.deliver(envelope({}, soundItem('transaction')))
  await door.deliver(envelope({}, item('event', '{')))
  await door.deliver('nonsense')
  const lost = [
    { category: 'error', quantity: 2 },
    { category: 'transaction', quantity: 7 },
  ]
  await door.deliver(
    envelope({}, item('client_report', { rate_limited_events: lost, discarded_events: lost })),
  )
  const bounds = { since: startAt / 1000, until: startAt / 1000 }
  for (const resolution of ['10s', '1h', '1d']) {
    const sums = {
      received: await series(door, 'received', { ...bounds, resolution }),
      generated: await series(door, 'generated', { ...bounds, resolution }),
      rejected: await series(door, 'rejected', { ...bounds, resolution }),
      blacklisted: await series(door, 'blacklisted', { ...bounds, resolution }),
    }
    expect([resolution, sums]).toEqual([
      resolution,
      { received: 5, generated: 3, rejected: 2, blacklisted: 0 },
    ])
  }
})

test('a sum beyond what a number holds exactly does not make the statistics unreadable', async () => {
  const door = await openFrontDoor(vedette)
  const { project } = door
  const at = startAt / 1000
  const most = { project, at, outcome: 'rate_limited', quantity: Number.MAX_SAFE_INTEGER } as const
  count(vedette, { ...most, keyId: 1 }, { ...most, keyId: 2 }, { ...most, keyId: 2 })
  expect(await series(door, 'rejected', { since: at, until: at, resolution: '1h' })).toBe(
    3 * Number.MAX_SAFE_INTEGER,
  )
})

describe('exactly one fate for each item', () => {
  const sound = fc.constantFrom(...Object.values(soundItems))
  const broken = fc
    .record({
      type: fc.constantFrom(...Object.values(soundItems).map(({ header }) => header.type), 'unheard-of'),
      payload: fc.constantFrom('', '{', '[]', '{}', '{"items":[{}]}', 'a'.repeat(101 * 1024)),
      item_count: fc.constantFrom(undefined, 0, 1, 7),
    })
    .map(({ type, payload, item_count }) => item(String(type), payload, { item_count }))
  const delivery = fc.record({
    id: fc.constantFrom(...'abcdef'),
    items: fc.array(fc.oneof(sound, broken), { maxLength: 6 }),
    origin: fc.constantFrom('https://a.example', 'https://a.example', 'https://b.example'),
    isPacked: fc.boolean(),
  })

  test('whatever comes, accepted or refused, at every resolution', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 8 }), async (deliveries) => {
        const door = await openFrontDoor(vedette)
        await allowOrigins(vedette, door.projectId, ['a.example'])
        const answers = await Promise.all(
          deliveries.map(({ id, items, origin, isPacked }) => {
            const body = envelope({ event_id: id.repeat(32) }, ...items)
            return isPacked
              ? door.deliver(gzipSync(body), { origin, 'content-encoding': 'gzip' })
              : door.deliver(body, { origin })
          }),
        )
        expect(answers.filter(({ status }) => ![200, 403, 413].includes(status))).toEqual([])
        const sent = deliveries.flatMap(({ items }) =>
          items.flatMap(({ header, payload }) =>
            quantitiesOf({ type: String(header.type), header, payload }),
          ),
        )
        const counted = Object.entries(door.counts()).map(([fate, quantity]) => ({
          category: fate.slice(fate.lastIndexOf(' ') + 1),
          quantity,
        }))
        expect(sums(counted)).toEqual(sums(sent))
      }),
      { numRuns: 60 },
    )
  })

  function sums(quantities: readonly { category: string; quantity: number }[]): Record<string, number> {
    const total: Record<string, number> = {}
    for (const { category, quantity } of quantities) total[category] = (total[category] ?? 0) + quantity
    return total
  }
})

test('the address of the client is that of a trusted proxy’s client', async () => {
  const door = await openFrontDoor(vedette)
  const send = async (remoteAddress: string, forwarded?: string) => {
    await vedette.server.inject({
      method: 'POST',
      url: door.envelopePath,
      headers: { ...door.auth, ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }) },
      payload: eventEnvelope(),
      remoteAddress,
    })
  }
  await send('127.0.0.1')
  await send('127.0.0.1', '203.0.113.9')
  await send('198.51.100.1')
  await send('198.51.100.1', '203.0.113.9')
  const rows = await vedette.app.db.read
    .selectFrom('event')
    .select('client_ip')
    .where('project_id', '=', door.projectId)
    .orderBy('id')
    .execute()
  expect(rows.map(({ client_ip }) => client_ip)).toEqual([
    '127.0.0.1',
    '203.0.113.9',
    '198.51.100.1',
    '198.51.100.1',
  ])
})

function under(fate: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([category, count]) => [`${fate} ${category}`, count]))
}

/** The sum of a project's series over HTTP. */
async function series(
  door: FrontDoor,
  stat: string,
  query: { since: number; until: number; resolution: string },
): Promise<number> {
  const search = new URLSearchParams({ stat, ...mapValues(query, String) })
  const path = `/projects/${door.organization.slug}/web/stats/?${search}`
  const { status, body } = await vedette.get<[number, number][]>(path, door.owner.caller)
  expect(status).toBe(200)
  return body.reduce((sum, [, count]) => sum + count, 0)
}

function mapValues<T>(object: Record<string, T>, to: (value: T) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, to(value)]))
}
