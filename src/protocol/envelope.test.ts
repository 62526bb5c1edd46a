import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareDsn, type Envelope, envelopeScanner, parseEnvelope, serializeEnvelope } from './envelope.ts'
import type { EventId, PublicKey } from './ids.ts'

const eventId = '9ec79c33ec9942ab8353589fcb2e04dc' as EventId
const publicKey = '0123456789abcdef0123456789abcdef' as PublicKey

/** The items as pairs of type and text, or the cause that the fault is answered with. */
function read(text: string | Uint8Array) {
  const envelope = parseEnvelope(Buffer.from(text))
  if ('fault' in envelope) return envelope.cause ?? envelope.detail
  return envelope.items.map(({ type, payload }) => [type, Buffer.from(payload).toString()])
}

/** The header of an envelope without items. */
function readHeader(header: object) {
  const envelope = parseEnvelope(Buffer.from(JSON.stringify(header)))
  return 'fault' in envelope ? envelope : envelope.header
}

describe('parseEnvelope', () => {
  test.each([
    ['a header alone', '{}', []],
    ['a header alone with its LF', '{}\n', []],
    ['an item whose payload ends with the input', '{}\n{"type":"event"}\n{"a":1}', [['event', '{"a":1}']]],
    ['an item whose payload ends at an LF', '{}\n{"type":"event"}\n{"a":1}\n', [['event', '{"a":1}']]],
    [
      'an item after an item without length',
      '{}\n{"type":"event"}\n{}\n{"type":"log"}\n[]',
      [
        ['event', '{}'],
        ['log', '[]'],
      ],
    ],
    ['an item whose length is null', '{}\n{"type":"event","length":null}\n{}\n', [['event', '{}']]],
    ['an item of a stated length', '{}\n{"type":"event","length":2}\n{}\n', [['event', '{}']]],
    ['an item of a stated length without an LF', '{}\n{"type":"event","length":2}\n{}', [['event', '{}']]],
    ['an item header at the end without length', '{}\n{"type":"attachment"}', [['attachment', '']]],
    ['an item header at the end of length 0', '{}\n{"type":"attachment","length":0}', [['attachment', '']]],
    [
      'an item header with LF, and no payload',
      '{}\n{"type":"attachment","length":0}\n',
      [['attachment', '']],
    ],
    ['an empty payload with its LF', '{}\n{"type":"attachment","length":0}\n\n', [['attachment', '']]],
    [
      'two empty items of which the last has no LF',
      '{}\n{"type":"attachment","length":0}\n\n{"type":"attachment","length":0}\n',
      [
        ['attachment', ''],
        ['attachment', ''],
      ],
    ],
    ['LF inside a payload of a stated length', '{}\n{"type":"x","length":3}\na\nb\n', [['x', 'a\nb']]],
    ['a CR that belongs to a payload without length', '{}\n{"type":"x"}\nab\r\n', [['x', 'ab\r']]],
    ['a CR that belongs to a payload of its length', '{}\n{"type":"x","length":3}\nab\r\n', [['x', 'ab\r']]],
    ['blanks before a header', ' \t{}\n  {"type":"x"}\n1', [['x', '1']]],
    ['a type that nobody knows', '{}\n{"type":"telepathy"}\n?', [['telepathy', '?']]],
    ['a length in bytes, not characters', '{}\n{"type":"x","length":4}\nöä\n', [['x', 'öä']]],
  ])('takes %s', (_, text, items) => {
    expect(read(text)).toEqual(items)
  })

  test.each([
    ['an empty body', '', 'empty request body'],
    ['blanks alone', ' \n', 'missing envelope header'],
    ['a first line that is not JSON', 'hello\n', 'invalid envelope header'],
    ['a header that is a list', '[]\n', 'invalid envelope header'],
    ['a header that is null', 'null\n', 'invalid envelope header'],
    ['a header that breaks off', '{"event_id":', 'invalid envelope header'],
    ['a header on two lines', '{\n}', 'invalid envelope header'],
    ['a header that is not UTF-8', Buffer.from('7b2261223a22ff227d', 'hex'), 'invalid envelope header'],
    ['CR LF after the header', '{}\r\n{"type":"x"}\n1', 'missing newline after header or payload'],
    ['a blank after the header', '{} \n', 'missing newline after header or payload'],
    ['CR LF after an item header', '{}\n{"type":"x"}\r\n1', 'missing newline after header or payload'],
    ['a blank after an item header', '{}\n{"type":"x"} \n1', 'missing newline after header or payload'],
    ['two LF after the header', '{}\n\n', 'unexpected end of file'],
    ['two LF at the end', '{}\n{"type":"x","length":2}\n{}\n\n', 'unexpected end of file'],
    ['two LF after a payload without length', '{}\n{"type":"x"}\n{}\n\n', 'unexpected end of file'],
    ['a length beyond the end', '{}\n{"type":"x","length":10}\n12345', 'unexpected end of file'],
    ['the largest length', '{}\n{"type":"x","length":4294967295}\n1', 'unexpected end of file'],
    [
      'bytes after the stated length',
      '{}\n{"type":"x","length":3}\n12345',
      'missing newline after header or payload',
    ],
    ['a length over 32 bits', '{}\n{"type":"x","length":4294967296}\n1', 'invalid item header'],
    ['a negative length', '{}\n{"type":"x","length":-1}\n1', 'invalid item header'],
    ['a fractional length', '{}\n{"type":"x","length":1.5}\n1', 'invalid item header'],
    ['a length as text', '{}\n{"type":"x","length":"1"}\n1', 'invalid item header'],
    ['an item header without type', '{}\n{"length":1}\n1', 'invalid item header'],
    ['a type that is a number', '{}\n{"type":1}\n1', 'invalid item header'],
    ['a type that is null', '{}\n{"type":null}\n1', 'invalid item header'],
    ['an item header that is not JSON', '{}\nevent\n{}', 'invalid item header'],
    ['an item header that is a list', '{}\n[]\n{}', 'invalid item header'],
    [
      'one malformed item among good ones',
      '{}\n{"type":"x"}\n1\n{"type":"x","length":-1}\n1\n{"type":"x"}\n1',
      'invalid item header',
    ],
  ])('refuses %s', (_, text, cause) => {
    expect(read(text)).toBe(cause)
  })

  test('names the fault of an empty body, a malformed envelope and a malformed event id', () => {
    expect(parseEnvelope(Buffer.from(''))).toEqual({ fault: 'empty_body', detail: 'empty request body' })
    expect(parseEnvelope(Buffer.from('?'))).toEqual({
      fault: 'invalid_envelope',
      detail: 'invalid event envelope',
      cause: 'invalid envelope header',
    })
    expect(parseEnvelope(Buffer.from('{"event_id":"xyz"}'))).toEqual({
      fault: 'invalid_event_id',
      detail: 'invalid event envelope',
      cause: 'invalid envelope header',
    })
  })

  test('takes any bytes as the payload of a stated length, as a view into the body', () => {
    const payload = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const body = Buffer.concat([Buffer.from('{}\n{"type":"attachment","length":256}\n'), payload])
    const envelope = parseEnvelope(body) as Envelope
    expect(Buffer.from(envelope.items[0]?.payload ?? [])).toEqual(Buffer.from(payload))
    expect(envelope.items[0]?.payload.buffer).toBe(body.buffer)
  })

  test('keeps the whole header of an item', () => {
    const header = {
      type: 'attachment',
      length: 1,
      filename: 'a.txt',
      item_count: 3,
      meta_length: 1,
      new: {},
    }
    const envelope = parseEnvelope(Buffer.from(`{}\n${JSON.stringify(header)}\n1`)) as Envelope
    expect(envelope.items[0]?.header).toEqual(header)
  })

  test('stops at ten thousand items', () => {
    const withItems = (count: number) => `{}${'\n{"type":"x"}\n'.repeat(count)}`
    expect(read(withItems(10_000))).toHaveLength(10_000)
    expect(read(withItems(10_001))).toBe('more than 10000 items')
  })

  test.each([
    [
      'an event id with dashes and upper case',
      { event_id: '9EC79C33-EC99-42AB-8353-589FCB2E04DC' },
      { eventId },
    ],
    ['an event id of 32 digits', { event_id: eventId }, { eventId }],
    ['null for an event id', { event_id: null }, {}],
    ['a dsn', { dsn: `https://${publicKey}@host/1` }, { dsn: `https://${publicKey}@host/1` }],
    [
      'the time sent',
      { sent_at: '2024-03-01T12:00:00.250Z' },
      { sentAt: Date.UTC(2024, 2, 1, 12, 0, 0, 250) },
    ],
    ['null for the time sent', { sent_at: null }, {}],
    ['an sdk', { sdk: { name: 'sentry.x', version: '1' } }, { sdk: { name: 'sentry.x', version: '1' } }],
    ['a trace context', { trace: { trace_id: 'a' } }, { trace: { trace_id: 'a' } }],
    ['a trace context that is garbage', { trace: 'garbage' }, { trace: 'garbage' }],
    [
      'nothing of what only relays may say',
      {
        retention: 9,
        client: 'a',
        version: 7,
        origin: 'https://a',
        remote_addr: '127.0.0.1',
        forwarded_for: '127.0.0.1',
        user_agent: 'b',
        no_cache: true,
      },
      {},
    ],
    ['nothing of what nobody knows', { later: 1 }, {}],
  ])('reads %s in the header', (_, header, expected) => {
    expect(readHeader(header)).toEqual(expected)
  })

  test.each([
    [{ event_id: 'xyz' }, 'invalid_event_id'],
    [{ event_id: `${eventId}0` }, 'invalid_event_id'],
    [{ event_id: 5 }, 'invalid_event_id'],
    [{ event_id: '' }, 'invalid_event_id'],
    [{ dsn: 5 }, 'invalid_envelope'],
    [{ sent_at: 'yesterday' }, 'invalid_envelope'],
    [{ sent_at: '2024-02-30T00:00:00Z' }, 'invalid_envelope'],
    [{ sent_at: 1_700_000_000 }, 'invalid_envelope'],
  ])('refuses the header %j', (header, fault) => {
    expect(readHeader(header)).toEqual({
      fault,
      detail: 'invalid event envelope',
      cause: 'invalid envelope header',
    })
  })
})

