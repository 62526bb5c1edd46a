import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import addFormatsModule from 'ajv-formats'
import { afterAll, describe, expect, test } from 'vitest'
import { statements } from '../../src/store/sqlite-dialect.ts'
import { envelope, type FrontDoor, item, newId, openFrontDoor, soundItem } from './front-door.ts'
import {
  type Answer,
  addProject,
  flush,
  found,
  openInstallation,
  organizationTokenOf,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const seconds = startAt / 1000
const MINUTE = 60
const DAY = 86_400

type Json = Record<string, unknown>

interface Events extends FrontDoor {
  /** `path` is below the project's events. */
  read<T = Json>(path?: string): Promise<Answer<T>>
  /** Sends one event; answers its id. `at` is in seconds from now. */
  send(event?: Json, at?: number): Promise<string>
  /** Ids of what a list answers. */
  ids(path?: string): Promise<string[]>
}

async function openEvents(): Promise<Events> {
  const door = await openFrontDoor(vedette)
  const read = <T = Json>(path = '') =>
    vedette.get<T>(`/projects/${door.organization.slug}/web/events/${path}`, door.owner.caller)
  return {
    ...door,
    read,
    async send(event = {}, at = 0) {
      const id = newId()
      const { status, text } = await door.deliver(
        envelope({ event_id: id }, item('event', { timestamp: seconds + at, ...event })),
      )
      expect(status, text).toBe(200)
      return id
    },
    async ids(path) {
      const { status, body, text } = await read<{ id: string }[]>(path)
      expect(status, text).toBe(200)
      return body.map(({ id }) => id)
    },
  }
}

/** Cursor of a relation that has results; undefined if it has none. */
function cursorOf({ headers }: Answer, relation: 'previous' | 'next'): string | undefined {
  const pattern = new RegExp(`rel="${relation}"; results="(true|false)"; cursor="([^"]+)"`)
  const [, results, cursor] = pattern.exec(headers.link ?? '') ?? []
  expect(results).toBeDefined()
  return results === 'true' ? cursor : undefined
}

describe('the list', () => {
  test('has what a line shows of an event', async () => {
    const { send, read, projectId } = await openEvents()
    const id = await send(
      {
        platform: 'javascript',
        level: 'warning',
        environment: 'live',
        release: 'shop@1.0',
        tags: { zone: 'b' },
        user: { id: 17, email: 'ann@example.net' },
        exception: {
          values: [
            {
              type: 'TypeError',
              value: 'x is not a function',
              stacktrace: {
                frames: [{ function: 'run', filename: 'https://example.net/run.js', in_app: true }],
              },
            },
          ],
        },
      },
      -1.5,
    )
    const { status, body, headers } = await read()
    expect(status).toBe(200)
    expect(body).toEqual([
      {
        id,
        'event.type': 'error',
        groupID: null,
        eventID: id,
        projectID: String(projectId),
        message: '',
        title: 'TypeError: x is not a function',
        location: '/run.js',
        culprit: 'run (https://example.net/run.js)',
        user: {
          id: '17',
          email: 'ann@example.net',
          username: null,
          ip_address: '127.0.0.1',
          name: null,
          geo: null,
          data: null,
        },
        tags: [
          { key: 'environment', value: 'live' },
          { key: 'level', value: 'warning' },
          { key: 'release', value: 'shop@1.0' },
          { key: 'user', value: 'id:17', query: 'user.id:"17"' },
          { key: 'zone', value: 'b' },
        ],
        platform: 'javascript',
        dateCreated: '2026-01-05T09:29:58.500000Z',
        crashFile: null,
        metadata: {
          type: 'TypeError',
          value: 'x is not a function',
          filename: '/run.js',
          function: 'run',
        },
      },
    ])
    expect(headers.link).toContain('rel="previous"; results="false"')
    expect(headers.link).toContain('rel="next"; results="false"')
  })

  test('is empty, with both links, when nothing came', async () => {
    const { read } = await openEvents()
    const { status, body, headers } = await read()
    expect({ status, body }).toEqual({ status: 200, body: [] })
    expect(headers.link).toMatch(/rel="previous"; results="false".*rel="next"; results="false"/)
  })

  test('runs from the newest event to the oldest by their own time, then by arrival', async () => {
    const { send, ids } = await openEvents()
    const old = await send({}, -3 * DAY)
    const first = await send({}, -60)
    const second = await send({}, -60)
    const newest = await send({}, 30)
    const between = await send({}, -3600)
    expect(await ids()).toEqual([newest, second, first, between, old])
  })

  test('leaves out transactions and feedback, and nothing else', async () => {
    const { deliver, ids, projectId, look } = await openEvents()
    for (const name of ['event', 'transaction', 'security', 'feedback']) {
      expect((await deliver(envelope({ event_id: newId() }, soundItem(name)))).status).toBe(200)
    }
    const types = look((ledger) => ledger.events(projectId).map(({ type }) => type))
    expect(types.toSorted()).toEqual(['csp', 'default', 'feedback', 'transaction'])
    expect(await ids()).toHaveLength(2)
  })

  test('has no event of another project', async () => {
    const { send, organization, owner, team, ids } = await openEvents()
    await send()
    await addProject(vedette, organization, { slug: 'other', teams: [team] })
    const other = await vedette.get(`/projects/${organization.slug}/other/events/`, owner.caller)
    expect(other.body).toEqual([])
    expect(await ids()).toHaveLength(1)
  })

  test('is read page by page forwards and back, also through events of one moment', async () => {
    const { send, ids, read } = await openEvents()
    for (const at of [0, -1, -1, -1, -1, -2, -3]) await send({}, at)
    const all = await ids()
    const forwards: string[][] = []
    const backwards: string[][] = []
    let answer = await read<{ id: string }[]>('?per_page=2')
    for (;;) {
      forwards.push(answer.body.map(({ id }) => id))
      const cursor = cursorOf(answer, 'next')
      if (cursor === undefined) break
      answer = await read(`?per_page=2&cursor=${cursor}`)
    }
    for (;;) {
      const cursor = cursorOf(answer, 'previous')
      if (cursor === undefined) break
      answer = await read(`?per_page=2&cursor=${cursor}`)
      backwards.unshift(answer.body.map(({ id }) => id))
    }
    const pages = [all.slice(0, 2), all.slice(2, 4), all.slice(4, 6), all.slice(6)]
    expect(forwards).toEqual(pages)
    expect(backwards).toEqual(pages.slice(0, 3))
  })

  test('stands still under the reader when new events come in', async () => {
    const { send, ids, read } = await openEvents()
    for (const at of [-1, -2, -3]) await send({}, at)
    const all = await ids()
    const cursor = cursorOf(await read('?per_page=1'), 'next')
    await send()
    expect(await ids(`?per_page=1&cursor=${cursor}`)).toEqual([all[1]])
  })

  test.each([
    ['per_page=0', 'Invalid per_page value. Must be between 1 and 100.'],
    ['per_page=101', 'Invalid per_page value. Must be between 1 and 100.'],
    ['per_page=x', 'Invalid per_page parameter.'],
    ['cursor=x', 'Invalid cursor parameter.'],
    ['cursor=1:-1:0', 'Pagination offset cannot be negative'],
    ['sample=1&cursor=100:-1:0', 'Pagination offset cannot be negative'],
    ['statsPeriod=14x', "Invalid statsPeriod: '14x'"],
    ['statsPeriodEnd=1d', 'statsPeriodStart and statsPeriodEnd are both required'],
    ['start=2026-01-01', 'start and end are both required'],
    ['start=2026-01-02&end=2026-01-01', 'start must be before end'],
  ])('refuses %s', async (query, detail) => {
    const { read } = await openEvents()
    const { status, body } = await read(`?${query}`)
    expect({ status, body }).toEqual({ status: 400, body: { detail } })
  })

  test('is narrowed by text in title or culprit, without case', async () => {
    const { send, ids } = await openEvents()
    const lamp = await send({ message: 'The Lamp went 100% out' }, -1)
    const door = await send({ message: 'Locked', transaction: '/front_DOOR' }, -2)
    expect(await ids('?query=lamp')).toEqual([lamp])
    expect(await ids('?query=front_door')).toEqual([door])
    expect(await ids('?query=100%25')).toEqual([lamp])
    expect(await ids('?query=%25')).toEqual([lamp])
    expect(await ids('?query=frontXdoor')).toEqual([])
    expect(await ids('?query=')).toEqual([lamp, door])
  })

  test('is searched to its end, in whichever direction it is read', async () => {
    const { projectId, key, ids, read } = await openEvents()
    // More than one statement of a search reads, and many of them of one moment.
    const events = Array.from({ length: 1300 }, (_, turn) => ({
      projectId,
      keyId: key.id,
      eventId: newId(),
      type: 'error',
      level: 'error',
      platform: 'other',
      title: turn % 300 === 0 ? 'A needle' : 'Hay',
      culprit: null,
      release: null,
      dist: null,
      environment: turn % 400 === 0 ? 'live' : null,
      transactionName: null,
      sdkName: null,
      sdkVersion: null,
      timestampAt: startAt - (turn < 1000 ? 1000 : 2000),
      receivedAt: startAt,
      sentAt: null,
      clientIp: null,
      payload: Buffer.from('{}'),
    }))
    flush(vedette, (tx) => void tx.insertEvents(events))
    const idsOf = (turns: readonly number[]) => turns.map((turn) => events[turn]?.eventId)
    const needles = idsOf([900, 600, 300, 0, 1200])
    expect(await ids('?query=NEEDLE')).toEqual(needles)
    expect(await ids('?environment=live')).toEqual(idsOf([800, 400, 0, 1200]))
    expect(await ids('?environment=live&query=needle')).toEqual(idsOf([0, 1200]))
    expect((await ids('?query=needle&sample=1')).toSorted()).toEqual(needles.toSorted())
    const first = await read<{ id: string }[]>('?query=needle&per_page=2')
    const second = await read<{ id: string }[]>(`?query=needle&per_page=2&cursor=${cursorOf(first, 'next')}`)
    expect(second.body.map(({ id }) => id)).toEqual(needles.slice(2, 4))
    expect(await ids(`?query=needle&per_page=2&cursor=${cursorOf(second, 'next')}`)).toEqual(needles.slice(4))
    expect(await ids(`?query=needle&per_page=2&cursor=${cursorOf(second, 'previous')}`)).toEqual(
      needles.slice(0, 2),
    )
  })

  test('is narrowed by environments', async () => {
    const { send, ids } = await openEvents()
    const live = await send({ environment: 'live' }, -1)
    const stage = await send({ environment: 'stage' }, -2)
    const none = await send({}, -3)
    expect(await ids('?environment=live')).toEqual([live])
    expect(await ids('?environment=live&environment=stage')).toEqual([live, stage])
    expect(await ids('?environment=')).toEqual([none])
    expect(await ids('?environment=stage&environment=')).toEqual([stage, none])
    expect(await ids('?environment=unknown')).toEqual([])
  })

  test('is narrowed by time', async () => {
    const { send, ids } = await openEvents()
    const ahead = await send({}, 30)
    const minute = await send({}, -MINUTE)
    const day = await send({}, -DAY)
    const week = await send({}, -7 * DAY)
    expect(await ids('?statsPeriod=1h')).toEqual([minute])
    expect(await ids('?statsPeriod=1d')).toEqual([minute, day])
    expect(await ids('?statsPeriodStart=8d&statsPeriodEnd=1h')).toEqual([day, week])
    expect(await ids(`?start=${seconds - 2 * DAY}&end=${seconds}`)).toEqual([minute, day])
    expect(await ids('?start=2025-12-29T09:30:00&end=2026-01-04T09:30:00Z')).toEqual([day, week])
    expect(await ids('?statsPeriod=1h&start=nonsense')).toEqual([minute])
    expect(await ids()).toEqual([ahead, minute, day, week])
  })

  test('has the whole of each event when asked for it', async () => {
    const { send, read } = await openEvents()
    const id = await send({ message: 'Hello', extra: { a: 1 } })
    const [whole] = (await read<Json[]>('?full=1')).body
    expect(whole).toMatchObject({
      id,
      'event.type': 'default',
      type: 'default',
      message: 'Hello',
      context: { a: 1 },
      entries: [{ type: 'message', data: { formatted: 'Hello' } }],
    })
    for (const off of ['full=0', 'full=false', 'full=']) {
      expect((await read<Json[]>(`?${off}`)).body[0]).not.toHaveProperty('entries')
    }
  })

  test('is a sample that stays the same, page by page', async () => {
    const { send, ids, read } = await openEvents()
    for (let turn = 0; turn < 5; turn++) await send({}, -turn)
    const all = await ids()
    const sample = await ids('?sample=1')
    expect(sample.toSorted()).toEqual(all.toSorted())
    expect(await ids('?sample=1')).toEqual(sample)
    const page = await read<{ id: string }[]>('?sample=1&per_page=3')
    expect(page.body.map(({ id }) => id)).toEqual(sample.slice(0, 3))
    expect(await ids(`?sample=1&per_page=3&cursor=${cursorOf(page, 'next')}`)).toEqual(sample.slice(3))
    expect(await ids('?sample=0')).toEqual(all)
    const [old, ahead] = [await send({}, -DAY), await send({}, 30)]
    expect((await ids('?sample=1')).toSorted()).toEqual([...all, old, ahead].toSorted())
    expect(await ids('?sample=1&statsPeriod=1h')).toEqual(sample)
  })

  test('costs no more statements for many events than for few', async () => {
    const { send, ids } = await openEvents()
    const cost = async (path: string) => {
      let count = 0
      const note = () => {
        count++
      }
      statements.subscribe(note)
      const { length } = await ids(path).finally(() => statements.unsubscribe(note))
      return { length, count }
    }
    await send()
    // The first request of all may note that its token is in use.
    await ids()
    const one = await cost('?full=1')
    for (let turn = 1; turn < 6; turn++) await send()
    expect(await cost('?full=1')).toEqual({ length: 6, count: one.count })
  })

  test('reads every event of a batch from where it lies', async () => {
    const { deliver, read } = await openEvents()
    const messages = Array.from({ length: 30 }, (_, turn) => `${turn}${'x'.repeat(turn * 10)}`)
    await Promise.all(
      messages.map((message) => deliver(envelope({ event_id: newId() }, item('event', { message })))),
    )
    const { body } = await read<{ message: string }[]>()
    expect(body.map(({ message }) => message).toSorted()).toEqual(messages.toSorted())
  })
})

describe('one event', () => {
  test('is shown whole', async () => {
    const { deliver, read, projectId } = await openEvents()
    const id = newId()
    const payload = Buffer.from(
      JSON.stringify({
        timestamp: seconds - 2,
        platform: 'python',
        release: 'shop@1.2.3',
        dist: '7',
        message: 'Hello',
        sdk: { name: 'sentry.python', version: '2.0' },
        modules: { flask: '3.0' },
        contexts: { runtime: { name: 'CPython', version: '3.13' } },
        fingerprint: ['mine'],
      }),
    )
    await deliver(envelope({ event_id: id }, item('event', payload)))
    const { status, body } = await read(`${id}/`)
    expect(status).toBe(200)
    expect(body).toEqual({
      id,
      'event.type': 'default',
      groupID: null,
      eventID: id,
      projectID: String(projectId),
      message: 'Hello',
      title: 'Hello',
      location: null,
      culprit: null,
      user: null,
      tags: [
        { key: 'dist', value: '7' },
        { key: 'level', value: 'error' },
        { key: 'release', value: 'shop@1.2.3' },
        { key: 'runtime', value: 'CPython 3.13' },
        { key: 'runtime.name', value: 'CPython' },
      ],
      platform: 'python',
      dateCreated: '2026-01-05T09:29:58Z',
      dateReceived: '2026-01-05T09:30:00Z',
      crashFile: null,
      metadata: { title: 'Hello' },
      type: 'default',
      size: payload.byteLength,
      dist: '7',
      entries: [{ type: 'message', data: { formatted: 'Hello' } }],
      contexts: { runtime: { name: 'CPython', version: '3.13', type: 'runtime' } },
      sdk: { name: 'sentry.python', version: '2.0' },
      context: {},
      packages: { flask: '3.0' },
      errors: [],
      occurrence: null,
      fingerprints: ['mine'],
      groupingConfig: { id: 'newstyle:2023-01-11', enhancements: '' },
      _meta: {
        entries: {},
        message: null,
        user: null,
        contexts: null,
        sdk: null,
        context: null,
        packages: null,
        tags: null,
      },
      previousEventID: null,
      nextEventID: null,
      release: {
        id: expect.any(Number),
        version: 'shop@1.2.3',
        versionInfo: {
          package: 'shop',
          version: {
            raw: '1.2.3',
            major: 1,
            minor: 2,
            patch: 3,
            pre: null,
            buildCode: null,
            components: 3,
          },
          description: '1.2.3',
          buildHash: null,
        },
        status: 'open',
        dateCreated: '2026-01-05T09:30:00Z',
        dateReleased: null,
        ref: null,
        url: null,
        userAgent: null,
        data: {},
        commitCount: 0,
        lastCommit: null,
        deployCount: 0,
        lastDeploy: null,
      },
      userReport: null,
      sdkUpdates: [],
      resolvedWith: [],
    })
  })

  test('is found by its id with dashes and in capitals', async () => {
    const { send, read } = await openEvents()
    const id = await send()
    const dashed = id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-').toUpperCase()
    expect((await read(`${dashed}/`)).body).toMatchObject({ id })
  })

  test.each(['', 'json/', 'attachments/', 'attachments/1/'])(
    'is not found under an unknown id: …/%s',
    async (path) => {
      const { send, read } = await openEvents()
      const id = await send({ release: 'a' })
      for (const unknown of [newId(), id.slice(1), `${id}0`, 'latest', '%00', '1']) {
        const { status, body } = await read(`${unknown}/${path}`)
        expect({ status, body }).toEqual({ status: 404, body: { detail: 'Event not found' } })
      }
    },
  )

  test('is not found in another project, nor in an issue', async () => {
    const { send, read, organization, owner, team } = await openEvents()
    const id = await send()
    await addProject(vedette, organization, { slug: 'other', teams: [team] })
    const missing = { status: 404, body: { detail: 'Event not found' } }
    const other = `/projects/${organization.slug}/other/events/${id}/`
    expect(await vedette.get(other, owner.caller)).toMatchObject(missing)
    expect(await read(`${id}/?group_id=5`)).toMatchObject(missing)
    expect(await read(`${id}/?group_id=`)).toMatchObject({ status: 200 })
  })

  test('names the error events before and after it', async () => {
    const { send, deliver, read } = await openEvents()
    const oldest = await send({}, -10)
    const first = await send({}, -5)
    await deliver(envelope({ event_id: newId() }, soundItem('feedback')))
    const second = await send({}, -5)
    const newest = await send({}, 0)
    const neighbours = async (id: string) => {
      const { previousEventID, nextEventID } = (await read(`${id}/`)).body
      return [previousEventID, nextEventID]
    }
    expect(await neighbours(oldest)).toEqual([null, first])
    expect(await neighbours(first)).toEqual([oldest, second])
    expect(await neighbours(second)).toEqual([first, newest])
    expect(await neighbours(newest)).toEqual([second, null])
  })

  test('may be a transaction, which has no neighbours', async () => {
    const { send, deliver, read } = await openEvents()
    await send({}, -60)
    const id = newId()
    const transaction = {
      type: 'transaction',
      transaction: '/cart',
      start_timestamp: seconds - 2.5,
      timestamp: seconds - 1,
      contexts: { trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) } },
      spans: [],
      measurements: { lcp: { value: 2.5, unit: 'second' } },
    }
    await deliver(envelope({ event_id: id }, item('transaction', transaction)))
    expect((await read(`${id}/`)).body).toMatchObject({
      type: 'transaction',
      title: '/cart',
      location: '/cart',
      startTimestamp: seconds - 2.5,
      endTimestamp: seconds - 1,
      measurements: { lcp: { value: 2.5, unit: 'second' } },
      breakdowns: null,
      entries: [{ type: 'spans', data: [] }],
      previousEventID: null,
      nextEventID: null,
    })
  })

  test('comes with what its user wrote about it', async () => {
    const { deliver, read } = await openEvents()
    const id = newId()
    const report = { event_id: id, name: 'Ann', email: 'ann@example.net', comments: 'Too dark' }
    await deliver(envelope({ event_id: id }, item('event', {}), item('user_report', report)))
    expect((await read(`${id}/`)).body.userReport).toEqual({
      id: expect.any(String),
      eventID: id,
      name: 'Ann',
      email: 'ann@example.net',
      comments: 'Too dark',
      dateCreated: '2026-01-05T09:30:00Z',
      user: null,
      event: { id, eventID: id },
    })
  })

  test('is kept and shown with what hangs on it, however deep they are nested', async () => {
    const { deliver, read } = await openEvents()
    const id = newId()
    const deep = '['.repeat(50_000) + ']'.repeat(50_000)
    const payload = `{"exception":{"type":"E","value":${deep}},"message":{"message":"%s","params":[${deep}]},"extra":{"a":${deep}}}`
    const report = `{"type":"user_report","x":${deep}}\n{"event_id":"${id}","comments":"Too deep"}\n`
    const event = envelope({ event_id: id }, item('event', payload))
    expect((await deliver(Buffer.concat([event, Buffer.from(report)]))).status).toBe(200)
    expect((await read<Json[]>()).body).toMatchObject([{ id, title: 'E' }])
    expect((await read(`${id}/`)).body).toMatchObject({
      id,
      metadata: { type: 'E', value: '' },
      userReport: { comments: 'Too deep' },
    })
  })
})

