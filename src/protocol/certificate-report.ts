/**
 * Complaints about a host's certificate, of three kinds that browsers used to send: Expect-CT, Expect-Staple and
 * public key pinning (HPKP).
 *
 * Source: https://www.rfc-editor.org/rfc/rfc9163.html#section-3.1 and https://www.rfc-editor.org/rfc/rfc7469.html#section-3
 */
import type { Reported } from './browser-reports.ts'
import { freeData } from './event-values.ts'
import { isObject, type JsonObject, textOf } from './json.ts'

export type CertificateReportType = 'expectct' | 'expectstaple' | 'hpkp'

interface Kind {
  /** What has failed. */
  readonly subject: string
  /** Whether the host is the culprit. */
  readonly blamesHost: boolean
  /** Fields that become tags, with the tag's name. */
  readonly tags: Readonly<Record<string, string>>
}

const kinds: Readonly<Record<CertificateReportType, Kind>> = {
  expectct: { subject: 'Expect-CT', blamesHost: true, tags: { hostname: 'hostname', port: 'port' } },
  expectstaple: {
    subject: 'Expect-Staple',
    blamesHost: true,
    tags: {
      hostname: 'hostname',
      port: 'port',
      response_status: 'response_status',
      cert_status: 'cert_status',
    },
  },
  hpkp: {
    subject: 'Public key pinning validation',
    blamesHost: false,
    tags: { hostname: 'hostname', port: 'port', include_subdomains: 'include-subdomains' },
  },
}

/** Errors: undefined if the report is no object or names no host. */
export function readCertificateReport(type: CertificateReportType, report: unknown): Reported | undefined {
  const fields = isObject(report) ? storedFields(report) : {}
  const hostname = textOf(fields.hostname)
  if (hostname === undefined) return undefined
  const { subject, blamesHost, tags } = kinds[type]
  return {
    type,
    message: `${subject} failed for '${hostname}'`,
    culprit: blamesHost ? hostname : undefined,
    tags: Object.entries(tags).flatMap(([field, tag]) => {
      const value = fields[field]
      const isShort = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      return isShort ? [[tag, String(value)] as const] : []
    }),
    request: { url: hostname },
    own: { [type]: fields },
  }
}

/** `date-time` → `date_time`. */
function storedFields(report: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(report).map(([name, value]) => [name.replaceAll('-', '_'), freeData(value)]),
  )
}
