/** What was recorded of an organization: its audit log, as the store keeps it. */
import { type AuditEntry, listAuditEntries } from '../../src/store/audit-log.ts'
import type { Organization } from '../../src/store/organizations.ts'
import type { Installation } from './installation.ts'

/** Every entry, oldest first. */
export async function auditTrail(
  vedette: Installation,
  { id }: Organization,
): Promise<readonly AuditEntry[]> {
  const whole = { limit: 100, position: undefined, backwards: false }
  const { rows } = await listAuditEntries(vedette.app.db.read, { organizationId: id }, whole)
  return rows.toReversed()
}

/** Event and data of each entry, oldest first. */
export async function recorded(
  vedette: Installation,
  organization: Organization,
): Promise<readonly (readonly [event: string, data: AuditEntry['data']])[]> {
  const entries = await auditTrail(vedette, organization)
  return entries.map(({ event, data }) => [event, data] as const)
}
