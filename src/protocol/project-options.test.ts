import { describe, expect, test } from 'vitest'
import {
  highlightPreset,
  initialOptions,
  isReadableOption,
  optionOf,
  type ProjectOptionName,
  switchOf,
} from './project-options.ts'

const defaults: readonly (readonly [ProjectOptionName, unknown])[] = [
  ['digests:mail:minimum_delay', 300],
  ['digests:mail:maximum_delay', 1800],
  ['mail:subject_prefix', '[Sentry]'],
  ['mail:subject_template', '$shortID - $title'],
  ['sentry:origins', ['*']],
  ['sentry:resolve_age', 0],
  ['sentry:scrub_data', true],
  ['sentry:scrub_defaults', true],
  ['sentry:safe_fields', []],
  ['sentry:sensitive_fields', []],
  ['sentry:store_crash_reports', null],
  ['sentry:token', null],
  ['sentry:token_header', null],
  ['sentry:verify_ssl', false],
  ['sentry:scrub_ip_address', false],
  ['sentry:scrape_javascript', true],
  ['sentry:highlight_tags', null],
  ['sentry:highlight_context', null],
  ['sentry:grouping_config', 'newstyle:2023-01-11'],
  ['sentry:grouping_enhancements', ''],
  ['sentry:derived_grouping_enhancements', ''],
  ['sentry:secondary_grouping_expiry', 0],
  ['sentry:secondary_grouping_config', null],
  ['sentry:fingerprinting_rules', ''],
  ['sentry:default_environment', null],
  ['sentry:relay_pii_config', null],
  ['sentry:builtin_symbol_sources', ['ios', 'microsoft', 'android', 'nuget']],
  ['sentry:symbol_sources', '[]'],
  ['sentry:autofix_automation_tuning', 'off'],
  ['sentry:seer_scanner_automation', true],
  ['sentry:debug_files_role', null],
  ['sentry:csp_ignored_sources_defaults', true],
  ['sentry:csp_ignored_sources', []],
  ['sentry:blacklisted_ips', []],
  ['sentry:releases', []],
  ['sentry:error_messages', []],
  ['sentry:log_messages', []],
  ['sentry:trace_metric_names', []],
  ['sentry:feedback_user_report_notifications', true],
  ['sentry:feedback_ai_spam_detection', true],
  ['sentry:replay_rage_click_issues', true],
  ['sentry:replay_hydration_error_issues', true],
  ['sentry:toolbar_allowed_origins', []],
  // Terraform wants a truth value here, not null.
  ['quotas:spike-protection-disabled', false],
]

/** What is kept as "1" and "0". */
const switches: readonly (readonly [ProjectOptionName, boolean])[] = [
  ['feedback:branding', true],
  ['filters:react-hydration-errors', true],
  ['filters:chunk-load-error', true],
  ['filters:filtered-transaction', true],
  ['filters:browser-extensions', false],
  ['filters:legacy-browsers', false],
  ['filters:localhost', false],
  ['filters:web-crawlers', false],
]

describe('optionOf', () => {
  test.each(defaults)('%s is %j when nothing is stored', (name, value) => {
    expect(optionOf({}, name)).toEqual(value)
  })

  test('is what is stored, also when that is empty', () => {
    expect(optionOf({ 'sentry:origins': ['a.com'] }, 'sentry:origins')).toEqual(['a.com'])
    expect(optionOf({ 'mail:subject_prefix': '' }, 'mail:subject_prefix')).toBe('')
    expect(optionOf({ 'sentry:scrub_data': false }, 'sentry:scrub_data')).toBe(false)
    expect(optionOf({ 'sentry:origins': null }, 'sentry:origins')).toBeNull()
  })
})

describe('switchOf', () => {
  test.each(switches)('%s is %j when nothing is stored', (name, isOn) => {
    expect(switchOf({}, name)).toBe(isOn)
  })

  test('is on at "1" and off at anything else', () => {
    const stored = (value: unknown) => switchOf({ 'filters:localhost': value }, 'filters:localhost')
    expect(['1', '0', '', ['ie'], null].map(stored)).toEqual([true, false, false, false, false])
  })
})

