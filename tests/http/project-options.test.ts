/** The keys inside a project's `options`. */
import { afterAll, describe, expect, test } from 'vitest'
import { projectOptions } from '../../src/store/project-options.ts'
import { type Caller, type Founded, found, openInstallation } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Detail {
  readonly options: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

const at = ({ organization }: Founded, project = 'web') => `/projects/${organization.slug}/${project}/`

function put(place: Founded, body: unknown, caller: Caller = place.owner.caller) {
  return vedette.put<Detail>(at(place), caller, body)
}

async function get(place: Founded, project = 'web'): Promise<Detail> {
  return (await vedette.get<Detail>(at(place, project), place.owner.caller)).body
}

async function optionsOf({ project }: Founded) {
  return (await projectOptions(vedette.app.db.read, [project.id])).get(project.id) ?? {}
}

/** Keys inside `options`: what is sent, the option that keeps it and how, and what shows where. */
const optionKeys: readonly (readonly [
  string,
  unknown,
  string,
  unknown,
  Readonly<Record<string, unknown>>?,
])[] = [
  [
    'sentry:origins',
    ' A.com \n\nb.com',
    'sentry:origins',
    ['a.com', 'b.com'],
    { allowedDomains: ['a.com', 'b.com'] },
  ],
  ['sentry:resolve_age', '5', 'sentry:resolve_age', 5, { resolveAge: 5 }],
  ['sentry:scrub_data', false, 'sentry:scrub_data', false, { dataScrubber: false }],
  ['sentry:scrub_defaults', 0, 'sentry:scrub_defaults', false, { dataScrubberDefaults: false }],
  ['sentry:scrub_ip_address', 1, 'sentry:scrub_ip_address', true, { scrubIPAddresses: true }],
  ['sentry:safe_fields', [' A ', 'b'], 'sentry:safe_fields', ['a', 'b'], { safeFields: ['a', 'b'] }],
  ['sentry:sensitive_fields', ['Pin'], 'sentry:sensitive_fields', ['pin'], { sensitiveFields: ['pin'] }],
  ['sentry:store_crash_reports', 5, 'sentry:store_crash_reports', 5, { storeCrashReports: 5 }],
  ['sentry:store_crash_reports', true, 'sentry:store_crash_reports', -1, { storeCrashReports: -1 }],
  ['sentry:store_crash_reports', false, 'sentry:store_crash_reports', 0, { storeCrashReports: 0 }],
  ['sentry:relay_pii_config', ' {} ', 'sentry:relay_pii_config', '{}', { relayPiiConfig: '{}' }],
  ['sentry:relay_pii_config', '  ', 'sentry:relay_pii_config', undefined, { relayPiiConfig: null }],
  [
    'sentry:grouping_config',
    'newstyle:2019-10-29',
    'sentry:grouping_config',
    'newstyle:2019-10-29',
    { groupingConfig: 'newstyle:2019-10-29' },
  ],
  [
    'sentry:fingerprinting_rules',
    'a:b -> c',
    'sentry:fingerprinting_rules',
    'a:b -> c',
    { fingerprintingRules: 'a:b -> c' },
  ],
  ['mail:subject_prefix', '', 'mail:subject_prefix', '', { subjectPrefix: '' }],
  ['sentry:default_environment', 'dev', 'sentry:default_environment', 'dev', { defaultEnvironment: 'dev' }],
  [
    'sentry:csp_ignored_sources_defaults',
    false,
    'sentry:csp_ignored_sources_defaults',
    false,
    { options: { 'sentry:csp_ignored_sources_defaults': false } },
  ],
  [
    'sentry:csp_ignored_sources',
    'A.com\r\nb.com',
    'sentry:csp_ignored_sources',
    ['a.com', 'b.com'],
    { options: { 'sentry:csp_ignored_sources': 'a.com\nb.com' } },
  ],
  [
    'sentry:toolbar_allowed_origins',
    '*.Sentry.io',
    'sentry:toolbar_allowed_origins',
    ['*.sentry.io'],
    { options: { 'sentry:toolbar_allowed_origins': '*.sentry.io' } },
  ],
  [
    'sentry:replay_rage_click_issues',
    false,
    'sentry:replay_rage_click_issues',
    false,
    { options: { 'sentry:replay_rage_click_issues': false } },
  ],
  [
    'sentry:replay_hydration_error_issues',
    '',
    'sentry:replay_hydration_error_issues',
    false,
    { options: { 'sentry:replay_hydration_error_issues': false } },
  ],
  [
    'sentry:feedback_user_report_notifications',
    null,
    'sentry:feedback_user_report_notifications',
    false,
    { options: { 'sentry:feedback_user_report_notifications': false } },
  ],
  [
    'sentry:feedback_ai_spam_detection',
    false,
    'sentry:feedback_ai_spam_detection',
    false,
    { options: { 'sentry:feedback_ai_spam_detection': false } },
  ],
  ['sentry:uptime_autodetection', false, 'sentry:uptime_autodetection', false],
  [
    'sentry:blacklisted_ips',
    '127.0.0.1',
    'sentry:blacklisted_ips',
    ['127.0.0.1'],
    { options: { 'filters:blacklisted_ips': '127.0.0.1' } },
  ],
  [
    'filters:blacklisted_ips',
    '127.0.0.1\n10.0.0.0/8',
    'sentry:blacklisted_ips',
    ['127.0.0.1', '10.0.0.0/8'],
    { options: { 'filters:blacklisted_ips': '127.0.0.1\n10.0.0.0/8' } },
  ],
  [
    'filters:releases',
    '1.*\n \n2.*\n',
    'sentry:releases',
    ['1.*', '2.*'],
    { options: { 'filters:releases': '1.*\n2.*' } },
  ],
  [
    'filters:error_messages',
    'TypeError*',
    'sentry:error_messages',
    ['TypeError*'],
    { options: { 'filters:error_messages': 'TypeError*' } },
  ],
  [
    'filters:log_messages',
    'Debug*',
    'sentry:log_messages',
    ['Debug*'],
    { options: { 'filters:log_messages': 'Debug*' } },
  ],
  [
    'filters:trace_metric_names',
    'cpu.*',
    'sentry:trace_metric_names',
    ['cpu.*'],
    { options: { 'filters:trace_metric_names': 'cpu.*' } },
  ],
  ['filters:error_messages', '', 'sentry:error_messages', [], { options: { 'filters:error_messages': '' } }],
  [
    'filters:react-hydration-errors',
    false,
    'filters:react-hydration-errors',
    '0',
    { options: { 'filters:react-hydration-errors': false } },
  ],
  [
    'filters:chunk-load-error',
    '',
    'filters:chunk-load-error',
    '0',
    { options: { 'filters:chunk-load-error': false } },
  ],
  ['feedback:branding', false, 'feedback:branding', '0', { options: { 'feedback:branding': false } }],
]

describe('inside options', () => {
  const cases = optionKeys.map(([key, sent, option, kept, shown = {}]) => ({
    key,
    sent,
    option,
    kept,
    shown,
  }))
  test.each(cases)('$key: $sent is kept as $option: $kept', async ({ key, sent, option, kept, shown }) => {
    const place = await found(vedette)
    const { status, body } = await put(place, { options: { [key]: sent } })
    expect(status).toBe(200)
    expect(body).toMatchObject(shown)
    expect(await get(place)).toEqual(body)
    expect((await optionsOf(place))[option]).toEqual(kept)
  })

  test('what must be set elsewhere, or is unknown, is ignored', async () => {
    const place = await found(vedette)
    const before = await get(place)
    const options = {
      'sentry:scrape_javascript': false,
      'sentry:token': 'x',
      'sentry:token_header': 'x',
      'sentry:verify_ssl': true,
      'quotas:spike-protection-disabled': true,
      'mail:unknown': 'x',
    }
    expect((await put(place, { options })).body).toEqual(before)
    expect(Object.keys(await optionsOf(place))).toEqual(['sentry:token'])
  })
})
