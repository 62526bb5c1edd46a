/** Crashes of native programs: minidumps alone, in forms and in envelopes, and what Unreal Engine sends. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { encode } from '@msgpack/msgpack'
import { afterAll, describe, expect, test } from 'vitest'
import { dumpFile, linuxDump, unrealCrash } from '../crash-files.ts'
import { type FormPart, field, file, formBody, formBodyWith, formHeaders } from '../form-body.ts'
import { envelope, type FrontDoor, item, newId, openFrontDoor, soundItem } from './front-door.ts'
import { type Answer, type Installation, nobody, openInstallation } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const MIB = 1024 * 1024
const dump = file('upload_file_minidump', 'lamp.dmp', linuxDump)
const bareDump = dumpFile()

const minidumpPath = (door: FrontDoor) => `/api/${door.projectId}/minidump/`

/** Posts a form with a dump in it, unless other parts are all there is. */
function sendForm(door: FrontDoor, ...parts: readonly FormPart[]): Promise<Answer> {
  return door.post(minidumpPath(door), formBody(...parts), formHeaders)
}

/** The id that an answer states, which must be one with dashes in a text. */
function idOf({ status, headers, text }: Answer): string {
  expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/plain\b/)])
  expect(text).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  return text.replaceAll('-', '')
}

function apiPath(door: FrontDoor, eventId: string): string {
  return `/projects/${door.organization.slug}/${door.project.slug}/events/${eventId}`
}

interface Stored {
  readonly [name: string]: unknown
  readonly extra?: unknown
  readonly exception?: { readonly values: readonly { readonly type: string; readonly value: string }[] }
}

/** The payload as it was kept. */
async function storedEvent(door: FrontDoor, eventId: string): Promise<Stored> {
  const { status, body } = await vedette.get<Stored>(`${apiPath(door, eventId)}/json/`, door.owner.caller)
  expect(status).toBe(200)
  return body
}

interface Attachment {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly mimetype: string
  readonly size: number
}

async function attachmentsOf(door: FrontDoor, eventId: string): Promise<readonly Attachment[]> {
  const { body } = await vedette.get<readonly Attachment[]>(
    `${apiPath(door, eventId)}/attachments/`,
    door.owner.caller,
  )
  return body
}

function outcomes(outcome: string, attachmentBytes: number, files = 1): Record<string, number> {
  return {
    [`${outcome} error`]: 1,
    [`${outcome} attachment`]: attachmentBytes,
    [`${outcome} attachment_item`]: files,
  }
}

const nothing = { events: [], attachments: [] }
function kept(door: FrontDoor) {
  return door.look((ledger, projectId) => ({
    events: ledger.events(projectId).map(({ title }) => title),
    attachments: ledger.attachments(projectId).map(({ name }) => name),
  }))
}

