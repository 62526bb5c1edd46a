/** Rate limits as senders meet them: who is let in, who is answered 429, and what both are told. */
import { afterAll, describe, expect, test } from 'vitest'
import {
  envelope,
  eventEnvelope,
  type FrontDoor,
  type Item,
  item,
  newId,
  openFrontDoor,
  soundItem,
} from './front-door.ts'
import { type Answer, type Installation, nobody, openInstallation, startAt } from './installation.ts'
import { limitsOfHeader } from './limit-header.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

type Limit = { readonly count: number; readonly window: number } | null

/** Sets the limit of the project's key, as its owner does. */
async function limitKey(vedette: Installation, door: FrontDoor, rateLimit: Limit): Promise<void> {
  const { organization, project, key, owner } = door
  const path = `/projects/${organization.slug}/${project.slug}/keys/${key.publicKey}/`
  const { status } = await vedette.put(path, owner.caller, { rateLimit })
  expect(status).toBe(200)
}

async function openLimitedDoor(vedette: Installation, rateLimit: Limit): Promise<FrontDoor> {
  const door = await openFrontDoor(vedette)
  await limitKey(vedette, door, rateLimit)
  return door
}

/** A door whose limit of one event an hour has refused the second one. */
async function openClosedDoor(vedette: Installation): Promise<FrontDoor> {
  const door = await openLimitedDoor(vedette, { count: 1, window: 3600 })
  expect(await statuses(door, 2)).toEqual([200, 429])
  return door
}

async function statuses(door: FrontDoor, count: number): Promise<number[]> {
  const answers: number[] = []
  for (let left = count; left > 0; left--) answers.push((await door.deliver(eventEnvelope())).status)
  return answers
}

/** Seconds from `now` until the window of the door's organization ends. */
function secondsLeft(door: FrontDoor, window: number, now: number): number {
  const shift = door.organization.id % window
  return window - ((((Math.floor(now / 1000) - shift) % window) + window) % window)
}

/** Project statistics of the day. */
async function stat(vedette: Installation, door: FrontDoor, name: string): Promise<number> {
  const { organization, project, owner } = door
  const path = `/projects/${organization.slug}/${project.slug}/stats/?stat=${name}`
  const { body } = await vedette.get<[number, number][]>(path, owner.caller)
  return body.reduce((sum, [, count]) => sum + count, 0)
}

/** What a new project filters unless told otherwise. */
const unwanted = item('event', {
  exception: { values: [{ type: 'Error', value: 'See https://react.dev/errors/418 for more' }] },
})

const dropped = {
  detail:
    'Data was dropped due to a quota or rate limit being reached. This does not affect your application.',
}

