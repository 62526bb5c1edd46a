/** The keys inside a project's `options`: the older way to set some of its fields, and the only way to set others. */
import { piiConfigProblem } from '../protocol/pii-config.ts'
import { bool, check, emptyInteger, type Field, integer, list, nullable, text } from './body.ts'

type Optional<T> = Field<T> & { isRequired: false }

/** What was read, in the form in which it is kept. */
function kept<T, K>(inner: Field<T>, form: (value: T) => K): Optional<K> {
  const { schema, isNullable } = inner
  return {
    schema,
    isNullable,
    isRequired: false,
    read(value, isForm) {
      const verdict = inner.read(value, isForm)
      return 'errors' in verdict ? verdict : { value: form(verdict.value) }
    },
  }
}

const wholeText = () => text({ blank: true, trim: false })

/** One entry a line; blank lines say nothing. */
function lines(form: (line: string) => string = (line) => line): Optional<string[]> {
  return kept(wholeText(), (value) =>
    value
      .split(/\r\n|\r|\n/)
      .map((line) => form(line.trim()))
      .filter((line) => line !== ''),
  )
}

const lower = (line: string) => line.toLowerCase()

/** Anything that says yes or no; what is empty says no. */
function truth(): Optional<boolean> {
  const word = bool()
  return {
    ...word,
    schema: { anyOf: [word.schema, { enum: [null, ''] }, { type: 'array', maxItems: 0 }] },
    isNullable: true,
    read(value, isForm) {
      const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0)
      return isEmpty ? { value: false } : word.read(value, isForm)
    },
  }
}

const toggle = () => kept(truth(), (isOn) => (isOn ? '1' : '0'))
const names = () => list(kept(wholeText(), (name) => name.trim().toLowerCase()))

/** Older callers say all, or none. */
function crashReports(): Optional<number | null> {
  const limit = nullable(integer({ min: -1, max: 100 }))
  return {
    ...limit,
    schema: { anyOf: [limit.schema, { type: 'boolean' }] },
    read: (value, isForm) =>
      typeof value === 'boolean' ? { value: value ? -1 : 0 } : limit.read(value, isForm),
  }
}

/**
 * Shape: each reads into what is kept. Entries of filters keep their case, as infrastructure tools compare them
 * with what they sent; matching does not look at it.
 */
export const optionFields = {
  'sentry:origins': lines(lower),
  'sentry:resolve_age': emptyInteger(),
  'sentry:scrub_data': truth(),
  'sentry:scrub_defaults': truth(),
  'sentry:safe_fields': names(),
  'sentry:store_crash_reports': crashReports(),
  'sentry:relay_pii_config': nullable(
    kept(
      check(text({ blank: true }), (config) => (config === '' ? undefined : piiConfigProblem(config))),
      (config) => (config === '' ? null : config),
    ),
  ),
  'sentry:sensitive_fields': names(),
  'sentry:scrub_ip_address': truth(),
  'sentry:grouping_config': nullable(text()),
  'sentry:fingerprinting_rules': nullable(wholeText()),
  'mail:subject_prefix': nullable(wholeText()),
  'sentry:default_environment': nullable(wholeText()),
  'sentry:csp_ignored_sources_defaults': truth(),
  'sentry:csp_ignored_sources': lines(lower),
  'sentry:blacklisted_ips': lines(),
  'feedback:branding': toggle(),
  'sentry:feedback_user_report_notifications': truth(),
  'sentry:feedback_ai_spam_detection': truth(),
  'sentry:replay_rage_click_issues': truth(),
  'sentry:replay_hydration_error_issues': truth(),
  'sentry:toolbar_allowed_origins': lines(lower),
  'sentry:uptime_autodetection': truth(),
  'filters:react-hydration-errors': toggle(),
  'filters:chunk-load-error': toggle(),
  'filters:blacklisted_ips': lines(),
  'filters:releases': lines(),
  'filters:error_messages': lines(),
  'filters:log_messages': lines(),
  'filters:trace_metric_names': lines(),
}

const otherNames: Readonly<Record<string, string>> = {
  'filters:blacklisted_ips': 'sentry:blacklisted_ips',
  'filters:releases': 'sentry:releases',
  'filters:error_messages': 'sentry:error_messages',
  'filters:log_messages': 'sentry:log_messages',
  'filters:trace_metric_names': 'sentry:trace_metric_names',
}

/** The option under which a key is kept. */
export function storedAs(key: string): string {
  return otherNames[key] ?? key
}