describe('a dump in a form', () => {
  test('is an event with what it says of the crash, and a file that can be had again', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = idOf(await sendForm(door, dump))
    expect(await storedEvent(door, eventId)).toMatchObject({
      platform: 'native',
      level: 'fatal',
      timestamp: 1_767_605_398,
      exception: { values: [{ type: 'SIGSEGV / SEGV_MAPERR', mechanism: { type: 'minidump' } }] },
      contexts: { os: { name: 'Linux' }, device: { arch: 'x86_64' }, crashpad: { channel: 'beta' } },
      sdk: { name: 'minidump.crashpad', version: '0.0.0' },
    })
    const { body } = await vedette.get<Record<string, unknown>>(
      `${apiPath(door, eventId)}/`,
      door.owner.caller,
    )
    expect(body).toMatchObject({
      eventID: eventId,
      type: 'error',
      platform: 'native',
      title: expect.stringMatching(/^SIGSEGV/),
      dateCreated: '2026-01-05T09:29:58Z',
    })

    const [attachment, ...others] = await attachmentsOf(door, eventId)
    expect(others).toEqual([])
    expect(attachment).toMatchObject({
      name: 'lamp.dmp',
      type: 'event.minidump',
      mimetype: 'application/x-dmp',
      size: linuxDump.byteLength,
    })
    const content = await vedette.server.inject({
      url: `/api/0${apiPath(door, eventId)}/attachments/${attachment?.id}/?download=1`,
      headers: { ...door.owner.caller.headers },
    })
    expect(content.rawPayload.equals(linuxDump)).toBe(true)
    expect(door.counts()).toEqual(outcomes('accepted', linuxDump.byteLength))
  })

  test('may name its key in the query, as the address of the DSN does', async () => {
    const door = await openFrontDoor(vedette)
    const path = `/api/${door.projectId}/minidump?sentry_key=${door.key.publicKey}`
    idOf(await vedette.send('POST', path, nobody, { headers: formHeaders, body: formBody(dump) }))
    expect(kept(door).attachments).toEqual(['lamp.dmp'])
  })

  test('comes with other files, each of its kind', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = idOf(
      await sendForm(
        door,
        file('some_file', 'log.txt', 'a line', 'text/plain'),
        dump,
        file('view-hierarchy.json', 'view-hierarchy.json', '{}', 'application/json'),
        file('empty', 'empty.bin', ''),
      ),
    )
    expect(
      (await attachmentsOf(door, eventId)).map(({ name, type, mimetype }) => [name, type, mimetype]),
    ).toEqual([
      ['empty.bin', 'event.attachment', 'application/octet-stream'],
      ['lamp.dmp', 'event.minidump', 'application/x-dmp'],
      ['log.txt', 'event.attachment', 'text/plain'],
      ['view-hierarchy.json', 'event.view_hierarchy', 'application/json'],
    ])
    expect(door.counts()).toEqual(outcomes('accepted', linuxDump.byteLength + 6 + 2 + 1, 4))
  })

  test('that is large lies on disk', async () => {
    const door = await openFrontDoor(vedette)
    const large = Buffer.concat([linuxDump, Buffer.alloc(2 * MIB, 7)])
    const eventId = idOf(await sendForm(door, file('upload_file_minidump', 'large.dmp', large)))
    const [attachment] = await attachmentsOf(door, eventId)
    const content = await vedette.server.inject({
      url: `/api/0${apiPath(door, eventId)}/attachments/${attachment?.id}/?download=1`,
      headers: { ...door.owner.caller.headers },
    })
    expect(content.rawPayload.equals(large)).toBe(true)
    expect((await storedEvent(door, eventId)).exception?.values[0]?.type).toBe('SIGSEGV / SEGV_MAPERR')
  })

  test('is kept as unreadable when only its first bytes are right', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = idOf(await sendForm(door, file('upload_file_minidump', 'a.dmp', 'MDMP and more')))
    expect(await storedEvent(door, eventId)).toEqual({
      platform: 'native',
      level: 'fatal',
      exception: {
        values: [
          {
            type: 'Minidump',
            value: 'Invalid Minidump',
            mechanism: { type: 'minidump', handled: false, synthetic: true },
          },
        ],
      },
    })
  })

  test('may be inside a form that is in the form, as old versions of Electron have it', async () => {
    const door = await openFrontDoor(vedette)
    const inner = formBodyWith('----inner', file('upload_file_minidump', 'inner.dmp', linuxDump))
    const eventId = idOf(await sendForm(door, file('upload_file_minidump', 'outer.dmp', inner)))
    expect((await attachmentsOf(door, eventId)).map(({ name, size }) => [name, size])).toEqual([
      ['outer.dmp', linuxDump.byteLength],
    ])
  })
})

describe('what the fields of the form say', () => {
  const text = (value: unknown) => JSON.stringify(value)
  const table: [title: string, fields: readonly FormPart[], event: Record<string, unknown>][] = [
    [
      'as JSON',
      [field('sentry', text({ release: 'lamp@1', tags: { a: 'b' } }))],
      { release: 'lamp@1', tags: { a: 'b' } },
    ],
    [
      'as paths',
      [field('sentry[release]', 'lamp@1'), field('sentry[user][id]', '7')],
      { release: 'lamp@1', user: { id: '7' } },
    ],
    [
      'as JSON of several namespaces',
      [
        field('sentry', text({ release: 'lamp@1' })),
        field('sentry___global', text({ environment: 'cellar' })),
      ],
      { release: 'lamp@1', environment: 'cellar' },
    ],
    ['as JSON that is none', [field('sentry', '{{{{')], {}],
    [
      'about other things',
      [field('guid', 'abc'), field('prod', 'Lamp')],
      { extra: { guid: 'abc', prod: 'Lamp' } },
    ],
    [
      'seven deep',
      [field(`sentry[extra]${'[a]'.repeat(6)}`, 'x')],
      { extra: { a: { a: { a: { a: { a: { a: 'x' } } } } } } },
    ],
    [
      'of the crash is not believed',
      [field('sentry', text({ platform: 'c', timestamp: 1, level: 'info' }))],
      { platform: 'native', timestamp: 1_767_605_398, level: 'info' },
    ],
    [
      'of exceptions is not kept',
      [field('sentry[exception][type]', 'Guess')],
      { exception: { values: [{ type: 'SIGSEGV / SEGV_MAPERR' }] } },
    ],
  ]
  test.each(table)('%s', async (_, fields, event) => {
    const door = await openFrontDoor(vedette)
    const eventId = idOf(await sendForm(door, ...fields, dump))
    expect(await storedEvent(door, eventId)).toMatchObject(event)
    expect(door.counts()).toEqual(outcomes('accepted', linuxDump.byteLength))
  })

  test('in parts is put together, but no id is looked for in them', async () => {
    const door = await openFrontDoor(vedette)
    const json = text({ event_id: 'a'.repeat(32), release: 'lamp@1', environment: 'cellar' })
    const eventId = idOf(
      await sendForm(door, field('sentry__2', json.slice(20)), dump, field('sentry__1', json.slice(0, 20))),
    )
    expect(eventId).not.toBe('a'.repeat(32))
    expect(await storedEvent(door, eventId)).toMatchObject({ release: 'lamp@1', environment: 'cellar' })
  })

  test('absurdly deep makes the event invalid and harms nobody', async () => {
    const door = await openFrontDoor(vedette)
    idOf(await sendForm(door, field(`sentry${'[a]'.repeat(50_000)}`, 'x'), dump))
    expect(door.counts()).toEqual(outcomes('invalid:invalid_json', linuxDump.byteLength))
    expect(kept(door)).toEqual(nothing)
    idOf(await sendForm(door, dump))
  })
})

