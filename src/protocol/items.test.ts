import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RawItem } from './envelope.ts'
import {
  checkItemLimits,
  defaultItemLimits,
  emitsOutcomes,
  excessOfType,
  type ItemType,
  isEventBound,
  isInternalItem,
  itemCount,
  itemLimitOf,
  itemTypeOf,
  makesEvent,
  quantitiesOf,
} from './items.ts'

const KIB = 1024
const MIB = 1024 * KIB

const memory = new Uint8Array(200 * MIB + 1)

/** An item with so many bytes; all items share one memory, which nobody writes to. */
function item(type: string, sizeBytes = 0, header: Record<string, unknown> = {}): RawItem {
  return { type, header: { type, ...header }, payload: memory.subarray(0, sizeBytes) }
}

/** What an item of five bytes that states three elements counts as, by category. */
const countsOf = (type: string, header: Record<string, unknown> = {}) =>
  Object.fromEntries(
    quantitiesOf(item(type, 5, { item_count: 3, ...header })).map(({ category, quantity }) => [
      category,
      quantity,
    ]),
  )

interface Facts {
  readonly counts: Record<string, number>
  readonly bound?: true
  readonly makes?: true
}

const facts: Readonly<Record<ItemType, Facts>> = {
  event: { counts: { error: 1 }, bound: true, makes: true },
  transaction: { counts: { transaction: 1 }, bound: true, makes: true },
  security: { counts: { security: 1 }, bound: true, makes: true },
  raw_security: { counts: { security: 1 }, bound: true, makes: true },
  attachment: { counts: { attachment: 5, attachment_item: 1 }, bound: true },
  form_data: { counts: {}, bound: true },
  unreal_report: { counts: { error: 1 }, bound: true, makes: true },
  user_report: { counts: { feedback: 1 }, bound: true },
  feedback: { counts: { feedback: 1 }, bound: true, makes: true },
  session: { counts: { session: 3 } },
  sessions: { counts: { session: 3 } },
  client_report: { counts: {} },
  profile: { counts: { profile: 1 }, bound: true },
  profile_chunk: { counts: {} },
  replay_event: { counts: { replay: 1 }, bound: true },
  replay_recording: { counts: { replay: 1 } },
  replay_video: { counts: { replay: 1 } },
  check_in: { counts: { monitor: 3 } },
  log: { counts: { log_item: 3, log_byte: 5 } },
  trace_metric: { counts: { trace_metric: 3 } },
  span: { counts: { span: 3, span_indexed: 3 } },
  statsd: { counts: {} },
  metric_buckets: { counts: { metric_bucket: 1 } },
  nel: { counts: {} },
  otel_span: { counts: { span: 3 } },
  otel_traces_data: { counts: { span: 3 } },
  integration: { counts: {} },
}

describe.each(Object.entries(facts))(
  'an item of type %s',
  (name, { counts, bound = false, makes = false }) => {
    const type = name as ItemType

    test('is known and counted by its categories', () => {
      expect(itemTypeOf(name)).toBe(name)
      expect(countsOf(name)).toEqual(counts)
    })

    test(`${bound ? 'belongs' : 'does not belong'} to the event, and ${makes ? 'makes' : 'does not make'} one`, () => {
      expect({ bound: isEventBound(type), makes: makesEvent(type) }).toEqual({ bound, makes })
    })
  },
)

describe('item types', () => {
  test.each(['default', 'telepathy', '', 'Event', '__proto__', 'constructor', 'toString'])(
    '%j is unknown and not counted',
    (name) => {
      expect(itemTypeOf(name)).toBeUndefined()
      expect(countsOf(name)).toEqual({})
    },
  )

  test('only integration is for the inside alone', () => {
    expect(Object.keys(facts).filter(isInternalItem)).toEqual(['integration'])
  })

  test('only sessions and client reports end without an outcome', () => {
    const types = Object.keys(facts) as ItemType[]
    expect(types.filter((type) => !emitsOutcomes(type))).toEqual(['session', 'sessions', 'client_report'])
  })

  test.each([
    ['event.minidump', true],
    ['event.applecrashreport', true],
    ['event.payload', true],
    ['event.breadcrumbs', true],
    ['playstation.prosperodump', true],
    ['event.attachment', false],
    ['event.view_hierarchy', false],
    ['unreal.context', false],
    ['unreal.logs', false],
    ['nswitch.dying_message', false],
    ['unknown', false],
    [undefined, false],
  ])('an attachment of type %s makes an event: %s', (attachmentType, makes) => {
    expect(makesEvent('attachment', attachmentType)).toBe(makes)
  })
})

