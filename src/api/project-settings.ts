/** What can be set on a project: the rule of each field, and the option it is kept as. */
import { enhancementsProblem, fingerprintingProblem } from '../protocol/grouping-rules.ts'
import { piiConfigProblem } from '../protocol/pii-config.ts'
import { isKnownPlatform } from '../protocol/platforms.ts'
import { preprodOptions } from '../protocol/project-options.ts'
import { organizationRoleIds } from '../protocol/scopes.ts'
import { selectorsProblem, sensitiveFieldsProblem } from '../protocol/selectors.ts'
import {
  maxSlugLength,
  projectSlugProblem,
  reservedProjectSlugs,
  reservedSlugText,
} from '../protocol/slugs.ts'
import {
  bool,
  check,
  choice,
  dictionary,
  emptyInteger,
  type Field,
  integer,
  isObject,
  list,
  nullable,
  number,
  type ObjectOf,
  object,
  type RequestBody,
  readBody,
  required,
  text,
} from './body.ts'
import { ApiError, forbidden } from './errors.ts'
import { optionFields, storedAs } from './project-option-fields.ts'

interface Setting {
  readonly option: string
  readonly field: Field<unknown>
}

/** Kept to the letter: infrastructure tools compare what they sent with what they read. */
const exactText = (max: number, pattern?: RegExp) =>
  text({ max, blank: true, trim: false, ...(pattern === undefined ? {} : { pattern }) })
const ruleText = (problem: (rules: string) => string | undefined) =>
  nullable(check(text({ blank: true, trim: false }), problem))
const texts = () => list(text({ trim: false }))

/** Fields that are kept as an option each. Null puts the default back, where it is taken at all. */
const settings = {
  subjectPrefix: { option: 'mail:subject_prefix', field: exactText(200) },
  subjectTemplate: {
    option: 'mail:subject_template',
    field: check(text({ max: 200, trim: false }), (template) =>
      template.trim() === '' ? 'This field may not be blank.' : undefined,
    ),
  },
  resolveAge: { option: 'sentry:resolve_age', field: emptyInteger() },
  digestsMinDelay: { option: 'digests:mail:minimum_delay', field: integer({ min: 60, max: 3600 }) },
  digestsMaxDelay: { option: 'digests:mail:maximum_delay', field: integer({ min: 60, max: 3600 }) },
  allowedDomains: { option: 'sentry:origins', field: allowedDomains() },
  securityToken: { option: 'sentry:token', field: exactText(255, /^[-a-zA-Z0-9+/=\s]+$/) },
  securityTokenHeader: { option: 'sentry:token_header', field: exactText(64, /^[a-zA-Z0-9_-]+$/) },
  verifySSL: { option: 'sentry:verify_ssl', field: bool() },
  dataScrubber: { option: 'sentry:scrub_data', field: bool() },
  dataScrubberDefaults: { option: 'sentry:scrub_defaults', field: bool() },
  scrubIPAddresses: { option: 'sentry:scrub_ip_address', field: bool() },
  scrapeJavaScript: { option: 'sentry:scrape_javascript', field: bool() },
  sensitiveFields: {
    option: 'sentry:sensitive_fields',
    field: check(texts(), sensitiveFieldsProblem),
  },
  safeFields: { option: 'sentry:safe_fields', field: check(texts(), selectorsProblem) },
  storeCrashReports: {
    option: 'sentry:store_crash_reports',
    field: nullable(integer({ min: -1, max: 100 })),
  },
  relayPiiConfig: {
    option: 'sentry:relay_pii_config',
    field: ruleText((config) => (config.trim() === '' ? undefined : piiConfigProblem(config))),
  },
  defaultEnvironment: {
    option: 'sentry:default_environment',
    field: nullable(text({ blank: true, trim: false })),
  },
  highlightTags: { option: 'sentry:highlight_tags', field: texts() },
  highlightContext: { option: 'sentry:highlight_context', field: highlightContext() },
  groupingEnhancements: { option: 'sentry:grouping_enhancements', field: ruleText(enhancementsProblem) },
  fingerprintingRules: { option: 'sentry:fingerprinting_rules', field: ruleText(fingerprintingProblem) },
  builtinSymbolSources: { option: 'sentry:builtin_symbol_sources', field: texts() },
  autofixAutomationTuning: {
    option: 'sentry:autofix_automation_tuning',
    field: choice(['off', 'super_low', 'low', 'medium', 'high', 'always']),
  },
  seerScannerAutomation: { option: 'sentry:seer_scanner_automation', field: bool() },
  tempestFetchScreenshots: { option: 'sentry:tempest_fetch_screenshots', field: bool() },
  enableAutoReleaseCreation: { option: 'sentry:enable_auto_release_creation', field: bool() },
  scmSourceContextEnabled: { option: 'sentry:scm_source_context_enabled', field: bool() },
  debugFilesRole: {
    option: 'sentry:debug_files_role',
    field: nullable(choice(organizationRoleIds)),
  },
  preprodSizeStatusChecksEnabled: preprod('preprodSizeStatusChecksEnabled', bool()),
  preprodSizeStatusChecksRules: preprod('preprodSizeStatusChecksRules', list(dictionary())),
  preprodSizePrCommentsEnabled: preprod('preprodSizePrCommentsEnabled', bool()),
  preprodSizePrCommentsRules: preprod('preprodSizePrCommentsRules', list(dictionary())),
  preprodSizeEnabledQuery: preprod('preprodSizeEnabledQuery', nullable(text({ blank: true, trim: false }))),
  preprodDistributionEnabledQuery: preprod(
    'preprodDistributionEnabledQuery',
    nullable(text({ blank: true, trim: false })),
  ),
  preprodSizeEnabledByCustomer: preprod('preprodSizeEnabledByCustomer', bool()),
  preprodDistributionEnabledByCustomer: preprod('preprodDistributionEnabledByCustomer', bool()),
  preprodDistributionPrCommentsEnabledByCustomer: preprod(
    'preprodDistributionPrCommentsEnabledByCustomer',
    bool(),
  ),
} as const satisfies Record<string, Setting>

