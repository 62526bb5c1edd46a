/** The item types of an envelope: what they count as, what may be large, what belongs together. */
import type { RawItem } from './envelope.ts'
import type { DataCategory, Quantity } from './outcome.ts'

export type ItemType =
  | 'event'
  | 'transaction'
  | 'security'
  | 'raw_security'
  | 'attachment'
  | 'form_data'
  | 'unreal_report'
  | 'user_report'
  | 'feedback'
  | 'session'
  | 'sessions'
  | 'client_report'
  | 'profile'
  | 'profile_chunk'
  | 'replay_event'
  | 'replay_recording'
  | 'replay_video'
  | 'check_in'
  | 'log'
  | 'trace_metric'
  | 'span'
  | 'statsd'
  | 'metric_buckets'
  | 'nel'
  | 'otel_span'
  | 'otel_traces_data'
  | 'integration'

interface ItemFacts {
  /** Counted once per item, or once per element of a container. */
  readonly counts?: readonly DataCategory[]
  readonly per?: 'item' | 'element'
  /** Shares the fate of the envelope's event. */
  readonly isEventBound?: true
  /** Makes an event on its own. */
  readonly makesEvent?: true
  readonly budget?: BudgetName | 'span'
}

const itemFacts: Readonly<Record<ItemType, ItemFacts>> = {
  event: { counts: ['error'], isEventBound: true, makesEvent: true, budget: 'event' },
  transaction: { counts: ['transaction'], isEventBound: true, makesEvent: true, budget: 'event' },
  security: { counts: ['security'], isEventBound: true, makesEvent: true, budget: 'event' },
  raw_security: { counts: ['security'], isEventBound: true, makesEvent: true, budget: 'event' },
  // Counted by bytes and by number; whether it makes an event is said by its attachment type.
  attachment: { isEventBound: true, budget: 'attachment' },
  form_data: { isEventBound: true, budget: 'event' },
  unreal_report: { counts: ['error'], isEventBound: true, makesEvent: true, budget: 'attachment' },
  user_report: { counts: ['feedback'], isEventBound: true, budget: 'attachment' },
  feedback: { counts: ['feedback'], isEventBound: true, makesEvent: true, budget: 'event' },
  session: { counts: ['session'], per: 'element', budget: 'session' },
  sessions: { counts: ['session'], per: 'element', budget: 'session' },
  client_report: { budget: 'client_report' },
  profile: { counts: ['profile'], isEventBound: true, budget: 'profile' },
  // Counted by platform.
  profile_chunk: { budget: 'profile' },
  replay_event: { counts: ['replay'], isEventBound: true, budget: 'event' },
  replay_recording: { counts: ['replay'], budget: 'replay_recording' },
  replay_video: { counts: ['replay'], budget: 'replay_video' },
  check_in: { counts: ['monitor'], per: 'element', budget: 'check_in' },
  // Counted by number and by bytes.
  log: { budget: 'log' },
  trace_metric: { counts: ['trace_metric'], per: 'element', budget: 'trace_metric' },
  span: { counts: ['span', 'span_indexed'], per: 'element', budget: 'span' },
  statsd: { budget: 'statsd' },
  metric_buckets: { counts: ['metric_bucket'], budget: 'metric_buckets' },
  nel: { counts: ['error'], isEventBound: true, makesEvent: true },
  otel_span: { counts: ['span'], per: 'element' },
  otel_traces_data: { counts: ['span'], per: 'element' },
  integration: {},
}

const aliases = new Map<string, ItemType>([['profile_chunk_ui', 'profile_chunk']])

/** Undefined for a type that nobody knows: such items are dropped silently. */
export function itemTypeOf(name: string): ItemType | undefined {
  return Object.hasOwn(itemFacts, name) ? (name as ItemType) : aliases.get(name)
}

/** Types that only the inside of an ingestion chain may send; from a client they make the envelope malformed. */
export function isInternalItem(name: string): boolean {
  return name === 'integration'
}