describe('initialOptions', () => {
  const browserFilters = {
    'filters:browser-extensions': '1',
    'filters:web-crawlers': '1',
    'filters:filtered-transaction': '1',
    'filters:legacy-browsers': expect.toSatisfy(
      (ids: string[]) => ids.toSorted().join() === 'android,chrome,edge,firefox,ie,opera,opera_mini,safari',
    ),
  }

  test.each([
    [null, {}],
    ['python', {}],
    ['other', {}],
    ['javascript', browserFilters],
    ['javascript-react', browserFilters],
    ['java', {}],
    ['electron', { 'sentry:builtin_symbol_sources': ['ios', 'microsoft', 'electron'] }],
    [
      'unity',
      {
        'sentry:builtin_symbol_sources': [
          'ios',
          'microsoft',
          'android',
          'nuget',
          'unity',
          'nvidia',
          'ubuntu',
        ],
      },
    ],
    ['unreal', { 'sentry:builtin_symbol_sources': ['ios', 'microsoft', 'android', 'nvidia', 'ubuntu'] }],
    [
      'godot',
      { 'sentry:builtin_symbol_sources': ['ios', 'microsoft', 'android', 'nuget', 'nvidia', 'ubuntu'] },
    ],
  ])('of a project for %s', (platform, options) => {
    expect(initialOptions(platform)).toEqual(options)
  })
})

describe('highlightPreset', () => {
  const usual = { tags: ['handled', 'level', 'url'], context: { trace: ['trace_id'] } }
  const mobile = {
    tags: ['handled', 'level', 'mobile', 'main_thread'],
    context: { trace: ['trace_id'], profile: ['profile_id'], app: ['name'] },
  }

  test.each([
    [null, usual],
    ['python', usual],
    ['javascript', usual],
    ['android', mobile],
    ['apple-ios', mobile],
    ['flutter', mobile],
    ['react-native', mobile],
  ])('for %s', (platform, highlights) => {
    expect(highlightPreset(platform)).toEqual(highlights)
  })
})

describe('isReadableOption', () => {
  const readable = `
    sentry:option-epoch sentry:origins sentry:resolve_age sentry:scrub_data sentry:scrub_defaults
    sentry:safe_fields sentry:store_crash_reports sentry:builtin_symbol_sources sentry:symbol_sources
    sentry:sensitive_fields sentry:highlight_tags sentry:highlight_context
    sentry:csp_ignored_sources_defaults sentry:csp_ignored_sources sentry:default_environment
    sentry:blacklisted_ips sentry:releases sentry:error_messages sentry:log_messages
    sentry:trace_metric_names sentry:scrape_javascript sentry:replay_rage_click_issues
    sentry:replay_hydration_error_issues sentry:feedback_user_report_notifications
    sentry:feedback_ai_spam_detection sentry:toolbar_allowed_origins sentry:token sentry:token_header
    sentry:verify_ssl sentry:scrub_ip_address sentry:grouping_config sentry:grouping_enhancements
    sentry:derived_grouping_enhancements sentry:secondary_grouping_config
    sentry:secondary_grouping_expiry sentry:fingerprinting_rules sentry:relay_pii_config
    sentry:dynamic_sampling sentry:dynamic_sampling_biases sentry:target_sample_rate sentry:breakdowns
    sentry:debug_files_role sentry:autofix_automation_tuning sentry:seer_scanner_automation
    quotas:spike-protection-disabled feedback:branding digests:mail:minimum_delay
    digests:mail:maximum_delay mail:subject_prefix mail:subject_template filters:react-hydration-errors
    filters:chunk-load-error
  `
    .trim()
    .split(/\s+/)

  test.each(readable)('shows %s', (name) => {
    expect(isReadableOption(name)).toBe(true)
  })

  test.each([
    '',
    'sentry:unknown',
    'filters:localhost',
    'filters:web-crawlers',
    'sentry:',
    'origins',
    'constructor',
  ])('does not show %j', (name) => {
    expect(isReadableOption(name)).toBe(false)
  })
})