describe('compareDsn', () => {
  const request = { publicKey, projectId: 42 }
  const fault = (cause: string) => ({ fault: 'invalid_envelope', detail: 'invalid event envelope', cause })

  test.each([
    ['no DSN', {}, undefined],
    ['the same key and project', { dsn: `https://${publicKey}@host/42` }, undefined],
    [
      'another project',
      { dsn: `https://${publicKey}@host/43` },
      fault('project id header mismatch between envelope and request'),
    ],
    [
      'another key',
      { dsn: `https://${'f'.repeat(32)}@host/42` },
      fault('public key header mismatch between envelope and request'),
    ],
    ['no address at all', { dsn: 'nonsense' }, fault('invalid envelope header')],
  ])('with %s', (_, header, expected) => {
    expect(compareDsn(header, request)).toEqual(expected)
  })

  test('does not compare the project when the request states none', () => {
    expect(compareDsn({ dsn: `https://${publicKey}@host/43` }, { publicKey })).toBeUndefined()
  })
})

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))

const json = fc.json().map((text): unknown => JSON.parse(text))
const stated = json.filter((value) => value !== null)

const headers: fc.Arbitrary<Envelope['header']> = fc.record(
  {
    eventId: hex(32).map((id) => id as EventId),
    dsn: fc.string(),
    sentAt: fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }),
    sdk: stated,
    trace: stated,
  },
  { requiredKeys: [] },
)