describe('quantitiesOf', () => {
  test('counts an empty attachment and an empty log as one byte', () => {
    expect(quantitiesOf(item('attachment'))).toEqual([
      { category: 'attachment', quantity: 1 },
      { category: 'attachment_item', quantity: 1 },
    ])
    expect(quantitiesOf(item('log'))).toEqual([
      { category: 'log_item', quantity: 1 },
      { category: 'log_byte', quantity: 1 },
    ])
  })

  test.each([
    ['profile_chunk', { platform: 'python' }, { profile_chunk: 3 }],
    ['profile_chunk', { platform: 'node' }, { profile_chunk: 3 }],
    ['profile_chunk', { platform: 'cocoa' }, { profile_chunk_ui: 3 }],
    ['profile_chunk', { platform: 'android' }, { profile_chunk_ui: 3 }],
    ['profile_chunk', { platform: 'javascript' }, { profile_chunk_ui: 3 }],
    ['profile_chunk', {}, {}],
    ['profile_chunk_ui', {}, { profile_chunk_ui: 3 }],
  ])('counts a %s with %j as %j', (type, header, counts) => {
    expect(countsOf(type, header)).toEqual(counts)
  })

  test('counts nothing for a container that states no elements, but its bytes', () => {
    expect(countsOf('log', { item_count: 0 })).toEqual({ log_byte: 5 })
    expect(countsOf('span', { item_count: 0 })).toEqual({})
  })
})

test.each([
  [undefined, 1],
  [null, 1],
  [1, 1],
  [100, 100],
  [4_294_967_295, 4_294_967_295],
  [4_294_967_296, 1],
  [-1, 1],
  [1.5, 1],
  ['2', 1],
])('an item_count of %j stands for %j', (item_count, count) => {
  expect(itemCount(item('log', 0, { item_count }))).toBe(count)
})

const spanContainer = { content_type: 'application/vnd.sentry.items.span.v2+json' }

/** Every group that shares a budget: bytes of one, how many, bytes of all; reason of its first member. */
const groups: [types: [string, Record<string, unknown>][], one: number, count: number, sum: number][] = [
  [
    [
      ['event', {}],
      ['transaction', {}],
      ['security', {}],
      ['raw_security', {}],
      ['replay_event', {}],
      ['feedback', {}],
      ['form_data', {}],
    ],
    MIB,
    1,
    MIB,
  ],
  [
    [
      ['attachment', {}],
      ['unreal_report', {}],
      ['user_report', {}],
    ],
    200 * MIB,
    30,
    200 * MIB,
  ],
  [[['replay_recording', {}]], 10 * MIB, 1, 10 * MIB],
  [[['replay_video', {}]], 10 * MIB, 1, 10 * MIB],
  [
    [
      ['session', {}],
      ['sessions', {}],
    ],
    10 * MIB,
    100,
    10 * MIB,
  ],
  [[['client_report', {}]], 100 * KIB, 100, 100 * KIB],
  [
    [
      ['profile', {}],
      ['profile_chunk', {}],
      ['profile_chunk_ui', {}],
    ],
    50 * MIB,
    1,
    50 * MIB,
  ],
  [[['check_in', {}]], 100 * KIB, 1, 100 * KIB],
  [[['statsd', {}]], MIB, 1, MIB],
  [[['metric_buckets', {}]], MIB, 1, MIB],
  [[['log', {}]], 2 * MIB, 1, 12 * MIB],
  [[['trace_metric', {}]], MIB, 1, 12 * MIB],
  [[['span', spanContainer]], 10 * MIB, 1, 12 * MIB],
  [[['span', {}]], 10 * MIB, 25, 12 * MIB],
]

describe.each(groups)('the budget of %j', (types, one, count, sum) => {
  const members = types.map(
    ([type, header]) =>
      (sizeBytes: number) =>
        item(type, sizeBytes, header),
  )
  const first = members[0] ?? item
  const last = members.at(-1) ?? item
  const reason = checkItemLimits([first(sum + 1)])?.reason

  test('allows an item of its size, and refuses one byte more', () => {
    for (const make of members) {
      expect(checkItemLimits([make(one)])).toBeUndefined()
      expect(checkItemLimits([make(one + 1)])).toMatchObject({ type: make(0).type })
    }
  })

  test('allows its number, and refuses one more, whoever shares it', () => {
    expect(checkItemLimits(Array.from({ length: count }, () => first(0)))).toBeUndefined()
    expect(checkItemLimits([...Array.from({ length: count }, () => first(0)), last(0)])).toEqual({
      reason,
      type: first(0).type,
    })
  })
})

test.each(groups.filter(([, , count]) => count > 1))(
  'the budget of %j is for all of its items together',
  (types, _one, _count, sum) => {
    const [type, header] = types[0] ?? ['', {}]
    const [otherType, otherHeader] = types.at(-1) ?? ['', {}]
    const half = item(type, Math.ceil(sum / 2), header)
    const rest = Math.floor(sum / 2)
    expect(checkItemLimits([half, item(otherType, rest, otherHeader)])).toBeUndefined()
    expect(checkItemLimits([half, item(otherType, rest + 1, otherHeader)])).toMatchObject({ type })
  },
)

