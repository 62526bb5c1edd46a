/** Where crash reporters send to: minidumps, alone or in a form, and the containers of Unreal Engine. Never 429. */
import type { FastifyReply } from 'fastify'
import { missingCredentials } from '../protocol/auth.ts'
import { eventIdOfForm, eventOfForm } from '../protocol/crash-form.ts'
import type { Envelope, RawItem } from '../protocol/envelope.ts'
import { dashed, type EventId, newEventId, parseEventId } from '../protocol/ids.ts'
import { defaultItemLimits } from '../protocol/items.ts'
import { type JsonObject, jsonText, textOf } from '../protocol/json.ts'
import { mergeInto } from '../protocol/json-merge.ts'
import { hasMinidumpMagic } from '../protocol/minidump-file.ts'
import { readMsgpackEvent } from '../protocol/msgpack-event.ts'
import { drop, isFate } from '../protocol/outcome.ts'
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
import { type Form, type FormFault, type FormFile, parseForm, readForm } from './multipart.ts'
import { unpackDump, unpackedName } from './packed-dumps.ts'
import { type BodyRules, readRequestBody } from './request-body.ts'

const dashedIdAnswer = {
  status: 200,
  type: 'text/plain',
  schema: { type: 'string', format: 'uuid' },
} as const

const documentation = {
  minidump: {
    summary: 'Send a minidump, alone or in a form with an event and files',
    method: 'POST',
    tag: 'ingestion',
    accepts: ['multipart/form-data', 'application/octet-stream', 'application/x-dmp'],
    query: credentialsInQuery,
    answer: dashedIdAnswer,
  },
  unreal: {
    summary: 'Send a crash of Unreal Engine',
    method: 'POST',
    tag: 'ingestion',
    accepts: ['application/octet-stream'],
    query: { UserID: { description: 'Sign-in, Epic account and machine, with `|` between them' } },
    answer: dashedIdAnswer,
  },
} as const satisfies Record<string, PlainOperation>

export const crashReportDoors: readonly Door[] = [
  {
    path: '/api/:project/minidump',
    operations: { POST: { documentation: documentation.minidump, take: takeMinidump } },
  },
  {
    path: '/api/:project/unreal/:key',
    operations: { POST: { documentation: documentation.unreal, take: takeUnreal } },
  },
]

/** The field of a form that the dump is in. */
const DUMP_FIELD = 'upload_file_minidump'
const EVENT_FIELD = '__sentry-event'

/** What files are, by the field that they are in; any other is an attachment. */
const attachmentTypes: ReadonlyMap<string, string> = new Map([
  [DUMP_FIELD, 'event.minidump'],
  ['__sentry-breadcrumb1', 'event.breadcrumbs'],
  ['__sentry-breadcrumb2', 'event.breadcrumbs'],
  ['view-hierarchy.json', 'event.view_hierarchy'],
])

/** Content types of a dump that comes without a form. */
const dumpTypes: ReadonlySet<string | undefined> = new Set(['application/octet-stream', 'application/x-dmp'])

async function takeMinidump(ingest: Ingest, request: DsnRequest, reply: FastifyReply) {
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    if (asking.credentials === undefined) throw authError(missingCredentials)
    const rules = { limitBytes: ingest.app.config.maxEnvelopeBytes }
    const contentType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
    const envelope = dumpTypes.has(contentType)
      ? await readDump(request, rules)
      : await readDumpForm(request, rules)
    const { eventId } = await enter(ingest, asking, envelope, 'never')
    return answerId(reply, eventId)
  })
}

function answerId(reply: FastifyReply, eventId: EventId | undefined): FastifyReply {
  return reply.type('text/plain').send(dashed(eventId ?? newEventId()))
}

async function readDump(request: DsnRequest, rules: BodyRules): Promise<Envelope> {
  const body = await readRequestBody(request.raw, rules)
  if ('fault' in body) throw bodyError(body, [unreadItem('event')])
  if (body.byteLength === 0) throw emptyBody('event')
  const file = { name: DUMP_FIELD, filename: 'Minidump', contentType: '', content: body }
  return { header: {}, items: [eventItem({}), fileItem(await dumpOf(file, [file]))] }
}

async function readDumpForm(request: DsnRequest, rules: BodyRules): Promise<Envelope> {
  const { fields, files } = readable(await readForm(request.raw, rules))
  const sent = files.find(({ name }) => name === DUMP_FIELD)
  if (sent === undefined) throw refused(400, 'missing minidump', 'missing_minidump_upload', files)
  const dump = await dumpOf(await outOfNestedForm(sent, files), files)

  const native = files.find(({ name }) => name === EVENT_FIELD)
  const event = await nativeEvent(native, files)
  const stated = event.event_id ?? eventIdOfForm(fields)
  const eventId = stated === undefined ? newEventId() : parseEventId(stated)
  if (eventId === undefined) throw refused(400, 'invalid event id', 'invalid_event_id', files)
  const said = eventOfForm(fields)
  if (!isFate(said)) mergeInto(event, said.event)
  const kept = files.filter((file) => file !== native && file !== sent)
  return {
    header: { eventId },
    items: [eventItem(isFate(said) ? undefined : event), fileItem(dump), ...kept.map(fileItem)],
  }
}

