import { api, inOrganization } from './client.ts'
import { listQuery, nextCursor } from './pages.ts'
import type { paths } from './schema.ts'

const path = '/api/0/organizations/{organization_id_or_slug}/audit-logs/'
type AuditLog = paths[typeof path]['get']['responses'][200]['content']['application/json']
export type AuditEntry = AuditLog['rows'][number]

export interface AuditQuestion {
  /** Such as `project.edit`. */
  readonly event?: string
  /** A user's number. */
  readonly actor?: number
  readonly statsPeriod?: string
  readonly start?: string
  readonly end?: string
}

/** Who changed what, newest first. */
export function auditLogQuery(org: string, question: AuditQuestion = {}) {
  return listQuery<AuditEntry>([org, 'audit-log', question], async (cursor, signal) => {
    const { data, response } = await api.GET(path, {
      params: { path: inOrganization(org), query: { ...question, cursor } },
      signal,
    })
    return { items: data?.rows ?? [], next: nextCursor(response.headers.get('link')) }
  })
}