/** Whether the item needs the envelope's event id and shares the event's fate. */
export function isEventBound(type: ItemType): boolean {
  return itemFacts[type].isEventBound === true
}

const attachmentsThatMakeEvents: ReadonlySet<unknown> = new Set([
  'event.minidump',
  'event.applecrashreport',
  'event.payload',
  'event.breadcrumbs',
  'playstation.prosperodump',
])

/** Whether the item alone produces an event. `attachmentType` is the header of that name. */
export function makesEvent(type: ItemType, attachmentType?: unknown): boolean {
  return type === 'attachment'
    ? attachmentsThatMakeEvents.has(attachmentType)
    : itemFacts[type].makesEvent === true
}

const MAX_UINT32 = 0xffff_ffff

/** The number of elements that a container states; 1 if it states none. */
export function itemCount({ header }: RawItem): number {
  const count = header.item_count
  const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= MAX_UINT32
  return isCount ? count : 1
}

/**
 * What an item counts as.
 *
 * Shape: nothing for what is not counted, such as unknown types and client reports.
 * Units: attachments and logs also by bytes, at least 1.
 */
export function quantitiesOf(item: RawItem): Quantity[] {
  const type = itemTypeOf(item.type)
  if (type === undefined) return []
  const sizeBytes = Math.max(1, item.payload.byteLength)
  switch (type) {
    case 'attachment':
      return [
        { category: 'attachment', quantity: sizeBytes },
        { category: 'attachment_item', quantity: 1 },
      ]
    case 'log':
      return [...counted('log_item', itemCount(item)), { category: 'log_byte', quantity: sizeBytes }]
    case 'profile_chunk': {
      const category = profileChunkCategory(item)
      return category === undefined ? [] : counted(category, itemCount(item))
    }
    default: {
      const { counts = [], per } = itemFacts[type]
      const quantity = per === 'element' ? itemCount(item) : 1
      return counts.flatMap((category) => counted(category, quantity))
    }
  }
}

function counted(category: DataCategory, quantity: number): Quantity[] {
  return quantity === 0 ? [] : [{ category, quantity }]
}

const interfacePlatforms: ReadonlySet<unknown> = new Set(['cocoa', 'android', 'javascript'])

function profileChunkCategory({ type, header }: RawItem): 'profile_chunk' | 'profile_chunk_ui' | undefined {
  const platform = header.platform
  if (interfacePlatforms.has(platform) || type === 'profile_chunk_ui') return 'profile_chunk_ui'
  return typeof platform === 'string' ? 'profile_chunk' : undefined
}

const KIB = 1024
const MIB = 1024 * KIB

/** A budget that the items of one or several types share. */
interface ItemBudget {
  /** Bytes of one item; of a container, of one element on average. */
  readonly one: number
  /** Items per envelope. */
  readonly count: number
  /** Bytes of all of them. */
  readonly sum: number
}

export const defaultItemLimits = {
  event: { one: MIB, count: 1, sum: MIB },
  attachment: { one: 200 * MIB, count: 30, sum: 200 * MIB },
  replay_recording: { one: 10 * MIB, count: 1, sum: 10 * MIB },
  replay_video: { one: 10 * MIB, count: 1, sum: 10 * MIB },
  session: { one: 10 * MIB, count: 100, sum: 10 * MIB },
  client_report: { one: 100 * KIB, count: 100, sum: 100 * KIB },
  profile: { one: 50 * MIB, count: 1, sum: 50 * MIB },
  check_in: { one: 100 * KIB, count: 1, sum: 100 * KIB },
  statsd: { one: MIB, count: 1, sum: MIB },
  metric_buckets: { one: MIB, count: 1, sum: MIB },
  log: { one: 2 * MIB, count: 1, sum: 12 * MIB },
  trace_metric: { one: MIB, count: 1, sum: 12 * MIB },
  span_container: { one: 10 * MIB, count: 1, sum: 12 * MIB },
  span_single: { one: 10 * MIB, count: 25, sum: 12 * MIB },
} as const satisfies Record<string, ItemBudget>