/** A form that leads too deep makes no event: then the item holds nothing, which is invalid for being no JSON. */
function eventItem(event: JsonObject | undefined): RawItem {
  const json = event === undefined ? undefined : jsonText(event)
  return { type: 'event', header: { type: 'event' }, payload: Buffer.from(json ?? '') }
}

function fileItem({ name, filename, contentType, content }: FormFile): RawItem {
  const attachment_type = attachmentTypes.get(name) ?? 'event.attachment'
  const content_type = name === DUMP_FIELD ? 'application/x-dmp' : contentType
  return {
    type: 'attachment',
    header: { type: 'attachment', filename, attachment_type, content_type },
    payload: content,
  }
}

/** Old versions of Electron put the form that holds the dump into the field of the dump. */
async function outOfNestedForm(file: FormFile, files: readonly FormFile[]): Promise<FormFile> {
  const [, boundary] = /^--([^\r\n]{1,200})\r?\n/.exec(file.content.toString('latin1', 0, 256)) ?? []
  if (boundary === undefined) return file
  const form = await parseForm(file.content, boundary)
  if ('fault' in form) throw refused(400, 'invalid multipart data', 'invalid_multipart', files)
  const content = form.files.find(({ name }) => name === DUMP_FIELD)?.content
  return content === undefined ? file : { ...file, content }
}

/** The dump without its packing. Errors: IngestError for what is no dump. */
async function dumpOf(file: FormFile, files: readonly FormFile[]): Promise<FormFile> {
  const content = await unpackDump(file.content, defaultItemLimits.attachment.one)
  if ('fault' in content) {
    switch (content.fault) {
      case 'invalid_compression':
        throw refused(400, 'invalid compression container', 'invalid_compression', files)
      case 'too_large':
        throw refused(413, 'minidump is too large when unpacked', 'too_large:attachment:minidump', files)
      case 'overloaded':
        throw bodyError({ fault: 'overloaded' })
    }
  }
  if (!hasMinidumpMagic(content)) throw refused(400, 'invalid minidump', 'invalid_minidump', files)
  return { ...file, filename: unpackedName(file.filename), content }
}

async function nativeEvent(file: FormFile | undefined, files: readonly FormFile[]): Promise<JsonObject> {
  if (file === undefined) return {}
  if (file.content.byteLength > defaultItemLimits.event.one)
    throw refused(413, 'event is too large', 'too_large:attachment:event_payload', files)
  const event = await readMsgpackEvent(file.content)
  if (event === undefined) throw refused(400, 'invalid event payload', 'invalid_msgpack', files)
  return event
}

/** The crash that is not taken, and the files that came with it. */
function refused(status: 400 | 413, detail: string, reason: string, files: readonly FormFile[]): IngestError {
  const items = [unreadItem('event'), ...files.map(fileItem)]
  return new IngestError(status, detail, { fate: drop('invalid', reason), items })
}

function emptyBody(itemType: string): IngestError {
  const fate = drop('invalid', 'empty_body')
  return new IngestError(400, 'empty request body', { fate, items: [unreadItem(itemType)] })
}

/** Errors: IngestError for a form that cannot be read. */
function readable(form: Form | FormFault): Form {
  if (!('fault' in form)) return form
  switch (form.fault) {
    case 'malformed':
      throw refused(400, 'invalid multipart data', 'invalid_multipart', form.files)
    case 'too_many_fields':
      throw refused(413, 'form fields are too large', 'too_large:form_data', [])
    default:
      throw bodyError(form, [unreadItem('event')])
  }
}

async function takeUnreal(ingest: Ingest, request: DsnRequest, reply: FastifyReply) {
  const asking = ask(ingest, request)
  return counted(ingest, asking, async () => {
    const body = await readRequestBody(request.raw, { limitBytes: ingest.app.config.maxEnvelopeBytes })
    if ('fault' in body) throw bodyError(body, [unreadItem('unreal_report')])
    if (body.byteLength === 0) throw emptyBody('unreal_report')
    const { UserID } = request.query as Readonly<Record<string, string | readonly string[] | undefined>>
    const userId = textOf([UserID].flat().at(-1))
    const header = { type: 'unreal_report', ...(userId === undefined ? {} : { user_id: userId }) }
    const items = [{ type: 'unreal_report', header, payload: body }]
    const { eventId } = await enter(ingest, asking, { header: { eventId: newEventId() }, items }, 'never')
    return answerId(reply, eventId)
  })
}
