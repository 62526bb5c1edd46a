/** The fates of a project as they come, over a real socket. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { LISTENERS_LIMIT } from '../../src/ingest/live.ts'
import { dataCategories } from '../../src/protocol/outcome.ts'
import { eventReader } from '../../src/protocol/server-sent-events.ts'
import { envelope, eventEnvelope, type FrontDoor, item, openFrontDoor } from './front-door.ts'
import {
  addPerson,
  type Caller,
  type Installation,
  nobody,
  openInstallation,
  sessionOf,
  startAt,
  tokenOf,
} from './installation.ts'

interface Listening extends Installation {
  readonly url: string
}

async function openListening(): Promise<Listening> {
  const vedette = await openInstallation()
  await vedette.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = vedette.server.server.address() as AddressInfo
  return { ...vedette, url: `http://127.0.0.1:${port}` }
}

interface Stream extends AsyncDisposable {
  readonly status: number
  readonly headers: Headers
  /** The next event; undefined at the end. */
  next(): Promise<unknown>
  /** Hangs up. */
  leave(): Promise<void>
}

const pathOf = ({ organization }: FrontDoor, query = '') =>
  `/api/0/projects/${organization.slug}/web/usage/live/${query}`

async function listen(
  vedette: Listening,
  door: FrontDoor,
  query = '',
  caller = door.owner.caller,
): Promise<Stream> {
  const hangUp = new AbortController()
  const response = await fetch(vedette.url + pathOf(door, query), {
    headers: caller.headers,
    signal: hangUp.signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const read = eventReader()
  const events: unknown[] = []
  // Its first words are there before its first second.
  if (response.ok) read((await reader?.read())?.value ?? '')
  async function leave() {
    hangUp.abort()
    await reader?.closed.catch(() => {})
  }
  return {
    status: response.status,
    headers: response.headers,
    async next() {
      while (events.length === 0) {
        const piece = await reader?.read()
        if (piece?.value === undefined) return undefined
        for (const data of read(piece.value)) events.push(JSON.parse(data))
      }
      return events.shift()
    },
    leave,
    [Symbol.asyncDispose]: leave,
  }
}

const second = startAt / 1000

test('each second is an event, with what was committed in it', async () => {
  await using vedette = await openListening()
  const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
  await using stream = await listen(vedette, door)
  expect([stream.status, stream.headers.get('content-type'), stream.headers.get('cache-control')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    'no-store',
  ])
  await door.deliver(eventEnvelope())
  await door.deliver(eventEnvelope())
  await other.deliver(eventEnvelope())
  vedette.clock.advance(1000)
  const discarded_events = [{ reason: 'before_send', category: 'transaction', quantity: 4 }]
  await door.deliver(envelope({}, item('client_report', { timestamp: second - 60, discarded_events })))
  await door.deliver('nonsense')
  vedette.clock.advance(2000)
  expect([await stream.next(), await stream.next(), await stream.next()]).toEqual([
    { at: second, counts: { accepted: { error: 2 } } },
    { at: second + 1, counts: { client_discard: { transaction: 4 }, invalid: { error: 1 } } },
    { at: second + 2, counts: {} },
  ])
})

test('what it tells is what usage says afterwards', async () => {
  await using vedette = await openListening()
  const door = await openFrontDoor(vedette)
  await using stream = await listen(vedette, door, '?seconds=20')
  for (let turn = 0; turn < 20; turn++) {
    for (let times = 0; times <= turn % 3; times++)
      await door.deliver(eventEnvelope('a'.repeat(30) + String(turn % 7).padStart(2, '0')))
    vedette.clock.advance(1000)
  }
  const told: Record<string, number> = {}
  for (let each = await stream.next(); each !== undefined; each = await stream.next()) {
    const { counts } = each as { counts: Record<string, Record<string, number>> }
    for (const [outcome, { error = 0 }] of Object.entries(counts))
      told[outcome] = (told[outcome] ?? 0) + error
  }
  const path = `/projects/${door.organization.slug}/web/usage/?start=${second}&end=${second + 20}&interval=10s&groupBy=outcome`
  const { body } = await vedette.get<{ groups: { by: { outcome: string }; total: number }[] }>(
    path,
    door.owner.caller,
  )
  expect(told).toEqual(Object.fromEntries(body.groups.map(({ by, total }) => [by.outcome, total])))
  expect(told).toEqual({ accepted: 7, invalid: 32 })
})

test.each([0, 1, 3])('ends after the %i seconds that were asked for', async (seconds) => {
  await using vedette = await openListening()
  const door = await openFrontDoor(vedette)
  await using stream = await listen(vedette, door, `?seconds=${seconds}`)
  vedette.clock.advance(5000)
  const heard: unknown[] = []
  for (let each = await stream.next(); each !== undefined; each = await stream.next()) heard.push(each)
  expect(heard).toHaveLength(seconds)
})

test('ends after ten minutes, so that those who may not listen any more cannot', async () => {
  await using vedette = await openListening()
  const door = await openFrontDoor(vedette)
  await using stream = await listen(vedette, door)
  vedette.clock.advance(600_000)
  let events = 0
  while ((await stream.next()) !== undefined) events++
  expect(events).toBe(600)
})

test('a hundred may listen, and who hangs up makes room', async () => {
  await using vedette = await openListening()
  const door = await openFrontDoor(vedette)
  const streams = await Promise.all(Array.from({ length: LISTENERS_LIMIT }, () => listen(vedette, door)))
  const refused = await fetch(vedette.url + pathOf(door), { headers: door.owner.caller.headers })
  expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
    503,
    '10',
    { detail: '100 are listening already, or the server is about to stop. Try again later.' },
  ])
  await streams[0]?.leave()
  // The server hears of it a moment later.
  let again = await listen(vedette, door)
  while (again.status === 503) again = await listen(vedette, door)
  expect(again.status).toBe(200)
  await Promise.all([again, ...streams].map((stream) => stream.leave()))
  // Among them are some that were opened ahead of a request that never came.
  vedette.server.server.closeAllConnections()
})

