/** Why was my event dropped? The last items that a project has lost, as people ask for them. */
import { afterAll, describe, expect, test } from 'vitest'
import { prune } from '../../src/jobs/retention.ts'
import { newKey } from '../../src/protocol/ids.ts'
import { updateKey } from '../../src/store/client-keys.ts'
import { setProjectOptions } from '../../src/store/project-options.ts'
import { DAY } from '../../src/time.ts'
import { dropOf } from '../store.fixtures.ts'
import {
  allowOrigins,
  disableKey,
  envelope,
  eventEnvelope,
  type FrontDoor,
  item,
  newId,
  openFrontDoor,
  soundItem,
} from './front-door.ts'
import { type Answer, flush, type Installation, openInstallation, startAt } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Dropped {
  readonly id: string
  readonly dateCreated: string
  readonly key: { readonly id: string; readonly name: string } | null
  readonly sdk: string | null
  readonly category: string
  readonly outcome: string
  readonly reason: string | null
  readonly quantity: number
  readonly sizeBytes: number | null
  readonly message: string
  readonly unlisted: number
}

const ask = (door: FrontDoor, query = '', own: Installation = vedette): Promise<Answer<Dropped[]>> =>
  own.get<Dropped[]>(`/projects/${door.organization.slug}/web/usage/dropped/${query}`, door.owner.caller)

async function droppedOf(door: FrontDoor, query = '', own: Installation = vedette): Promise<Dropped[]> {
  const { status, body } = await ask(door, query, own)
  if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
  return body
}

/** What was said of it, in short. */
const outlines = (dropped: readonly Dropped[]) =>
  dropped.map(({ category, quantity, sizeBytes, message }) => ({ category, quantity, sizeBytes, message }))

const authOf = (publicKey: string, client?: string) => ({
  'x-sentry-auth': `Sentry sentry_version=7, sentry_key=${publicKey}${client ? `, sentry_client=${client}` : ''}`,
})

function setOptions(door: FrontDoor, options: Readonly<Record<string, unknown>>): Promise<void> {
  return vedette.write((tx) => setProjectOptions(tx, { projectId: door.projectId, options }))
}

