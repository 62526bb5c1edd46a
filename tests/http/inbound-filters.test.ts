/** Inbound filters at work: settings made over the web API, data sent to the front door, and the counts of it. */
import { afterAll, describe, expect, test } from 'vitest'
import { envelope, type FrontDoor, type Item, item, newId, openFrontDoor, soundItem } from './front-door.ts'
import { openInstallation, startAt } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const event = (payload: object): Item => item('event', payload)
const thrown = (type: string, value: string, ...frames: object[]): Item =>
  event({ exception: { values: [{ type, value, stacktrace: { frames } }] } })
const requested = (request: object): Item => event({ message: 'The lamp went out', request })
const agent = (userAgent: string): Item => requested({ headers: { 'User-Agent': userAgent } })
const transaction = (name: string): Item => {
  const { payload } = soundItem('transaction')
  return item('transaction', { ...JSON.parse(Buffer.from(payload).toString()), transaction: name })
}
const csp = (blocked_uri: string): Item =>
  item('security', { csp: { effective_directive: 'img-src', blocked_uri } })

const place = ({ organization, project }: FrontDoor) => `/projects/${organization.slug}/${project.slug}`

/** `filter` is switched by its own endpoint, with this body. */
interface Switch {
  readonly filter: string
  readonly body: object
}
/** Set inside the options of the project. */
type Options = Readonly<Record<string, unknown>>

async function set(door: FrontDoor, setting: Switch | Options): Promise<void> {
  const { caller } = door.owner
  const { status } = isSwitch(setting)
    ? await vedette.put(`${place(door)}/filters/${setting.filter}/`, caller, setting.body)
    : await vedette.put(`${place(door)}/`, caller, { options: setting })
  expect([200, 204]).toContain(status)
}

function isSwitch(setting: Switch | Options): setting is Switch {
  return 'filter' in setting
}

const active = (filter: string): Switch => ({ filter, body: { active: true } })

const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.0 Mobile/15E148 Safari/604.1'
const macSafari =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_3) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.0.3 Safari/605.1.15'

interface Row {
  readonly reason: string
  /** Undefined for a filter that is on from the start. */
  readonly setting?: Switch | Options
  readonly off: Switch | Options
  readonly unwanted: Item
  readonly wanted: Item
  readonly category?: string
}

const rows: readonly Row[] = [
  {
    reason: 'localhost',
    setting: active('localhost'),
    off: { filter: 'localhost', body: { active: false } },
    unwanted: requested({ url: 'http://localhost:3000/lamp' }),
    wanted: requested({ url: 'https://a.example/lamp', headers: { Host: 'localhost' } }),
  },
  {
    reason: 'browser-extensions',
    setting: active('browser-extensions'),
    off: { filter: 'browser-extensions', body: {} },
    unwanted: thrown('Error', 'a', { function: 'f', abs_path: 'chrome-extension://a/b.js' }),
    wanted: thrown('Error', 'a', { function: 'f', abs_path: 'https://a.example/b.js' }),
  },
  {
    reason: 'legacy-browsers',
    setting: { filter: 'legacy-browsers', body: { subfilters: ['safari'] } },
    off: { filter: 'legacy-browsers', body: { subfilters: [] } },
    unwanted: agent(macSafari),
    wanted: agent(iphone),
  },
  {
    reason: 'legacy-browsers',
    setting: active('legacy-browsers'),
    off: { filter: 'legacy-browsers', body: { subfilters: ['chrome'] } },
    unwanted: agent('Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)'),
    wanted: agent('Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko'),
  },
  {
    reason: 'web-crawlers',
    setting: active('web-crawlers'),
    off: { filter: 'web-crawlers', body: { active: false } },
    unwanted: agent('Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'),
    wanted: agent('Slackbot 1.0 (+https://api.slack.com/robots)'),
  },
  {
    reason: 'filtered-transaction',
    off: { filter: 'filtered-transaction', body: { active: false } },
    unwanted: transaction('/healthz'),
    wanted: transaction('/orders'),
    category: 'transaction',
  },
  {
    reason: 'react-hydration-errors',
    off: { 'filters:react-hydration-errors': false },
    unwanted: thrown('Error', 'Minified React error #423; visit https://react.dev/errors/423'),
    wanted: thrown('Error', 'Minified React error #420; visit https://react.dev/errors/420'),
  },
  {
    reason: 'chunk-load-error',
    off: { 'filters:chunk-load-error': false },
    unwanted: thrown('ChunkLoadError', 'Loading chunk 3662 failed'),
    wanted: thrown('ChunkLoadError', 'The chunk is gone'),
  },
  {
    reason: 'error-message',
    setting: { 'filters:error_messages': 'this is\n*went out*' },
    off: { 'filters:error_messages': '' },
    unwanted: event({ message: 'The lamp went out' }),
    wanted: event({ message: 'This is a test' }),
  },
  {
    reason: 'release-version',
    setting: { 'filters:releases': '1.2.*' },
    off: { 'filters:releases': '' },
    unwanted: event({ message: 'a', release: '1.2.3' }),
    wanted: event({ message: 'a', release: '1.3.0' }),
  },
  {
    reason: 'invalid-csp',
    off: { 'sentry:csp_ignored_sources_defaults': false },
    unwanted: csp('chrome-extension://x'),
    wanted: csp('https://evil.example/a.png'),
    category: 'security',
  },
  {
    reason: 'invalid-csp',
    setting: { 'sentry:csp_ignored_sources': '*.evil.example' },
    off: { 'sentry:csp_ignored_sources': '' },
    unwanted: csp('https://a.evil.example/a.png'),
    wanted: csp('https://evil.test/a.png'),
    category: 'security',
  },
]

