/** What an item that is kept as it came must look like at the least; broken ones are invalid for a reason. */
import type { RawItem } from '../protocol/envelope.ts'
import type { ItemType } from '../protocol/items.ts'
import { drop, type Fate } from '../protocol/outcome.ts'

type Check = (item: RawItem) => Fate | undefined

const checks: { readonly [type in ItemType]?: Check } = {
  user_report: (item) => (hasText(parsed(item), 'event_id') ? undefined : drop('invalid', 'invalid_json')),
  session: (item) => (isObject(parsed(item)) ? undefined : drop('invalid', 'invalid_json')),
  sessions: (item) => (isObject(parsed(item)) ? undefined : drop('invalid', 'invalid_json')),
  check_in: (item) =>
    hasText(parsed(item), 'monitor_slug') ? undefined : drop('invalid', 'invalid_check_in'),
  log: container('invalid_log'),
  trace_metric: container('invalid_trace_metric'),
  span: (item) =>
    isContainer(item)
      ? container('invalid_span')(item)
      : isObject(parsed(item))
        ? undefined
        : drop('invalid', 'invalid_span'),
  replay_event: (item) => (isObject(parsed(item)) ? undefined : drop('invalid', 'invalid_replay')),
}

/** Undefined when there is nothing wrong with the item. */
export function checkItem(type: ItemType, item: RawItem): Fate | undefined {
  return checks[type]?.(item)
}

/** `{"items": [...]}` with as many elements as the header says. */
function container(reason: string): Check {
  return (item) => {
    const payload = parsed(item)
    const items = isObject(payload) ? payload.items : undefined
    const stated = item.header.item_count
    if (!Array.isArray(items) || (stated !== undefined && stated !== items.length))
      return drop('invalid', reason)
    return undefined
  }
}

function isContainer(item: RawItem): boolean {
  const type = item.header.content_type
  return typeof type === 'string' && type.toLowerCase().startsWith('application/vnd.sentry.items.')
}

function parsed(item: RawItem): unknown {
  try {
    return JSON.parse(Buffer.from(item.payload).toString('utf8').trim())
  } catch {
    return undefined
  }
}

function hasText(value: unknown, name: string): boolean {
  return isObject(value) && typeof value[name] === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
