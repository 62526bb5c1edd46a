/** Project → Sentry JSON with its whole configuration. */
import { type Static, type TSchema, Type } from 'typebox'
import {
  type Highlights,
  highlightPreset,
  optionOf,
  preprodOptions,
  type StoredOptions,
  switchOf,
} from '../../protocol/project-options.ts'
import { hideSymbolSecrets, storedSymbolSources } from '../../protocol/symbol-sources.ts'
import type { Organization } from '../../store/organizations.ts'
import { OrganizationJson, organizationJson } from './organization.ts'
import {
  LatestReleaseJson,
  latestReleaseJson,
  type ProjectFacts,
  ProjectWithTeamJson,
  platformsSeen,
  projectWithTeamJson,
} from './project.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** Shown once they have been set. */
const preprod = {
  preprodSizeStatusChecksEnabled: Type.Optional(Type.Boolean()),
  preprodSizeStatusChecksRules: Type.Optional(Type.Array(Type.Unknown())),
  preprodSizePrCommentsEnabled: Type.Optional(Type.Boolean()),
  preprodSizePrCommentsRules: Type.Optional(Type.Array(Type.Unknown())),
  preprodSizeEnabledQuery: Type.Optional(Type.String()),
  preprodDistributionEnabledQuery: Type.Optional(Type.String()),
  preprodSizeEnabledByCustomer: Type.Optional(Type.Boolean()),
  preprodDistributionEnabledByCustomer: Type.Optional(Type.Boolean()),
  preprodDistributionPrCommentsEnabledByCustomer: Type.Optional(Type.Boolean()),
}

export const DetailedProjectJson = Type.Object(
  {
    ...ProjectWithTeamJson.properties,
    stats: Type.Optional(Type.Object({ unresolved: Type.Integer() })),
    latestRelease: LatestReleaseJson,
    options: Type.Record(Type.String(), Type.Unknown()),
    digestsMinDelay: Type.Integer(),
    digestsMaxDelay: Type.Integer(),
    subjectPrefix: Type.String(),
    subjectTemplate: Type.String(),
    allowedDomains: Type.Array(Type.String()),
    resolveAge: Type.Integer(),
    dataScrubber: Type.Boolean(),
    dataScrubberDefaults: Type.Boolean(),
    safeFields: Type.Array(Type.String()),
    sensitiveFields: Type.Array(Type.String()),
    storeCrashReports: nullable(Type.Integer()),
    securityToken: Type.String(),
    securityTokenHeader: nullable(Type.String()),
    verifySSL: Type.Boolean(),
    scrubIPAddresses: Type.Boolean(),
    scrapeJavaScript: Type.Boolean(),
    highlightTags: Type.Array(Type.String()),
    highlightContext: Type.Record(Type.String(), Type.Array(Type.String())),
    highlightPreset: Type.Object({
      tags: Type.Array(Type.String()),
      context: Type.Record(Type.String(), Type.Array(Type.String())),
    }),
    groupingConfig: Type.String(),
    groupingEnhancements: Type.String(),
    derivedGroupingEnhancements: Type.String(),
    secondaryGroupingExpiry: Type.Integer(),
    secondaryGroupingConfig: nullable(Type.String()),
    fingerprintingRules: Type.String(),
    organization: OrganizationJson,
    plugins: Type.Array(Type.Unknown()),
    platforms: Type.Array(Type.String()),
    processingIssues: Type.Integer(),
    defaultEnvironment: nullable(Type.String()),
    relayPiiConfig: nullable(Type.String()),
    builtinSymbolSources: Type.Array(Type.String()),
    symbolSources: Type.String(),
    dynamicSamplingBiases: Type.Null(),
    isDynamicallySampled: Type.Boolean(),
    autofixAutomationTuning: Type.String(),
    seerScannerAutomation: Type.Boolean(),
    debugFilesRole: nullable(Type.String()),
    enableAutoReleaseCreation: Type.Boolean(),
    scmSourceContextEnabled: Type.Boolean(),
    seerNightshiftTweaks: Type.Null(),
    tempestFetchScreenshots: Type.Boolean(),
    ...preprod,
    hasAlertIntegrationInstalled: Type.Optional(Type.Boolean()),
  },
  { title: 'DetailedProject' },
)

export interface DetailParts {
  readonly options: StoredOptions
  readonly organization: Organization
  readonly baseUrl: string
  /** With `include=stats`. */
  readonly unresolved?: number
  /** With `expand=hasAlertIntegration`. */
  readonly hasAlertIntegration?: boolean
}

