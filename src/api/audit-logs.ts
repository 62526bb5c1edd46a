/** Who changed what in an organization, newest first. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { type AuditEvent, auditEvents, parseAuditEvent } from '../protocol/audit-events.ts'
import { parseNumericId } from '../protocol/ids.ts'
import { usersById } from '../store/accounts.ts'
import { type AuditFilter, listAuditEntries } from '../store/audit-log.ts'
import { endpoint, ok } from './endpoint.ts'
import { invalid } from './errors.ts'
import { keyLinks, keyPageRequest } from './paging.ts'
import { auditLogPermission } from './permissions.ts'
import { type Query, queryText } from './query.ts'
import { rangeParameters, readRange } from './ranges.ts'
import { AuditEntryJson, auditEntryJson } from './serialize/audit-entry.ts'
import { resolveOrganization } from './targets.ts'

const AuditLogJson = Type.Object({
  rows: Type.Array(AuditEntryJson),
  /** Every name that `event` may have. */
  options: Type.Array(Type.String()),
})

export function auditLogRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/audit-logs/',
    gate: auditLogPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'The audit log of an organization, newest first',
        query: {
          event: { description: 'One of `options`; nothing is found for another name' },
          actor: { description: 'Id of the user who made the changes', schema: { type: 'integer' } },
          ...rangeParameters,
          cursor: { description: 'From the Link header' },
        },
        response: { 200: AuditLogJson },
        handle: async ({ query, target, now }) => {
          const filter = auditFilter(target.organization.id, query, now)
          const page = await listAuditEntries(app.db.read, filter, keyPageRequest(query))
          const people = page.rows.flatMap(({ changer, targetUserId }) => [changer.userId, targetUserId])
          const users = await usersById(app.db.read, [...new Set(people.flatMap((id) => id ?? []))])
          const rows = page.rows.map((entry) => auditEntryJson(entry, users))
          return ok({ rows, options: [...auditEvents] }, keyLinks(page))
        },
      },
    },
  })
}

/** Errors: ApiError 400. */
function auditFilter(organizationId: number, query: Query, now: number): AuditFilter {
  const event = queryText(query, 'event')
  const actor = queryText(query, 'actor')
  const userId = actor ? parseNumericId(actor) : undefined
  if (actor && userId === undefined) throw invalid({ actor: ['A valid integer is required.'] })
  const range = readRange(query, now)
  return {
    organizationId,
    ...(event ? { events: eventsNamed(event) } : {}),
    ...(userId === undefined ? {} : { userId }),
    // The last millisecond counts.
    ...(range === undefined ? {} : { from: range.start, to: Math.floor(range.end) + 1 }),
  }
}

function eventsNamed(name: string): readonly AuditEvent[] {
  const event = parseAuditEvent(name)
  return event === undefined ? [] : [event]
}
