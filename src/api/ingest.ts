/** The DSN endpoints, listed by hand: each door, and the rules that hold at all of them. */
import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { ingestCorsHeaders } from '../protocol/origins.ts'
import { consoleDoors } from './console-crashes.ts'
import { crashReportDoors } from './crash-reports.ts'
import type { Door, DsnParameters, Ingest } from './dsn-request.ts'
import { envelopeDoors } from './envelopes.ts'
import { eventAttachmentDoors } from './event-attachments.ts'
import { answerError, IngestError } from './ingest-errors.ts'
import { integrationDoors } from './integrations.ts'
import { countAnswers, timed } from './measured-answers.ts'
import { monitorDoors } from './monitors.ts'
import { securityReportDoors } from './security-reports.ts'

const doors: readonly Door[] = [
  ...envelopeDoors,
  ...securityReportDoors,
  ...crashReportDoors,
  ...eventAttachmentDoors,
  ...monitorDoors,
  ...integrationDoors,
  ...consoleDoors,
]

/** A server plugin of its own: it reads bodies raw, whatever their content type says. */
export function ingestRoutes(app: App) {
  const ingest: Ingest = {
    app,
    deps: {
      writer: app.writer,
      blobs: app.blobs,
      limits: app.limits,
      retentionDays: app.config.eventRetentionDays,
    },
  }

  return async (server: FastifyInstance): Promise<void> => {
    server.removeAllContentTypeParsers()
    // The handler reads the stream itself: limits depend on the endpoint and hold while decompressing.
    server.addContentTypeParser('*', (_request, _payload, done) => done(null))
    // The framework would take each content type apart, and answer 415 to one that is none. Here every one is as
    // good as another, so it is put aside until the framework has had its look.
    server.decorateRequest('contentTypeAside', undefined)
    server.addHook('onRequest', (request, reply, done) => {
      reply.headers(ingestCorsHeaders)
      request.contentTypeAside = request.raw.headers['content-type']
      delete request.raw.headers['content-type']
      done()
    })
    server.addHook('preValidation', (request, _, done) => {
      if (request.contentTypeAside !== undefined)
        request.raw.headers['content-type'] = request.contentTypeAside
      done()
    })
    server.setErrorHandler((error, request, reply) => answerError(app, error, request, reply))
    countAnswers(server, app.metrics, 'ingest')
    for (const door of doors) openDoor(server, ingest, door)
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    contentTypeAside?: string | undefined
  }
}

const otherMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const

/** Registers both spellings of the path, its preflight, and the answer for methods that it does not have. */
function openDoor(server: FastifyInstance, ingest: Ingest, { path, operations }: Door): void {
  const measuring = timed(ingest.app.metrics, `${path}/`)
  for (const url of [`${path}/`, path]) {
    server.options(url, async (_, reply) => reply.code(200).send())
    for (const [method, { documentation, take }] of Object.entries(operations)) {
      server.route<{ Params: DsnParameters }>({
        method,
        url,
        ...measuring,
        config: { plain: documentation },
        handler: (request, reply) => take(ingest, request, reply),
      })
    }
    server.route({
      method: otherMethods.filter((method) => !Object.hasOwn(operations, method)),
      url,
      config: { isRefusal: true },
      handler: async (request) => {
        throw new IngestError(405, `method ${request.method} not allowed`)
      },
    })
  }
}