const crawl = { request: { headers: { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' } } }

describe('a lost item', () => {
  test('is listed with everything that is known of it', async () => {
    const door = await openFrontDoor(vedette)
    await setOptions(door, { 'filters:web-crawlers': '1' })
    const sent = item('event', crawl)
    await door.deliver(envelope({ event_id: newId() }, sent), authOf(door.key.publicKey, 'sentry.php/4.10.0'))
    expect(await droppedOf(door)).toEqual([
      {
        id: '1',
        dateCreated: '2026-01-05T09:30:00Z',
        key: { id: door.key.publicKey, name: 'Default' },
        sdk: 'sentry.php/4.10.0',
        category: 'error',
        outcome: 'filtered',
        reason: 'web-crawlers',
        quantity: 1,
        sizeBytes: sent.payload.byteLength,
        message: 'Filtered: came from a web crawler (Googlebot)',
        unlisted: 0,
      },
    ])
  })

  test('of what is kept there is none', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(eventEnvelope())
    expect(await droppedOf(door)).toEqual([])
  })

  test.each([
    [
      'filters:web-crawlers',
      { request: { headers: { 'User-Agent': 'AhrefsBot/7.0; +http://a.example' } } },
      'came from a web crawler (AhrefsBot)',
    ],
    [
      'filters:legacy-browsers',
      { request: { headers: { 'User-Agent': 'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1)' } } },
      'came from a browser that is too old (IE 9)',
    ],
    [
      'filters:localhost',
      { request: { url: 'http://localhost:3000/shop' } },
      "came from a developer's own machine (localhost:3000)",
    ],
  ])('names what %s has found', async (option, event, words) => {
    const door = await openFrontDoor(vedette)
    await setOptions(door, { [option]: '1' })
    await door.deliver(envelope({ event_id: newId() }, item('event', event)))
    expect((await droppedOf(door)).map(({ message }) => message)).toEqual([`Filtered: ${words}`])
  })

  test.each([
    ['sentry:releases', ['1.*'], { release: '1.2.3' }, "its release is on the project's list (1.2.3)"],
    [
      'sentry:error_messages',
      ['*lamp*'],
      { message: 'The lamp went out' },
      "its message is on the project's list (The lamp went out)",
    ],
    // An address is somebody's own.
    ['sentry:blacklisted_ips', ['127.0.0.1'], {}, "the sender's address is on the project's list"],
  ])('says what of it is on the list %s', async (option, list, event, words) => {
    const door = await openFrontDoor(vedette)
    await setOptions(door, { [option]: list })
    await door.deliver(envelope({ event_id: newId() }, item('event', event)))
    expect((await droppedOf(door)).map(({ message }) => message)).toEqual([`Filtered: ${words}`])
  })

  test('over the limit of its key says what that was when it came', async () => {
    const door = await openFrontDoor(vedette)
    const limit = (count: number, window: number) =>
      vedette.write((tx) =>
        updateKey(tx, { keyId: door.key.id, changes: { label: 'mobile', rateLimit: { count, window } } }),
      )
    await limit(1, 60)
    for (let turn = 0; turn < 3; turn++) await door.deliver(eventEnvelope())
    await limit(5, 3600)
    const said = { category: 'error', quantity: 1, message: 'Rate limited: key “mobile” allows 1 per minute' }
    expect(await droppedOf(door)).toMatchObject([said, said])
  })

  test('that is repeated has the size of the event, and its SDK', async () => {
    const door = await openFrontDoor(vedette)
    const sent = item('event', { message: 'x', sdk: { name: 'sentry.go', version: '0.30.0' } })
    const eventId = newId()
    const attachment = item('attachment', 'twelve bytes', { filename: 'a.txt' })
    for (let turn = 0; turn < 2; turn++) await door.deliver(envelope({ event_id: eventId }, attachment, sent))
    const message = 'Invalid: an event with this id is stored already'
    const dropped = await droppedOf(door)
    expect(outlines(dropped)).toEqual([
      { category: 'error', quantity: 1, sizeBytes: sent.payload.byteLength, message },
      { category: 'attachment', quantity: 12, sizeBytes: 12, message },
    ])
    expect(dropped.map(({ sdk }) => sdk)).toEqual(['sentry.go/0.30.0', 'sentry.go/0.30.0'])
  })

  test('names the SDK of the envelope when the request does not say it', async () => {
    const door = await openFrontDoor(vedette)
    const header = { event_id: newId(), sdk: { name: 'sentry.javascript.browser', version: '10.1.0' } }
    await door.deliver(envelope(header, item('event', '[]')))
    expect((await droppedOf(door))[0]).toMatchObject({
      sdk: 'sentry.javascript.browser/10.1.0',
      message: 'Invalid: there is no event in it',
    })
  })

  test('that an SDK has dropped itself is as many as it says', async () => {
    const door = await openFrontDoor(vedette)
    const discarded_events = [
      { reason: 'before_send', category: 'error', quantity: 7 },
      { reason: 'phase of the moon', category: 'attachment_item', quantity: 2 },
    ]
    await door.deliver(envelope({}, item('client_report', { discarded_events })))
    expect(outlines(await droppedOf(door))).toEqual([
      {
        category: 'attachment_item',
        quantity: 2,
        sizeBytes: null,
        message: 'Discarded by the client: phase of the moon',
      },
      {
        category: 'error',
        quantity: 7,
        sizeBytes: null,
        message: "Discarded by the client: the application's before_send took it out",
      },
    ])
  })

  test('of a container is one, with the bytes of it', async () => {
    const door = await openFrontDoor(vedette)
    await setOptions(door, { 'sentry:log_messages': ['a*'] })
    await door.deliver(envelope({}, soundItem('log')))
    expect(outlines(await droppedOf(door))).toEqual([
      {
        category: 'log_item',
        quantity: 1,
        sizeBytes: door.counts()['filtered:log-message log_byte'],
        message: "Filtered: the log's message is on the project's list",
      },
    ])
  })
})

describe('a refused request', () => {
  test('with a key that is switched off', async () => {
    const door = await openFrontDoor(vedette)
    await disableKey(vedette, door.key)
    const sent = eventEnvelope()
    expect((await door.deliver(sent, authOf(door.key.publicKey, 'curl/8'))).status).toBe(403)
    expect(await droppedOf(door)).toMatchObject([
      {
        key: { id: door.key.publicKey, name: 'Default' },
        sdk: 'curl/8',
        category: 'error',
        outcome: 'invalid',
        reason: 'project_id',
        message: 'Refused: key “Default” is switched off',
      },
    ])
  })

  test('with a key that nobody knows, or that is another project’s', async () => {
    const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    expect((await door.deliver(eventEnvelope(), authOf(newKey()))).status).toBe(403)
    expect((await door.deliver(eventEnvelope(), authOf(other.key.publicKey))).status).toBe(403)
    expect((await droppedOf(door)).map(({ key, message }) => [key, message])).toEqual([
      [null, 'Refused: the key is that of another project'],
      [null, 'Refused: there is no such key'],
    ])
    expect(await droppedOf(other)).toEqual([])
  })

  test('from a page that may not send', async () => {
    const door = await openFrontDoor(vedette)
    await allowOrigins(vedette, door.projectId, ['shop.example'])
    await door.deliver(eventEnvelope(), { origin: 'https://evil.example' })
    expect((await droppedOf(door)).map(({ message }) => message)).toEqual([
      "Refused: the page it came from is not on the project's list of allowed domains (https://evil.example)",
    ])
  })

  test.each([
    ['{}\n{"type":"session"}\n{}\nnonsense\n', "the envelope's item header is not JSON (line 4)"],
    ['nonsense', "the envelope's header is not JSON of the expected form"],
    [
      '{}\n{"type":"event","length":99}\n{}',
      'the envelope ends too early; a stated length may be wrong (line 2)',
    ],
    ['{"event_id":"x"}\n', 'the event id is not one (invalid envelope header)'],
    ['{}\n{"type":"integration"}\n{}', 'the envelope has an item that only relays may send'],
    ['', 'the request was empty'],
  ])('with the envelope %j', async (body, words) => {
    const door = await openFrontDoor(vedette)
    expect((await door.deliver(body)).status).toBe(400)
    expect(outlines(await droppedOf(door))).toEqual([
      { category: 'default', quantity: 1, sizeBytes: null, message: `Invalid: ${words}` },
    ])
  })

  test('that is too large', async () => {
    const door = await openFrontDoor(vedette)
    const sent = item('event', { message: 'x'.repeat(1_100_000) })
    expect((await door.deliver(envelope({ event_id: newId() }, sent))).status).toBe(413)
    expect((await droppedOf(door)).map(({ message }) => message)).toEqual([
      'Invalid: the event is larger than 1 MiB, or the envelope has too many of them',
    ])
  })
})

describe('the list', () => {
  test('begins with the newest, and is found by key, category, outcome and reason', async () => {
    const door = await openFrontDoor(vedette)
    const { key } = door
    flush(vedette, (tx) =>
      tx.listDropped(
        door.projectId,
        [
          dropOf({ keyId: key.id }),
          dropOf({ keyId: 0, category: 2 }),
          dropOf({ keyId: 999_999, outcome: 3, reason: 'duplicate' }),
          dropOf({ keyId: key.id, category: 3, outcome: 2, reason: '' }),
        ],
        0,
      ),
    )
    const ids = async (query: string) => (await droppedOf(door, query)).map(({ id }) => id)
    expect(await ids('')).toEqual(['4', '3', '2', '1'])
    expect(await ids('?category=error')).toEqual(['4', '3', '1'])
    expect(await ids('?category=transaction')).toEqual(['2'])
    expect(await ids('?outcome=invalid&outcome=rate_limited')).toEqual(['4', '3'])
    expect(await ids('?reason=duplicate&reason=none')).toEqual(['4', '3'])
    expect(await ids(`?key_id=${key.publicKey}&outcome=filtered`)).toEqual(['1'])
    expect(await ids(`?key_id=${'f'.repeat(32)}`)).toEqual([])
    expect((await droppedOf(door)).map(({ key }) => key?.name ?? null)).toEqual([
      'Default',
      null,
      null,
      'Default',
    ])
  })

  test('comes in pages', async () => {
    const door = await openFrontDoor(vedette)
    flush(vedette, (tx) =>
      tx.listDropped(
        door.projectId,
        Array.from({ length: 5 }, () => dropOf()),
        0,
      ),
    )
    const ids = ({ body }: Answer<Dropped[]>) => body.map(({ id }) => id)
    const first = await ask(door, '?per_page=2')
    const [, next = ''] = /rel="next"; results="true"; cursor="([^"]+)"/.exec(first.headers.link ?? '') ?? []
    const second = await ask(door, `?per_page=2&cursor=${next}`)
    const [, back = ''] = /cursor="([^"]+)", /.exec(second.headers.link ?? '') ?? []
    expect([ids(first), ids(second), ids(await ask(door, `?per_page=2&cursor=${back}`))]).toEqual([
      ['5', '4'],
      ['3', '2'],
      ['5', '4'],
    ])
  })

  test.each([
    ['outcome=lost', 'Invalid outcome: "lost"'],
    ['category=bug', 'Invalid category: "bug"'],
    ['key_id=x', 'Invalid key: "x"'],
    ['per_page=101', 'Invalid per_page value. Must be between 1 and 100.'],
    ['cursor=x', 'Invalid cursor parameter.'],
  ])('is not given for %s', async (query, detail) => {
    const { status, body } = await ask(await openFrontDoor(vedette), `?${query}`)
    expect({ status, body }).toEqual({ status: 400, body: { detail } })
  })

  test('is a sample under a flood, and says how much it leaves out', async () => {
    await using own = await openInstallation()
    const door = await openFrontDoor(own)
    const report = envelope(
      {},
      item('client_report', {
        discarded_events: Array.from({ length: 70 }, (_, index) => ({
          reason: `reason ${index}`,
          category: 'error',
          quantity: 1,
        })),
      }),
    )
    await door.deliver(report)
    await door.deliver(report)
    own.clock.advance(1000)
    await door.deliver(eventEnvelope(newId()), authOf(newKey()))
    const dropped = await droppedOf(door, '?per_page=100', own)
    expect(dropped).toHaveLength(51)
    expect(dropped.map(({ unlisted }) => unlisted).filter((unlisted) => unlisted > 0)).toEqual([90])
    expect(dropped[1]).toMatchObject({ id: '50', unlisted: 90 })
    // They are all counted.
    expect(Object.values(door.counts()).reduce((sum, amount) => sum + amount, 0)).toBe(141)
  })

  test('keeps the last thousand', async () => {
    const door = await openFrontDoor(vedette)
    flush(vedette, (tx) =>
      tx.listDropped(
        door.projectId,
        Array.from({ length: 1050 }, () => dropOf()),
        0,
      ),
    )
    const pages: string[] = []
    let cursor = ''
    do {
      const page = await ask(door, `?cursor=${cursor}`)
      pages.push(...page.body.map(({ id }) => id))
      cursor = /rel="next"; results="true"; cursor="([^"]+)"/.exec(page.headers.link ?? '')?.[1] ?? ''
    } while (cursor !== '')
    expect([pages.length, pages[0], pages.at(-1)]).toEqual([1000, '1050', '51'])
  })

  test('forgets what is as old as events that are deleted', async () => {
    const door = await openFrontDoor(vedette)
    const { db, blobs, config } = vedette.app
    flush(vedette, (tx) =>
      tx.listDropped(
        door.projectId,
        [dropOf({ receivedAt: startAt - 1 }), dropOf({ receivedAt: startAt })],
        0,
      ),
    )
    await prune({ db, blobs, config, now: startAt + config.eventRetentionDays * DAY })
    expect((await droppedOf(door)).map(({ id }) => id)).toEqual(['2'])
  })
})