describe('the payload of an event', () => {
  test('is what the SDK sent, to the byte', async () => {
    const { deliver, read } = await openEvents()
    const id = newId()
    const payload = '{ "message": "Gr\\u00fc\u00dfe",\n "unknown": 1.0 }'
    await deliver(envelope({ event_id: id }, item('event', payload)))
    const { status, headers, text } = await read(`${id}/json/`)
    expect({ status, type: headers['content-type'], text }).toEqual({
      status: 200,
      type: 'application/json',
      text: payload,
    })
  })
})

describe('attachments', () => {
  const large = randomBytes(200 * 1024)
  const hashOf = (algorithm: string, content: string | Buffer) =>
    createHash(algorithm).update(content).digest('hex')

  async function withFiles() {
    const events = await openEvents()
    const id = newId()
    const { status } = await events.deliver(
      envelope(
        { event_id: id },
        item('event', {}),
        item('attachment', 'twelve bytes', { filename: 'words.txt', content_type: 'text/plain' }),
        item('attachment', large, { filename: 'dump.dmp', attachment_type: 'event.view_hierarchy' }),
      ),
    )
    expect(status).toBe(200)
    const { body } = await events.read<{ id: string }[]>(`${id}/attachments/`)
    const [dump, words] = body.map((attachment) => attachment.id)
    return { ...events, id, dump, words }
  }

  test('are listed by name', async () => {
    const { read, id, dump, words } = await withFiles()
    const { body } = await read<Json[]>(`${id}/attachments/`)
    expect(body).toEqual([
      {
        id: dump,
        event_id: id,
        type: 'event.view_hierarchy',
        name: 'dump.dmp',
        mimetype: 'application/octet-stream',
        dateCreated: '2026-01-05T09:30:00Z',
        size: large.byteLength,
        headers: { 'Content-Type': 'application/octet-stream' },
        sha1: hashOf('sha1', large),
        sha256: hashOf('sha256', large),
      },
      {
        id: words,
        event_id: id,
        type: 'event.attachment',
        name: 'words.txt',
        mimetype: 'text/plain',
        dateCreated: '2026-01-05T09:30:00Z',
        size: 12,
        headers: { 'Content-Type': 'text/plain' },
        sha1: hashOf('sha1', 'twelve bytes'),
        sha256: hashOf('sha256', 'twelve bytes'),
      },
    ])
    const page = await read<Json[]>(`${id}/attachments/?per_page=1`)
    expect(page.body).toEqual([body[0]])
    expect((await read(`${id}/attachments/?per_page=1&cursor=${cursorOf(page, 'next')}`)).body).toEqual([
      body[1],
    ])
    expect((await read<Json>(`${id}/attachments/${words}/`)).body).toEqual(body[1])
  })

  test('are none for an event that came alone', async () => {
    const { send, read } = await openEvents()
    expect((await read(`${await send()}/attachments/`)).body).toEqual([])
  })

  test.each(['?download', '?download=1', '?download='])('are downloaded with %s', async (query) => {
    const { read, id, words } = await withFiles()
    const { status, headers, text } = await read(`${id}/attachments/${words}/${query}`)
    expect({ status, text }).toEqual({ status: 200, text: 'twelve bytes' })
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(/^text\/plain/),
      'content-length': '12',
      'content-disposition': `attachment; filename="words.txt"; filename*=UTF-8''words.txt`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
    })
  })

  test.each([
    ['text/javascript', 'text/plain'],
    ['application/x-ECMAScript; charset=utf-8', 'text/plain'],
    ['text/html', 'text/html'],
    ['image/png', 'image/png'],
  ])('of type %s are downloaded as %s, so that no page runs them as a script', async (sent, type) => {
    const { deliver, read } = await openEvents()
    const id = newId()
    const file = item('attachment', 'alert(1)', { filename: 'a', content_type: sent })
    await deliver(envelope({ event_id: id }, item('event', {}), file))
    const [attachment] = (await read<{ id: string; mimetype: string }[]>(`${id}/attachments/`)).body
    expect(attachment?.mimetype).toBe(sent)
    const { headers } = await read(`${id}/attachments/${attachment?.id}/?download`)
    expect(headers).toMatchObject({
      'content-type': expect.stringMatching(new RegExp(`^${type}\\b`)),
      'content-disposition': expect.stringMatching(/^attachment;/),
      'x-content-type-options': 'nosniff',
    })
  })

  test('are downloaded to the byte when they are too large for the database', async () => {
    const { id, dump, organization, owner } = await withFiles()
    const { statusCode, rawPayload, headers } = await vedette.server.inject({
      url: `/api/0/projects/${organization.slug}/web/events/${id}/attachments/${dump}/?download=1`,
      headers: owner.caller.headers,
    })
    expect(statusCode).toBe(200)
    expect(rawPayload.equals(large)).toBe(true)
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(large.byteLength),
    })
  })

  test('are gone when their file is', async () => {
    const { read, id, dump } = await withFiles()
    const { sha256 } = (await read<{ sha256: string }>(`${id}/attachments/${dump}/`)).body
    await vedette.app.blobs.delete(sha256)
    const { status, body } = await read(`${id}/attachments/${dump}/?download`)
    expect({ status, body }).toEqual({ status: 404, body: { detail: 'Attachment not found' } })
  })

  test('are not found under another id, or that of another event', async () => {
    const { read, send, id, words } = await withFiles()
    const other = await send()
    for (const path of [`${id}/attachments/999999`, `${id}/attachments/x`, `${other}/attachments/${words}`]) {
      for (const query of ['', '?download']) {
        const { status, body } = await read(`${path}/${query}`)
        expect({ status, body }).toEqual({ status: 404, body: { detail: 'Attachment not found' } })
      }
    }
  })

  test.each([
    ['../etc/a b.txt', 'filename="a b.txt"', 'a%20b.txt'],
    ['C:\\temp\\a.txt', 'filename="a.txt"', 'a.txt'],
    ['"quoted".txt', 'filename="_quoted_.txt"', '%22quoted%22.txt'],
    ['line\r\nbreak: x', 'filename="line break: x"', 'line%20break%3A%20x'],
    ['Grüße (1).txt', 'filename="Gr__e (1).txt"', 'Gr%C3%BC%C3%9Fe%20%281%29.txt'],
    ['half \ud83d', 'filename="half _"', 'half%20%EF%BF%BD'],
    ['/', 'filename="attachment"', 'attachment'],
  ])('called %j are saved under a name that is safe', async (filename, plain, whole) => {
    const { deliver, read } = await openEvents()
    const id = newId()
    await deliver(envelope({ event_id: id }, item('event', {}), item('attachment', 'x', { filename })))
    const [attachment] = (await read<{ id: string }[]>(`${id}/attachments/`)).body
    const { headers } = await read(`${id}/attachments/${attachment?.id}/?download`)
    expect(headers['content-disposition']).toBe(`attachment; ${plain}; filename*=UTF-8''${whole}`)
  })

  test.each(['text', 'text/html\r\nX-Evil: 1', 'text/plain; charset="ü"', ''])(
    'of the impossible type %j are bytes',
    async (content_type) => {
      const { deliver, read } = await openEvents()
      const id = newId()
      await deliver(envelope({ event_id: id }, item('event', {}), item('attachment', 'x', { content_type })))
      const [attachment] = (await read<{ id: string; mimetype: string }[]>(`${id}/attachments/`)).body
      expect(attachment?.mimetype).toBe('application/octet-stream')
      const { status, headers } = await read(`${id}/attachments/${attachment?.id}/?download`)
      expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream'])
    },
  )
})

