/** How a sender is told that what it sent was refused, and what the refused data is counted as. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import type { AuthFault } from '../protocol/auth.ts'
import type { ParseFault, RawItem } from '../protocol/envelope.ts'
import { excessOfType } from '../protocol/items.ts'
import { drop, type Fate, withDetail } from '../protocol/outcome.ts'
import { formatRateLimits, type RateLimit, retryAfter } from '../protocol/rate-limits.ts'
import { WriteFailed, WriterOverloaded } from '../store/writer.ts'
import type { BodyFault } from './request-body.ts'

/** An answer that is not a 200. */
export class IngestError extends Error {
  override name = 'IngestError'
  readonly status: number
  readonly causes: readonly string[]
  /** What the refused data is counted as, once key and project are known. */
  readonly fate: Fate | undefined
  readonly items: readonly RawItem[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    detail: string,
    rest: {
      causes?: readonly string[] | undefined
      fate?: Fate
      items?: readonly RawItem[]
      headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(detail)
    this.status = status
    this.causes = rest.causes ?? []
    this.fate = rest.fate
    this.items = rest.items ?? []
    this.headers = rest.headers ?? {}
  }
}

export function authError({ status, detail, causes }: AuthFault): IngestError {
  return new IngestError(status, detail, { causes })
}

/** Stands for an item that was refused before all of it was read. */
export function unreadItem(type: string): RawItem {
  return { type, header: { type }, payload: new Uint8Array(0) }
}

export function bodyError(fault: BodyFault, items: readonly RawItem[] = []): IngestError {
  switch (fault.fault) {
    case 'too_large':
      return tooLarge(fault.itemType, {
        items: fault.itemType === undefined ? items : [unreadItem(fault.itemType)],
      })
    case 'bad_encoding':
      return new IngestError(400, 'invalid request body', {
        causes: ['the body is not what its content encoding says'],
        fate: drop('invalid', 'payload'),
        items,
      })
    case 'aborted':
      return new IngestError(400, 'failed to read request body', { fate: drop('invalid', 'payload'), items })
    case 'overloaded':
      return new IngestError(503, 'the service is overloaded')
  }
}

export function tooLarge(
  itemType: string | undefined,
  rest: { items?: readonly RawItem[] } = {},
): IngestError {
  if (itemType === undefined) {
    return new IngestError(413, 'request body is too large', {
      fate: drop('invalid', 'request_too_large'),
      ...rest,
    })
  }
  const detail = `envelope exceeded size limits for type '${itemType}' (https://develop.sentry.dev/sdk/envelopes/#size-limits)`
  return new IngestError(
    413,
    detail,
    rest.items ? { fate: drop('invalid', excessOfType(itemType).reason), ...rest } : {},
  )
}

/** For data that is counted already. */
export function rateLimited(limits: readonly RateLimit[], now: number): IngestError {
  return new IngestError(
    429,
    'Data was dropped due to a quota or rate limit being reached. This does not affect your application.',
    { headers: { ...limitHeaders(limits, now), 'retry-after': String(retryAfter(limits, now)) } },
  )
}

/** What tells a sender of the limits in force, whatever the answer is. */
export function limitHeaders(limits: readonly RateLimit[], now: number): Record<string, string> {
  return limits.length === 0 ? {} : { 'x-sentry-rate-limits': formatRateLimits(limits, now) }
}

export function parseError({ fault, detail, cause, line }: ParseFault): IngestError {
  const place = line === undefined ? '' : ` (line ${line})`
  return new IngestError(400, detail, {
    causes: cause === undefined ? [] : [cause],
    fate: withDetail(drop('invalid', fault), cause && cause + place),
  })
}

/** Answers an IngestError as it says; what went wrong on our side as 503 or 500. */
export function answerError(app: App, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof IngestError) {
    const { status, message, causes, headers } = error
    // Who meant to hang up after the answer may have to send the rest of its body before it looks for one.
    if (!request.raw.complete) reply.raw.shouldKeepAlive = true
    reply.code(status).headers(headers)
    // So the protocol has it: a content type that is not taken is answered with nothing.
    if (status === 415) reply.send()
    else
      reply
        .type('application/json')
        .send(JSON.stringify(causes.length > 0 ? { detail: message, causes } : { detail: message }))
    return
  }
  if (error instanceof WriterOverloaded || error instanceof WriteFailed) {
    app.log.error('An envelope could not be written', error)
    reply
      .code(503)
      .type('application/json')
      .send(JSON.stringify({ detail: 'failed to queue envelope' }))
    return
  }
  const { statusCode } = error as { statusCode?: number }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    reply
      .code(statusCode)
      .type('application/json')
      .send(JSON.stringify({ detail: (error as Error).message }))
    return
  }
  app.log.error('An ingest request failed', error, { errorId: request.id })
  reply
    .code(500)
    .type('application/json')
    .send(JSON.stringify({ detail: 'internal error' }))
}
