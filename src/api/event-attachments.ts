/** Files that are sent after their event, or before it: the event need not exist. */
import type { FastifyReply } from 'fastify'
import { missingCredentials } from '../protocol/auth.ts'
import type { RawItem } from '../protocol/envelope.ts'
import { parseEventId } from '../protocol/ids.ts'
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
import { authError, bodyError, IngestError, tooLarge, unreadItem } from './ingest-errors.ts'
import { type FormFile, readForm } from './multipart.ts'

const documentation = {
  summary: 'Send files to an event',
  method: 'POST',
  tag: 'ingestion',
  accepts: ['multipart/form-data'],
  query: credentialsInQuery,
  answer: { status: 201 },
} as const satisfies PlainOperation

export const eventAttachmentDoors: readonly Door[] = [
  {
    path: '/api/:project/events/:event/attachments',
    operations: { POST: { documentation, take: takeAttachments } },
  },
]

/** Every part with a file name is an attachment. Source: ingest protocol 9.6. */
async function takeAttachments(ingest: Ingest, request: DsnRequest, reply: FastifyReply) {
  const eventId = parseEventId(request.params.event)
  if (eventId === undefined) throw new IngestError(400, 'invalid event id')
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const form = await readForm(request.raw, { limitBytes: ingest.app.config.maxEnvelopeBytes })
    if (!('fault' in form)) {
      await enter(ingest, asking, { header: { eventId }, items: form.files.map(attachmentItem) })
      return reply.code(201).send()
    }
    switch (form.fault) {
      case 'malformed': {
        const items = form.files.length === 0 ? [unreadItem('attachment')] : form.files.map(attachmentItem)
        throw new IngestError(400, 'invalid multipart data', {
          fate: drop('invalid', 'invalid_multipart'),
          items,
        })
      }
      case 'too_many_fields':
        throw tooLarge('form_data', { items: [unreadItem('attachment')] })
      default:
        throw bodyError(form, [unreadItem('attachment')])
    }
  })
}

function attachmentItem({ filename, contentType, content }: FormFile): RawItem {
  const header = { type: 'attachment', filename, content_type: contentType }
  return { type: 'attachment', header, payload: content }
}
