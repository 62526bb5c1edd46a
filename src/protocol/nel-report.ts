/**
 * Network error logging: requests that a browser could not make, or did not get a good answer to.
 *
 * Source: https://www.w3.org/TR/network-error-logging/
 */
import { eventOfReport, type ReportContext } from './browser-reports.ts'
import type { ParsedEvent } from './event.ts'
import type { Pair } from './event-values.ts'
import { defined, isObject, type JsonObject, parseJson, textOf } from './json.ts'
import { drop, type Fate } from './outcome.ts'

/** By type: what went wrong. Browsers add types of their own. */
const explanations = new Map([
  ['ok', 'The request succeeded'],
  ['dns.unreachable', 'The name server could not be reached'],
  ['dns.name_not_resolved', 'The name server knows no address for the name'],
  ['dns.failed', 'The name could not be looked up'],
  ['dns.address_changed', 'The address of the host has changed'],
  ['tcp.timed_out', 'The connection timed out'],
  ['tcp.closed', 'The server closed the connection'],
  ['tcp.reset', 'The connection was reset'],
  ['tcp.refused', 'The server refused the connection'],
  ['tcp.aborted', 'The connection was aborted'],
  ['tcp.address_invalid', 'The IP address is invalid'],
  ['tcp.address_unreachable', 'The IP address cannot be reached'],
  ['tcp.failed', 'The connection failed'],
  ['tls.version_or_cipher_mismatch', 'Browser and server have no TLS version or cipher in common'],
  ['tls.bad_client_auth_cert', 'The certificate of the client is invalid'],
  ['tls.cert.name_invalid', 'The certificate is for another name'],
  ['tls.cert.date_invalid', 'The certificate is not valid at this time'],
  ['tls.cert.authority_invalid', 'The issuer of the certificate is not trusted'],
  ['tls.cert.invalid', 'The certificate is invalid'],
  ['tls.cert.revoked', 'The certificate was revoked'],
  ['tls.cert.pinned_key_not_in_cert_chain', 'The certificate has none of the pinned keys'],
  ['tls.protocol.error', 'The TLS protocol was violated'],
  ['tls.failed', 'The TLS connection failed'],
  ['http.error', 'The answer has an error status'],
  ['http.protocol.error', 'The HTTP protocol was violated'],
  ['http.response.invalid', 'The answer is incomplete or malformed'],
  ['http.response.redirect_loop', 'The redirects go in a circle'],
  ['http.failed', 'The HTTP request failed'],
  ['abandoned', 'The request was given up before it was complete'],
  ['unknown', 'The error is not known'],
])

/**
 * Makes an event of one report. Fields of a wrong type are left out.
 *
 * Errors: a fate for what is no such report.
 */
export function parseNelReport(bytes: Uint8Array, context: ReportContext): ParsedEvent | Fate {
  const report = parseJson(bytes)
  const body = isObject(report) ? report.body : undefined
  if (!isObject(report) || !isObject(body) || (report.type ?? 'network-error') !== 'network-error')
    return drop('invalid', 'invalid_json')

  const url = textOf(report.url)
  const type = textOf(body.type) ?? 'unknown'
  const phase = textOf(body.phase)
  // 0 where there was no answer.
  const status = numberOf(body.status_code) || undefined
  const tags: readonly (readonly [string, string | undefined])[] = [
    ['nel.type', type],
    ['nel.phase', phase],
    ['http.response.status_code', status === undefined ? undefined : String(status)],
    ['url.domain', (url && URL.parse(url)?.hostname) || undefined],
  ]
  return eventOfReport(
    {
      type: 'nel',
      level: type === 'ok' ? 'info' : undefined,
      message: status === undefined ? type : `${type} / ${status}`,
      culprit: explanations.get(type),
      tags: tags.filter((tag): tag is Pair => tag[1] !== undefined),
      request: {
        url,
        method: textOf(body.method),
        referrer: textOf(body.referrer),
        userAgent: textOf(report.user_agent),
      },
      own: { timestamp: happenedAt(report, context), contexts: contextsOf(body, { type, phase, status }) },
    },
    context,
  )
}

/** Epoch seconds. */
function happenedAt({ age }: JsonObject, { receivedAt }: ReportContext): number {
  return (receivedAt - Math.max(0, numberOf(age) ?? 0)) / 1000
}

function contextsOf(
  body: JsonObject,
  { type, phase, status }: { type: string; phase: string | undefined; status: number | undefined },
): JsonObject {
  const nel = defined({
    type: 'nel',
    error_type: type,
    phase,
    protocol: textOf(body.protocol),
    server_ip: textOf(body.server_ip),
    elapsed_time: numberOf(body.elapsed_time),
    sampling_fraction: numberOf(body.sampling_fraction),
  })
  return status === undefined ? { nel } : { nel, response: { type: 'response', status_code: status } }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