const types = fc.oneof(fc.constantFrom('event', 'attachment', 'log', 'x'), fc.string())
const payloads = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
)

const items = fc
  .record({ type: types, extra: fc.dictionary(fc.string(), json, { maxKeys: 3 }), payload: payloads })
  .map(({ type, extra, payload }) => ({
    type,
    header: { ...extra, type, length: payload.byteLength },
    payload: new Uint8Array(payload),
  }))

const envelopes: fc.Arbitrary<Envelope> = fc.record({
  header: headers,
  items: fc.array(items, { maxLength: 5 }),
})

/** Something done to bytes; places are fractions of their length. */
type Mutation = (bytes: Buffer) => Buffer
const place = fc.double({ min: 0, max: 1, noNaN: true })
const at = (bytes: Buffer, where: number) => Math.floor(where * bytes.length)

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
    ([where, mask]): Mutation =>
      (bytes) => {
        const mutant = Buffer.from(bytes)
        const index = at(bytes, where)
        if (index < mutant.length) mutant[index] = (mutant[index] ?? 0) ^ mask
        return mutant
      },
  ),
  fc.tuple(place, place).map(
    ([one, other]): Mutation =>
      (bytes) => {
        const [from, to] = [at(bytes, Math.min(one, other)), at(bytes, Math.max(one, other))]
        return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
      },
  ),
  fc
    .tuple(
      place,
      fc.oneof(
        fc
          .constantFrom('\n', '\r\n', ' ', '{}', '"', '}', '\ufeff', '\n{"type":"x"}\n')
          .map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 8 }),
      ),
    )
    .map(
      ([where, inserted]): Mutation =>
        (bytes) => {
          const index = at(bytes, where)
          return Buffer.concat([bytes.subarray(0, index), inserted, bytes.subarray(index)])
        },
    ),
)