describe('the id of the event', () => {
  const ids = { sentry: 'a'.repeat(32), path: 'b'.repeat(32), msgpack: 'c'.repeat(32) }
  const dashed = 'AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA'
  const inJson = (id: string) => field('sentry', JSON.stringify({ event_id: id }))
  const inPath = field('sentry[event_id]', ids.path)
  const inMsgpack = file('__sentry-event', '__sentry-event', encode({ event_id: ids.msgpack }))
  test.each([
    ['the JSON', [inJson(ids.sentry)], ids.sentry],
    ['the JSON, with dashes', [inJson(dashed)], ids.sentry],
    ['a path', [inPath], ids.path],
    ['the JSON before a path', [inPath, inJson(ids.sentry)], ids.sentry],
    ['the native SDK before all', [inPath, inJson(ids.sentry), inMsgpack], ids.msgpack],
  ])('is that of %s', async (_, parts, eventId) => {
    const door = await openFrontDoor(vedette)
    expect(idOf(await sendForm(door, ...parts, dump))).toBe(eventId)
    expect(door.look((ledger, id) => ledger.eventIds(id))).toEqual([eventId])
  })

  test('is a new one each time when none is stated', async () => {
    const door = await openFrontDoor(vedette)
    expect(idOf(await sendForm(door, dump))).not.toBe(idOf(await sendForm(door, dump)))
  })

  test('that is there already makes the second a duplicate', async () => {
    const door = await openFrontDoor(vedette)
    await sendForm(door, inPath, dump)
    expect(idOf(await sendForm(door, inPath, dump))).toBe(ids.path)
    const { byteLength } = linuxDump
    expect(door.counts()).toEqual({
      ...outcomes('accepted', byteLength),
      ...outcomes('invalid:duplicate', byteLength),
    })
    expect(kept(door).attachments).toEqual(['lamp.dmp'])
  })
})

describe('what the native SDK writes beside the dump', () => {
  const native = (event: unknown) => file('__sentry-event', '__sentry-event', encode(event))
  const breadcrumbs = (number: 1 | 2, ...values: readonly unknown[]) =>
    file(
      `__sentry-breadcrumb${number}`,
      `__sentry-breadcrumb${number}`,
      Buffer.concat(values.map((value) => encode(value))),
    )
  const at = (second: number, message: string) => ({ timestamp: `2026-01-05T09:29:0${second}Z`, message })

  test('is part of the event and no file', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = idOf(
      await sendForm(
        door,
        field('sentry', JSON.stringify({ release: 'of the form', environment: 'cellar' })),
        native({ release: 'lamp@1', contexts: { os: { name: 'Debian' } } }),
        breadcrumbs(1, at(1, 'a'), at(3, 'c')),
        breadcrumbs(2, at(2, 'b')),
        dump,
      ),
    )
    expect(await storedEvent(door, eventId)).toMatchObject({
      release: 'lamp@1',
      environment: 'cellar',
      contexts: { os: { name: 'Debian', version: '6.1.0-28' } },
      breadcrumbs: { values: [{ message: 'b' }, { message: 'c' }] },
      exception: { values: [{ type: 'SIGSEGV / SEGV_MAPERR' }] },
    })
    expect(kept(door).attachments).toEqual(['lamp.dmp'])
    expect(door.counts()).toEqual(outcomes('accepted', linuxDump.byteLength))
  })

  test('may be empty', async () => {
    const door = await openFrontDoor(vedette)
    const empty = file('__sentry-event', '__sentry-event', '')
    const eventId = idOf(await sendForm(door, empty, breadcrumbs(1), breadcrumbs(2), dump))
    expect(await storedEvent(door, eventId)).not.toHaveProperty('breadcrumbs')
  })

  test('is invalid with everything when breadcrumbs are no MessagePack', async () => {
    const door = await openFrontDoor(vedette)
    const broken = file('__sentry-breadcrumb1', '__sentry-breadcrumb1', Buffer.from([0xc1]))
    idOf(await sendForm(door, broken, dump))
    expect(door.counts()).toEqual(outcomes('invalid:invalid_msgpack', linuxDump.byteLength + 1, 2))
    expect(kept(door)).toEqual(nothing)
  })
})