/** Reasons that are also statistics of a project. */
const statistics = [
  'ip-address',
  'release-version',
  'error-message',
  'browser-extensions',
  'legacy-browsers',
  'localhost',
  'web-crawlers',
  'invalid-csp',
  'filtered-transaction',
]

async function sumOf(door: FrontDoor, stat: string): Promise<number> {
  const series = await vedette.get<[number, number][]>(
    `${place(door)}/stats/?stat=${stat}`,
    door.owner.caller,
  )
  return series.body.reduce((sum, [, n]) => sum + n, 0)
}

describe('a filter', () => {
  test.each(rows)('takes what it is for and counts it: $reason', async (row) => {
    const { reason, setting, off, unwanted, wanted, category = 'error' } = row
    const door = await openFrontDoor(vedette)
    if (setting !== undefined) {
      await door.deliver(envelope({}, unwanted))
      expect(door.counts()).toEqual({ [`accepted ${category}`]: 1 })
      await set(door, setting)
    }
    const before = door.counts()[`accepted ${category}`] ?? 0

    const eventId = newId()
    const answer = await door.deliver(envelope({ event_id: eventId }, unwanted))
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: { id: eventId } })
    expect((await door.deliver(envelope({}, wanted))).status).toBe(200)
    const kept = { [`accepted ${category}`]: before + 1 }
    expect(door.counts()).toEqual({ ...kept, [`filtered:${reason} ${category}`]: 1 })
    expect(door.look((ledger, projectId) => ledger.eventIds(projectId))).not.toContain(eventId)

    // Transactions are no events in these statistics.
    const counted = category === 'transaction' ? 0 : 1
    if (statistics.includes(reason)) expect(await sumOf(door, reason)).toBe(counted)
    expect([await sumOf(door, 'blacklisted'), await sumOf(door, 'received')]).toEqual([
      counted,
      counted * (before + 2),
    ])

    await set(door, off)
    await door.deliver(envelope({}, unwanted))
    expect(door.counts()).toMatchObject({ [`accepted ${category}`]: before + 2 })
  })

  test('by address goes by where the request came from', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, { 'filters:blacklisted_ips': '203.0.113.0/24\n2001:db8::1' })
    const user = { ip_address: '203.0.113.9' }
    const from = (ip: string) =>
      door.deliver(envelope({}, event({ message: 'a', user })), { 'x-forwarded-for': ip })
    for (const ip of ['203.0.113.7', '2001:db8::1', '198.51.100.1']) expect((await from(ip)).status).toBe(200)
    expect(door.counts()).toEqual({ 'filtered:ip-address error': 2, 'accepted error': 1 })
    expect(await sumOf(door, 'ip-address')).toBe(2)
  })

  test('takes old clients’ events at the store endpoint too', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, { 'filters:error_messages': '*lamp*' })
    const { status } = await door.post(door.storePath, JSON.stringify({ message: 'The lamp went out' }))
    expect([status, door.counts()]).toEqual([200, { 'filtered:error-message error': 1 }])
  })

  test('takes feedback too', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, { 'filters:releases': '1.*' })
    const feedback = { contexts: { feedback: { message: 'Too dark' } }, release: '1.0' }
    await door.deliver(envelope({}, item('feedback', feedback)))
    expect(door.counts()).toEqual({ 'filtered:release-version feedback': 1 })
  })

  test('leaves an error that happened in a health check', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({}, event({ message: 'a', transaction: '/healthz' })))
    expect(door.counts()).toEqual({ 'accepted error': 1 })
  })

  test('of a report goes by the browser that sent it', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, active('web-crawlers'))
    const path = `/api/${door.projectId}/security/?sentry_key=${door.key.publicKey}`
    const report = (blocked: string) => ({
      'csp-report': {
        'document-uri': 'https://a.example/',
        'effective-directive': 'img-src',
        'blocked-uri': blocked,
      },
    })
    const send = (blocked: string, userAgent: string) =>
      vedette.send('POST', path, undefined, {
        body: JSON.stringify(report(blocked)),
        headers: { 'content-type': 'application/csp-report', 'user-agent': userAgent },
      })
    const answers = [
      await send('chrome-extension://x', macSafari),
      await send('https://evil.example/', 'Googlebot/2.1'),
      await send('https://evil.example/', macSafari),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(door.counts()).toEqual({
      'filtered:invalid-csp security': 1,
      'filtered:web-crawlers security': 1,
      'accepted security': 1,
    })
  })
})

