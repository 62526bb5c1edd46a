/** Entry of the audit log → Sentry JSON. */
import { type Static, Type } from 'typebox'
import { auditNote } from '../../protocol/audit-events.ts'
import type { User } from '../../store/accounts.ts'
import type { AuditEntry } from '../../store/audit-log.ts'
import { DateTime, isoDate } from './dates.ts'
import { UserJson, userJson } from './user.ts'

export const AuditEntryJson = Type.Object({
  id: Type.String(),
  /** A user, or the name alone of what is none. */
  actor: Type.Union([UserJson, Type.Object({ name: Type.String() })]),
  event: Type.String(),
  ipAddress: Type.Union([Type.String(), Type.Null()]),
  note: Type.String(),
  targetObject: Type.Union([Type.Integer(), Type.Null()]),
  /** The id alone of a user who is gone. */
  targetUser: Type.Union([UserJson, Type.Integer(), Type.Null()]),
  data: Type.Object({}, { additionalProperties: true }),
  dateCreated: DateTime,
})

/** `users` holds those whom the entry names, as far as they are still there. */
export function auditEntryJson(
  { id, changer, event, targetObject, targetUserId, data, createdAt }: AuditEntry,
  users: ReadonlyMap<number, User>,
): Static<typeof AuditEntryJson> {
  const actor = changer.userId === null ? undefined : users.get(changer.userId)
  const targetUser = targetUserId === null ? undefined : users.get(targetUserId)
  return {
    id: String(id),
    actor: actor === undefined ? { name: changer.label } : userJson(actor),
    event,
    ipAddress: changer.ipAddress,
    note: auditNote(event, data),
    targetObject,
    targetUser: targetUser === undefined ? targetUserId : userJson(targetUser),
    data,
    dateCreated: isoDate(createdAt),
  }
}