describe('a dump without a form', () => {
  test.each(['application/octet-stream', 'application/x-dmp', 'Application/X-DMP; charset=binary'])(
    'is taken as %s, with a slash and without',
    async (contentType) => {
      const door = await openFrontDoor(vedette)
      const path = `/api/${door.projectId}/minidump`
      const first = idOf(await door.post(path, linuxDump, { 'content-type': contentType }))
      const second = idOf(await door.post(`${path}/`, linuxDump, { 'content-type': contentType }))
      expect(first).not.toBe(second)
      expect((await attachmentsOf(door, first)).map(({ name, type }) => [name, type])).toEqual([
        ['Minidump', 'event.minidump'],
      ])
      expect((await storedEvent(door, second)).exception?.values[0]?.type).toBe('SIGSEGV / SEGV_MAPERR')
    },
  )

  test('may be of a system that writes its numbers the other way round', async () => {
    const door = await openFrontDoor(vedette)
    const system = { platformId: 0x8201, architecture: 3, version: [2, 6, 0] } as const
    const body = dumpFile({ order: 'big', system })
    const eventId = idOf(await door.post(minidumpPath(door), body, { 'content-type': 'application/x-dmp' }))
    expect(await storedEvent(door, eventId)).toMatchObject({ contexts: { device: { arch: 'ppc' } } })
  })
})

describe('a packed dump', () => {
  /** As the programs of that name packed a dump without streams. */
  const packed: [ending: string, bytes: Buffer][] = [
    ['.gz', gzipSync(bareDump)],
    ['.zst', zstdCompressSync(bareDump)],
    [
      '.xz',
      Buffer.from(
        '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AAfABBdACaRBd2oWOoHaQ2jQ4GNdAAAGZVXDV+4rHkAASwgTf7ZIh+2830BAAAAAARZWg==',
        'base64',
      ),
    ],
    [
      '.bz2',
      Buffer.from('QlpoOTFBWSZTWVtFczwAAAZWMFAAwAAEAkAACAAAgCAAIaNGTQgyYiaQBjTPTxdyRThQkFtFczw=', 'base64'),
    ],
  ]
  test.each(packed)('is kept unpacked: %s', async (ending, bytes) => {
    const door = await openFrontDoor(vedette)
    const eventId = idOf(await sendForm(door, file('upload_file_minidump', `lamp.dmp${ending}`, bytes)))
    expect((await attachmentsOf(door, eventId)).map(({ name, size }) => [name, size])).toEqual([
      ['lamp.dmp', bareDump.byteLength],
    ])
    expect(door.counts()).toEqual(outcomes('accepted', bareDump.byteLength))
  })

  test('may come without a form', async () => {
    const door = await openFrontDoor(vedette)
    idOf(await door.post(minidumpPath(door), gzipSync(linuxDump), { 'content-type': 'application/x-dmp' }))
    expect(door.counts()).toEqual(outcomes('accepted', linuxDump.byteLength))
  })

  test('of more than an attachment may have is refused', async () => {
    const door = await openFrontDoor(vedette)
    const bomb = gzipSync(Buffer.alloc(201 * MIB))
    const answer = await sendForm(door, file('upload_file_minidump', 'bomb.dmp.gz', bomb))
    expect(answer.status).toBe(413)
    expect(door.counts()).toEqual(outcomes('invalid:too_large:attachment:minidump', bomb.byteLength))
  })
})