test('what is bound to a filtered event shares its fate, the rest does not', async () => {
  const door = await openFrontDoor(vedette)
  await set(door, { 'filters:error_messages': '*' })
  const company = ['attachment', 'user_report', 'profile', 'session', 'check_in'].map(soundItem)
  await door.deliver(envelope({ event_id: newId() }, event({ message: 'a' }), ...company))
  expect(door.counts()).toEqual({
    'filtered:error-message error': 1,
    'filtered:error-message attachment': 12,
    'filtered:error-message attachment_item': 1,
    'filtered:error-message feedback': 1,
    'filtered:error-message profile': 1,
    'accepted session': 1,
    'accepted monitor': 1,
  })
  expect(
    door.look((ledger, projectId) => [ledger.attachments(projectId), ledger.itemTypes(projectId)]),
  ).toEqual([[], ['session', 'check_in']])
})

test('an event that is filtered uses up no limit', async () => {
  const door = await openFrontDoor(vedette)
  await set(door, { 'filters:error_messages': 'a' })
  const limit = { rateLimit: { count: 1, window: 3600 } }
  const path = `${place(door)}/keys/${door.key.publicKey}/`
  expect((await vedette.put(path, door.owner.caller, limit)).status).toBe(200)
  const statuses: number[] = []
  for (const message of ['a', 'a', 'b', 'a', 'c']) {
    statuses.push((await door.deliver(envelope({}, event({ message })))).status)
  }
  expect(statuses.slice(0, 4)).toEqual([200, 200, 200, 200])
  expect(door.counts()).toMatchObject({
    'filtered:error-message error': 3,
    'accepted error': 1,
    'rate_limited:key_quota error': 1,
  })
})

test('an invalid transaction is invalid, whatever its name', async () => {
  const door = await openFrontDoor(vedette)
  const broken = { type: 'transaction', transaction: '/healthz', timestamp: startAt / 1000 }
  await door.deliver(envelope({}, item('transaction', broken)))
  expect(door.counts()).toEqual({ 'invalid:invalid_transaction transaction': 1 })
})

test('a project for JavaScript starts with the filters for browsers on', async () => {
  const door = await openFrontDoor(vedette, { platform: 'javascript-react' })
  const unwanted = [
    agent('Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko'),
    agent('Googlebot/2.1'),
    thrown('Error', 'conduitPage'),
    transaction('/ping'),
    requested({ url: 'http://localhost/' }),
  ]
  for (const one of unwanted) await door.deliver(envelope({}, one))
  expect(door.counts()).toEqual({
    'filtered:legacy-browsers error': 1,
    'filtered:web-crawlers error': 1,
    'filtered:browser-extensions error': 1,
    'filtered:filtered-transaction transaction': 1,
    'accepted error': 1,
  })
})

