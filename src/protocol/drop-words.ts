/**
 * Why data was dropped, in words that a person understands: outcome and reason → one sentence.
 *
 * Source: ingest protocol 6.3 to 6.5, and every reason that this server gives.
 */
import { itemLimitOf } from './items.ts'
import type { Fate, OutcomeKind } from './outcome.ts'

/** How a sentence begins, unless it says so itself: most are the outcome, a colon, and what happened. */
const openings: Readonly<Record<OutcomeKind, string>> = {
  accepted: 'Accepted',
  filtered: 'Filtered',
  rate_limited: 'Rate limited',
  invalid: 'Invalid',
  abuse: 'Refused as abuse',
  client_discard: 'Discarded by the client',
  cardinality_limited: 'Limited',
}

/** What is said when there is no reason. */
const withoutReason: Readonly<Record<OutcomeKind, string>> = {
  accepted: 'it is stored',
  filtered: 'the project does not want it',
  rate_limited: 'a limit was reached',
  invalid: 'it could not be used',
  abuse: 'far too much came at once',
  client_discard: 'it does not say why',
  cardinality_limited: 'too many different values',
}

const filtered: Readonly<Record<string, string>> = {
  'ip-address': "the sender's address is on the project's list",
  'release-version': "its release is on the project's list",
  'error-message': "its message is on the project's list",
  'browser-extensions': 'came from an extension of the browser',
  'legacy-browsers': 'came from a browser that is too old',
  localhost: "came from a developer's own machine",
  'web-crawlers': 'came from a web crawler',
  'invalid-csp': 'the report is about a source that the project ignores',
  'filtered-transaction': 'was a health check',
  'react-hydration-errors': 'was an error of hydration in React, which pages recover from',
  'chunk-load-error': 'a part of the page could not be loaded, as happens after a release',
  'log-message': "the log's message is on the project's list",
  'trace-metric-name': "the metric's name is on the project's list",
  'custom-error': 'is on a list of the project',
  cors: 'the page it came from may not send to the project',
  'discarded-hash': 'its issue was deleted, and what belongs to it is discarded',
  'crash-report-limit': 'enough crash reports of its issue are kept already',
}

const samplingRules: Readonly<Record<string, string>> = {
  '0': 'other rules',
  '1000': 'projects with little data',
  '1001': 'environments',
  '1002': 'health checks',
  '1003': 'key transactions',
  '1004': 'recalibration',
  '1005': 'replays',
  '1400': 'rare transactions',
  '1500': 'releases',
  '3000': 'custom rules',
}

const rateLimited: Readonly<Record<string, string>> = {
  key_quota: 'the limit of its key was reached',
  project_quota: 'the limit of the project was reached',
  org_quota: 'the limit of the organization was reached',
  project_abuse_limit: 'far too much came to the project at once',
  org_abuse_limit: 'far too much came to the organization at once',
  global_abuse_limit: 'far too much came to the server at once',
  smart_rate_limit: 'the project sent many times more than it usually does (spike protection)',
  spike_protection: 'the project sent many times more than it usually does (spike protection)',
  quota_exceeded: 'a limit was reached',
  usage_exceeded: 'a limit of spending was reached',
  grace_period: 'a limit of spending was reached',
  feature_disabled: 'this kind of data is switched off',
}