describe('who may read', () => {
  test.each(['', 'ID/', 'ID/json/', 'ID/attachments/', 'ID/attachments/1/'])(
    'events/%s is for those who may read the project',
    async (path) => {
      const { send, organization, owner } = await openEvents()
      const address = `/projects/${organization.slug}/web/events/${path.replace('ID', await send())}`
      const stranger = (await found(vedette)).owner
      const answers = {
        nobody: await vedette.get(address),
        eventRead: await vedette.get(address, await tokenOf(vedette, owner, ['event:read', 'org:read'])),
        organizationToken: await vedette.get(address, await organizationTokenOf(vedette, organization)),
        stranger: await vedette.get(address, stranger.caller),
        projectRead: await vedette.get(address, await tokenOf(vedette, owner, ['project:read'])),
      }
      const statuses = Object.fromEntries(Object.entries(answers).map(([who, { status }]) => [who, status]))
      // Who may not read learns no more than that: nobody is told that the attachment does not exist.
      expect(statuses).toEqual({
        nobody: 401,
        eventRead: 403,
        organizationToken: 403,
        stranger: 403,
        projectRead: path.endsWith('/1/') ? 404 : 200,
      })
      expect((await vedette.post(address, owner.caller, {})).status).toBe(405)
    },
  )
})