/** Bytes of envelopes, sound ones and mutants. */
const bodies = fc
  .tuple(envelopes, fc.array(mutations, { maxLength: 4 }))
  .map(([envelope, done]) => done.reduce((bytes, mutate) => mutate(bytes), serializeEnvelope(envelope)))

describe('any envelope', () => {
  test('comes back from its bytes as it was', () => {
    fc.assert(
      fc.property(envelopes, (envelope) => {
        const parsed = parseEnvelope(serializeEnvelope(envelope))
        expect('fault' in parsed ? parsed : { ...parsed, items: parsed.items.map(plain) }).toEqual(envelope)
      }),
    )
  })

  test('comes back with its items as they were when no length is stated and no payload has an LF', () => {
    const lines = payloads.filter((payload) => !payload.includes(0x0a))
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1 }), (contents) => {
        const body = Buffer.concat([
          Buffer.from('{}'),
          ...contents.flatMap((payload) => [Buffer.from('\n{"type":"x"}\n'), payload]),
        ])
        const parsed = parseEnvelope(body)
        expect('fault' in parsed ? parsed : parsed.items.map((item) => plain(item).payload)).toEqual(
          contents.map((payload) => new Uint8Array(payload)),
        )
      }),
    )
  })

  test('turns into a value or a fault when it is damaged, never an exception', () => {
    const faults = new Set([
      'empty request body',
      'missing envelope header',
      'invalid envelope header',
      'invalid item header',
      'missing newline after header or payload',
      'unexpected end of file',
    ])
    fc.assert(
      fc.property(bodies, (body) => {
        const parsed = parseEnvelope(body)
        if ('fault' in parsed) expect(faults).toContain(parsed.cause ?? parsed.detail)
        else for (const { payload } of parsed.items) expect(body.includes(Buffer.from(payload))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('does not turn bytes that are no envelope into an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parseEnvelope(bytes)).toSatisfy((parsed: object) => 'fault' in parsed || 'items' in parsed)
      }),
    )
  })
})