/** Sentences that begin with something else than the outcome are whole. */
const invalid: Readonly<Record<string, string>> = {
  project_id: 'Refused: there is no such key in this project, or it is switched off',
  cors: "Refused: the page it came from is not on the project's list of allowed domains",
  auth_version: 'Refused: the SDK speaks a version of the protocol that is not supported',
  auth_client: 'Refused: the SDK is not allowed',
  no_data: 'the request was empty',
  empty_body: 'the request was empty',
  invalid_body: 'the body is neither JSON nor what old SDKs pack it in',
  payload: 'the body could not be read to its end',
  invalid_json: 'it is not JSON of the expected form',
  invalid_msgpack: 'a part of the event is not MessagePack',
  invalid_multipart: 'the form could not be read',
  invalid_envelope: 'the envelope could not be read',
  internal_envelope: 'the envelope has an item that only relays may send',
  empty_envelope: 'the envelope has no items',
  invalid_compression: 'the compressed crash dump is broken',
  invalid_event_id: 'the event id is not one',
  invalid_proto: 'it is not Protocol Buffers of the expected form',
  content_type: 'the content type is not supported',
  disallowed_method: 'the HTTP method is not supported',
  multi_project_id: 'it names several projects',
  request_too_large: 'the request is too large',
  duplicate: 'an event with this id is stored already',
  duplicate_item: 'the envelope has two items of which there may be one only',
  no_event_payload: 'there is no event in it',
  invalid_transaction: 'the transaction lacks its times, or its trace and span',
  timestamp: 'its time is too long ago, or in the future',
  transaction_sampled: 'the transaction was not in the sample',
  transaction_attachment: 'an attachment of a transaction is not supported',
  missing_minidump_upload: 'the form has no minidump',
  invalid_minidump: 'the file is not a minidump',
  missing_prosperodump_upload: 'the form has no dump',
  invalid_prosperodump: 'the file is not a dump',
  invalid_unreal_report: 'the crash report of Unreal Engine could not be unpacked',
  process_unreal: 'the crash report of Unreal Engine could not be read',
  security_report_type: 'the report is of no known type',
  security_report: 'the report lacks what its type needs',
  invalid_replay: 'the replay could not be read',
  invalid_replay_no_payload: 'the replay is empty',
  invalid_replay_pii_scrubber_failed: 'the replay could not be cleaned of personal data',
  invalid_replay_recording: 'the recording of the replay could not be read',
  invalid_replay_video: 'the video of the replay could not be read',
  invalid_replay_missing_recording: 'the replay came without its recording',
  invalid_log: 'the logs could not be read, or are not as many as their header says',
  invalid_span: 'the spans could not be read, or are not as many as their header says',
  invalid_trace_metric: 'the metrics could not be read, or are not as many as their header says',
  invalid_check_in: 'the check-in could not be read, or names no monitor',
  invalid_span_attachment: 'the attachment of the span could not be read',
  invalid_trace_attachment: 'the attachment of the trace could not be read',
  invalid_placeholder_attachment: 'the attachment refers to nothing',
  missing_dsc: 'the sampling context is missing',
  invalid_dsc: 'the sampling context could not be read',
  invalid_signature: "the relay's signature is wrong",
  missing_signature: 'no relay has signed it',
  feature_disabled: 'this kind of data is switched off',
  rate_limited: 'a limit was reached',
  queue_failed: 'Lost by the server: the queue failed',
  project_unavailable: 'Lost by the server: the project could not be looked up',
  project_state: 'Lost by the server: the settings of the project could not be read',
  project_state_pii: 'Lost by the server: the rules for personal data could not be read',
  objectstore_upload_failed: 'Lost by the server: the file could not be stored',
  internal: 'Lost by the server: something in it broke',
}

const discarded: Readonly<Record<string, string>> = {
  queue_overflow: 'its queue was full',
  cache_overflow: 'its cache on disk was full',
  buffer_overflow: 'its buffer was full',
  ratelimit_backoff: 'it had been told that a limit was reached, and waited',
  network_error: 'the network failed',
  sample_rate: 'it was not in the sample (sample_rate, traces_sample_rate)',
  before_send: "the application's before_send took it out",
  event_processor: "one of the application's event processors took it out",
  send_error: 'it was sent, and the answer was an error',
  internal_sdk_error: 'something in the SDK broke',
  insufficient_data: 'there was too little in it',
  backpressure: 'the application was too busy',
  ignored: "it is on the application's list",
  invalid: 'it was not valid',
  no_parent_span: 'there was no span around it',
}

const ofOutcome: Readonly<Record<OutcomeKind, Readonly<Record<string, string>>>> = {
  accepted: {},
  filtered,
  rate_limited: rateLimited,
  invalid,
  abuse: {},
  client_discard: discarded,
  cardinality_limited: {},
}

/** What is wrong with an envelope, by what its sender is told. */
const envelopeFaults: Readonly<Record<string, string>> = {
  'missing envelope header': 'the envelope is blank',
  'invalid envelope header': "the envelope's header is not JSON of the expected form",
  'invalid item header': "the envelope's item header is not JSON",
  'missing newline after header or payload':
    'the envelope has no line break after a header or payload; a stated length may be wrong',
  'unexpected end of file': 'the envelope ends too early; a stated length may be wrong',
}

/** What is too large, as the suffix of `too_large:` names it → the item type whose limit that is. */
const sizedItems: Readonly<Record<string, readonly [noun: string, itemType: string]>> = {
  event: ['the event', 'event'],
  transaction: ['the transaction', 'transaction'],
  security: ['the security report', 'security'],
  raw_security: ['the security report', 'raw_security'],
  nel: ['the network error report', 'nel'],
  user_report: ['the user report', 'user_report'],
  user_report_v2: ['the feedback', 'feedback'],
  form_data: ['the fields of the form', 'form_data'],
  unreal_report: ['the crash report of Unreal Engine', 'unreal_report'],
  session: ['the session', 'session'],
  sessions: ['the sessions', 'sessions'],
  client_report: ['the client report', 'client_report'],
  profile: ['the profile', 'profile'],
  profile_chunk: ['the profile', 'profile_chunk'],
  replay_event: ['the replay', 'replay_event'],
  replay_recording: ['the recording of the replay', 'replay_recording'],
  replay_video: ['the video of the replay', 'replay_video'],
  check_in: ['the check-in', 'check_in'],
  log: ['the logs', 'log'],
  trace_metric: ['the metrics', 'trace_metric'],
  span: ['the spans', 'span'],
  statsd: ['the metrics', 'statsd'],
  metric_buckets: ['the metrics', 'metric_buckets'],
  'attachment:attachment': ['the attachment', 'attachment'],
  'attachment:minidump': ['the minidump', 'attachment'],
  'attachment:apple_crash_report': ["Apple's crash report", 'attachment'],
  'attachment:event_payload': ['the event', 'event'],
  'attachment:breadcrumbs': ['the breadcrumbs', 'event'],
  'attachment:prosperodump': ['the dump', 'attachment'],
  'attachment:unreal_context': ["Unreal Engine's description of the crash", 'attachment'],
  'attachment:unreal_logs': ["Unreal Engine's log", 'attachment'],
  'attachment:view_hierarchy': ['the view hierarchy', 'attachment'],
  'attachment:nnswitch_dying_message': ['the dying message', 'attachment'],
}

