import fc from 'fast-check'
import protobuf from 'protobufjs/light.js'
import { describe, expect, test } from 'vitest'
import { type OtlpSignal, readOtlp } from './otlp.ts'
import { otlpDescriptor } from './otlp-schema.ts'
import { isFate } from './outcome.ts'

const span = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: 'eee19b7ec3c1b173',
  name: 'GET /basket',
  kind: 2,
  startTimeUnixNano: '1767605400000000000',
  endTimeUnixNano: '1767605400250123456',
  attributes: [
    { key: 'http.status_code', value: { intValue: '500' } },
    { key: 'cached', value: { boolValue: false } },
    { key: 'ratio', value: { doubleValue: 0.5 } },
    { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }] } } },
    { key: 'shop', value: { kvlistValue: { values: [{ key: 'id', value: { stringValue: 'x' } }] } } },
    { key: 'huge', value: { intValue: '9223372036854775807' } },
    { key: '', value: { stringValue: 'nameless' } },
  ],
  links: [{ traceId: '5b8efff798038103d269b633813fc60d', spanId: 'eee19b7ec3c1b175', attributes: [] }],
  status: { code: 2, message: 'boom' },
  flags: 0x300,
}

const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }
const scope = { name: 'http', version: '1.2.3' }
const traces = { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] }

const log = {
  timeUnixNano: '1767605400000000000',
  severityNumber: 17,
  severityText: 'ERROR',
  body: { stringValue: 'The basket is empty' },
  attributes: [{ key: 'user', value: { stringValue: 'ada' } }],
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
}
const logs = {
  resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [log, { ...log, severityNumber: 9 }] }] }],
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value))

async function read(body: Uint8Array, signal: OtlpSignal, encoding: 'json' | 'protobuf' = 'json') {
  const items = await readOtlp(body, { signal, encoding })
  if (isFate(items)) return items
  return items.map(({ header, payload }) => ({
    header,
    elements: JSON.parse(Buffer.from(payload).toString()).items,
  }))
}

/** The same request in the other encoding. */
function inProtobuf(request: unknown, signal: OtlpSignal): Uint8Array {
  const type = protobuf.Root.fromJSON(otlpDescriptor).lookupType(
    signal === 'traces' ? 'TraceRequest' : 'LogsRequest',
  )
  return type.encode(type.fromObject(withBytes(request) as object)).finish()
}

function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      /^(traceId|spanId|parentSpanId)$/.test(name) ? Buffer.from(String(inner), 'hex') : withBytes(inner),
    ]),
  )
}

describe('readOtlp', () => {
  test('makes spans as SDKs send them, with what resource and scope say', async () => {
    const string = (value: string) => ({ type: 'string', value })
    expect(await read(json(traces), 'traces')).toEqual([
      {
        header: { type: 'span', content_type: 'application/vnd.sentry.items.span.v2+json', item_count: 1 },
        elements: [
          {
            trace_id: span.traceId,
            span_id: span.spanId,
            parent_span_id: span.parentSpanId,
            name: 'GET /basket',
            status: 'error',
            kind: 'server',
            is_segment: true,
            start_timestamp: 1767605400,
            end_timestamp: 1767605400.250123,
            links: [
              { trace_id: '5b8efff798038103d269b633813fc60d', span_id: 'eee19b7ec3c1b175', attributes: {} },
            ],
            attributes: {
              'resource.service.name': string('shop'),
              'instrumentation.name': string('http'),
              'instrumentation.version': string('1.2.3'),
              'http.status_code': { type: 'integer', value: 500 },
              cached: { type: 'boolean', value: false },
              ratio: { type: 'double', value: 0.5 },
              tags: string('["a",2]'),
              shop: string('{"id":"x"}'),
              huge: string('9223372036854775807'),
              'sentry.status.message': string('boom'),
              'sentry.origin': string('auto.otlp.spans'),
            },
          },
        ],
      },
    ])
  })

  test('makes logs as SDKs send them, with the level that the severity means', async () => {
    const [container] = (await read(json(logs), 'logs')) as {
      header: object
      elements: Record<string, unknown>[]
    }[]
    expect(container?.header).toEqual({
      type: 'log',
      content_type: 'application/vnd.sentry.items.log+json',
      item_count: 2,
    })
    expect(
      container?.elements.map(({ level, severity_number, body }) => ({ level, severity_number, body })),
    ).toEqual([
      { level: 'error', severity_number: 17, body: 'The basket is empty' },
      { level: 'info', severity_number: 9, body: 'The basket is empty' },
    ])
  })

  test.each([
    ['traces', traces],
    ['logs', logs],
  ] as const)('reads %s from protocol buffers as from JSON', async (signal, request) => {
    expect(await read(inProtobuf(request, signal), signal, 'protobuf')).toEqual(
      await read(json(request), signal),
    )
  })

  test('a request without spans makes nothing', async () => {
    expect(await read(json({}), 'traces')).toEqual([])
    expect(await read(new Uint8Array(), 'traces', 'protobuf')).toEqual([])
  })

  test.each([
    ['no JSON', Buffer.from('{'), 'json', 'invalid_json'],
    ['a list', json([]), 'json', 'invalid_json'],
    ['no protocol buffer', Buffer.from([0x0a, 0xff, 0xff, 0xff]), 'protobuf', 'invalid_proto'],
    [
      'a span without an id',
      json({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, spanId: 'x' }] }] }] }),
      'json',
      'invalid_span',
    ],
    [
      'a span without an end',
      json({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, endTimeUnixNano: 0 }] }] }] }),
      'json',
      'invalid_span',
    ],
  ] as const)('%s is invalid', async (_, body, encoding, reason) => {
    expect(await read(body, 'traces', encoding)).toEqual({ outcome: 'invalid', reason })
  })

  test('never throws, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.json(), async (bytes, text) => {
        for (const signal of ['traces', 'logs'] as const) {
          await readOtlp(bytes, { signal, encoding: 'protobuf' })
          await readOtlp(Buffer.from(text), { signal, encoding: 'json' })
          const nested = { [signal === 'traces' ? 'resourceSpans' : 'resourceLogs']: JSON.parse(text) }
          await readOtlp(json(nested), { signal, encoding: 'json' })
        }
      }),
    )
  })
})