describe('logs and metrics', () => {
  const container = (type: string, ...elements: object[]) =>
    item(type, `{"version":2,"items":[${elements.map((element) => JSON.stringify(element)).join(',')}]}`, {
      item_count: elements.length,
      content_type: `application/vnd.sentry.items.${type === 'log' ? 'log' : 'trace-metric'}+json`,
    })
  const log = (body: string, release?: string) => ({
    timestamp: startAt / 1000,
    level: 'info',
    body,
    ...(release === undefined
      ? {}
      : { attributes: { 'sentry.release': { value: release, type: 'string' } } }),
  })
  const bytesOf = (element: object) => JSON.stringify(element).length + 1

  /** Payload and count of the containers that were kept. */
  const stored = (door: FrontDoor) =>
    vedette.app.db.read
      .selectFrom('stored_item')
      .select(['headers', 'size_bytes'])
      .where('project_id', '=', door.projectId)
      .execute()

  test('are filtered one by one; what is left is kept', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, { 'filters:log_messages': 'lamp*\n*secret*', 'filters:releases': '0.*' })
    const elements = [
      log('Lamp 1 went out'),
      log('A basket'),
      log('The SECRET'),
      log('A chair', '0.9'),
      log('b', '1'),
    ]
    const sent = container('log', ...elements)
    expect((await door.deliver(envelope({}, sent))).status).toBe(200)
    const [lamp, , secret, chair] = elements.map(bytesOf)
    const byMessage = (lamp ?? 0) + (secret ?? 0)
    const rest = sent.payload.byteLength - byMessage - (chair ?? 0)
    expect(door.counts()).toEqual({
      'filtered:log-message log_item': 2,
      'filtered:log-message log_byte': byMessage,
      'filtered:release-version log_item': 1,
      'filtered:release-version log_byte': chair,
      'accepted log_item': 2,
      'accepted log_byte': rest,
    })
    const [left, ...others] = await stored(door)
    expect(others).toEqual([])
    expect(left).toMatchObject({ size_bytes: rest })
    expect(JSON.parse(left?.headers ?? '')).toMatchObject({ type: 'log', item_count: 2, length: rest })
  })

  test('of which nothing is left are counted whole and not kept', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, { 'filters:log_messages': '*' })
    const sent = container('log', log('a'), log('b'))
    await door.deliver(envelope({}, sent, soundItem('session')))
    expect(door.counts()).toEqual({
      'filtered:log-message log_item': 2,
      'filtered:log-message log_byte': sent.payload.byteLength,
      'accepted session': 1,
    })
    expect(door.look((ledger, projectId) => ledger.itemTypes(projectId))).toEqual(['session'])
  })

  test('metrics go by their names, and logs do not mind', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, { 'filters:trace_metric_names': 'lamp.*' })
    const metrics = container(
      'trace_metric',
      { name: 'lamp.on', value: 1 },
      { name: 'basket', value: 2 },
      { value: 3 },
    )
    const logs = container('log', log('lamp.on'))
    await door.deliver(envelope({}, metrics))
    await door.deliver(envelope({}, logs))
    expect(door.counts()).toEqual({
      'filtered:trace-metric-name trace_metric': 1,
      'accepted trace_metric': 2,
      'accepted log_item': 1,
      'accepted log_byte': logs.payload.byteLength,
    })
  })

  test('from an unwanted address are filtered all', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, { 'filters:blacklisted_ips': '203.0.113.9' })
    const metrics = container('trace_metric', { name: 'a' }, { name: 'b' })
    await door.deliver(envelope({}, metrics), { 'x-forwarded-for': '203.0.113.9' })
    expect(door.counts()).toEqual({ 'filtered:ip-address trace_metric': 2 })
  })

  test('that are broken are invalid, and nothing of them is filtered', async () => {
    const door = await openFrontDoor(vedette)
    await set(door, { 'filters:log_messages': '*' })
    const miscounted = item('log', { items: [log('a')] }, { item_count: 2 })
    await door.deliver(envelope({}, miscounted))
    await door.deliver(envelope({}, item('log', '{"items":[', { item_count: 1 })))
    expect(door.counts()).toEqual({
      'invalid:invalid_log log_item': 3,
      'invalid:invalid_log log_byte': expect.any(Number),
    })
  })
})