describe('what is refused', () => {
  const upload = (content: string | Uint8Array) => file('upload_file_minidump', 'a.dmp', content)
  const nested = (content: string) => upload(`--inner\r\n${content}`)
  const broken = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('garbage')])
  const invalid = (reason: string, bytes: number, files = 1) => outcomes(`invalid:${reason}`, bytes, files)

  const forms: [title: string, parts: readonly FormPart[], detail: string, counts: Record<string, number>][] =
    [
      [
        'no dump but another file',
        [file('a', 'a.txt', 'abc')],
        'missing minidump',
        invalid('missing_minidump_upload', 3),
      ],
      [
        'no dump and no file',
        [field('sentry', '{}')],
        'missing minidump',
        { 'invalid:missing_minidump_upload error': 1 },
      ],
      [
        'a dump that is only a field',
        [field('upload_file_minidump', 'MDMP')],
        'missing minidump',
        { 'invalid:missing_minidump_upload error': 1 },
      ],
      [
        'a dump that is none',
        [upload('a dump'), file('a', 'a.txt', 'abc')],
        'invalid minidump',
        invalid('invalid_minidump', 9, 2),
      ],
      ['an empty dump', [upload('')], 'invalid minidump', invalid('invalid_minidump', 1)],
      [
        'a packed dump that is broken',
        [upload(broken)],
        'invalid compression container',
        invalid('invalid_compression', 9),
      ],
      [
        'a packed file that is no dump',
        [upload(gzipSync('a dump'))],
        'invalid minidump',
        invalid('invalid_minidump', gzipSync('a dump').byteLength),
      ],
      [
        'a form in the form that is broken',
        [nested('Content-')],
        'invalid multipart data',
        invalid('invalid_multipart', 17),
      ],
      [
        'a form in the form without a dump',
        [nested('\r\n--inner--\r\n')],
        'invalid minidump',
        invalid('invalid_minidump', 22),
      ],
      [
        'a malformed id',
        [field('sentry[event_id]', 'xyz'), upload('MDMP')],
        'invalid event id',
        invalid('invalid_event_id', 4),
      ],
      [
        'a malformed id in JSON',
        [field('sentry', '{"event_id":7}'), upload('MDMP')],
        'invalid event id',
        invalid('invalid_event_id', 4),
      ],
      [
        'an event that is no MessagePack',
        [file('__sentry-event', 'e', Buffer.from([0xc1])), upload('MDMP')],
        'invalid event payload',
        invalid('invalid_msgpack', 5, 2),
      ],
    ]
  test.each(forms)('a form with %s', async (_, parts, detail, counts) => {
    const door = await openFrontDoor(vedette)
    const answer = await sendForm(door, ...parts)
    expect([answer.status, answer.body]).toEqual([400, { detail }])
    expect(door.counts()).toEqual(counts)
    expect(kept(door)).toEqual(nothing)
  })

  const whole = formBody(dump)
  const bodies: [
    title: string,
    headers: Record<string, string>,
    body: Uint8Array,
    status: number,
    detail: string,
    counts: Record<string, number>,
  ][] = [
    [
      'a form without its end',
      formHeaders,
      whole.subarray(0, -30),
      400,
      'invalid multipart data',
      invalid('invalid_multipart', linuxDump.byteLength - 19),
    ],
    [
      'a form without a content type',
      {},
      whole,
      400,
      'invalid multipart data',
      { 'invalid:invalid_multipart error': 1 },
    ],
    [
      'a form of no bytes',
      formHeaders,
      Buffer.alloc(0),
      400,
      'invalid multipart data',
      { 'invalid:invalid_multipart error': 1 },
    ],
    [
      'no dump at all',
      { 'content-type': 'application/x-dmp' },
      Buffer.alloc(0),
      400,
      'empty request body',
      { 'invalid:empty_body error': 1 },
    ],
    [
      'what is no dump',
      { 'content-type': 'application/x-dmp' },
      Buffer.from('a dump'),
      400,
      'invalid minidump',
      invalid('invalid_minidump', 6),
    ],
    [
      'fields over the limit',
      formHeaders,
      formBody(field('a', 'x'.repeat(MIB)), dump),
      413,
      'form fields are too large',
      { 'invalid:too_large:form_data error': 1 },
    ],
    [
      'what is not compressed as it says',
      { ...formHeaders, 'content-encoding': 'gzip' },
      whole,
      400,
      'invalid request body',
      { 'invalid:payload error': 1 },
    ],
  ]
  test.each(bodies)('%s', async (_, headers, body, status, detail, counts) => {
    const door = await openFrontDoor(vedette)
    const answer = await door.post(minidumpPath(door), body, headers)
    expect([answer.status, answer.body]).toMatchObject([status, { detail }])
    expect(door.counts()).toEqual(counts)
  })

  test('a form with more files than an envelope may have', async () => {
    const door = await openFrontDoor(vedette)
    const files = Array.from({ length: 30 }, (_, index) => file('f', `${index}.txt`, 'x'))
    expect((await sendForm(door, dump, ...files)).status).toBe(413)
    expect(door.counts()).toEqual(
      outcomes('invalid:too_large:attachment:minidump', linuxDump.byteLength + 30, 31),
    )
  })

  test('a dump of nobody, of another project, and by another method', async () => {
    const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    const sending = { headers: formHeaders, body: whole }
    const statuses = [
      await vedette.send('POST', minidumpPath(door), nobody, sending),
      await other.post(minidumpPath(door), whole, formHeaders),
      await vedette.send('GET', minidumpPath(door), { headers: door.auth }),
      await vedette.send('OPTIONS', minidumpPath(door)),
    ].map(({ status }) => status)
    expect(statuses).toEqual([401, 403, 405, 200])
    expect(door.counts()).toEqual(outcomes('invalid:project_id', linuxDump.byteLength))
  })
})

/** A door whose key takes no more errors for now. */
async function openClosedDoor(vedette: Installation): Promise<FrontDoor> {
  const door = await openFrontDoor(vedette)
  const { organization, project, key, owner } = door
  const path = `/projects/${organization.slug}/${project.slug}/keys/${key.publicKey}/`
  await vedette.put(path, owner.caller, { rateLimit: { count: 1, window: 3600 } })
  for (const status of [200, 429])
    expect((await door.deliver(envelope({}, soundItem('event')))).status).toBe(status)
  return door
}