/** Payloads are views of whatever kind; here they are compared as bytes. */
function plain(item: Envelope['items'][number]) {
  return { ...item, payload: new Uint8Array(item.payload) }
}

describe('envelopeScanner', () => {
  const limits: Readonly<Record<string, number>> = { event: 4, log: 0, attachment: 16 }
  const itemLimit = (type: string) =>
    Object.hasOwn(limits, type) ? (limits[type] ?? 0) : Number.POSITIVE_INFINITY

  /** Feeds a body in pieces of these sizes, over and over, and hands back the last word. */
  function scan(body: Uint8Array, sizes: readonly number[], headerLimit?: number) {
    const scanner = envelopeScanner(headerLimit === undefined ? { itemLimit } : { itemLimit, headerLimit })
    let verdict: { readonly type: string } | undefined
    let offset = 0
    for (let turn = 0; offset < body.length; turn++) {
      const size = sizes[turn % sizes.length] ?? body.length
      verdict = scanner.push(body.subarray(offset, offset + size))
      offset += size
    }
    return verdict
  }

  const sizes = fc
    .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 })
    .filter((all) => all.some((size) => size > 0))

  test('says what the parser and the limits say of a sound envelope, however it is cut', () => {
    fc.assert(
      fc.property(bodies, sizes, (body, cut) => {
        const parsed = parseEnvelope(body)
        fc.pre(!('fault' in parsed))
        const excess = parsed.items.find(({ type, payload }) => payload.byteLength > itemLimit(type))
        expect(scan(body, cut)).toEqual(excess && { type: excess.type })
      }),
      { numRuns: 500 },
    )
  })

  test('says the same of any bytes, however they are cut', () => {
    fc.assert(
      fc.property(
        bodies,
        sizes,
        fc.option(fc.nat({ max: 80 }), { nil: undefined }),
        (body, cut, headerLimit) => {
          expect(scan(body, cut, headerLimit)).toEqual(scan(body, [body.length], headerLimit))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('speaks as soon as a length is over the limit, before the payload comes', () => {
    const scanner = envelopeScanner({ itemLimit })
    expect(
      scanner.push(Buffer.from('{}\n{"type":"event","length":4}\n1234\n{"type":"event",')),
    ).toBeUndefined()
    expect(scanner.push(Buffer.from('"length":5}\n'))).toEqual({ type: 'event' })
    expect(scanner.push(Buffer.from('12345'))).toEqual({ type: 'event' })
  })

  test('speaks as soon as a payload without length has grown over the limit', () => {
    const scanner = envelopeScanner({ itemLimit })
    expect(scanner.push(Buffer.from('{}\n{"type":"event"}\n1234'))).toBeUndefined()
    expect(scanner.push(Buffer.from('5'))).toEqual({ type: 'event' })
  })

  test('keeps what it needs of a chunk whose memory is filled anew', () => {
    const scanner = envelopeScanner({ itemLimit })
    const chunk = Buffer.from('{}\n{"type":"event",')
    scanner.push(chunk)
    chunk.fill(0)
    expect(scanner.push(Buffer.from('"length":5}\n'))).toEqual({ type: 'event' })
  })

  test('gives up at a header line that is longer than it keeps, and at a malformed one', () => {
    const tooLarge = '\n{"type":"event","length":5}\n12345'
    expect(scan(Buffer.from(`{"a":"${'b'.repeat(100)}"}${tooLarge}`), [7], 100)).toBeUndefined()
    expect(scan(Buffer.from(`{"a":"${'b'.repeat(10)}"}${tooLarge}`), [7], 100)).toEqual({ type: 'event' })
    expect(scan(Buffer.from(`{]${tooLarge}`), [7])).toBeUndefined()
  })
})