/** Whether there are words of its own for a reason; others are repeated as they are. */
export function hasWords(outcome: OutcomeKind, reason: string): boolean {
  return wordsOf(outcome, reason) !== undefined
}

/**
 * One sentence without a full stop. `keyLabel` is what people call the key that the data came through.
 *
 *     Rate limited: key “mobile” allows 100 per minute
 */
export function dropWords(fate: Fate, keyLabel?: string): string {
  const { outcome, reason = '', detail } = fate
  const whole = wholeSentence(fate, keyLabel)
  if (whole !== undefined) return whole
  const words = reason === '' ? withoutReason[outcome] : (wordsOf(outcome, reason) ?? reason)
  const sentence = /^(Refused|Lost)\b.*?:/.test(words) ? words : `${openings[outcome]}: ${words}`
  return detail === undefined || detail === '' ? sentence : `${sentence} (${detail})`
}

function wordsOf(outcome: OutcomeKind, reason: string): string | undefined {
  const table = ofOutcome[outcome]
  if (Object.hasOwn(table, reason)) return table[reason]
  const colon = reason.indexOf(':')
  const [family, member] = [reason.slice(0, Math.max(colon, 0)), reason.slice(colon + 1)]
  if (outcome === 'filtered' && family === 'Sampled') return sampled(member)
  if (outcome === 'filtered' && family === 'custom-inbound-filter')
    return `the project's own filter ${member}`
  if (outcome === 'invalid' && family === 'too_large') return tooLarge(member)
  return undefined
}

function sampled(rules: string): string {
  const names = rules.split(',').map((rule) => samplingRules[rule] ?? `rule ${rule}`)
  return `it was not in the sample (${names.join(', ')})`
}

const MIB = 1024 * 1024
const KIB = 1024

function tooLarge(suffix: string): string {
  if (!Object.hasOwn(sizedItems, suffix)) return 'an item of the envelope is too large'
  const [noun = '', itemType = ''] = sizedItems[suffix] ?? []
  const limit = itemLimitOf(itemType)
  const size = limit >= MIB ? `${limit / MIB} MiB` : `${limit / KIB} KiB`
  return Number.isFinite(limit)
    ? `${noun} is larger than ${size}, or the envelope has too many of them`
    : `${noun} is too large`
}

/** Sentences that are made of the detail, where there is one. */
function wholeSentence({ outcome, reason, detail }: Fate, keyLabel: string | undefined): string | undefined {
  if (detail === undefined) return undefined
  if (outcome === 'rate_limited' && reason === 'key_quota') {
    return `Rate limited: ${keyLabel === undefined ? 'its key' : `key “${keyLabel}”`} allows ${detail}`
  }
  if (outcome !== 'invalid') return undefined
  if (reason === 'invalid_envelope') {
    const [, cause = '', line = ''] = /^(.*?)( \(line \d+\))?$/s.exec(detail) ?? []
    const words = Object.hasOwn(envelopeFaults, cause) ? envelopeFaults[cause] : undefined
    return words === undefined ? undefined : `Invalid: ${words}${line}`
  }
  return reason === 'project_id' ? `Refused: ${refusedKeys[detail]?.(keyLabel) ?? detail}` : undefined
}

/** What was wrong with a key, by the detail of its refusal. */
export const keyFaults = {
  unknown: 'there is no such key',
  elsewhere: 'the key is that of another project',
  off: 'the key is switched off',
} as const

const refusedKeys: Readonly<Record<string, (label: string | undefined) => string>> = {
  [keyFaults.off]: (label) => (label === undefined ? keyFaults.off : `key “${label}” is switched off`),
}

/** `100 per minute`, `5 per 90 seconds`. The window is in seconds. */
export function allowance({ count, window }: { readonly count: number; readonly window: number }): string {
  const unit = [...windows].find(([, seconds]) => window % seconds === 0)
  const [name, seconds] = unit ?? ['second', 1]
  const units = window / seconds
  return `${count} per ${units === 1 ? name : `${units} ${name}s`}`
}

/** Largest first. */
const windows: ReadonlyMap<string, number> = new Map([
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
])
