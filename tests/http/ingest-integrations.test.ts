/** Check-ins, OTLP and log drains: doors for senders that are no SDKs. */
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { type FrontDoor, openFrontDoor } from './front-door.ts'
import { nobody, openInstallation } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const span = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'GET /basket',
  startTimeUnixNano: '1767605400000000000',
  endTimeUnixNano: '1767605400250000000',
}
const traces = {
  resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, spanId: 'eee19b7ec3c1b175' }] }] }],
}
const record = { timeUnixNano: '1767605400000000000', body: { stringValue: 'The lamp went out' } }
const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [record, record, record] }] }] }

const json = { 'content-type': 'application/json' }

describe('check-ins by HTTP', () => {
  const cron = (door: FrontDoor, rest: string) => `/api/${door.projectId}/cron/nightly-import${rest}`

  test.each(['GET', 'POST'] as const)(
    '%s with the key in the path, with and without slash',
    async (method) => {
      const door = await openFrontDoor(vedette)
      for (const slash of ['', '/']) {
        const path = cron(door, `/${door.key.publicKey}${slash}?status=in_progress`)
        const { status, text } = await vedette.send(method, path, nobody)
        expect({ status, text }).toEqual({ status: 202, text: '' })
      }
      expect(door.counts()).toEqual({ 'accepted monitor': 2 })
      expect(door.look((ledger, id) => ledger.itemTypes(id))).toEqual(['check_in', 'check_in'])
    },
  )

  test('the key may be in the query or a header instead', async () => {
    const door = await openFrontDoor(vedette)
    const inQuery = await vedette.send(
      'GET',
      cron(door, `/?status=ok&sentry_key=${door.key.publicKey}`),
      nobody,
    )
    const inHeader = await door.post(cron(door, '/?status=ok'), '')
    expect([inQuery.status, inHeader.status]).toEqual([202, 202])
    expect(door.counts()).toEqual({ 'accepted monitor': 2 })
  })

  test('reads a JSON body', async () => {
    const door = await openFrontDoor(vedette)
    const body = JSON.stringify({
      status: 'error',
      duration: 3,
      monitor_config: { schedule: { type: 'crontab' } },
    })
    expect((await door.post(cron(door, '/'), body, json)).status).toBe(202)
    expect(door.counts()).toEqual({ 'accepted monitor': 1 })
  })

  test.each([
    ['/', 'status is missing'],
    ['/?status=ok&check_in_id=nope', 'check_in_id must be 32 hex digits, with or without dashes'],
  ])('%s is refused, said plainly and counted', async (rest, cause) => {
    const door = await openFrontDoor(vedette)
    const { status, body } = await door.post(cron(door, rest), '')
    expect({ status, body }).toEqual({ status: 400, body: { detail: 'invalid check-in', causes: [cause] } })
    expect(door.counts()).toEqual({ 'invalid:invalid_check_in monitor': 1 })
  })

  test('an unknown key is refused', async () => {
    const door = await openFrontDoor(vedette)
    const { status } = await vedette.send('GET', cron(door, `/${'0'.repeat(32)}/?status=ok`), nobody)
    expect(status).toBe(403)
    expect(door.counts()).toEqual({ 'invalid:project_id monitor': 1 })
  })

  test('nobody is refused', async () => {
    const door = await openFrontDoor(vedette)
    expect((await vedette.send('GET', cron(door, '/?status=ok'), nobody)).status).toBe(401)
  })
})

describe('OTLP', () => {
  const path = (door: FrontDoor, rest: string) => `/api/${door.projectId}/${rest}`

  test.each(['integration/otlp/v1/traces', 'integration/otlp/v1/traces/', 'otlp/v1/traces'])(
    'takes traces at %s and counts each span',
    async (address) => {
      const door = await openFrontDoor(vedette)
      const { status, text } = await door.post(path(door, address), JSON.stringify(traces), json)
      expect({ status, text }).toEqual({ status: 202, text: '' })
      expect(door.counts()).toMatchObject({ 'accepted span': 2 })
      expect(door.look((ledger, id) => ledger.itemTypes(id))).toEqual(['span'])
    },
  )

  test('takes compressed logs and counts each record and its bytes', async () => {
    const door = await openFrontDoor(vedette)
    const body = gzipSync(JSON.stringify(logs))
    const answer = await door.post(path(door, 'integration/otlp/v1/logs'), body, {
      ...json,
      'content-encoding': 'gzip',
    })
    expect(answer.status).toBe(202)
    const counts = door.counts()
    expect(counts['accepted log_item']).toBe(3)
    expect(counts['accepted log_byte']).toBeGreaterThan(100)
  })

  test('an empty export is taken and nothing is counted', async () => {
    const door = await openFrontDoor(vedette)
    expect((await door.post(path(door, 'integration/otlp/v1/traces'), '{}', json)).status).toBe(202)
    expect(door.counts()).toEqual({})
  })

  test('another content type is 415, and nothing is counted', async () => {
    const door = await openFrontDoor(vedette)
    const answer = await door.post(path(door, 'integration/otlp/v1/logs'), '{}', {
      'content-type': 'text/plain',
    })
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 415, text: '' })
    expect(door.counts()).toEqual({})
  })

  test.each([
    ['application/json', '{', 'invalid:invalid_json span'],
    ['application/x-protobuf', 'no protobuf', 'invalid:invalid_proto span'],
  ])('a broken %s body is 400 and counted', async (type, body, counted) => {
    const door = await openFrontDoor(vedette)
    const { status } = await door.post(path(door, 'integration/otlp/v1/traces'), body, {
      'content-type': type,
    })
    expect(status).toBe(400)
    expect(door.counts()).toMatchObject({ [counted]: 1 })
  })

  test('a body over 12 MiB is 413', async () => {
    const door = await openFrontDoor(vedette)
    const body = Buffer.alloc(12 * 1024 * 1024 + 1, ' ')
    expect((await door.post(path(door, 'integration/otlp/v1/logs'), body, json)).status).toBe(413)
  })
})

test('a log drain is taken as JSON and as lines of it', async () => {
  const door = await openFrontDoor(vedette)
  const path = `/api/${door.projectId}/integration/vercel/logs`
  const entry = JSON.stringify({ message: 'The lamp went out', timestamp: 1_767_605_400_000, level: 'error' })
  expect((await door.post(path, `[${entry}]`, json)).status).toBe(202)
  expect(
    (await door.post(path, `${entry}\n${entry}\n`, { 'content-type': 'application/x-ndjson' })).status,
  ).toBe(202)
  expect(door.counts()).toMatchObject({ 'accepted log_item': 3 })
})

test('dumps of consoles are refused, said plainly, and counted as nothing', async () => {
  const door = await openFrontDoor(vedette)
  const { status, body } = await door.post(`/api/${door.projectId}/playstation/`, 'a dump')
  expect({ status, body }).toEqual({
    status: 404,
    body: { detail: 'crash dumps of consoles are not taken by this server' },
  })
  expect(door.counts()).toEqual({})
})