function preprod<F extends Field<unknown>>(name: keyof typeof preprodOptions, field: F) {
  return { option: preprodOptions[name], field }
}

type Settings = typeof settings
const settingFields = Object.fromEntries(
  Object.entries(settings).map(([name, { field }]) => [name, field]),
) as unknown as { readonly [K in keyof Settings]: Settings[K]['field'] }

const samplingBiases = [
  'boostEnvironments',
  'boostLatestRelease',
  'ignoreHealthChecks',
  'boostKeyTransactions',
  'boostLowVolumeTransactions',
  'boostReplayId',
  'recalibrationRule',
] as const

/** Every field that PUT knows. */
export const projectFields = {
  name: text({ max: 200 }),
  slug: check(text(), (slug) =>
    reservedProjectSlugs.has(slug) ? reservedSlugText(slug) : projectSlugProblem(slug),
  ),
  platform: nullable(
    check(text({ blank: true }), (platform) =>
      platform === '' || isKnownPlatform(platform) ? undefined : 'Invalid platform',
    ),
  ),
  isBookmarked: bool(),
  ...settingFields,
  symbolSources: nullable(text({ blank: true, trim: false })),
  copy_from_project: integer(),
  groupingConfig: refused('Grouping config cannot be manually set.'),
  secondaryGroupingConfig: refused('Secondary grouping config cannot be manually set.'),
  secondaryGroupingExpiry: refused('Secondary grouping expiry cannot be manually set.'),
  targetSampleRate: check(
    number({ min: 0, max: 1 }),
    () => 'Organization does not have the custom dynamic sample rate feature enabled.',
  ),
  dynamicSamplingBiases: list(samplingBias()),
  /** Read and ignored: teams have endpoints of their own. */
  team: text({ max: maxSlugLength.team, pattern: /^[a-z0-9_-]+$/ }),
  options: object(optionFields),
}

/** What those who only read a project may set. */
const readerFields = [
  'isBookmarked',
  'autofixAutomationTuning',
  'seerScannerAutomation',
  ...(Object.keys(preprodOptions) as (keyof typeof preprodOptions)[]),
] as const

