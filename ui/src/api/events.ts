import { queryOptions } from '@tanstack/react-query'
import { api, baseUrl, inProject, read, readPage, type Schemas } from './client.ts'
import { listQuery } from './pages.ts'
import type { paths } from './schema.ts'

export type EventOutline = Schemas['EventOutline']
export type EventDetails = Schemas['EventDetails']
export type EventAttachment = Schemas['EventAttachment']

const eventsPath = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/events/'
const eventPath = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/events/{event_id}/'

export interface EventsQuestion {
  readonly statsPeriod?: string
  readonly start?: string
  readonly end?: string
  readonly environment?: readonly string[]
  readonly query?: string
  readonly per_page?: number
}

/** Stored events, newest first. */
export function eventsQuery(org: string, project: string, question: EventsQuestion = {}) {
  type Query = paths[typeof eventsPath]['get']['parameters']['query']
  return listQuery([org, 'project', project, 'events', question], async (cursor, signal) => {
    const { items, next } = await readPage(
      api.GET(eventsPath, {
        params: { path: inProject(org, project), query: { ...question, cursor } as Query },
        signal,
      }),
    )
    // Whole events come with `full=1` only.
    return { items: items as readonly EventOutline[], next }
  })
}

export function eventQuery(org: string, project: string, event: string) {
  return queryOptions({
    queryKey: [org, 'project', project, 'event', event],
    queryFn: ({ signal }) =>
      read(
        api.GET(eventPath, { params: { path: { ...inProject(org, project), event_id: event } }, signal }),
      ) as Promise<EventDetails>,
    // A stored event never changes.
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The event as it was stored. */
export function eventJsonQuery(org: string, project: string, event: string) {
  return queryOptions({
    queryKey: [org, 'project', project, 'event', event, 'json'],
    queryFn: ({ signal }) =>
      read(
        api.GET(`${eventPath}json/`, {
          params: { path: { ...inProject(org, project), event_id: event } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function eventJsonUrl(org: string, project: string, event: string): string {
  return `${baseUrl}/api/0/projects/${[org, project].map(encodeURIComponent).join('/')}/events/${encodeURIComponent(event)}/json/`
}

export function attachmentsQuery(org: string, project: string, event: string) {
  return listQuery<EventAttachment>(
    [org, 'project', project, 'event', event, 'attachments'],
    (cursor, signal) =>
      readPage(
        api.GET(`${eventPath}attachments/`, {
          params: { path: { ...inProject(org, project), event_id: event }, query: { cursor } },
          signal,
        }),
      ),
  )
}

/** The file itself. */
export function attachmentUrl(org: string, project: string, event: string, attachment: string): string {
  const parts = [org, project].map(encodeURIComponent).join('/')
  return `${baseUrl}/api/0/projects/${parts}/events/${encodeURIComponent(event)}/attachments/${encodeURIComponent(attachment)}/?download=1`
}

/** The first page alone, for a look at whether there is anything new. */
export function newestEventsQuery(org: string, project: string, question: EventsQuestion = {}) {
  type Query = paths[typeof eventsPath]['get']['parameters']['query']
  return queryOptions({
    queryKey: [org, 'project', project, 'newest-events', question],
    queryFn: async ({ signal }) => {
      const answer = api.GET(eventsPath, {
        params: { path: inProject(org, project), query: question as Query },
        signal,
      })
      return (await read(answer)) as unknown as readonly EventOutline[]
    },
  })
}