describe('checkItemLimits', () => {
  test.each(['telepathy', 'nel', 'integration'])('does not check an item of type %s', (type) => {
    expect(checkItemLimits(Array.from({ length: 200 }, () => item(type, 200 * MIB)))).toBeUndefined()
  })

  test('takes one item of every budget together', () => {
    expect(
      checkItemLimits(groups.flatMap(([[first]]) => (first ? [item(first[0], 5, first[1])] : []))),
    ).toBeUndefined()
  })

  test('measures the elements of a container by their average', () => {
    const log = (sizeBytes: number, item_count: number) => item('log', sizeBytes, { item_count })
    expect(checkItemLimits([log(12 * MIB, 6)])).toBeUndefined()
    expect(checkItemLimits([log(12 * MIB, 5)])).toEqual({ reason: 'too_large:log', type: 'log' })
    expect(checkItemLimits([log(12 * MIB + 1, 100)])).toEqual({ reason: 'too_large:log', type: 'log' })
    expect(checkItemLimits([log(2 * MIB, 0)])).toBeUndefined()
    expect(checkItemLimits([log(2 * MIB + 1, 0)])).toEqual({ reason: 'too_large:log', type: 'log' })
  })

  test('measures single spans whole, whatever count they state', () => {
    expect(checkItemLimits([item('span', 10 * MIB + 1, { item_count: 2 })])).toEqual({
      reason: 'too_large:span',
      type: 'span',
    })
    expect(checkItemLimits([item('span', 10 * MIB + 1, { ...spanContainer, item_count: 2 })])).toBeUndefined()
  })

  test('names the item that is too large, not the first of its group', () => {
    expect(checkItemLimits([item('attachment', 5), item('event', MIB + 1)])).toEqual({
      reason: 'too_large:event',
      type: 'event',
    })
  })

  test.each([
    ['event', {}, 'too_large:event'],
    ['feedback', {}, 'too_large:user_report_v2'],
    ['profile_chunk_ui', {}, 'too_large:profile_chunk'],
    ['attachment', {}, 'too_large:attachment:attachment'],
    ['attachment', { attachment_type: 'event.attachment' }, 'too_large:attachment:attachment'],
    ['attachment', { attachment_type: 'event.minidump' }, 'too_large:attachment:minidump'],
    ['attachment', { attachment_type: 'event.applecrashreport' }, 'too_large:attachment:apple_crash_report'],
    ['attachment', { attachment_type: 'event.payload' }, 'too_large:attachment:event_payload'],
    ['attachment', { attachment_type: 'event.breadcrumbs' }, 'too_large:attachment:breadcrumbs'],
    ['attachment', { attachment_type: 'event.view_hierarchy' }, 'too_large:attachment:view_hierarchy'],
    ['attachment', { attachment_type: 'playstation.prosperodump' }, 'too_large:attachment:prosperodump'],
    ['attachment', { attachment_type: 'unreal.context' }, 'too_large:attachment:unreal_context'],
    ['attachment', { attachment_type: 'unreal.logs' }, 'too_large:attachment:unreal_logs'],
    [
      'attachment',
      { attachment_type: 'nswitch.dying_message' },
      'too_large:attachment:nnswitch_dying_message',
    ],
  ])('the reason of a %s with %j is %s', (type, header, reason) => {
    expect(checkItemLimits([item(type, 200 * MIB + 1, header)])).toEqual({ reason, type })
  })

  test('goes by the limits it is given', () => {
    const limits = { ...defaultItemLimits, event: { one: 10, count: 2, sum: 15 } }
    expect(checkItemLimits([item('event', 10), item('event', 5)], limits)).toBeUndefined()
    expect(checkItemLimits([item('event', 11)], limits)).toMatchObject({ type: 'event' })
    expect(checkItemLimits([item('event', 10), item('event', 6)], limits)).toMatchObject({ type: 'event' })
  })
})

describe('itemLimitOf', () => {
  test.each([
    ['event', MIB],
    ['attachment', 200 * MIB],
    ['client_report', 100 * KIB],
    ['profile_chunk_ui', 50 * MIB],
    ['log', 12 * MIB],
    ['trace_metric', 12 * MIB],
    ['span', 12 * MIB],
    ['telepathy', Number.POSITIVE_INFINITY],
    ['__proto__', Number.POSITIVE_INFINITY],
  ])('of %s is %d', (type, limit) => {
    expect(itemLimitOf(type)).toBe(limit)
  })

  test('is never less than what the check of the whole envelope lets pass', () => {
    const types = fc.constantFrom(...Object.keys(facts), 'profile_chunk_ui', 'telepathy')
    const header = fc.record({
      item_count: fc.nat({ max: 20 }),
      content_type: fc.constantFrom('a', spanContainer.content_type),
    })
    fc.assert(
      fc.property(types, header, fc.nat({ max: 200 * MIB + 1 }), (type, rest, size) => {
        const one = item(type, size, rest)
        fc.pre(checkItemLimits([one]) === undefined)
        expect(size).toBeLessThanOrEqual(itemLimitOf(type))
      }),
    )
  })

  test('goes by the same name as the check of the whole envelope', () => {
    expect(excessOfType('event')).toEqual({ reason: 'too_large:event', type: 'event' })
    expect(excessOfType('feedback')).toEqual({ reason: 'too_large:user_report_v2', type: 'feedback' })
    expect(excessOfType('telepathy')).toEqual({ reason: 'too_large:unknown', type: 'telepathy' })
  })
})