export type ProjectInput = ObjectOf<typeof projectFields>

/**
 * Reads the body of a caller who may edit the project, or only read it. A reader's other fields are ignored when
 * they say nothing: false, zero, empty, null.
 *
 * Errors: ApiError 400 for bad fields, 403 for fields that a reader may not set, or that nobody may here.
 */
export function readProjectInput(body: RequestBody, mayEdit: boolean): ProjectInput {
  if (mayEdit) {
    const input = readBody(projectFields, body)
    if (input.dynamicSamplingBiases?.length) {
      throw new ApiError(403, 'dynamicSamplingBiases is not a valid field')
    }
    return input
  }
  const fields = Object.fromEntries(readerFields.map((name) => [name, projectFields[name]]))
  const input = readBody(fields, body) as ProjectInput
  const sent = isObject(body.value) ? body.value : {}
  for (const name of Object.keys(projectFields) as (keyof ProjectInput)[]) {
    // A field that says something and comes to nothing, such as "false", is refused as well, as Sentry does.
    if (saysSomething(sent[name]) && !saysSomething(input[name])) throw forbidden()
  }
  return input
}

/** What Python takes for true. */
function saysSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value)
}

export interface OptionChange {
  /** The field, as the caller knows it. */
  readonly field: string
  readonly option: string
  /** Undefined puts the default back. */
  readonly value: unknown
}

/** The options that an input sets, in order: of two that set the same, the later one holds. */
export function optionChanges(input: ProjectInput): readonly OptionChange[] {
  const own = Object.entries(settings).flatMap(([field, { option }]) => {
    const value = input[field as keyof Settings]
    return value === undefined ? [] : [{ field, option, value: value ?? undefined }]
  })
  const inside = Object.entries(input.options ?? {}).map(([field, value]) => ({
    field,
    option: storedAs(field),
    value: value ?? undefined,
  }))
  return [...own, ...inside]
}

function allowedDomains() {
  const origin = check(text({ blank: true }), (domain) =>
    /:\*(\/|$)/.test(domain)
      ? `${domain} is not an acceptable domain. Wildcard ports are not allowed.`
      : undefined,
  )
  const domains = list(origin, { emptyText: true })
  const stated: typeof domains = {
    ...domains,
    read(value, isForm) {
      const verdict = domains.read(value, isForm)
      return 'errors' in verdict ? verdict : { value: verdict.value.filter((domain) => domain !== '') }
    },
  }
  return check(stated, (list) =>
    list.length === 0 ? 'Empty value will block all requests, use * to accept from all domains' : undefined,
  )
}

/** Kinds of context with the keys to show first, each key once. */
function highlightContext(): Field<Record<string, string[]>> & { isRequired: false } {
  return {
    schema: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
    isRequired: false,
    isNullable: false,
    read(value) {
      if (value === null) return { errors: ['This field may not be null.'] }
      if (!isObject(value)) return { errors: ['Expected a dictionary.'] }
      for (const [key, names] of Object.entries(value)) {
        if (!/^[a-zA-Z0-9_.: -]+$/.test(key)) return { errors: [`Key '${key}' is invalid.`] }
        if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
          return { errors: [`Value for '${key}' must be a list of strings.`] }
        }
      }
      const entries = Object.entries(value as Record<string, string[]>)
      return { value: Object.fromEntries(entries.map(([key, names]) => [key, [...new Set(names)]])) }
    },
  }
}

function samplingBias() {
  const bias = object({ id: required(choice(samplingBiases)), active: bool() })
  const exact: typeof bias = {
    ...bias,
    read(value, isForm) {
      const others = isObject(value)
        ? Object.keys(value).filter((key) => key !== 'id' && key !== 'active')
        : []
      if (others.length === 0) return bias.read(value, isForm)
      return {
        errors: { non_field_errors: ["Error: Only 'id' and 'active' fields are allowed for bias."] },
      }
    },
  }
  return exact
}

/** A field that may not be sent at all. */
function refused(message: string): Field<never> & { isRequired: false } {
  return {
    schema: { description: message },
    isRequired: false,
    isNullable: false,
    read: () => ({ errors: [message] }),
  }
}
