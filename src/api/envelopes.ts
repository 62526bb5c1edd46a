/** Envelopes, and the single events that older SDKs post in their stead. */
import type { FastifyReply } from 'fastify'
import { missingCredentials } from '../protocol/auth.ts'
import { compareDsn, type Envelope, envelopeScanner, parseEnvelope } from '../protocol/envelope.ts'
import { parseEventPayload } from '../protocol/event.ts'
import { newEventId, parseEventId } from '../protocol/ids.ts'
import { isInternalItem, itemLimitOf } from '../protocol/items.ts'
import { drop, isFate } from '../protocol/outcome.ts'
import { decodeStoreBody } from '../protocol/store-body.ts'
import {
  type Asking,
  ask,
  counted,
  credentialsInQuery,
  type Door,
  type DsnRequest,
  type Entered,
  enter,
  type Ingest,
  introduce,
} from './dsn-request.ts'
import type { PlainOperation } from './endpoint.ts'
import {
  authError,
  bodyError,
  IngestError,
  limitHeaders,
  parseError,
  tooLarge,
  unreadItem,
} from './ingest-errors.ts'
import { readRequestBody } from './request-body.ts'

/** Bytes of a store body after decompression. */
const STORE_LIMIT_BYTES = 1024 * 1024

/** A transparent image of one pixel, which the GET form answers with. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

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

const storeOperations = {
  POST: { documentation: documentation.store, take: takeStore },
  GET: { documentation: documentation.storeQuery, take: takeStoreQuery },
} as const

export const envelopeDoors: readonly Door[] = [
  {
    path: '/api/:project/envelope',
    operations: { POST: { documentation: documentation.envelope, take: takeEnvelope } },
  },
  { path: '/api/:project/store', operations: storeOperations },
  // Without a project: the key alone knows.
  { path: '/api/store', operations: storeOperations },
]

async function takeEnvelope(ingest: Ingest, request: DsnRequest, reply: FastifyReply) {
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    const body = await readRequestBody(request.raw, {
      limitBytes: ingest.app.config.maxEnvelopeBytes,
      scanner: () => envelopeScanner({ itemLimit: itemLimitOf }),
    })
    if ('fault' in body) throw bodyError(body)
    const envelope = readEnvelope(body, asking)
    return answerId(ingest, reply, await enter(ingest, asking, envelope, 'for any loss'))
  })
}

function answerId({ app }: Ingest, reply: FastifyReply, { eventId, limits }: Entered): FastifyReply {
  reply.headers(limitHeaders(limits, app.clock.now()))
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

async function takeStore(ingest: Ingest, request: DsnRequest, reply: FastifyReply) {
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const body = await readRequestBody(request.raw, { limitBytes: STORE_LIMIT_BYTES })
    if ('fault' in body) throw bodyError(body, [unreadItem('event')])
    const contentType = request.headers['content-type']?.trim().toLowerCase()
    const envelope =
      contentType === 'application/x-sentry-envelope'
        ? readEnvelope(body, asking)
        : readStoreBody(body, asking)
    return answerId(ingest, reply, await enter(ingest, asking, envelope, 'for any loss'))
  })
}

async function takeStoreQuery(ingest: Ingest, request: DsnRequest, reply: FastifyReply) {
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const data = (request.query as Record<string, string | string[]>).sentry_data
    const body = Buffer.from(Array.isArray(data) ? (data.at(-1) ?? '') : (data ?? ''))
    const { limits } = await enter(ingest, asking, readStoreBody(body, asking), 'for any loss')
    return reply.headers(limitHeaders(limits, ingest.app.clock.now())).type('image/gif').send(pixel)
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