describe('a key with a limit', () => {
  test('lets in exactly that many in each window, beside a key without one', async () => {
    await using vedette = await openInstallation()
    const door = await openLimitedDoor(vedette, { count: 5, window: 60 })
    const other = await vedette.post<{ public: string }>(
      `/projects/${door.organization.slug}/${door.project.slug}/keys/`,
      door.owner.caller,
      { name: 'Without a limit' },
    )
    const otherAuth = { 'x-sentry-auth': `Sentry sentry_key=${other.body.public}` }
    const edge = startAt + secondsLeft(door, 60, startAt) * 1000

    // Just before an edge, at it, in the middle of a window, at its last millisecond, and much later.
    for (const at of [edge - 1, edge, edge + 30_000, edge + 59_999, edge + 60_000, edge + 600_000]) {
      vedette.clock.set(at)
      const isFull = at === edge + 30_000 || at === edge + 59_999
      const expected = isFull ? Array(7).fill(429) : [...Array(5).fill(200), 429, 429]
      expect(await statuses(door, 7), `at ${at - edge} ms`).toEqual(expected)
      const { status, headers } = await door.deliver(eventEnvelope(), otherAuth)
      expect([status, headers['x-sentry-rate-limits']]).toEqual([200, undefined])
    }
    expect(door.counts()).toEqual({ 'accepted error': 26, 'rate_limited:key_quota error': 22 })
    expect(await stat(vedette, door, 'rejected')).toBe(22)
    expect(await stat(vedette, door, 'received')).toBe(48)
    expect(await stat(vedette, door, 'generated')).toBe(26)
  })

  test('lets in 50 of 200 that come at once when its limit is 50', async () => {
    const door = await openLimitedDoor(vedette, { count: 50, window: 60 })
    const answers = await Promise.all(Array.from({ length: 200 }, () => door.deliver(eventEnvelope())))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(150)
    expect(door.counts()).toEqual({ 'accepted error': 50, 'rate_limited:key_quota error': 150 })
    expect(door.look((ledger, projectId) => ledger.countEvents(projectId))).toBe(50)
  })

  test('has windows of its own and shares no number with other keys', async () => {
    const doors = []
    for (const window of [1, 60, 61, 3600, 86_400])
      doors.push({ window, door: await openLimitedDoor(vedette, { count: 2, window }) })
    for (const { window, door } of doors) {
      expect(await statuses(door, 2)).toEqual([200, 200])
      const { status, headers } = await door.deliver(eventEnvelope())
      const left = String(secondsLeft(door, window, startAt))
      expect([status, headers['retry-after']], `${window} s`).toEqual([429, left])
    }
  })

  test('gets a changed limit for the next event, with what is used already', async () => {
    const door = await openLimitedDoor(vedette, { count: 2, window: 3600 })
    const next = async () => {
      const { status, headers } = await door.deliver(eventEnvelope())
      return `${status} ${headers['x-sentry-rate-limits'] === undefined ? 'free' : 'limited'}`
    }
    const change = (rateLimit: Limit) => limitKey(vedette, door, rateLimit)
    expect([await next(), await next(), await next()]).toEqual(['200 free', '200 free', '429 limited'])
    await change({ count: 3, window: 3600 })
    expect([await next(), await next()]).toEqual(['200 free', '429 limited'])
    await change({ count: 1, window: 3600 })
    expect(await next()).toBe('429 limited')
    await change(null)
    expect([await next(), await next()]).toEqual(['200 free', '200 free'])
    // What passed while there was no limit was not counted against any.
    await change({ count: 4, window: 3600 })
    expect([await next(), await next()]).toEqual(['200 free', '429 limited'])
    // Another window begins at nothing.
    await change({ count: 1, window: 60 })
    expect([await next(), await next()]).toEqual(['200 free', '429 limited'])
  })

  test('does not count what is not kept: filtered, broken or too large events, and duplicates', async () => {
    const door = await openLimitedDoor(vedette, { count: 2, window: 3600 })
    const first = newId()
    const send = async (body: Buffer) => (await door.deliver(body)).status
    expect(await send(envelope({ event_id: newId() }, item('event', '{')))).toBe(200)
    expect(await send(envelope({ event_id: newId() }, unwanted))).toBe(200)
    expect(await send(eventEnvelope(first))).toBe(200)
    expect(await send(eventEnvelope(first))).toBe(200)
    expect(await send(envelope({ event_id: newId() }, item('event', 'x'.repeat(1024 * 1024 + 1))))).toBe(413)
    expect(await statuses(door, 2)).toEqual([200, 429])
    expect(door.counts()).toEqual({
      'accepted error': 2,
      'invalid:invalid_json error': 1,
      'filtered:react-hydration-errors error': 1,
      'invalid:duplicate error': 1,
      'invalid:too_large:event error': 1,
      'rate_limited:key_quota error': 1,
    })
  })
})

describe('the answer to a sender that is limited', () => {
  test('is 429 in plain words, with both headers, and says for how long', async () => {
    await using vedette = await openInstallation()
    const door = await openClosedDoor(vedette)
    for (const seconds of [0, 10, 10.5]) {
      vedette.clock.set(startAt + seconds * 1000)
      const { status, headers, body } = await door.deliver(eventEnvelope())
      const left = Math.ceil(secondsLeft(door, 3600, startAt) - seconds)
      expect({ status, body }).toEqual({ status: 429, body: dropped })
      expect(headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'x-sentry-rate-limits': `${left}:default;error;security:key:key_quota`,
        'retry-after': String(left),
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'x-sentry-error, x-sentry-rate-limits, retry-after',
      })
    }
  })

  const doors: readonly {
    readonly name: string
    readonly send: (vedette: Installation, door: FrontDoor) => Promise<Answer>
  }[] = [
    { name: 'envelope', send: (_, door) => door.deliver(eventEnvelope()) },
    { name: 'store', send: (_, door) => door.post(door.storePath, '{"message":"The lamp went out"}') },
    {
      name: 'store in a query',
      send: (vedette, door) =>
        vedette.send(
          'GET',
          `${door.storePath}?sentry_key=${door.key.publicKey}&sentry_data=${encodeURIComponent('{"message":"a"}')}`,
        ),
    },
    {
      name: 'store without a project',
      send: (vedette, door) =>
        vedette.send('POST', `/api/store/?sentry_key=${door.key.publicKey}`, nobody, { body: '{}' }),
    },
  ]

  test.for(doors)('is 429 at the door $name, for the first one over the limit too', async ({ send }) => {
    const door = await openLimitedDoor(vedette, { count: 1, window: 60 })
    const answers = [await send(vedette, door), await send(vedette, door), await send(vedette, door)]
    expect(answers.map(({ status }) => status)).toEqual([200, 429, 429])
    expect(answers.map(({ headers }) => headers['x-sentry-rate-limits'] !== undefined)).toEqual([
      false,
      true,
      true,
    ])
    expect(answers[2]?.body).toEqual(dropped)
    expect(door.counts()).toEqual({ 'accepted error': 1, 'rate_limited:key_quota error': 2 })
  })

  test('tells of a limit in force also when it is 200', async () => {
    await using vedette = await openInstallation()
    const door = await openClosedDoor(vedette)
    const { status, headers, body } = await door.deliver(
      envelope({ event_id: 'a'.repeat(32) }, soundItem('transaction')),
    )
    expect({ status, body }).toEqual({ status: 200, body: { id: 'a'.repeat(32) } })
    expect(limitsOfHeader(headers)).toEqual([
      {
        categories: ['default', 'error', 'security'],
        scope: 'key',
        reason: 'key_quota',
        seconds: secondsLeft(door, 3600, startAt),
      },
    ])
    expect(headers['retry-after']).toBeUndefined()

    vedette.clock.advance(secondsLeft(door, 3600, startAt) * 1000)
    const after = await door.deliver(envelope({ event_id: newId() }, soundItem('transaction')))
    expect(after.headers['x-sentry-rate-limits']).toBeUndefined()
  })
})

