import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventFilters } from '../ingest/filters/index.ts'
import { allowance, dropWords, hasWords, keyFaults } from './drop-words.ts'
import { drop, type Fate, type OutcomeKind } from './outcome.ts'

/** Source: ingest protocol 6.3, 6.4 and 6.5. */
const published: Readonly<Partial<Record<OutcomeKind, readonly string[]>>> = {
  filtered: [
    ...['ip-address', 'release-version', 'error-message', 'browser-extensions', 'legacy-browsers'],
    ...['localhost', 'web-crawlers', 'invalid-csp', 'filtered-transaction', 'react-hydration-errors'],
    ...['chunk-load-error', 'log-message', 'trace-metric-name', 'custom-error', 'custom-inbound-filter:7'],
    ...['discarded-hash', 'crash-report-limit', 'Sampled:1000,1004', 'Sampled:0'],
  ],
  rate_limited: ['key_quota', 'project_quota', 'org_quota', 'project_abuse_limit'],
  invalid: [
    ...['project_id', 'cors', 'auth_version', 'auth_client', 'no_data', 'empty_body', 'invalid_body'],
    ...['payload', 'invalid_json', 'invalid_msgpack', 'invalid_multipart', 'invalid_envelope'],
    ...['internal_envelope', 'invalid_compression', 'invalid_event_id', 'invalid_proto', 'content_type'],
    ...['disallowed_method', 'multi_project_id', 'request_too_large', 'duplicate', 'duplicate_item'],
    ...['no_event_payload', 'invalid_transaction', 'timestamp', 'transaction_sampled'],
    ...['transaction_attachment', 'missing_minidump_upload', 'invalid_minidump'],
    ...['missing_prosperodump_upload', 'invalid_prosperodump', 'invalid_unreal_report', 'process_unreal'],
    ...['security_report_type', 'security_report', 'invalid_replay', 'invalid_replay_no_payload'],
    ...['invalid_replay_pii_scrubber_failed', 'invalid_replay_recording', 'invalid_replay_video'],
    ...['invalid_replay_missing_recording', 'invalid_log', 'invalid_span', 'invalid_trace_metric'],
    ...['invalid_check_in', 'invalid_span_attachment', 'invalid_trace_attachment'],
    ...['invalid_placeholder_attachment', 'missing_dsc', 'invalid_dsc', 'invalid_signature'],
    ...['missing_signature', 'feature_disabled', 'rate_limited', 'queue_failed', 'project_unavailable'],
    ...['project_state', 'project_state_pii', 'objectstore_upload_failed', 'internal', 'empty_envelope'],
    ...['event', 'transaction', 'security', 'user_report', 'user_report_v2', 'session', 'client_report'].map(
      (item) => `too_large:${item}`,
    ),
    ...['attachment', 'minidump', 'apple_crash_report', 'event_payload', 'breadcrumbs', 'prosperodump'].map(
      (kind) => `too_large:attachment:${kind}`,
    ),
    ...['unreal_context', 'unreal_logs', 'view_hierarchy', 'nnswitch_dying_message'].map(
      (kind) => `too_large:attachment:${kind}`,
    ),
    'too_large:unknown',
  ],
  client_discard: [
    ...['queue_overflow', 'cache_overflow', 'buffer_overflow', 'ratelimit_backoff', 'network_error'],
    ...['sample_rate', 'before_send', 'event_processor', 'send_error', 'internal_sdk_error'],
    ...['insufficient_data', 'backpressure'],
  ],
}

/** The reasons that stand in the source, wherever a fate is made. */
function reasonsInSource(): Map<OutcomeKind, Set<string>> {
  const found = new Map<OutcomeKind, Set<string>>()
  const add = (outcome: string, reason: string) => {
    const reasons = found.get(outcome as OutcomeKind) ?? new Set()
    found.set(outcome as OutcomeKind, reasons.add(reason))
  }
  const src = join(import.meta.dirname, '..')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  )
  for (const file of files) {
    const text = readFileSync(join(src, file), 'utf8')
    // All texts up to the end of the call but those that something is compared with: some choose between two.
    for (const [, outcome = '', rest = ''] of text.matchAll(/\bdrop\('(\w+)', ([^)]*)\)/g)) {
      for (const [, reason = ''] of rest.matchAll(/(?<!=== )'([\w:-]+)'/g)) add(outcome, reason)
    }
    for (const [, fault = ''] of text.matchAll(/\bfault: '(\w+)'/g)) {
      // That a store's body is too large is said with the item's name, elsewhere.
      if (/envelope|store-body/.test(file) && fault !== 'too_large') add('invalid', fault)
    }
    for (const [, reason = ''] of text.matchAll(/\b(?:container|refused)\((?:\d+, '[^']*', )?'([\w:]+)'/g)) {
      add('invalid', reason)
    }
    for (const [, code = ''] of text.matchAll(/\breasonCode: '(\w+)'/g)) add('rate_limited', code)
  }
  return found
}

