/** What other tools than SDKs send: OTLP traces and logs, and log drains. Below a DSN's `integration` address. */
import type { FastifyReply } from 'fastify'
import { missingCredentials } from '../protocol/auth.ts'
import type { RawItem } from '../protocol/envelope.ts'
import { type OtlpSignal, readOtlp } from '../protocol/otlp.ts'
import { type Fate, isFate } from '../protocol/outcome.ts'
import { readVercelLogs } from '../protocol/vercel-logs.ts'
import {
  ask,
  counted,
  type Door,
  type DoorOperation,
  type DsnRequest,
  enter,
  type Ingest,
} from './dsn-request.ts'
import { authError, bodyError, IngestError, unreadItem } from './ingest-errors.ts'
import { readRequestBody } from './request-body.ts'

/** Bytes after decompression. */
const INTEGRATION_LIMIT_BYTES = 12 * 1024 * 1024

/** Content type → how its body is read. */
type Readers = Readonly<
  Record<string, (body: Buffer) => readonly RawItem[] | Fate | Promise<readonly RawItem[] | Fate>>
>

function operation(summary: string, itemType: 'span' | 'log', readers: Readers): { POST: DoorOperation } {
  const documentation = {
    summary,
    method: 'POST',
    tag: 'ingestion',
    accepts: Object.keys(readers),
    answer: { status: 202 },
  } as const
  return {
    POST: {
      documentation,
      take: (ingest, request, reply) => takeIntegration(ingest, request, reply, itemType, readers),
    },
  }
}

const otlp = (signal: OtlpSignal): Readers => ({
  'application/json': (body) => readOtlp(body, { signal, encoding: 'json' }),
  'application/x-protobuf': (body) => readOtlp(body, { signal, encoding: 'protobuf' }),
})

const traces = operation('Export traces by OTLP', 'span', otlp('traces'))
const logs = operation('Export logs by OTLP', 'log', otlp('logs'))
const vercel = operation('Drain the logs of Vercel', 'log', {
  'application/json': (body) => readVercelLogs(body, 'json'),
  'application/x-ndjson': (body) => readVercelLogs(body, 'ndjson'),
})

export const integrationDoors: readonly Door[] = [
  { path: '/api/:project/integration/otlp/v1/traces', operations: traces },
  { path: '/api/:project/integration/otlp/v1/logs', operations: logs },
  { path: '/api/:project/integration/vercel/logs', operations: vercel },
  // The older path.
  { path: '/api/:project/otlp/v1/traces', operations: traces },
]

async function takeIntegration(
  ingest: Ingest,
  request: DsnRequest,
  reply: FastifyReply,
  itemType: 'span' | 'log',
  readers: Readers,
) {
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const contentType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    const read = Object.hasOwn(readers, contentType) ? readers[contentType] : undefined
    if (read === undefined) return reply.code(415).send()
    const body = await readRequestBody(request.raw, { limitBytes: INTEGRATION_LIMIT_BYTES })
    if ('fault' in body) throw bodyError(body, [unreadItem(itemType)])
    const items = await read(body)
    if (isFate(items)) {
      throw new IngestError(400, `invalid ${contentType} body`, {
        causes: [items.reason ?? 'malformed'],
        fate: items,
        items: [unreadItem(itemType)],
      })
    }
    await enter(ingest, asking, { header: {}, items })
    return reply.code(202).send()
  })
}
