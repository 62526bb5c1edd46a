/** Project → Sentry JSON: the shapes that share their base. */
import { createHash } from 'node:crypto'
import { type Static, type TSchema, Type } from 'typebox'
import {
  type Highlights,
  highlightPreset,
  optionOf,
  type StoredOptions,
  switchOf,
} from '../../protocol/project-options.ts'
import type { Organization } from '../../store/organizations.ts'
import type { Project, ProjectExtras } from '../../store/projects.ts'
import { type Access, canReach, teamScopes } from '../access.ts'
import { DateTime, isoDate, isoDateOrNull } from './dates.ts'
import { OrganizationJson, organizationJson } from './organization.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Series = Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]))

export const TeamRefJson = Type.Object({ id: Type.String(), slug: Type.String(), name: Type.String() })
export const AvatarJson = Type.Object({ avatarType: Type.String(), avatarUuid: nullable(Type.String()) })

const projectBase = {
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  platform: nullable(Type.String()),
  dateCreated: DateTime,
  isBookmarked: Type.Boolean(),
  isMember: Type.Boolean(),
  features: Type.Array(Type.String()),
  firstEvent: nullable(DateTime),
  firstTransactionEvent: Type.Boolean(),
  access: Type.Array(Type.String()),
  hasAccess: Type.Boolean(),
  hasMinifiedStackTrace: Type.Boolean(),
  hasMonitors: Type.Boolean(),
  hasProfiles: Type.Boolean(),
  hasReplays: Type.Boolean(),
  hasFeedbacks: Type.Boolean(),
  hasFlags: Type.Boolean(),
  hasNewFeedbacks: Type.Boolean(),
  hasSessions: Type.Boolean(),
  hasInsightsHttp: Type.Boolean(),
  hasInsightsDb: Type.Boolean(),
  hasInsightsAssets: Type.Boolean(),
  hasInsightsAppStart: Type.Boolean(),
  hasInsightsScreenLoad: Type.Boolean(),
  hasInsightsVitals: Type.Boolean(),
  hasInsightsCaches: Type.Boolean(),
  hasInsightsQueues: Type.Boolean(),
  hasInsightsAgentMonitoring: Type.Boolean(),
  hasInsightsMCP: Type.Boolean(),
  hasLogs: Type.Boolean(),
  hasTraceMetrics: Type.Boolean(),
  stats: Type.Optional(Series),
  transactionStats: Type.Optional(Series),
  sessionStats: Type.Optional(
    Type.Object({
      currentCrashFreeRate: nullable(Type.Number()),
      previousCrashFreeRate: nullable(Type.Number()),
      hasHealthData: Type.Boolean(),
    }),
  ),
}

const projectOwn = {
  isInternal: Type.Boolean(),
  isPublic: Type.Boolean(),
  avatar: AvatarJson,
  color: Type.String(),
  status: Type.String(),
}

export const ProjectJson = Type.Object({ ...projectBase, ...projectOwn })

export const ProjectWithOrganizationJson = Type.Object({
  ...projectBase,
  ...projectOwn,
  organization: OrganizationJson,
  team: Type.Optional(TeamRefJson),
  teams: Type.Array(TeamRefJson),
})

export const ProjectWithTeamJson = Type.Object({
  ...projectBase,
  ...projectOwn,
  teams: Type.Array(TeamRefJson),
  team: Type.Optional(TeamRefJson),
})

const latestRelease = nullable(Type.Object({ version: Type.String() }))