describe('while errors are limited', () => {
  const before = { 'accepted error': 1, 'rate_limited:key_quota error': 1 }

  test('a dump is answered with an id all the same, and counted as limited', async () => {
    const door = await openClosedDoor(vedette)
    idOf(await sendForm(door, dump))
    expect(door.counts()).toEqual({
      ...before,
      'rate_limited:key_quota error': 2,
      'rate_limited:key_quota attachment': linuxDump.byteLength,
      'rate_limited:key_quota attachment_item': 1,
    })
    expect(kept(door).attachments).toEqual([])
  })

  test('so is the first that is one too many, and a crash of Unreal Engine', async () => {
    const door = await openFrontDoor(vedette)
    const { organization, project, key, owner } = door
    const path = `/projects/${organization.slug}/${project.slug}/keys/${key.publicKey}/`
    await vedette.put(path, owner.caller, { rateLimit: { count: 1, window: 3600 } })
    idOf(await sendForm(door, dump))
    idOf(await sendForm(door, dump))
    idOf(await sendUnreal(door, unrealCrash([{ name: 'a.txt', content: 'abc' }])))
    expect(door.counts()).toEqual({
      ...outcomes('accepted', linuxDump.byteLength),
      'rate_limited:key_quota error': 2,
      'rate_limited:key_quota attachment': linuxDump.byteLength,
      'rate_limited:key_quota attachment_item': 1,
    })
  })

  test('a dump alone in an envelope is told of the limit', async () => {
    const door = await openClosedDoor(vedette)
    expect((await door.deliver(envelope({}, dumpItem))).status).toBe(429)
    expect(door.counts()).toEqual({
      ...before,
      'rate_limited:key_quota error': 2,
      'rate_limited:key_quota attachment': linuxDump.byteLength,
      'rate_limited:key_quota attachment_item': 1,
    })
  })
})

describe('inbound filters', () => {
  async function openFilteringDoor(options: Record<string, string>): Promise<FrontDoor> {
    const door = await openFrontDoor(vedette)
    const path = `/projects/${door.organization.slug}/${door.project.slug}/`
    expect((await vedette.put(path, door.owner.caller, { options })).status).toBe(200)
    return door
  }

  test('do not look into the dump', async () => {
    const door = await openFilteringDoor({ 'filters:error_messages': '*SIGSEGV*\n*Minidump*' })
    await sendForm(door, dump)
    expect(door.counts()).toEqual(outcomes('accepted', linuxDump.byteLength))
  })

  test('look at what is said beside it, and the dump falls with its event', async () => {
    const door = await openFilteringDoor({ 'filters:releases': 'lamp@1' })
    idOf(await sendForm(door, field('sentry[release]', 'lamp@1'), dump))
    expect(door.counts()).toEqual(outcomes('filtered:release-version', linuxDump.byteLength))
    expect(kept(door)).toEqual(nothing)
  })
})

const dumpItem = item('attachment', linuxDump, {
  attachment_type: 'event.minidump',
  filename: 'lamp.dmp',
})

describe('in an envelope', () => {
  test('a dump alone makes an event under the id of the envelope', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = newId()
    await door.deliver(envelope({ event_id: eventId }, dumpItem, soundItem('attachment')))
    expect((await storedEvent(door, eventId)).exception?.values[0]?.type).toBe('SIGSEGV / SEGV_MAPERR')
    expect(door.counts()).toEqual(outcomes('accepted', linuxDump.byteLength + 12, 2))
    expect(kept(door).attachments).toEqual(['lamp.dmp', 'a.txt'])
  })

  test('a dump completes the event that it came with', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = newId()
    const event = item('event', {
      release: 'lamp@1',
      level: 'error',
      exception: { values: [{ type: 'Guess' }] },
    })
    await door.deliver(envelope({ event_id: eventId }, event, dumpItem))
    expect(await storedEvent(door, eventId)).toMatchObject({
      release: 'lamp@1',
      level: 'error',
      exception: { values: [{ type: 'SIGSEGV / SEGV_MAPERR' }] },
    })
    expect(door.counts()).toEqual(outcomes('accepted', linuxDump.byteLength))
  })

  test('a dump falls with the event that it came with', async () => {
    const door = await openFrontDoor(vedette)
    await door.deliver(envelope({}, item('event', '{'), dumpItem))
    expect(door.counts()).toEqual(outcomes('invalid:invalid_json', linuxDump.byteLength))
    expect(kept(door)).toEqual(nothing)
  })

  test('a dump does not touch a transaction', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = newId()
    await door.deliver(envelope({ event_id: eventId }, soundItem('transaction'), dumpItem))
    expect(await storedEvent(door, eventId)).not.toHaveProperty('exception')
    expect(kept(door).attachments).toEqual(['lamp.dmp'])
  })

  test("Apple's crash report makes an event", async () => {
    const door = await openFrontDoor(vedette)
    const eventId = newId()
    const report = item('attachment', 'Incident Identifier: 7', { attachment_type: 'event.applecrashreport' })
    await door.deliver(envelope({ event_id: eventId }, report))
    expect(await storedEvent(door, eventId)).toMatchObject({
      platform: 'native',
      level: 'fatal',
      exception: { values: [{ type: 'AppleCrashReport', mechanism: { type: 'applecrashreport' } }] },
    })
    expect(door.counts()).toEqual(outcomes('accepted', 22))
  })

  test('an event in MessagePack makes one', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = newId()
    const payload = item('attachment', Buffer.from(encode({ message: 'dark' })), {
      attachment_type: 'event.payload',
    })
    await door.deliver(envelope({ event_id: eventId }, payload))
    expect(await storedEvent(door, eventId)).toEqual({ message: 'dark' })
    expect(door.counts()).toEqual({ 'accepted error': 1 })
  })

  test('breadcrumbs that are no MessagePack take their event with them', async () => {
    const door = await openFrontDoor(vedette)
    const broken = item('attachment', Buffer.from([0xc1]), { attachment_type: 'event.breadcrumbs' })
    await door.deliver(envelope({}, broken))
    expect(door.counts()).toEqual(outcomes('invalid:invalid_msgpack', 1))
    await door.deliver(envelope({}, soundItem('session'), soundItem('event'), broken))
    expect(door.counts()).toMatchObject({ 'invalid:invalid_msgpack error': 2, 'accepted session': 1 })
    expect(kept(door)).toEqual(nothing)
  })

  test.each([
    ['event.payload', 'event_payload'],
    ['event.breadcrumbs', 'breadcrumbs'],
  ])('%s may be as large as an event', async (attachment_type, name) => {
    const door = await openFrontDoor(vedette)
    const large = item('attachment', Buffer.alloc(MIB + 1, 0xc0), { attachment_type })
    expect((await door.deliver(envelope({}, large))).status).toBe(200)
    expect(door.counts()).toEqual(outcomes(`invalid:too_large:attachment:${name}`, MIB + 1))
  })

  test('one of two makers of an event is a duplicate, be it a crash', async () => {
    const door = await openFrontDoor(vedette)
    const crash = item('unreal_report', unrealCrash([{ name: 'a.txt', content: 'abc' }]))
    await door.deliver(envelope({}, soundItem('event'), crash))
    expect(door.counts()).toEqual({ 'accepted error': 1, 'invalid:duplicate_item error': 1 })
    await door.deliver(envelope({}, crash, soundItem('event')))
    expect(door.counts()).toEqual({
      ...outcomes('accepted', 3),
      'accepted error': 2,
      'invalid:duplicate_item error': 2,
    })
  })
})