describe('while the limit of a key is in force', () => {
  const attachment = item('attachment', 'twelve bytes', { filename: 'a.txt' })
  const event = soundItem('event')
  const tooLarge = item('event', 'x'.repeat(1024 * 1024 + 1))
  const limited = { 'rate_limited:key_quota error': 1 }

  const cases: readonly {
    readonly title: string
    readonly items: readonly Item[]
    readonly status: number
    readonly counts: Readonly<Record<string, number>>
    readonly kept?: readonly string[]
  }[] = [
    { title: 'an event is dropped', items: [event], status: 429, counts: limited },
    {
      title: 'an event takes its attachments, its user reports and whatever is bound to it with it',
      items: [event, attachment, attachment, soundItem('user_report'), soundItem('form_data')],
      status: 429,
      counts: {
        ...limited,
        'rate_limited:key_quota attachment': 24,
        'rate_limited:key_quota attachment_item': 2,
        'rate_limited:key_quota feedback': 1,
      },
    },
    {
      title: 'what is not bound to the event is kept',
      items: [event, soundItem('session'), soundItem('log')],
      status: 429,
      counts: {
        ...limited,
        'accepted session': 1,
        'accepted log_item': 2,
        'accepted log_byte': soundItem('log').payload.byteLength,
      },
      kept: ['session', 'log'],
    },
    {
      title: 'a report that an SDK wrote for a browser is dropped',
      items: [soundItem('security')],
      status: 429,
      counts: { 'rate_limited:key_quota security': 1 },
    },
    {
      title: 'an event is dropped before anybody sees that it is broken',
      items: [item('event', '{')],
      status: 429,
      counts: limited,
    },
    {
      title: 'an event is dropped before anybody sees that a filter would have dropped it',
      items: [unwanted],
      status: 429,
      counts: limited,
    },
    {
      title: 'an event is dropped before anybody sees that it is too large',
      items: [tooLarge],
      status: 429,
      counts: limited,
    },
    {
      title: 'what is left must be within the limits of size all the same',
      items: [event, soundItem('check_in'), soundItem('check_in')],
      status: 413,
      counts: { ...limited, 'invalid:too_large:check_in monitor': 2 },
    },
    {
      title: 'an item that nobody knows makes no difference',
      items: [event, item('unheard-of', '1')],
      status: 429,
      counts: limited,
    },
    { title: 'only items that nobody knows pass', items: [item('unheard-of', '1')], status: 200, counts: {} },
    {
      title: 'a transaction passes with its attachment',
      items: [soundItem('transaction'), attachment],
      status: 200,
      counts: { 'accepted transaction': 1, 'accepted attachment': 12, 'accepted attachment_item': 1 },
    },
    {
      title: 'an attachment on its own passes',
      items: [attachment],
      status: 200,
      counts: { 'accepted attachment': 12, 'accepted attachment_item': 1 },
    },
    {
      title: 'a user report on its own passes',
      items: [soundItem('user_report')],
      status: 200,
      counts: { 'accepted feedback': 1 },
      kept: ['user_report'],
    },
    {
      title: 'sessions pass',
      items: [soundItem('session'), soundItem('sessions')],
      status: 200,
      counts: { 'accepted session': 2 },
      kept: ['session', 'sessions'],
    },
    {
      title: 'what an SDK lost is counted',
      items: [
        item('client_report', {
          discarded_events: [{ reason: 'ratelimit_backoff', category: 'error', quantity: 7 }],
        }),
      ],
      status: 200,
      counts: { 'client_discard:ratelimit_backoff error': 7 },
    },
    {
      title: 'what an SDK lost is counted also beside an event that is dropped',
      items: [
        event,
        item('client_report', { discarded_events: [{ reason: 'a', category: 'error', quantity: 7 }] }),
      ],
      status: 429,
      counts: { ...limited, 'client_discard:a error': 7 },
    },
    {
      title: 'feedback, check-ins, replays, spans, profiles and metrics pass',
      items: ['feedback', 'check_in', 'replay_recording', 'span', 'profile_chunk', 'trace_metric'].map(
        soundItem,
      ),
      status: 200,
      counts: {
        'accepted feedback': 1,
        'accepted monitor': 1,
        'accepted replay': 1,
        'accepted span': 1,
        'accepted span_indexed': 1,
        'accepted profile_chunk': 1,
        'accepted trace_metric': 3,
      },
      kept: ['check_in', 'replay_recording', 'span', 'profile_chunk', 'trace_metric'],
    },
  ]

  test.for(cases)('$title', async ({ items, status, counts, kept = [] }) => {
    const door = await openClosedDoor(vedette)
    const before = door.counts()
    const answer = await door.deliver(envelope({ event_id: newId() }, ...items))
    expect(answer.status).toBe(status)
    expect(difference(door.counts(), before)).toEqual(counts)
    expect(door.look((ledger, id) => ledger.itemTypes(id))).toEqual(kept)
    if (status === 429) {
      expect(answer.body).toEqual(dropped)
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
  })

  function difference(
    after: Readonly<Record<string, number>>,
    before: Readonly<Record<string, number>>,
  ): Record<string, number> {
    return Object.fromEntries(
      Object.entries(after)
        .map(([fate, count]) => [fate, count - (before[fate] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    )
  }
})

describe('doors that other quotas would close', () => {
  /** As if the organization had a quota of nothing for all data. */
  function closeEverything({ app }: Installation): void {
    const { keyOf } = app.gate
    Object.assign(app, {
      gate: {
        ...app.gate,
        keyOf: async (publicKey: string) => {
          const key = await keyOf(publicKey)
          return (
            key && {
              ...key,
              quotas: [
                {
                  id: 'all',
                  scope: 'organization',
                  scopeId: 1,
                  categories: [],
                  limit: 0,
                  window: 60,
                  reasonCode: 'org_quota',
                },
              ],
            }
          )
        },
      },
    })
  }

  test('check-ins are never answered 429; the others are when nothing is left, for a minute', async () => {
    await using vedette = await openInstallation()
    const door = await openFrontDoor(vedette)
    closeEverything(vedette)
    const json = { 'content-type': 'application/json' }
    const pathOf = (name: string) => `/api/${door.projectId}/${name}`

    const checkIn = await door.post(pathOf('cron/nightly/'), '{"status":"ok"}', json)
    expect(checkIn.status).toBe(202)

    const times = { startTimeUnixNano: '1767605390000000000', endTimeUnixNano: '1767605391000000000' }
    const traces = JSON.stringify({
      resourceSpans: [
        { scopeSpans: [{ spans: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), ...times }] }] },
      ],
    })
    for (const [path, body] of [
      ['integration/otlp/v1/traces/', traces],
      ['csp-report/', '{"csp-report":{"document-uri":"https://a.example","effective-directive":"img-src"}}'],
    ] as const) {
      const { status, headers, body: answer } = await door.post(pathOf(path), body, json)
      expect({ status, answer }, path).toEqual({ status: 429, answer: dropped })
      expect([headers['x-sentry-rate-limits'], headers['retry-after']]).toEqual([
        '60::organization:org_quota',
        '60',
      ])
    }
    expect(door.counts()).toMatchObject({
      'rate_limited:org_quota monitor': 1,
      'rate_limited:org_quota span': 1,
      'rate_limited:org_quota security': 1,
    })
    expect(Object.keys(door.counts()).filter((fate) => fate.startsWith('accepted'))).toEqual([])
  })
})

test('security reports of browsers count like errors, and are refused when the limit is used up', async () => {
  const door = await openLimitedDoor(vedette, { count: 2, window: 3600 })
  const report = '{"csp-report":{"document-uri":"https://a.example","effective-directive":"img-src"}}'
  const send = async () =>
    (
      await door.post(`/api/${door.projectId}/security/`, report, {
        'content-type': 'application/csp-report',
      })
    ).status
  expect([await send(), ...(await statuses(door, 2)), await send()]).toEqual([200, 200, 429, 429])
  expect(door.counts()).toEqual({
    'accepted security': 1,
    'accepted error': 1,
    'rate_limited:key_quota error': 1,
    'rate_limited:key_quota security': 1,
  })
})