type BudgetName = keyof typeof defaultItemLimits
export type ItemLimits = Readonly<Record<BudgetName, ItemBudget>>

const containerBudgets: ReadonlySet<BudgetName> = new Set(['log', 'trace_metric', 'span_container'])

function budgetOf(item: RawItem): BudgetName | undefined {
  const type = itemTypeOf(item.type)
  const budget = type && itemFacts[type].budget
  if (budget !== 'span') return budget
  return isSpanContainer(item) ? 'span_container' : 'span_single'
}

function isSpanContainer({ header }: RawItem): boolean {
  const contentType = header.content_type
  return (
    typeof contentType === 'string' && /^application\/vnd\.sentry\.items\.span\.v2\+json\b/i.test(contentType)
  )
}

/**
 * The most bytes that one item of a type can have, whatever its header says. Unlimited for unknown types.
 *
 * Shape: `name` is the type as the envelope spells it.
 */
export function itemLimitOf(name: string, limits: ItemLimits = defaultItemLimits): number {
  const type = itemTypeOf(name)
  const budget = type && itemFacts[type].budget
  if (budget === undefined) return Number.POSITIVE_INFINITY
  if (budget === 'span')
    return Math.max(sizeLimit('span_container', limits), sizeLimit('span_single', limits))
  return sizeLimit(budget, limits)
}

function sizeLimit(name: BudgetName, limits: ItemLimits): number {
  const { one, sum } = limits[name]
  return containerBudgets.has(name) ? sum : Math.min(one, sum)
}

export interface LimitExcess {
  /** Outcome reason, e.g. `too_large:event`. */
  readonly reason: string
  /** The item type to name in the answer. */
  readonly type: string
}

/**
 * Checks size and number of an envelope's items. One item over a limit rejects all of them.
 *
 * Shape: an item that is too large is named; if only number or sum are exceeded, the first that shares the
 * budget.
 */
export function checkItemLimits(
  items: readonly RawItem[],
  limits: ItemLimits = defaultItemLimits,
): LimitExcess | undefined {
  const used = new Map<BudgetName, { readonly first: RawItem; count: number; sum: number }>()
  for (const item of items) {
    const name = budgetOf(item)
    if (name === undefined) continue
    const size = item.payload.byteLength
    const { one, count, sum } = limits[name]
    const elements = containerBudgets.has(name) ? Math.max(1, itemCount(item)) : 1
    if (size / elements > one || size > sum) return excessOf(item)
    const usage = used.get(name) ?? { first: item, count: 0, sum: 0 }
    usage.count++
    usage.sum += size
    if (usage.count > count || usage.sum > sum) return excessOf(usage.first)
    used.set(name, usage)
  }
  return undefined
}

function excessOf(item: RawItem): LimitExcess {
  return { reason: `too_large:${reasonSuffix(item)}`, type: item.type }
}

const attachmentSuffixes = new Map<unknown, string>([
  ['event.minidump', 'minidump'],
  ['event.applecrashreport', 'apple_crash_report'],
  ['event.payload', 'event_payload'],
  ['event.breadcrumbs', 'breadcrumbs'],
  ['event.view_hierarchy', 'view_hierarchy'],
  ['playstation.prosperodump', 'prosperodump'],
  ['unreal.context', 'unreal_context'],
  ['unreal.logs', 'unreal_logs'],
  // So spelt in the reference.
  ['nswitch.dying_message', 'nnswitch_dying_message'],
])

function reasonSuffix(item: RawItem): string {
  const type = itemTypeOf(item.type)
  if (type === 'attachment') {
    return `attachment:${attachmentSuffixes.get(item.header.attachment_type) ?? 'attachment'}`
  }
  return type === 'feedback' ? 'user_report_v2' : (type ?? 'unknown')
}

/** What a scanner says of a type goes by the same names as `checkItemLimits`. */
export function excessOfType(name: string): LimitExcess {
  return excessOf({ type: name, header: {}, payload: new Uint8Array() })
}