test('the server closes at once, and those who listen hear the end', async () => {
  const vedette = await openListening()
  const door = await openFrontDoor(vedette)
  const streams = await Promise.all([listen(vedette, door), listen(vedette, door)])
  await vedette.close()
  expect(await Promise.all(streams.map((stream) => stream.next()))).toEqual([undefined, undefined])
})

test('one who does not read is given up', async () => {
  await using vedette = await openListening()
  const door = await openFrontDoor(vedette)
  const url = pathOf(door)
  const answer = await vedette.server.inject({ url, ...door.owner.caller, payloadAsStream: true })
  const stream = answer.stream()
  const isClosed = once(stream, 'close').catch(() => {})
  const discarded_events = dataCategories.map((category) => ({
    reason: 'before_send',
    category,
    quantity: 1,
  }))
  const report = envelope({}, item('client_report', { discarded_events }))
  for (let turn = 0; turn < 300; turn++) {
    await door.deliver(report)
    vedette.clock.advance(1000)
  }
  await isClosed
  expect(stream.destroyed).toBe(true)
})

test('HEAD is answered, and listens to nothing', async () => {
  await using vedette = await openListening()
  const door = await openFrontDoor(vedette)
  const caller = await sessionOf(vedette, door.owner)
  const { status, text } = await vedette.send('HEAD', pathOf(door), caller)
  expect([status, text]).toEqual([200, ''])
})

describe('who may listen', () => {
  test.each<[string, (door: FrontDoor, vedette: Installation) => Promise<Caller> | Caller, number]>([
    ['nobody in particular', () => nobody, 401],
    ['a token that reads projects', (door, vedette) => tokenOf(vedette, door.owner, ['project:read']), 200],
    ['a token that reads organizations', (door, vedette) => tokenOf(vedette, door.owner, ['org:read']), 403],
    ['a stranger', async (_, vedette) => (await addPerson(vedette)).caller, 403],
  ])('%s', async (_, callerOf, status) => {
    await using vedette = await openListening()
    const door = await openFrontDoor(vedette)
    await using stream = await listen(vedette, door, '?seconds=0', await callerOf(door, vedette))
    expect(stream.status).toBe(status)
  })

  test.each(['-1', '601', '1.5', 'x', '9999'])('not for %s seconds', async (seconds) => {
    await using vedette = await openListening()
    const door = await openFrontDoor(vedette)
    const { status, body } = await vedette.get(
      `/projects/${door.organization.slug}/web/usage/live/?seconds=${seconds}`,
      door.owner.caller,
    )
    expect({ status, body }).toEqual({
      status: 400,
      body: { detail: `Invalid seconds: "${seconds}". It is from 0 to 600.` },
    })
  })
})
