/** The DSN endpoints: read, undo the encoding, parse, admit, accept, answer. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { accept, type IngestDeps, refuse } from '../ingest/accept.ts'
import { admit, type KnownKey } from '../ingest/gate.ts'
import {
  type AuthFault,
  type Credentials,
  credentialsOfDsn,
  missingCredentials,
  readCredentials,
} from '../protocol/auth.ts'
import {
  compareDsn,
  type Envelope,
  envelopeScanner,
  type ParseFault,
  parseEnvelope,
  type RawItem,
} from '../protocol/envelope.ts'
import { parseEventPayload } from '../protocol/event.ts'
import { type EventId, newEventId, parseEventId, parseNumericId } from '../protocol/ids.ts'
import {
  checkItemLimits,
  excessOfType,
  isEventBound,
  isInternalItem,
  itemLimitOf,
  itemTypeOf,
  quantitiesOf,
} from '../protocol/items.ts'
import { isObject, parseJson } from '../protocol/json.ts'
import { ingestCorsHeaders, requestOrigin } from '../protocol/origins.ts'
import { drop, type Fate, isFate, type Quantity } from '../protocol/outcome.ts'
import { decodeStoreBody } from '../protocol/store-body.ts'
import { WriteFailed, WriterOverloaded } from '../store/writer.ts'
import type { PlainOperation } from './endpoint.ts'
import { type BodyFault, readRequestBody } from './request-body.ts'

/** Bytes of a store body after decompression. */
const STORE_LIMIT_BYTES = 1024 * 1024

/** A transparent image of one pixel, which the GET form answers with. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** An answer that is not a 200. */
class IngestError extends Error {
  override name = 'IngestError'
  readonly status: number
  readonly causes: readonly string[]
  /** What the refused data is counted as, once key and project are known. */
  readonly fate: Fate | undefined
  readonly items: readonly RawItem[]

  constructor(
    status: number,
    detail: string,
    rest: { causes?: readonly string[] | undefined; fate?: Fate; items?: readonly RawItem[] } = {},
  ) {
    super(detail)
    this.status = status
    this.causes = rest.causes ?? []
    this.fate = rest.fate
    this.items = rest.items ?? []
  }
}

type Parameters = { readonly project?: string }
type IngestRequest = FastifyRequest<{ Params: Parameters }>

