/** What browsers report by themselves: security reports, and network errors (NEL). */
import type { FastifyReply } from 'fastify'
import { missingCredentials } from '../protocol/auth.ts'
import { reportBytes, reportsOfBatch } from '../protocol/browser-reports.ts'
import type { RawItem } from '../protocol/envelope.ts'
import { textOf } from '../protocol/json.ts'
import { drop } from '../protocol/outcome.ts'
import {
  ask,
  counted,
  credentialsInQuery,
  type Door,
  type DoorOperation,
  type DsnRequest,
  enterEach,
  type Ingest,
} from './dsn-request.ts'
import { authError, bodyError, IngestError, tooLarge, unreadItem } from './ingest-errors.ts'
import { readRequestBody } from './request-body.ts'

const MIB = 1024 * 1024

/** Browsers send a hundred at most; this bounds what a small compressed body can unfold to. */
const MAX_REPORTS = 10_000

/** The reports that a path takes. */
interface Kind {
  /** The type of the item that each report becomes. */
  readonly type: 'raw_security' | 'nel'
  readonly summary: string
  readonly contentTypes: readonly string[]
  readonly limitBytes: number
  /** What a body is that is no batch: one report, or nothing that could be one. */
  readonly alone: (body: Uint8Array) => Uint8Array
}

const security: Kind = {
  type: 'raw_security',
  summary: 'Take the security reports of a browser',
  contentTypes: [
    'application/csp-report',
    'application/expect-ct-report',
    'application/expect-ct-report+json',
    'application/expect-staple-report',
    'application/json',
    'application/reports+json',
  ],
  limitBytes: MIB,
  alone: (body) => body,
}

const networkErrors: Kind = {
  type: 'nel',
  summary: 'Take the network error reports of a browser',
  contentTypes: ['application/json', 'application/reports+json'],
  limitBytes: 12 * MIB,
  // Browsers send lists only, so this is broken, whatever is in it.
  alone: () => new Uint8Array(),
}

export const securityReportDoors: readonly Door[] = [
  { path: '/api/:project/security', operations: { POST: operation(security) } },
  { path: '/api/:project/csp-report', operations: { POST: operation(security) } },
  { path: '/api/:project/nel', operations: { POST: operation(networkErrors) } },
]

function operation(kind: Kind): DoorOperation {
  return {
    documentation: {
      summary: kind.summary,
      method: 'POST',
      tag: 'ingestion',
      accepts: kind.contentTypes,
      query: {
        ...credentialsInQuery,
        sentry_release: { description: 'Release of the page that is reported on' },
        sentry_environment: { description: 'Environment of the page that is reported on' },
      },
      answer: { status: 200 },
    },
    take: (ingest, request, reply) => takeReports(kind, ingest, request, reply),
  }
}

/** Answers 200 whatever the reports say, and 429 when limits take all of them. Broken ones are seen in the counts. */
async function takeReports(kind: Kind, ingest: Ingest, request: DsnRequest, reply: FastifyReply) {
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const contentType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
    if (!kind.contentTypes.includes(contentType)) throw new IngestError(415, 'unsupported content type')
    await enterEach(ingest, asking, await readReports(kind, request))
    return reply.code(200).send()
  })
}

/** Errors: IngestError for a body that is empty or too large, or cannot be read. */
async function readReports(kind: Kind, request: DsnRequest): Promise<readonly RawItem[]> {
  const unread = [unreadItem(kind.type)]
  const body = await readRequestBody(request.raw, { limitBytes: kind.limitBytes })
  if ('fault' in body) throw bodyError(body, unread)
  if (body.byteLength === 0)
    throw new IngestError(400, 'empty request body', { fate: drop('invalid', 'empty_body'), items: unread })
  const batch = reportsOfBatch(body)
  if (batch !== undefined && batch.length > MAX_REPORTS) throw tooLarge(undefined, { items: unread })
  const header = itemHeader(kind, request)
  const payloads = batch?.map(reportBytes) ?? [kind.alone(body)]
  return payloads.map((payload) => ({ type: kind.type, header, payload }))
}

function itemHeader({ type }: Kind, request: DsnRequest): RawItem['header'] {
  const query = request.query as Readonly<Record<string, string | readonly string[] | undefined>>
  const stated = (name: string) => {
    const text = textOf([query[name]].flat().at(-1))
    return text === undefined ? {} : { [name]: text }
  }
  return { type, ...stated('sentry_release'), ...stated('sentry_environment') }
}
