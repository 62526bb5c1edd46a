/** The HTTP request that an event speaks of, in the API's spelling. */
import { cutTo, fieldOf, lenientText } from './event-fields.ts'
import { freeData, freeObject, type Pair, pairsOf, sortedPairs } from './event-values.ts'
import { isObject, type JsonObject, parseJson, textOf } from './json.ts'

export interface RequestJson {
  readonly method: string | null
  /** Without query and fragment. */
  readonly url: string | null
  readonly query: readonly Pair[]
  readonly fragment: string | null
  readonly data: unknown
  readonly headers: readonly Pair[]
  readonly cookies: readonly Pair[]
  readonly env: JsonObject | null
  readonly inferredContentType: string | null
}

const MAX_BODY_LENGTH = 8192

/**
 * Null if the event has no request.
 *
 * Shape: `clientIp` is put where the SDK wrote `{{auto}}`.
 */
export function requestJson(payload: JsonObject, clientIp: string | null): RequestJson | null {
  const request = fieldOf(payload, 'request')
  if (!isObject(request) || Object.keys(request).length === 0) return null
  const { url, query, fragment } = addressOf(request)
  const headers = pairsOf(request.headers).map(([name, value]): Pair => [headerCase(name), value])
  const headerOf = (wanted: string) => headers.find(([name]) => name === wanted)?.[1]
  const { data, inferred } = bodyOf(request.data)
  return {
    method: methodOf(request.method),
    url,
    query,
    fragment,
    data,
    headers: sortedPairs(headers.filter(([name]) => name !== 'Cookie')),
    cookies: sortedPairs(cookiesOf(request.cookies ?? headerOf('Cookie'))),
    env: envOf(request.env, clientIp),
    inferredContentType: inferred ?? headerOf('Content-Type')?.split(';', 1)[0]?.trim() ?? null,
  }
}

function methodOf(value: unknown): string | null {
  const method = lenientText(value)?.toUpperCase()
  return method !== undefined && /^[A-Z_-]{3,32}$/.test(method) ? method : null
}

/** Query and fragment of the URL count when there are none beside it. */
function addressOf(request: JsonObject): Pick<RequestJson, 'url' | 'query' | 'fragment'> {
  const [rest = '', fragment] = splitAt(lenientText(request.url) ?? '', '#')
  const [url = '', search] = splitAt(rest, '?')
  const stated = queryPairs(request.query_string)
  return {
    url: url || null,
    query: stated.length > 0 ? stated : queryPairs(search),
    fragment: (lenientText(request.fragment) ?? fragment) || null,
  }
}

function splitAt(text: string, separator: string): [before: string, after?: string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function queryPairs(value: unknown): readonly Pair[] {
  return typeof value === 'string' ? [...new URLSearchParams(value)] : pairsOf(value)
}

/** A text, or an object or pairs. */
function cookiesOf(value: unknown): readonly Pair[] {
  if (typeof value !== 'string') return pairsOf(value)
  return value.split(';').flatMap((cookie): Pair[] => {
    const [name = '', content = ''] = splitAt(cookie, '=')
    return name.trim() === '' ? [] : [[name.trim(), content.trim()]]
  })
}

/** `user-agent` → `User-Agent`: names of headers have no case. */
function headerCase(name: string): string {
  return name.toLowerCase().replaceAll(/(?<![^-])[a-z]/g, (letter) => letter.toUpperCase())
}

/** Text that is JSON or a form is shown as what it says. */
function bodyOf(data: unknown): { data: unknown; inferred?: string } {
  if (typeof data !== 'string') return { data: freeData(data) }
  const json = parseJson(data)
  if (json !== undefined) return { data: freeData(json), inferred: 'application/json' }
  const form = formOf(data)
  if (form !== undefined) return { data: form, inferred: 'application/x-www-form-urlencoded' }
  return { data: cutTo(data, MAX_BODY_LENGTH) }
}

/**
 * Any text can be read as a form. It is one if more than one field comes out, or one whose value is neither
 * empty nor the padding of base64.
 */
function formOf(text: string): JsonObject | undefined {
  if (/^(<\?xml|[{[])/.test(text) || !/^[\x20-\x7e]+$/.test(text) || !text.includes('=')) return undefined
  const form = Object.fromEntries(new URLSearchParams(text))
  const [first, ...others] = Object.values(form)
  return others.length > 0 || (first !== undefined && first !== '' && first !== '=') ? form : undefined
}

function envOf(value: unknown, clientIp: string | null): JsonObject | null {
  const env = freeObject(value)
  return env?.REMOTE_ADDR === autoIp ? { ...env, REMOTE_ADDR: clientIp } : env
}

/** SDKs write this where the address of the client belongs. */
export const autoIp = '{{auto}}'

/** The address of the machine that made the request, as sent. */
export function remoteAddress(payload: JsonObject): string | undefined {
  const request = fieldOf(payload, 'request')
  return isObject(request) && isObject(request.env) ? textOf(request.env.REMOTE_ADDR) : undefined
}
