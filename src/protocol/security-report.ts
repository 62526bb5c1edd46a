/** Security reports of browsers: which kind one is, and the event that it becomes. */
import { eventOfReport, type ReportContext, type Reported } from './browser-reports.ts'
import { readCertificateReport } from './certificate-report.ts'
import { readCspReport } from './csp-report.ts'
import type { ParsedEvent } from './event.ts'
import { isObject, type JsonObject, parseJson } from './json.ts'
import { drop, type Fate } from './outcome.ts'

interface Kind {
  readonly is: (report: JsonObject) => boolean
  /** Errors: undefined for what does not say what such a report must say. */
  readonly read: (report: JsonObject) => Reported | undefined
}

/** The first that a report is, it is. */
const kinds: readonly Kind[] = [
  { is: has('csp-report'), read: (report) => readCspReport(report['csp-report']) },
  { is: ({ type }) => type === 'csp-violation', read: ({ body }) => readCspReport(body) },
  {
    is: has('expect-ct-report'),
    read: (report) => readCertificateReport('expectct', report['expect-ct-report']),
  },
  {
    is: has('expect-staple-report'),
    read: (report) => readCertificateReport('expectstaple', report['expect-staple-report']),
  },
  { is: has('known-pins'), read: (report) => readCertificateReport('hpkp', report) },
]

function has(name: string) {
  return (report: JsonObject) => Object.hasOwn(report, name)
}

/**
 * Makes an event of one report.
 *
 * Errors: a fate for what is no JSON, no security report, or a broken one. The Reporting API brings reports of
 * other kinds to the same address; they are filtered, as Sentry does.
 */
export function parseSecurityReport(bytes: Uint8Array, context: ReportContext): ParsedEvent | Fate {
  const value = parseJson(bytes)
  if (value === undefined) return drop('invalid', 'invalid_json')
  const report = isObject(value) ? value : {}
  const kind = kinds.find(({ is }) => is(report))
  if (kind === undefined) {
    return typeof report.type === 'string'
      ? drop('filtered', 'invalid-csp')
      : drop('invalid', 'security_report_type')
  }
  const reported = kind.read(report)
  return reported === undefined ? drop('invalid', 'security_report') : eventOfReport(reported, context)
}