/** The document lacks these operations, but describes their answers. */
const describedAnswers = readDescribed()

describe.skipIf(describedAnswers === undefined)("Sentry's description of the answers", () => {
  test('agrees with every one of them', async () => {
    const { deliver, read } = await openEvents()
    const rich = newId()
    const event = {
      ...{ message: 'Hello', platform: 'cocoa', release: 'shop@1', dist: '1', environment: 'live' },
      ...{ user: { id: 1, geo: { city: 'Graz' }, plan: 'pro' }, extra: { a: 1 }, modules: { a: '1', b: 2 } },
      ...{ errors: [{ type: 'invalid_data', name: 'a' }], fingerprint: ['a', 5], sdk: { name: 'x' } },
      contexts: { os: { name: 'iOS' } },
      exception: { type: 'E', stacktrace: { frames: [{ function: 'a' }] } },
    }
    await deliver(
      envelope(
        { event_id: rich },
        item('event', event),
        item('attachment', 'a'),
        item('user_report', { event_id: rich, comments: 'Too dark' }),
      ),
    )
    const plain = [newId(), newId(), newId(), newId()]
    for (const [turn, name] of ['event', 'transaction', 'security', 'feedback'].entries()) {
      await deliver(envelope({ event_id: plain[turn] }, soundItem(name)))
    }
    const [attachment] = (await read<{ id: string }[]>(`${rich}/attachments/`)).body
    const problems = [
      ...judge('ProjectEventsResponseDict', (await read()).body),
      ...judge('ProjectEventsResponseDict', (await read('?full=1')).body),
      ...judge('ListEventAttachmentsResponse', (await read(`${rich}/attachments/`)).body),
      ...judge('EventAttachmentDetailsResponse', (await read(`${rich}/attachments/${attachment?.id}/`)).body),
    ]
    for (const id of [rich, ...plain]) {
      const { status, body } = await read(`${id}/`)
      expect(status).toBe(200)
      problems.push(...judge('ProjectEventDetailsResponse', body))
    }
    expect(problems).toEqual([])
  })
})

function judge(name: string, body: unknown): readonly string[] {
  const validate = describedAnswers?.getSchema(`public#/components/schemas/${name}`)
  if (validate === undefined) return [`${name} is not described`]
  if (validate(body)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${name} ${instancePath} ${message}`)
}

function readDescribed(): Ajv | undefined {
  try {
    const place = fileURLToPath(new URL('../../../shared/spec/public-openapi.json', import.meta.url))
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
    const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default
    addFormats(ajv)
    return ajv.addSchema({ $id: 'public', ...(JSON.parse(readFileSync(place, 'utf8')) as object) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    console.log(
      "Events are not compared with Sentry's description: ../shared/spec/public-openapi.json is absent",
    )
    return undefined
  }
}
