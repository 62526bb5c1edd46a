/** The options of a project: names as Sentry stores them, and what holds when none is stored. */

/**
 * Defaults of a new project. Whatever is not in a project's stored options has this value; options without an
 * entry default to null.
 */
export const projectOptionDefaults = {
  'sentry:origins': ['*'],
  'sentry:resolve_age': 0,
  'sentry:scrub_data': true,
  'sentry:scrub_defaults': true,
  'sentry:safe_fields': [],
  'sentry:sensitive_fields': [],
  'sentry:store_crash_reports': null,
  'sentry:token': null,
  'sentry:token_header': null,
  'sentry:verify_ssl': false,
  'sentry:scrub_ip_address': false,
  'sentry:scrape_javascript': true,
  'sentry:highlight_tags': null,
  'sentry:highlight_context': null,
  'sentry:grouping_config': 'newstyle:2023-01-11',
  'sentry:grouping_enhancements': '',
  'sentry:derived_grouping_enhancements': '',
  'sentry:secondary_grouping_expiry': 0,
  'sentry:secondary_grouping_config': null,
  'sentry:fingerprinting_rules': '',
  'sentry:default_environment': null,
  'sentry:relay_pii_config': null,
  'sentry:builtin_symbol_sources': ['ios', 'microsoft', 'android', 'nuget'],
  'sentry:symbol_sources': '[]',
  'sentry:autofix_automation_tuning': 'off',
  'sentry:seer_scanner_automation': true,
  'sentry:debug_files_role': null,
  'sentry:enable_auto_release_creation': true,
  'sentry:scm_source_context_enabled': true,
  'sentry:tempest_fetch_screenshots': false,
  'sentry:csp_ignored_sources_defaults': true,
  'sentry:csp_ignored_sources': [],
  'sentry:blacklisted_ips': [],
  'sentry:releases': [],
  'sentry:error_messages': [],
  'sentry:log_messages': [],
  'sentry:trace_metric_names': [],
  'sentry:feedback_user_report_notifications': true,
  'sentry:feedback_ai_spam_detection': true,
  'sentry:replay_rage_click_issues': true,
  'sentry:replay_hydration_error_issues': true,
  'sentry:toolbar_allowed_origins': [],
  'digests:mail:minimum_delay': 300,
  'digests:mail:maximum_delay': 1800,
  'mail:subject_prefix': '[Sentry]',
  'mail:subject_template': '$shortID - $title',
  'feedback:branding': '1',
  'filters:react-hydration-errors': '1',
  'filters:chunk-load-error': '1',
  'filters:browser-extensions': '0',
  'filters:filtered-transaction': '1',
  'filters:legacy-browsers': '0',
  'filters:localhost': '0',
  'filters:web-crawlers': '0',
  'quotas:spike-protection-disabled': false,
} as const satisfies Record<string, unknown>

export type ProjectOptionName = keyof typeof projectOptionDefaults

/** Switches of Sentry's size analysis and build distribution, by their fields. They are kept; nothing acts on them. */
export const preprodOptions = {
  preprodSizeStatusChecksEnabled: 'sentry:preprod_size_status_checks_enabled',
  preprodSizeStatusChecksRules: 'sentry:preprod_size_status_checks_rules',
  preprodSizePrCommentsEnabled: 'sentry:preprod_size_pr_comments_enabled',
  preprodSizePrCommentsRules: 'sentry:preprod_size_pr_comments_rules',
  preprodSizeEnabledQuery: 'sentry:preprod_size_enabled_query',
  preprodDistributionEnabledQuery: 'sentry:preprod_distribution_enabled_query',
  preprodSizeEnabledByCustomer: 'sentry:preprod_size_enabled_by_customer',
  preprodDistributionEnabledByCustomer: 'sentry:preprod_distribution_enabled_by_customer',
  preprodDistributionPrCommentsEnabledByCustomer:
    'sentry:preprod_distribution_pr_comments_enabled_by_customer',
} as const

export type StoredOptions = Readonly<Record<string, unknown>>

/** The stored value, or the default. Whoever stored it has checked its type. */
export function optionOf<T>(options: StoredOptions, name: ProjectOptionName): T {
  return (name in options ? options[name] : projectOptionDefaults[name]) as T
}

/** Options kept as a list of texts. */
export function listOf(options: StoredOptions, name: ProjectOptionName): readonly string[] {
  const stored = optionOf<unknown>(options, name)
  return Array.isArray(stored) ? stored.map(String) : []
}

