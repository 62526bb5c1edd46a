/** What the API says when it does not do what it was asked. */

export interface ApiProblem {
  /** HTTP status; 0 when the server could not be reached. */
  readonly status: number
  /** A sentence for people, or an empty text. */
  readonly detail: string
  /** By the field's path in what was sent, such as `rateLimit.count`; the first message of each. */
  readonly fields: Readonly<Record<string, string>>
  /** For programs, such as `sudo-required`. */
  readonly code: string | undefined
  readonly retryAfterSeconds: number | undefined
}

export class ApiError extends Error implements ApiProblem {
  override name = 'ApiError'
  readonly status: number
  readonly detail: string
  readonly fields: Readonly<Record<string, string>>
  readonly code: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(problem: ApiProblem, options?: ErrorOptions) {
    super(problem.detail || `The server answered ${problem.status}`, options)
    this.status = problem.status
    this.detail = problem.detail
    this.fields = problem.fields
    this.code = problem.code
    this.retryAfterSeconds = problem.retryAfterSeconds
  }
}

export const unreachable: ApiProblem = {
  status: 0,
  detail: '',
  fields: {},
  code: undefined,
  retryAfterSeconds: undefined,
}

/** Messages that speak of the request as a whole stand under one of these names. */
const wholeNames: ReadonlySet<string> = new Set(['non_field_errors', '__all__'])

/**
 * Reads an answer that is no success.
 *
 * Shape: `body` is the parsed JSON, or the text when it is none.
 */
export function readProblem(status: number, body: unknown, retryAfter: string | null): ApiProblem {
  const seconds = Number(retryAfter ?? Number.NaN)
  const base = { status, code: undefined, retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined }
  if (typeof body === 'string') return { ...base, detail: body, fields: {} }
  if (!isRecord(body)) return { ...base, detail: '', fields: {} }
  const { detail, errors, ...rest } = body
  const messages = flatten(isRecord(errors) ? errors : rest)
  const whole = messages.filter(([path]) => wholeNames.has(path)).map(([, message]) => message)
  const fields = Object.fromEntries(messages.filter(([path]) => !wholeNames.has(path)))
  if (isRecord(detail)) {
    const { code, message } = detail
    return { ...base, code: textOf(code), detail: textOf(message) ?? '', fields }
  }
  return { ...base, detail: whole.join(' ') || (textOf(detail) ?? ''), fields }
}

/** The first message of each field, with the path that leads to it. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return path === '' ? [] : [[path, value]]
  if (Array.isArray(value)) {
    const [first] = value
    if (typeof first === 'string') return path === '' ? [] : [[path, value.join(' ')]]
    return value.flatMap((each, index) => flatten(each, `${path}.${index}`))
  }
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([name, each]) =>
    flatten(each, path === '' ? name : `${path}.${name}`),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