function sendUnreal(door: FrontDoor, body: Uint8Array, query = ''): Promise<Answer> {
  const path = `/api/${door.projectId}/unreal/${door.key.publicKey}/${query}`
  return vedette.send('POST', path, nobody, { body, headers: { 'content-type': 'application/octet-stream' } })
}

describe('a crash of Unreal Engine', () => {
  const context = `<FGenericCrashContext><RuntimeProperties>
    <CrashGUID>UECC-1</CrashGUID><UserName>bruno</UserName><UserDescription>It went dark</UserDescription>
    <ErrorMessage>Assertion failed</ErrorMessage></RuntimeProperties>
    <GameData><__sentry>{"release":"lamp@1"}</__sentry></GameData></FGenericCrashContext>`
  const files = [
    { name: 'CrashContext.runtime-xml', content: context },
    { name: 'CrashReportClient.ini', content: '[a]' },
    { name: 'Lamp.log', content: 'Log file open\nLogLamp: It goes dark' },
    { name: 'UE4Minidump.dmp', content: linuxDump },
  ]
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0)

  test.each(['marked', 'trailing'] as const)('is unpacked, its header %s', async (layout) => {
    const door = await openFrontDoor(vedette)
    const query = '?AppID=CrashReporter&UserID=login%7Cepic%7Cmachine&AppVersion=5.3'
    const eventId = idOf(await sendUnreal(door, unrealCrash(files, layout), query))
    expect(await storedEvent(door, eventId)).toMatchObject({
      platform: 'native',
      release: 'lamp@1',
      user: { id: 'login', username: 'bruno' },
      tags: { epic_account_id: 'epic', machine_id: 'machine' },
      logentry: { formatted: 'Assertion failed' },
      breadcrumbs: { values: [{ category: 'LogLamp', message: 'It goes dark' }] },
      contexts: { unreal: { crash_guid: 'UECC-1' }, os: { name: 'Linux' } },
      exception: { values: [{ type: 'SIGSEGV / SEGV_MAPERR' }] },
      sdk: { name: 'unreal.crashreporter' },
    })
    expect((await attachmentsOf(door, eventId)).map(({ name, type }) => [name, type])).toEqual([
      ['CrashContext.runtime-xml', 'unreal.context'],
      ['CrashReportClient.ini', 'event.attachment'],
      ['Lamp.log', 'unreal.logs'],
      ['UE4Minidump.dmp', 'event.minidump'],
    ])
    expect(door.counts()).toEqual({ ...outcomes('accepted', bytes, 4), 'accepted feedback': 1 })
    expect(door.look((ledger, id) => ledger.itemTypes(id))).toEqual(['user_report'])
  })

  test('on an Apple system has a report instead of a dump', async () => {
    const door = await openFrontDoor(vedette)
    const report = { name: 'minidump.dmp', content: 'Incident Identifier: 7' }
    const eventId = idOf(await sendUnreal(door, unrealCrash([report])))
    expect((await storedEvent(door, eventId)).exception?.values[0]?.type).toBe('AppleCrashReport')
  })

  test('has a new id each time, and one answer with its slash and without', async () => {
    const door = await openFrontDoor(vedette)
    const first = idOf(await sendUnreal(door, unrealCrash([])))
    const path = `/api/${door.projectId}/unreal/${door.key.publicKey}`
    expect(idOf(await vedette.send('POST', path, nobody, { body: unrealCrash([]) }))).not.toBe(first)
  })

  const broken: [title: string, body: Buffer, reason: string][] = [
    ['is not compressed', Buffer.from('a crash'), 'invalid_unreal_report'],
    ['is no container', gzipSync('a crash'), 'invalid_unreal_report'],
    ['is cut off', unrealCrash(files).subarray(0, 200), 'invalid_unreal_report'],
    [
      'has too many files',
      unrealCrash(Array.from({ length: 31 }, (_, index) => ({ name: `${index}.txt`, content: '' }))),
      'too_large:attachment:attachment',
    ],
  ]
  test.each(broken)('that %s is answered with an id, and invalid', async (_, body, reason) => {
    const door = await openFrontDoor(vedette)
    idOf(await sendUnreal(door, body))
    expect(door.counts()).toEqual({ [`invalid:${reason} error`]: 1 })
    expect(kept(door)).toEqual(nothing)
  })

  test('of no bytes is refused, and so is one of nobody', async () => {
    const door = await openFrontDoor(vedette)
    const answer = await sendUnreal(door, Buffer.alloc(0))
    expect([answer.status, answer.body]).toEqual([400, { detail: 'empty request body' }])
    const path = `/api/${door.projectId}/unreal/${'0'.repeat(32)}/`
    expect((await vedette.send('POST', path, nobody, { body: unrealCrash([]) })).status).toBe(403)
  })
})