/** Options kept as `"1"` and `"0"`. */
export function switchOf(options: StoredOptions, name: ProjectOptionName): boolean {
  return optionOf<unknown>(options, name) === '1'
}

const mobilePlatforms = new Set([
  'android',
  'apple',
  'apple-ios',
  'capacitor',
  'cordova',
  'dart',
  'dotnet-maui',
  'dotnet-xamarin',
  'flutter',
  'ionic',
  'react-native',
  'unity',
  'unreal',
])

export interface Highlights {
  readonly tags: readonly string[]
  readonly context: Readonly<Record<string, readonly string[]>>
}

/** Tags and context that an event's page shows first, by the project's platform. */
export function highlightPreset(platform: string | null): Highlights {
  if (platform !== null && mobilePlatforms.has(platform)) {
    return {
      tags: ['handled', 'level', 'mobile', 'main_thread'],
      context: { trace: ['trace_id'], profile: ['profile_id'], app: ['name'] },
    }
  }
  return { tags: ['handled', 'level', 'url'], context: { trace: ['trace_id'] } }
}

/** Options that a new project of this platform starts with. */
export function initialOptions(platform: string | null): StoredOptions {
  return { ...browserFilters(platform), ...symbolSources(platform) }
}

function browserFilters(platform: string | null): StoredOptions {
  if (platform === null || !platform.startsWith('javascript')) return {}
  return {
    'filters:browser-extensions': '1',
    'filters:web-crawlers': '1',
    'filters:filtered-transaction': '1',
    'filters:legacy-browsers': [
      'android',
      'chrome',
      'edge',
      'firefox',
      'ie',
      'opera',
      'opera_mini',
      'safari',
    ],
  }
}

const symbolSourcesByPlatform: Readonly<Record<string, readonly string[]>> = {
  electron: ['ios', 'microsoft', 'electron'],
  unity: ['ios', 'microsoft', 'android', 'nuget', 'unity', 'nvidia', 'ubuntu'],
  unreal: ['ios', 'microsoft', 'android', 'nvidia', 'ubuntu'],
  godot: ['ios', 'microsoft', 'android', 'nuget', 'nvidia', 'ubuntu'],
}

function symbolSources(platform: string | null): StoredOptions {
  const sources = platform === null ? undefined : symbolSourcesByPlatform[platform]
  return sources === undefined ? {} : { 'sentry:builtin_symbol_sources': sources }
}

const readablePrefixes = [
  'sentry:replay_',
  'sentry:feedback_',
  'sentry:grouping_',
  'sentry:secondary_grouping_',
  'sentry:dynamic_sampling',
]

const readableOptions = new Set([
  'sentry:option-epoch',
  'sentry:origins',
  'sentry:resolve_age',
  'sentry:scrub_data',
  'sentry:scrub_defaults',
  'sentry:safe_fields',
  'sentry:store_crash_reports',
  'sentry:builtin_symbol_sources',
  'sentry:symbol_sources',
  'sentry:sensitive_fields',
  'sentry:highlight_tags',
  'sentry:highlight_context',
  'sentry:csp_ignored_sources_defaults',
  'sentry:csp_ignored_sources',
  'sentry:default_environment',
  'sentry:blacklisted_ips',
  'sentry:releases',
  'sentry:error_messages',
  'sentry:log_messages',
  'sentry:trace_metric_names',
  'sentry:scrape_javascript',
  'sentry:toolbar_allowed_origins',
  'sentry:token',
  'sentry:token_header',
  'sentry:verify_ssl',
  'sentry:scrub_ip_address',
  'sentry:derived_grouping_enhancements',
  'sentry:fingerprinting_rules',
  'sentry:relay_pii_config',
  'sentry:target_sample_rate',
  'sentry:breakdowns',
  'sentry:debug_files_role',
  'sentry:autofix_automation_tuning',
  'sentry:seer_scanner_automation',
  'quotas:spike-protection-disabled',
  'feedback:branding',
  'digests:mail:minimum_delay',
  'digests:mail:maximum_delay',
  'mail:subject_prefix',
  'mail:subject_template',
  'filters:react-hydration-errors',
  'filters:chunk-load-error',
])

/** Whether the organization's project list shows this option when asked for it. */
export function isReadableOption(name: string): boolean {
  return readableOptions.has(name) || readablePrefixes.some((prefix) => name.startsWith(prefix))
}