/** A server plugin of its own: it reads bodies raw, whatever their content type says. */
export function ingestRoutes(app: App) {
  const deps: IngestDeps = {
    writer: app.writer,
    blobs: app.blobs,
    retentionDays: app.config.eventRetentionDays,
  }

  return async (server: FastifyInstance): Promise<void> => {
    server.removeAllContentTypeParsers()
    // The handler reads the stream itself: limits depend on the endpoint and hold while decompressing.
    server.addContentTypeParser('*', (_request, _payload, done) => done(null))
    server.addHook('onRequest', async (request, reply) => {
      reply.headers(ingestCorsHeaders)
      // The framework would answer 415 to a content type that is none; here every one is as good as another.
      if (request.mediaType === undefined) delete request.raw.headers['content-type']
    })
    server.setErrorHandler((error, request, reply) => answerError(app, error, request, reply))

    const both = (path: string) => [`${path}/`, path]
    for (const url of [...both('/api/:project/envelope')]) {
      server.post<{ Params: Parameters }>(
        url,
        { config: { plain: documentation.envelope } },
        (request, reply) => takeEnvelope(app, deps, request, reply),
      )
      preflight(server, url, ['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
    }
    for (const url of [...both('/api/:project/store'), ...both('/api/store')]) {
      server.post<{ Params: Parameters }>(url, { config: { plain: documentation.store } }, (request, reply) =>
        takeStore(app, deps, request, reply),
      )
      server.get<{ Params: Parameters }>(
        url,
        { config: { plain: documentation.storeQuery } },
        (request, reply) => takeStoreQuery(app, deps, request, reply),
      )
      preflight(server, url, ['PUT', 'PATCH', 'DELETE', 'HEAD'])
    }
  }
}

const credentialsInQuery = {
  sentry_key: { description: 'The public key of a DSN, when no header states it' },
  sentry_version: { description: 'Protocol version, at most 7', schema: { type: 'integer' } },
  sentry_client: { description: 'Name and version of the SDK' },
}

const eventIdAnswer = {
  status: 200,
  type: 'application/json',
  schema: { type: 'object', properties: { id: { type: 'string', pattern: '^[0-9a-f]{32}$' } } },
} as const

const documentation = {
  envelope: {
    summary: 'Send an envelope; answered when it is kept and counted',
    method: 'POST',
    tag: 'ingestion',
    accepts: ['application/x-sentry-envelope'],
    query: credentialsInQuery,
    answer: eventIdAnswer,
  },
  store: {
    summary: 'Send one event, as older SDKs do',
    method: 'POST',
    tag: 'ingestion',
    accepts: ['application/json', 'application/octet-stream'],
    query: credentialsInQuery,
    answer: eventIdAnswer,
  },
  storeQuery: {
    summary: 'Send one event in the query, as very old browsers do',
    method: 'GET',
    tag: 'ingestion',
    accepts: [],
    query: { ...credentialsInQuery, sentry_data: { description: 'The event as JSON, or as base64 of it' } },
    answer: { status: 200, type: 'image/gif', schema: { type: 'string', format: 'binary' } },
  },
} as const satisfies Record<string, PlainOperation>

function preflight(
  server: FastifyInstance,
  url: string,
  others: readonly ('GET' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD')[],
): void {
  server.options(url, async (_, reply) => reply.code(200).send())
  server.route({
    method: [...others],
    url,
    config: { isRefusal: true },
    handler: async (request) => {
      throw new IngestError(405, `method ${request.method} not allowed`)
    },
  })
}

/** What every endpoint finds out before it looks at the body. */
interface Asking {
  /** Undefined on the legacy path that states none. */
  projectId: number | undefined
  credentials: Credentials | undefined
  readonly origin: string | undefined
  readonly receivedAt: number
  readonly clientIp: string
}

function ask(app: App, request: IngestRequest): Asking {
  const { project } = request.params
  const projectId = project === undefined ? undefined : parseNumericId(project)
  if (project !== undefined && projectId === undefined)
    throw new IngestError(400, 'bad project path parameter')
  const { headers } = request
  const query = request.url.indexOf('?')
  const credentials = readCredentials({
    xSentryAuth: textOf(headers['x-sentry-auth']),
    authorization: headers.authorization,
    query: query < 0 ? '' : request.url.slice(query + 1),
  })
  if (credentials !== undefined && 'status' in credentials) throw authError(credentials)
  return {
    projectId,
    credentials,
    origin: requestOrigin({ origin: headers.origin, referer: headers.referer }),
    receivedAt: app.clock.now(),
    clientIp: request.ip,
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function authError({ status, detail, causes }: AuthFault): IngestError {
  return new IngestError(status, detail, { causes })
}

async function takeEnvelope(app: App, deps: IngestDeps, request: IngestRequest, reply: FastifyReply) {
  const asking = ask(app, request)
  return counted(app, deps, asking, async () => {
    const body = await readRequestBody(request.raw, {
      limitBytes: app.config.maxEnvelopeBytes,
      scanner: () => envelopeScanner({ itemLimit: itemLimitOf }),
    })
    if ('fault' in body) throw bodyError(body)
    const envelope = readEnvelope(body, asking)
    return answerId(reply, await enter(app, deps, asking, envelope))
  })
}

function answerId(reply: FastifyReply, eventId: EventId | undefined): FastifyReply {
  return reply.type('application/json').send(eventId === undefined ? '{}' : `{"id":"${eventId}"}`)
}

/** Errors: IngestError for what cannot be read, or for a DSN in it that is not the one of the request. */
function readEnvelope(body: Buffer, asking: Asking): Envelope {
  const { credentials, projectId } = asking
  if (credentials === undefined) introduce(body, asking)
  if (body.byteLength === 0)
    throw new IngestError(400, 'empty request body', { fate: drop('invalid', 'empty_body') })
  const envelope = parseEnvelope(body)
  if ('fault' in envelope) throw parseError(envelope)
  const mismatch = credentials && compareDsn(envelope.header, { publicKey: credentials.publicKey, projectId })
  if (mismatch !== undefined) throw parseError(mismatch)
  if (envelope.items.some((item) => isInternalItem(item.type))) {
    throw new IngestError(400, 'envelope contains internal items', {
      fate: drop('invalid', 'internal_envelope'),
    })
  }
  return envelope
}

/** A request without credentials has those of the DSN in the envelope's first line. */
function introduce(body: Buffer, asking: Asking): void {
  const end = body.indexOf(10)
  const header = parseJson(end < 0 ? body : body.subarray(0, end))
  const stated = credentialsOfDsn(isObject(header) && typeof header.dsn === 'string' ? header.dsn : undefined)
  if ('status' in stated) throw authError(stated)
  asking.credentials = stated
  asking.projectId ??= stated.projectId
}

/** Steps 5 to 9 of the order of checks. Answers the event's id, if the envelope has one. */
async function enter(
  app: App,
  deps: IngestDeps,
  asking: Asking,
  envelope: Envelope,
): Promise<EventId | undefined> {
  const items = envelope.items.filter((item) => itemTypeOf(item.type) !== undefined)
  const isEvent = items.some((item) => isEventBound(itemTypeOf(item.type) ?? 'client_report'))
  const eventId = envelope.header.eventId ?? (isEvent ? newEventId() : undefined)
  if (items.length === 0) return eventId
  const key = await admitted(app, deps, asking, items)

  const excess = checkItemLimits(items)
  if (excess !== undefined) {
    const fate = drop('invalid', excess.reason)
    const quantities = items.flatMap(quantitiesOf)
    const { receivedAt } = asking
    await refuse(deps, { projectId: key.projectId, keyId: key.keyId, quantities, fate, receivedAt })
    throw tooLarge(excess.type)
  }
  await accept(deps, {
    key,
    eventId,
    items,
    receivedAt: asking.receivedAt,
    sentAt: envelope.header.sentAt,
    clientIp: asking.clientIp,
    client: asking.credentials?.client,
  })
  return eventId
}

/** Errors: IngestError 403 after the refused items are counted on the project they were meant for. */
async function admitted(
  app: App,
  deps: IngestDeps,
  asking: Asking,
  items: readonly RawItem[],
): Promise<KnownKey> {
  const { credentials, projectId, origin, receivedAt } = asking
  if (credentials === undefined) throw authError(missingCredentials)
  const admission = await admit(app.gate, { publicKey: credentials.publicKey, projectId, origin })
  if (admission.kind === 'admitted') return admission.key
  if (admission.projectId !== undefined) {
    const { fate, keyId } = admission
    const quantities = items.flatMap(quantitiesOf)
    await refuse(deps, { projectId: admission.projectId, keyId, quantities, fate, receivedAt })
  }
  throw new IngestError(403, `event submission rejected with_reason: ${admission.reason}`)
}

async function takeStore(app: App, deps: IngestDeps, request: IngestRequest, reply: FastifyReply) {
  const asking = ask(app, request)
  return counted(app, deps, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const body = await readRequestBody(request.raw, { limitBytes: STORE_LIMIT_BYTES })
    if ('fault' in body) throw bodyError(body, [unreadItem('event')])
    const contentType = request.headers['content-type']?.trim().toLowerCase()
    const envelope =
      contentType === 'application/x-sentry-envelope'
        ? readEnvelope(body, asking)
        : readStoreBody(body, asking)
    return answerId(reply, await enter(app, deps, asking, envelope))
  })
}

async function takeStoreQuery(app: App, deps: IngestDeps, request: IngestRequest, reply: FastifyReply) {
  const asking = ask(app, request)
  return counted(app, deps, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const data = (request.query as Record<string, string | string[]>).sentry_data
    const body = Buffer.from(Array.isArray(data) ? (data.at(-1) ?? '') : (data ?? ''))
    await enter(app, deps, asking, readStoreBody(body, asking))
    reply.type('image/gif').send(pixel)
    return reply
  })
}

const itemTypeOfStored: Readonly<Record<string, string>> = {
  transaction: 'transaction',
  csp: 'security',
  hpkp: 'security',
  expectct: 'security',
  expectstaple: 'security',
  feedback: 'feedback',
}

/** The legacy body as the envelope it would be today. Source: ingest protocol 1.3. */
function readStoreBody(body: Buffer, asking: Asking): Envelope {
  if (body.byteLength === 0)
    throw new IngestError(400, 'empty request body', { fate: drop('invalid', 'empty_body') })
  const decoded = decodeStoreBody(body, STORE_LIMIT_BYTES)
  if ('fault' in decoded) {
    if (decoded.fault === 'too_large') throw tooLarge('event', { items: [unreadItem('event')] })
    throw new IngestError(400, decoded.detail, { fate: drop('invalid', decoded.fault) })
  }
  const parsed = parseEventPayload(decoded, asking.credentials?.client)
  if (isFate(parsed)) {
    throw new IngestError(400, 'invalid JSON data', {
      causes: ['expected one JSON object'],
      fate: drop('invalid', 'invalid_json'),
    })
  }
  const { payload: event, bytes: payload } = parsed
  const stated = event.event_id
  const eventId = stated === undefined || stated === null ? newEventId() : parseEventId(stated)
  if (eventId === undefined) {
    throw new IngestError(400, 'invalid JSON data', {
      causes: ['event_id must be 32 hex digits, with or without dashes'],
      fate: drop('invalid', 'invalid_json'),
    })
  }
  const kind = event.type
  const type =
    (typeof kind === 'string' && Object.hasOwn(itemTypeOfStored, kind) && itemTypeOfStored[kind]) || 'event'
  return { header: { eventId }, items: [{ type, header: { type }, payload }] }
}

/** What is counted when nobody could tell what came. */
const unknownData: readonly Quantity[] = [{ category: 'default', quantity: 1 }]

/** Stands for an item that was refused before all of it was read. */
function unreadItem(type: string): RawItem {
  return { type, header: { type }, payload: new Uint8Array(0) }
}

function bodyError(fault: BodyFault, items: readonly RawItem[] = []): IngestError {
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

function tooLarge(itemType: string | undefined, rest: { items?: readonly RawItem[] } = {}): IngestError {
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

function parseError({ fault, detail, cause }: ParseFault): IngestError {
  return new IngestError(400, detail, {
    causes: cause === undefined ? [] : [cause],
    fate: drop('invalid', fault),
  })
}

/**
 * Runs a request; if it is refused before its items were known, counts what was refused as one piece of data
 * of no certain category, provided that key and project are known and agree.
 */
async function counted<T>(app: App, deps: IngestDeps, asking: Asking, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof IngestError && error.fate !== undefined && asking.credentials !== undefined) {
      const { projectId, origin, receivedAt } = asking
      const admission = await admit(app.gate, { publicKey: asking.credentials.publicKey, projectId, origin })
      if (admission.kind === 'admitted') {
        const { key } = admission
        const { items, fate } = error
        const quantities = items.length > 0 ? items.flatMap(quantitiesOf) : unknownData
        await refuse(deps, { projectId: key.projectId, keyId: key.keyId, quantities, fate, receivedAt })
      }
    }
    throw error
  }
}

function answerError(app: App, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof IngestError) {
    const { status, message, causes } = error
    // Who meant to hang up after the answer may have to send the rest of its body before it looks for one.
    if (!request.raw.complete) reply.raw.shouldKeepAlive = true
    reply.code(status).type('application/json')
    reply.send(JSON.stringify(causes.length > 0 ? { detail: message, causes } : { detail: message }))
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
