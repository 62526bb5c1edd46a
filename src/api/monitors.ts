/** Monitor check-ins by HTTP: the `crons` address of a DSN. Never 429: senders are shell scripts that only retry. */
import type { FastifyReply } from 'fastify'
import { missingCredentials } from '../protocol/auth.ts'
import { readCheckIn } from '../protocol/check-in.ts'
import { drop } from '../protocol/outcome.ts'
import {
  ask,
  counted,
  credentialsInQuery,
  type Door,
  type DsnRequest,
  enter,
  type Ingest,
} from './dsn-request.ts'
import type { PlainOperation } from './endpoint.ts'
import { authError, bodyError, IngestError, unreadItem } from './ingest-errors.ts'
import { readRequestBody } from './request-body.ts'

/** Bytes after decompression. */
const CHECK_IN_LIMIT_BYTES = 1024 * 1024

const documentation = (method: 'GET' | 'POST'): PlainOperation => ({
  summary: 'Say that a scheduled job has begun or ended',
  method,
  tag: 'ingestion',
  accepts: method === 'POST' ? ['application/json'] : [],
  query: {
    ...credentialsInQuery,
    status: { description: '`in_progress`, `ok` or `error`; required when there is no JSON body' },
    check_in_id: { description: 'The id of the check-in that began; the latest when absent' },
    environment: { description: 'Where the job runs' },
    duration: { description: 'How long it took, in seconds', schema: { type: 'number' } },
  },
  answer: { status: 202 },
})

const operations = {
  GET: { documentation: documentation('GET'), take: takeCheckIn },
  POST: { documentation: documentation('POST'), take: takeCheckIn },
} as const

export const monitorDoors: readonly Door[] = [
  { path: '/api/:project/cron/:monitor', operations },
  { path: '/api/:project/cron/:monitor/:key', operations },
]

async function takeCheckIn(ingest: Ingest, request: DsnRequest, reply: FastifyReply) {
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const body = await readRequestBody(request.raw, { limitBytes: CHECK_IN_LIMIT_BYTES })
    if ('fault' in body) throw bodyError(body, [unreadItem('check_in')])
    const isJson = request.headers['content-type']?.trim().toLowerCase().startsWith('application/json')
    const item = readCheckIn(
      request.params.monitor ?? '',
      isJson ? { json: body } : { query: request.query as Record<string, unknown> },
    )
    if ('fault' in item) {
      throw new IngestError(400, 'invalid check-in', {
        causes: [item.fault],
        fate: drop('invalid', 'invalid_check_in'),
        items: [unreadItem('check_in')],
      })
    }
    await enter(ingest, asking, { header: {}, items: [item] }, 'never')
    return reply.code(202).send()
  })
}
