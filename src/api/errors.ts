/** How a caller who asked wrongly is told so, and the one handler that answers for everything thrown. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../log.ts'
import { isForeignKeyViolation } from '../store/sqlite.ts'

/**
 * Thrown where the mistake is first known. A text becomes `{"detail": text}`, anything else is the literal
 * body, undefined is an empty one.
 */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(typeof body === 'string' ? body : JSON.stringify(body))
    this.status = status
    this.body = typeof body === 'string' ? { detail: body } : body
    this.headers = headers
  }

  /** An answer whose body is the JSON string itself. */
  static bareText(status: number, text: string): ApiError {
    return new ApiError(status, new BareText(text))
  }
}

class BareText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON(): string {
    return this.text
  }
}

/** Validation errors: field → messages, nested like the input. */
export type FieldErrors = {
  readonly [field: string]: readonly string[] | FieldErrors | readonly FieldErrors[]
}

export function invalid(errors: FieldErrors): ApiError {
  return new ApiError(400, errors)
}

export function unauthenticated(detail: string): ApiError {
  return new ApiError(401, detail, { 'www-authenticate': 'xBasic realm="api"' })
}

export function forbidden(): ApiError {
  return new ApiError(403, 'You do not have permission to perform this action.')
}

export function notFound(): ApiError {
  return new ApiError(404, 'The requested resource does not exist')
}

/** Answers ApiError as it says, the framework's own complaints in Sentry's words, and anything else as a 500. */
export function errorHandler(log: Log) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    // What the request speaks of was there when it was looked up, and has gone since.
    const error = isForeignKeyViolation(thrown) ? notFound() : thrown
    if (error instanceof ApiError) {
      reply.code(error.status).headers(error.headers)
      if (error.body === undefined) reply.send()
      else reply.type('application/json').send(JSON.stringify(error.body))
      return
    }
    const { code, message, statusCode } = error as FastifyError
    if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
      const type = request.headers['content-type'] ?? ''
      reply.code(415).send({ detail: `Unsupported media type "${type}" in request.` })
    } else if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      reply.code(413).send({ detail: 'The request body is too large.' })
    } else if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
      reply.code(statusCode).send({ detail: message })
    } else {
      const errorId = request.id
      log.error('A request failed', error, {
        errorId,
        method: request.method,
        route: request.routeOptions.url,
      })
      reply.code(500).send({ detail: 'Internal Error', errorId })
    }
  }
}
