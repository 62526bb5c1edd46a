/** The kinds of data that are counted: what people call them, and in what their amounts are given. */
import { bytes, exact, plural, short } from './numbers.ts'
import { duration } from './times.ts'

/** Events and the like by number, some data by size or by length. */
export type Unit = 'number' | 'bytes' | 'milliseconds'

export interface CategoryWords {
  readonly label: string
  /** One of them, in the middle of a sentence. */
  readonly one: string
  readonly many: string
  readonly unit: Unit
}

/** Position in the list is the order of lists. `default` and `security` are counted as `error`. */
const words: Readonly<Record<string, CategoryWords>> = {
  error: counted('Errors', 'error'),
  transaction: counted('Transactions', 'transaction'),
  span: counted('Spans', 'span'),
  log_item: counted('Logs', 'log'),
  log_byte: measured('Logs, by size', 'logs', 'bytes'),
  trace_metric: counted('Metrics', 'metric'),
  attachment: measured('Attachments, by size', 'attachments', 'bytes'),
  attachment_item: counted('Attachments', 'attachment'),
  session: counted('Sessions', 'session'),
  replay: counted('Replays', 'replay'),
  feedback: counted('User feedback', 'message of feedback', 'messages of feedback'),
  monitor: counted('Check-ins', 'check-in'),
  uptime: counted('Uptime checks', 'uptime check'),
  profile: counted('Profiles', 'profile'),
  profile_chunk: counted('Profile chunks', 'profile chunk'),
  profile_chunk_ui: counted('Profile chunks of user interfaces', 'profile chunk'),
  profile_duration: measured('Profiles, by length', 'profiles', 'milliseconds'),
  profile_duration_ui: measured('Profiles of user interfaces, by length', 'profiles', 'milliseconds'),
  profile_indexed: counted('Stored profiles', 'profile'),
  span_indexed: counted('Stored spans', 'span'),
  transaction_indexed: counted('Stored transactions', 'transaction'),
  transaction_processed: counted('Transactions in metrics', 'transaction'),
  metric_bucket: counted('Metric buckets', 'metric bucket'),
  replay_video: counted('Replay videos', 'replay video'),
  default: counted('Errors', 'error'),
  security: counted('Errors', 'error'),
}

function counted(label: string, one: string, many = `${one}s`): CategoryWords {
  return { label, one, many, unit: 'number' }
}

function measured(label: string, many: string, unit: 'bytes' | 'milliseconds'): CategoryWords {
  return { label, one: many, many, unit }
}

/** Where categories are added up, or one is too new to have words. */
const anything = counted('Events', 'event')

/** The words for a category as the API names it; one without words goes by its name. */
export function categoryWords(name: string): CategoryWords {
  if (Object.hasOwn(words, name)) return words[name] ?? anything
  const label = name.replaceAll('_', ' ')
  return { ...anything, label: label.charAt(0).toUpperCase() + label.slice(1) }
}

const positions = new Map(Object.keys(words).map((name, index) => [name, index]))

/** The usual ones first; for `sort`. */
export function compareCategories(a: string, b: string): number {
  const [first, second] = [positions.get(a) ?? positions.size, positions.get(b) ?? positions.size]
  return first - second || a.localeCompare(b)
}

/** An amount with every digit that is worth reading: `1 234 567`, `1.2 MB`, `3 min`. */
export function amount(value: number, unit: Unit): string {
  switch (unit) {
    case 'bytes':
      return bytes(value)
    case 'milliseconds':
      return length(value)
    case 'number':
      return exact(value)
  }
}

/** The same where there is little room: `1.2M`. */
export function shortAmount(value: number, unit: Unit): string {
  return unit === 'number' ? short(value) : amount(value, unit)
}

/** An amount with its noun: `2 events`, `1.2 MB of attachments`. */
export function amountOf(value: number, { one, many, unit }: CategoryWords): string {
  return unit === 'number' ? plural(value, one, many) : `${amount(value, unit)} of ${many}`
}

const MINUTE = 60
const HOUR = 60 * MINUTE

/** In one unit, with one decimal while the number is small: `850 ms`, `12.5 min`, `300 h`. */
function length(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (Math.abs(seconds) < 1) return `${Math.round(milliseconds)} ms`
  if (Math.abs(seconds) < MINUTE) return duration(seconds)
  const [size, unit] = Math.abs(seconds) < HOUR ? [MINUTE, 'min'] : [HOUR, 'h']
  const value = seconds / size
  return `${value < 99.95 ? Math.round(value * 10) / 10 : exact(Math.round(value))} ${unit}`
}
