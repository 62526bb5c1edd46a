import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RawItem } from './envelope.ts'
import {
  checkItemLimits,
  defaultItemLimits,
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
  nel: { counts: { error: 1 }, bound: true, makes: true },
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

interface Budget {
  readonly types: readonly string[]
  readonly header?: Record<string, unknown>
  /** Bytes of one item. */
  readonly one: number
  readonly count: number
  /** Bytes of all of them. */
  readonly sum: number
}

const eventTypes = [
  'event',
  'transaction',
  'security',
  'raw_security',
  'replay_event',
  'feedback',
  'form_data',
]

const budgets: readonly Budget[] = [
  { types: eventTypes, one: MIB, count: 1, sum: MIB },
  { types: ['attachment', 'unreal_report', 'user_report'], one: 200 * MIB, count: 30, sum: 200 * MIB },
  { types: ['replay_recording'], one: 10 * MIB, count: 1, sum: 10 * MIB },
  { types: ['replay_video'], one: 10 * MIB, count: 1, sum: 10 * MIB },
  { types: ['session', 'sessions'], one: 10 * MIB, count: 100, sum: 10 * MIB },
  { types: ['client_report'], one: 100 * KIB, count: 100, sum: 100 * KIB },
  { types: ['profile', 'profile_chunk', 'profile_chunk_ui'], one: 50 * MIB, count: 1, sum: 50 * MIB },
  { types: ['check_in'], one: 100 * KIB, count: 1, sum: 100 * KIB },
  { types: ['statsd'], one: MIB, count: 1, sum: MIB },
  { types: ['metric_buckets'], one: MIB, count: 1, sum: MIB },
  { types: ['log'], one: 2 * MIB, count: 1, sum: 12 * MIB },
  { types: ['trace_metric'], one: MIB, count: 1, sum: 12 * MIB },
  { types: ['span'], header: spanContainer, one: 10 * MIB, count: 1, sum: 12 * MIB },
  { types: ['span'], one: 10 * MIB, count: 25, sum: 12 * MIB },
]

/** The first and the last type that share a budget. */
const endsOf = ({ types, header }: Budget) => {
  const [first = '', last = ''] = [types[0], types.at(-1)]
  return {
    first: (sizeBytes: number) => item(first, sizeBytes, header),
    last: (sizeBytes: number) => item(last, sizeBytes, header),
  }
}

describe.each(budgets)('the budget of $types', (budget) => {
  const { types, header, one, count } = budget
  const { first, last } = endsOf(budget)

  test.each(types)('allows an item of type %s of its size, and refuses one byte more', (type) => {
    expect(checkItemLimits([item(type, one, header)])).toBeUndefined()
    expect(checkItemLimits([item(type, one + 1, header)])).toMatchObject({ type })
  })

  test('allows its number of items, and refuses one more, whoever shares it', () => {
    const allowed = Array.from({ length: count }, () => first(0))
    expect(checkItemLimits(allowed)).toBeUndefined()
    expect(checkItemLimits([...allowed, last(0)])).toMatchObject({ type: types[0] })
  })
})

test.each(budgets.filter(({ count }) => count > 1))(
  'the budget of $types is for all bytes together',
  (budget) => {
    const { first, last } = endsOf(budget)
    const half = budget.sum / 2
    expect(checkItemLimits([first(half), last(half)])).toBeUndefined()
    expect(checkItemLimits([first(half), last(half + 1)])).toMatchObject({ type: budget.types[0] })
  },
)

describe('checkItemLimits', () => {
  test.each(['telepathy', 'nel', 'integration'])('does not check an item of type %s', (type) => {
    expect(checkItemLimits(Array.from({ length: 200 }, () => item(type, 200 * MIB)))).toBeUndefined()
  })

  test('takes one item of every budget together', () => {
    expect(checkItemLimits(budgets.map((budget) => endsOf(budget).first(5)))).toBeUndefined()
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