/** The list shape. It carries what older servers sent with it (color, avatar, status) as well. */
export const ProjectSummaryJson = Type.Object({
  ...projectBase,
  ...projectOwn,
  team: nullable(TeamRefJson),
  teams: Type.Array(TeamRefJson),
  platforms: Type.Array(Type.String()),
  hasUserReports: Type.Boolean(),
  environments: Type.Array(Type.String()),
  latestRelease,
  latestDeploys: Type.Optional(Type.Null()),
  options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

export const DetailedProjectJson = Type.Object({
  ...projectBase,
  ...projectOwn,
  stats: Type.Optional(Type.Object({ unresolved: Type.Integer() })),
  teams: Type.Array(TeamRefJson),
  team: Type.Optional(TeamRefJson),
  latestRelease,
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
  hasAlertIntegrationInstalled: Type.Optional(Type.Boolean()),
})

/** What every shape is made from. `access` is the caller's, to the project's organization. */
export interface ProjectFacts {
  readonly project: Project
  readonly extras: ProjectExtras
  readonly access: Access
}

const knownFeatures = ['custom-inbound-filters', 'minidump', 'rate-limits'] as const

function base({ project, extras, access }: ProjectFacts) {
  const teamIds = extras.teams.map((team) => team.id)
  const hasAccess = canReach(access, teamIds)
  const seen = (what: string) => extras.seen.has(what)
  return {
    id: String(project.id),
    slug: project.slug,
    name: project.name,
    platform: project.platform,
    dateCreated: isoDate(project.createdAt),
    isBookmarked: extras.isBookmarked,
    isMember: teamIds.some((id) => access.teamRoles.has(id)),
    features: [...knownFeatures, ...(extras.latestRelease === null ? [] : ['releases'])],
    firstEvent: isoDateOrNull(project.firstEventAt),
    firstTransactionEvent: seen('event:transaction'),
    access: hasAccess ? [...teamScopes(access, teamIds)].sort() : [],
    hasAccess,
    hasMinifiedStackTrace: false,
    hasMonitors: seen('item:check_in'),
    hasProfiles: seen('item:profile') || seen('item:profile_chunk'),
    hasReplays: seen('item:replay_event') || seen('item:replay_recording') || seen('item:replay_video'),
    hasFeedbacks: seen('event:feedback') || seen('item:user_report'),
    hasFlags: false,
    hasNewFeedbacks: seen('event:feedback'),
    hasSessions: seen('item:session') || seen('item:sessions'),
    hasInsightsHttp: false,
    hasInsightsDb: false,
    hasInsightsAssets: false,
    hasInsightsAppStart: false,
    hasInsightsScreenLoad: false,
    hasInsightsVitals: false,
    hasInsightsCaches: false,
    hasInsightsQueues: false,
    hasInsightsAgentMonitoring: false,
    hasInsightsMCP: false,
    hasLogs: true,
    hasTraceMetrics: true,
  }
}

function own({ project }: ProjectFacts) {
  return {
    isInternal: false,
    isPublic: false,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null },
    color: hashedColor(project.slug.toUpperCase()),
    status: project.status === 'active' ? 'active' : 'deleted',
  }
}

function teamRefs({ extras }: ProjectFacts): Static<typeof TeamRefJson>[] {
  return extras.teams.map(({ id, slug, name }) => ({ id: String(id), slug, name }))
}

function teamsAndFirst(facts: ProjectFacts) {
  const teams = teamRefs(facts)
  const [team] = teams
  return team === undefined ? { teams } : { team, teams }
}

function platformsSeen({ extras }: ProjectFacts): string[] {
  return [...extras.seen]
    .filter((what) => what.startsWith('platform:'))
    .map((what) => what.slice('platform:'.length))
    .sort()
}

export function projectJson(facts: ProjectFacts): Static<typeof ProjectJson> {
  return { ...base(facts), ...own(facts) }
}

export function projectWithTeamJson(facts: ProjectFacts): Static<typeof ProjectWithTeamJson> {
  return { ...base(facts), ...own(facts), ...teamsAndFirst(facts) }
}

export function projectWithOrganizationJson(
  facts: ProjectFacts,
  baseUrl: string,
): Static<typeof ProjectWithOrganizationJson> {
  return {
    ...projectWithTeamJson(facts),
    organization: organizationJson(facts.access.organization, baseUrl),
  }
}

export interface SummaryParts {
  readonly stats?: readonly (readonly [number, number])[]
  readonly transactionStats?: readonly (readonly [number, number])[]
  readonly sessionStats?: Static<typeof ProjectSummaryJson>['sessionStats']
  readonly options?: Readonly<Record<string, unknown>>
  readonly withoutDeploys?: boolean
}

export function projectSummaryJson(
  facts: ProjectFacts,
  parts: SummaryParts = {},
): Static<typeof ProjectSummaryJson> {
  const teams = teamRefs(facts)
  const { stats, transactionStats, sessionStats, options, withoutDeploys } = parts
  return {
    ...base(facts),
    ...own(facts),
    team: teams[0] ?? null,
    teams,
    platforms: platformsSeen(facts),
    hasUserReports: facts.extras.seen.has('item:user_report'),
    environments: [...facts.extras.environments],
    latestRelease: facts.extras.latestRelease === null ? null : { version: facts.extras.latestRelease },
    ...(withoutDeploys ? {} : { latestDeploys: null }),
    ...(stats ? { stats: pairs(stats) } : {}),
    ...(transactionStats ? { transactionStats: pairs(transactionStats) } : {}),
    ...(sessionStats ? { sessionStats } : {}),
    ...(options ? { options } : {}),
  }
}

function pairs(series: readonly (readonly [number, number])[]): [number, number][] {
  return series.map(([at, count]) => [at, count])
}

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
  return {
    ...base(facts),
    ...own(facts),
    ...teamsAndFirst(facts),
    latestRelease: facts.extras.latestRelease === null ? null : { version: facts.extras.latestRelease },
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
    symbolSources: hideSymbolSecrets(option('sentry:symbol_sources')),
    dynamicSamplingBiases: null,
    isDynamicallySampled: false,
    autofixAutomationTuning: option('sentry:autofix_automation_tuning'),
    seerScannerAutomation: option('sentry:seer_scanner_automation'),
    debugFilesRole: option('sentry:debug_files_role'),
    enableAutoReleaseCreation: option('sentry:enable_auto_release_creation'),
    scmSourceContextEnabled: option('sentry:scm_source_context_enabled'),
    seerNightshiftTweaks: null,
    tempestFetchScreenshots: option('sentry:tempest_fetch_screenshots'),
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

/** Older settings wrote booleans: all, or none. */
function crashReportLimit(stored: number | boolean | null): number | null {
  if (stored === true) return -1
  return stored === false ? 0 : stored
}

const secretFields = ['password', 'secret_key', 'private_key', 'client_secret', 'appconnectPrivateKey']

/** The secrets of custom symbol sources never leave the server. */
function hideSymbolSecrets(text: string): string {
  const sources = JSON.parse(text) as Record<string, unknown>[]
  return JSON.stringify(
    sources.map((source) =>
      Object.fromEntries(
        Object.entries(source).map(([name, value]) =>
          secretFields.includes(name) && value ? [name, { 'hidden-secret': true }] : [name, value],
        ),
      ),
    ),
  )
}

function mutable({ tags, context }: Highlights): { tags: string[]; context: Record<string, string[]> } {
  return {
    tags: [...tags],
    context: Object.fromEntries(Object.entries(context).map(([name, keys]) => [name, [...keys]])),
  }
}

/**
 * A stable colour for a name: its hash picks the hue, at half saturation and lightness.
 *
 * Source: Sentry's get_hashed_color, so that a project keeps its colour when it moves here.
 */
function hashedColor(name: string): string {
  const hue = Number.parseInt(createHash('md5').update(name).digest('hex').slice(0, 3), 16) / 4096
  const channel = (shift: number) => {
    const at = (((hue + shift) % 1) + 1) % 1
    const [low, high] = [0.25, 0.75]
    if (at < 1 / 6) return low + (high - low) * 6 * at
    if (at < 1 / 2) return high
    return at < 2 / 3 ? low + (high - low) * (2 / 3 - at) * 6 : low
  }
  return `#${[1 / 3, 0, -1 / 3]
    .map((shift) =>
      Math.floor(channel(shift) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