describe('there are words for', () => {
  test.each(Object.entries(published))('every published reason of %s', (outcome, reasons) => {
    expect(reasons.filter((reason) => !hasWords(outcome as OutcomeKind, reason))).toEqual([])
  })

  test('every reason that this server gives', () => {
    const found = reasonsInSource()
    expect([...found.keys()].sort()).toEqual(['filtered', 'invalid', 'rate_limited'])
    const wordless = [...found].flatMap(([outcome, reasons]) =>
      [...reasons].filter((reason) => !hasWords(outcome, reason)).map((reason) => `${outcome}: ${reason}`),
    )
    expect(wordless).toEqual([])
    expect(found.get('invalid')?.size).toBeGreaterThan(25)
  })

  test('every inbound filter', () => {
    expect(eventFilters.filter(({ id }) => !hasWords('filtered', id))).toEqual([])
  })
})

const sentences: readonly (readonly [sentence: string, fate: Fate, label?: string])[] = [
  [
    'Filtered: came from a web crawler (Googlebot)',
    { ...drop('filtered', 'web-crawlers'), detail: 'Googlebot' },
  ],
  ['Filtered: came from a web crawler', drop('filtered', 'web-crawlers')],
  ["Filtered: the project's own filter 7", drop('filtered', 'custom-inbound-filter:7')],
  [
    'Filtered: it was not in the sample (projects with little data, rule 9)',
    drop('filtered', 'Sampled:1000,9'),
  ],
  [
    'Rate limited: key “mobile” allows 100 per minute',
    { ...drop('rate_limited', 'key_quota'), detail: '100 per minute' },
    'mobile',
  ],
  [
    'Rate limited: its key allows 100 per minute',
    { ...drop('rate_limited', 'key_quota'), detail: '100 per minute' },
  ],
  ['Rate limited: the limit of its key was reached', drop('rate_limited', 'key_quota'), 'mobile'],
  ['Rate limited: a limit was reached', drop('rate_limited')],
  [
    "Invalid: the envelope's item header is not JSON (line 2)",
    { ...drop('invalid', 'invalid_envelope'), detail: 'invalid item header (line 2)' },
  ],
  [
    'Invalid: the envelope could not be read (more than 10000 items)',
    { ...drop('invalid', 'invalid_envelope'), detail: 'more than 10000 items' },
  ],
  [
    'Invalid: the event is larger than 1 MiB, or the envelope has too many of them',
    drop('invalid', 'too_large:event'),
  ],
  [
    'Invalid: the check-in is larger than 100 KiB, or the envelope has too many of them',
    drop('invalid', 'too_large:check_in'),
  ],
  ['Invalid: an item of the envelope is too large', drop('invalid', 'too_large:unheard-of')],
  ['Invalid: an event with this id is stored already', drop('invalid', 'duplicate'), 'mobile'],
  [
    'Refused: there is no such key in this project, or it is switched off',
    drop('invalid', 'project_id'),
    'mobile',
  ],
  [
    'Refused: key “mobile” is switched off',
    { ...drop('invalid', 'project_id'), detail: keyFaults.off },
    'mobile',
  ],
  ['Refused: there is no such key', { ...drop('invalid', 'project_id'), detail: keyFaults.unknown }],
  [
    "Refused: the page it came from is not on the project's list of allowed domains (https://evil.example)",
    { ...drop('invalid', 'cors'), detail: 'https://evil.example' },
  ],
  ['Lost by the server: something in it broke', drop('invalid', 'internal')],
  [
    "Discarded by the client: the application's before_send took it out",
    drop('client_discard', 'before_send'),
  ],
  ['Discarded by the client: phase of the moon', drop('client_discard', 'phase of the moon')],
  ['Discarded by the client: constructor', drop('client_discard', 'constructor')],
  ['Discarded by the client: it does not say why', drop('client_discard')],
  ['Limited: too many different values', drop('cardinality_limited')],
]

test.each(sentences.map(([sentence, fate, label]) => ({ sentence, fate, label })))(
  'says “$sentence”',
  (said) => {
    expect(dropWords(said.fate, said.label)).toBe(said.sentence)
  },
)

test.each([
  [{ count: 100, window: 60 }, '100 per minute'],
  [{ count: 5, window: 1 }, '5 per second'],
  [{ count: 5, window: 90 }, '5 per 90 seconds'],
  [{ count: 1, window: 7200 }, '1 per 2 hours'],
  [{ count: 1000, window: 86_400 }, '1000 per day'],
])('%j allows %s', (limit, words) => {
  expect(allowance(limit)).toBe(words)
})