describe('files for an event', () => {
  const path = (door: FrontDoor, eventId: string) => `/api/${door.projectId}/events/${eventId}/attachments/`
  const log = file('a', 'log.txt', 'a line', 'text/plain')

  test('are kept whether the event is there or not, with a slash and without', async () => {
    const door = await openFrontDoor(vedette)
    const eventId = newId()
    const first = await door.post(path(door, eventId), formBody(log), formHeaders)
    expect([first.status, first.text]).toEqual([201, ''])
    await door.deliver(envelope({ event_id: eventId }, soundItem('event')))
    const dashed = eventId.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-').toUpperCase()
    const second = await door.post(
      path(door, dashed).slice(0, -1),
      formBody(file('b', 'empty.bin', ''), field('c', 'no file')),
      formHeaders,
    )
    expect([second.status, second.text]).toEqual([201, ''])
    expect(
      (await attachmentsOf(door, eventId)).map(({ name, type, mimetype, size }) => [
        name,
        type,
        mimetype,
        size,
      ]),
    ).toEqual([
      ['empty.bin', 'event.attachment', 'application/octet-stream', 0],
      ['log.txt', 'event.attachment', 'text/plain', 6],
    ])
    expect(door.counts()).toEqual({
      'accepted error': 1,
      'accepted attachment': 7,
      'accepted attachment_item': 2,
    })
  })

  test('make no event, even a dump', async () => {
    const door = await openFrontDoor(vedette)
    expect((await door.post(path(door, newId()), formBody(dump), formHeaders)).status).toBe(201)
    expect(kept(door)).toEqual({ events: [], attachments: ['lamp.dmp'] })
  })

  test('may be none', async () => {
    const door = await openFrontDoor(vedette)
    expect((await door.post(path(door, newId()), formBody(), formHeaders)).status).toBe(201)
    expect(door.counts()).toEqual({})
  })

  const refused: [
    title: string,
    eventId: string,
    body: Buffer,
    status: number,
    detail: string,
    counts: Record<string, number>,
  ][] = [
    ['of a malformed id', '123abc', formBody(log), 400, 'invalid event id', {}],
    [
      'in a form without its end',
      newId(),
      formBody(log, dump).subarray(0, -30),
      400,
      'invalid multipart data',
      {
        'invalid:invalid_multipart attachment': 6 + linuxDump.byteLength - 19,
        'invalid:invalid_multipart attachment_item': 2,
      },
    ],
    [
      'of more than an envelope may have',
      newId(),
      formBody(...Array.from({ length: 31 }, () => log)),
      413,
      "envelope exceeded size limits for type 'attachment' (https://develop.sentry.dev/sdk/envelopes/#size-limits)",
      {
        'invalid:too_large:attachment:attachment attachment': 186,
        'invalid:too_large:attachment:attachment attachment_item': 31,
      },
    ],
  ]
  test.each(refused)('are refused: %s', async (_, eventId, body, status, detail, counts) => {
    const door = await openFrontDoor(vedette)
    const answer = await door.post(path(door, eventId), body, formHeaders)
    expect([answer.status, answer.body]).toEqual([status, { detail }])
    expect(door.counts()).toEqual(counts)
    expect(kept(door)).toEqual(nothing)
  })

  test('are refused of nobody, and for another project', async () => {
    const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    const sending = { headers: formHeaders, body: formBody(log) }
    expect((await vedette.send('POST', path(door, newId()), nobody, sending)).status).toBe(401)
    expect((await other.post(path(door, newId()), formBody(log), formHeaders)).status).toBe(403)
  })
})
