/** Stored events: listed, read one by one, as they came, and with the files that came along. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { parseEventId, parseNumericId } from '../protocol/ids.ts'
import { optionOf } from '../protocol/project-options.ts'
import { type Attachment, attachmentById, inlineContent, listAttachments } from '../store/attachments.ts'
import type { Db } from '../store/database.ts'
import {
  type EventFilter,
  eventById,
  listErrorEvents,
  neighboursOf,
  readPayloads,
  releaseOf,
  type StoredEvent,
  sampleErrorEvents,
  userReportOf,
} from '../store/events.ts'
import { projectOptions } from '../store/project-options.ts'
import { type Answer, type Endpoint, endpoint, Moved, ok } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { keyLinks, keyPageRequest, pageLinks, pageRequest } from './paging.ts'
import { projectPermission } from './permissions.ts'
import { type Query, queryFlag, queryList, queryText } from './query.ts'
import { DEFAULT_RANGE_MS, rangeParameters, readRange } from './ranges.ts'
import {
  EventDetailsJson,
  EventJson,
  EventOutlineJson,
  eventDetailsJson,
  eventJson,
  eventOutlineJson,
  payloadOf,
} from './serialize/event.ts'
import { downloadTypeOf, EventAttachmentJson, eventAttachmentJson } from './serialize/event-attachment.ts'
import { type ProjectTarget, resolveProject } from './targets.ts'

const pageParameters = {
  cursor: { description: 'From the Link header' },
  per_page: { description: '1 to 100, 100 by default', schema: { type: 'integer' } },
} as const

export function eventRoutes(server: FastifyInstance, app: App): void {
  const db = app.db.read
  attachmentRoutes(server, app)

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/events/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'The error events of a project, newest first',
        query: {
          ...rangeParameters,
          environment: { description: 'Only of this one; repeatable; empty for events without one' },
          query: { description: 'Text anywhere in the title or the culprit, without case' },
          full: { description: '`1` or `true`: the whole of each event' },
          sample: { description: '`1` or `true`: in an order as good as random, always the same' },
          ...pageParameters,
        },
        response: { 200: Type.Array(Type.Union([EventOutlineJson, EventJson])) },
        handle: ({ query, target, now }) => listEvents(db, target.project.id, query, now),
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/events/:event/',
    gate: projectPermission,
    resolve: resolveEvent,
    operations: {
      GET: {
        summary: 'An event of a project',
        query: {
          group_id: { description: 'Only if the event is in this issue; none is, as issues are not kept' },
        },
        response: { 200: EventDetailsJson },
        handle: async ({ query, target: { event } }) => {
          if (queryText(query, 'group_id')) throw eventNotFound()
          return ok(await detailsOf(db, event))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/events/:event/json/',
    gate: projectPermission,
    resolve: resolveEvent,
    operations: {
      GET: {
        summary: 'The payload of an event as it came',
        response: { 200: Type.Record(Type.String(), Type.Unknown()) },
        handle: async ({ target: { event } }) => {
          const payloads = await readPayloads(db, [event], (payload) => payload)
          const content = payloads.get(event.id)
          if (content === undefined) throw eventNotFound()
          return { status: 200, content, headers: { 'content-type': 'application/json' } }
        },
      },
    },
  })
}

function attachmentRoutes(server: FastifyInstance, app: App): void {
  const db = app.db.read

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/events/:event/attachments/',
    gate: projectPermission,
    resolve: resolveEvent,
    operations: {
      GET: {
        summary: 'The files that came with an event, by name',
        query: pageParameters,
        response: { 200: Type.Array(EventAttachmentJson) },
        handle: async ({ query, target: { event } }) => {
          const request = pageRequest(query)
          const page = await listAttachments(db, event, request)
          return ok(page.rows.map(eventAttachmentJson), pageLinks(request, page))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/events/:event/attachments/:attachment_id/',
    gate: projectPermission,
    resolve: async (input) => {
      const found = await resolveEvent(input)
      if (found instanceof Moved) return found
      const { projectId, eventId } = found.event
      const id = parseNumericId(input.params.attachment_id ?? '')
      const attachment = id === undefined ? undefined : await attachmentById(db, { projectId, eventId, id })
      if (attachment === undefined) throw attachmentNotFound()
      return { ...found, attachment }
    },
    operations: {
      GET: {
        summary: 'A file that came with an event, or what is known of it',
        query: { download: { description: 'Present, with any value: the content instead' } },
        response: { 200: EventAttachmentJson },
        handle: async ({ query, target: { attachment } }) =>
          queryText(query, 'download') === undefined
            ? ok(eventAttachmentJson(attachment))
            : download(app, attachment),
      },
    },
  })
}

interface EventTarget extends ProjectTarget {
  readonly event: StoredEvent
}

const resolveEvent: Endpoint<EventTarget>['resolve'] = async (input) => {
  const target = await resolveProject(input)
  if (target instanceof Moved) return target
  const eventId = parseEventId(input.params.event)
  const projectId = target.project.id
  const event = eventId && (await eventById(input.app.db.read, { projectId, eventId }))
  if (event === undefined) throw eventNotFound()
  return { ...target, event }
}

function eventNotFound(): ApiError {
  return new ApiError(404, 'Event not found')
}

function attachmentNotFound(): ApiError {
  return new ApiError(404, 'Attachment not found')
}

async function listEvents(db: Db, projectId: number, query: Query, now: number): Promise<Answer> {
  const filter = readFilter(projectId, query, now)
  const { page, links } = isOn(query, 'sample')
    ? await samplePage(db, filter, query)
    : await newestPage(db, filter, query)
  const made = isOn(query, 'full')
    ? await readPayloads(db, page.rows, await eventMaker(db, projectId))
    : await readPayloads(db, page.rows, (payload, event) => eventOutlineJson(event, payloadOf(payload)))
  return ok(
    page.rows.flatMap((event) => made.get(event.id) ?? []),
    links,
  )
}

async function newestPage(db: Db, filter: EventFilter, query: Query) {
  const page = await listErrorEvents(db, filter, keyPageRequest(query))
  return { page, links: keyLinks(page) }
}

async function samplePage(db: Db, filter: EventFilter, query: Query) {
  const request = pageRequest(query)
  const page = await sampleErrorEvents(db, filter, request)
  return { page, links: pageLinks(request, page) }
}

function readFilter(projectId: number, query: Query, now: number): EventFilter {
  const range = readRange(query, now)
  const environments = queryList(query, 'environment')
  const text = queryText(query, 'query')
  return {
    projectId,
    // Without a range the end stays open: senders whose clock is a little ahead see their events at once.
    ...(range === undefined ? { from: now - DEFAULT_RANGE_MS } : { from: range.start, to: range.end }),
    ...(environments.length === 0 ? {} : { environments: environments.map((name) => name || null) }),
    ...(text ? { text } : {}),
  }
}

function isOn(query: Query, name: string): boolean {
  return queryFlag(query, name) && !/^(0|false)$/i.test(queryText(query, name) ?? '')
}

/** Errors: ApiError 404 when its payload has gone. */
async function detailsOf(db: Db, event: StoredEvent) {
  const surroundings = {
    neighbours: await neighboursOf(db, event),
    release: await releaseOf(db, event),
    userReport: await userReportOf(db, event),
  }
  const found = await readPayloads(db, [event], await eventMaker(db, event.projectId))
  const json = found.get(event.id)
  if (json === undefined) throw eventNotFound()
  return eventDetailsJson(event, json, surroundings)
}

/** Makes the whole of each event of a project. */
async function eventMaker(db: Db, projectId: number) {
  const options = await projectOptions(db, [projectId])
  const groupingConfig = optionOf<string>(options.get(projectId) ?? {}, 'sentry:grouping_config')
  return (payload: Buffer, event: StoredEvent) => eventJson(event, payloadOf(payload), { groupingConfig })
}

async function download(app: App, attachment: Attachment): Promise<Answer> {
  const content = attachment.isFile
    ? await app.blobs.stream(attachment.sha256)
    : await inlineContent(app.db.read, attachment.id)
  if (content === undefined) throw attachmentNotFound()
  return {
    status: 200,
    content,
    headers: {
      'content-type': downloadTypeOf(attachment),
      'content-length': String(attachment.sizeBytes),
      'content-disposition': disposition(attachment.name),
      // Anybody with a DSN can send a file: no browser may take it for a page of ours.
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
    },
  }
}

/** The name twice: as ASCII for everybody, and in full for those who can read RFC 5987. */
function disposition(path: string): string {
  const name = path.split(/[\\/]/).at(-1)?.replaceAll(/\s+/g, ' ').trim() || 'attachment'
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const whole = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}