export function detailedProjectJson(
  facts: ProjectFacts,
  parts: DetailParts,
): Static<typeof DetailedProjectJson> {
  const { options, organization, baseUrl, unresolved, hasAlertIntegration } = parts
  const option = <T>(name: Parameters<typeof optionOf>[1]) => optionOf<T>(options, name)
  const preset = highlightPreset(facts.project.platform)
  // Series belong to lists; here `stats` is something else.
  const { stats: _, ...common } = projectWithTeamJson(facts)
  return {
    ...common,
    latestRelease: latestReleaseJson(facts),
    options: shownOptions(options),
    digestsMinDelay: option('digests:mail:minimum_delay'),
    digestsMaxDelay: option('digests:mail:maximum_delay'),
    subjectPrefix: option('mail:subject_prefix'),
    subjectTemplate: option('mail:subject_template'),
    allowedDomains: option('sentry:origins'),
    resolveAge: option('sentry:resolve_age'),
    dataScrubber: option('sentry:scrub_data'),
    dataScrubberDefaults: option('sentry:scrub_defaults'),
    safeFields: option('sentry:safe_fields'),
    sensitiveFields: option('sentry:sensitive_fields'),
    storeCrashReports: crashReportLimit(option('sentry:store_crash_reports')),
    securityToken: option<string | null>('sentry:token') ?? '',
    securityTokenHeader: option('sentry:token_header'),
    verifySSL: option('sentry:verify_ssl'),
    scrubIPAddresses: option('sentry:scrub_ip_address'),
    scrapeJavaScript: option('sentry:scrape_javascript'),
    highlightTags: option<string[] | null>('sentry:highlight_tags') ?? [...preset.tags],
    highlightContext:
      option<Record<string, string[]> | null>('sentry:highlight_context') ?? mutable(preset).context,
    highlightPreset: mutable(preset),
    groupingConfig: option('sentry:grouping_config'),
    groupingEnhancements: option('sentry:grouping_enhancements'),
    derivedGroupingEnhancements: option('sentry:derived_grouping_enhancements'),
    secondaryGroupingExpiry: option('sentry:secondary_grouping_expiry'),
    secondaryGroupingConfig: option('sentry:secondary_grouping_config'),
    fingerprintingRules: option('sentry:fingerprinting_rules'),
    organization: organizationJson(organization, baseUrl),
    plugins: [],
    platforms: platformsSeen(facts),
    processingIssues: 0,
    defaultEnvironment: option('sentry:default_environment'),
    relayPiiConfig: option('sentry:relay_pii_config'),
    builtinSymbolSources: option('sentry:builtin_symbol_sources'),
    symbolSources: hideSymbolSecrets(storedSymbolSources(option('sentry:symbol_sources'))),
    dynamicSamplingBiases: null,
    isDynamicallySampled: false,
    autofixAutomationTuning: option('sentry:autofix_automation_tuning'),
    seerScannerAutomation: option('sentry:seer_scanner_automation'),
    debugFilesRole: option('sentry:debug_files_role'),
    enableAutoReleaseCreation: option('sentry:enable_auto_release_creation'),
    scmSourceContextEnabled: option('sentry:scm_source_context_enabled'),
    seerNightshiftTweaks: null,
    tempestFetchScreenshots: option('sentry:tempest_fetch_screenshots'),
    ...preprodSettings(options),
    ...(unresolved === undefined ? {} : { stats: { unresolved } }),
    ...(hasAlertIntegration === undefined ? {} : { hasAlertIntegrationInstalled: hasAlertIntegration }),
  }
}

/** Exactly the keys that clients expect; lists as lines, which infrastructure tools insist on. */
function shownOptions(options: StoredOptions): Record<string, unknown> {
  const lines = (name: Parameters<typeof optionOf>[1]) =>
    optionOf<readonly string[]>(options, name).join('\n')
  const plain = (name: Parameters<typeof optionOf>[1]) => optionOf<unknown>(options, name)
  return {
    'sentry:csp_ignored_sources_defaults': plain('sentry:csp_ignored_sources_defaults'),
    'sentry:csp_ignored_sources': lines('sentry:csp_ignored_sources'),
    'filters:blacklisted_ips': lines('sentry:blacklisted_ips'),
    'filters:react-hydration-errors': switchOf(options, 'filters:react-hydration-errors'),
    'filters:chunk-load-error': switchOf(options, 'filters:chunk-load-error'),
    'filters:releases': lines('sentry:releases'),
    'filters:error_messages': lines('sentry:error_messages'),
    'filters:log_messages': lines('sentry:log_messages'),
    'filters:trace_metric_names': lines('sentry:trace_metric_names'),
    'feedback:branding': switchOf(options, 'feedback:branding'),
    'sentry:feedback_user_report_notifications': plain('sentry:feedback_user_report_notifications'),
    'sentry:feedback_ai_spam_detection': plain('sentry:feedback_ai_spam_detection'),
    'sentry:replay_rage_click_issues': plain('sentry:replay_rage_click_issues'),
    'sentry:replay_hydration_error_issues': plain('sentry:replay_hydration_error_issues'),
    'sentry:toolbar_allowed_origins': lines('sentry:toolbar_allowed_origins'),
    'quotas:spike-protection-disabled': plain('quotas:spike-protection-disabled'),
  }
}

function preprodSettings(options: StoredOptions): Record<string, never> {
  const entries = Object.entries(preprodOptions).filter(([, option]) => option in options)
  return Object.fromEntries(entries.map(([field, option]) => [field, options[option] as never]))
}

/** Older settings wrote booleans: all, or none. */
function crashReportLimit(stored: number | boolean | null): number | null {
  if (stored === true) return -1
  return stored === false ? 0 : stored
}

function mutable({ tags, context }: Highlights): { tags: string[]; context: Record<string, string[]> } {
  return {
    tags: [...tags],
    context: Object.fromEntries(Object.entries(context).map(([name, keys]) => [name, [...keys]])),
  }
}
