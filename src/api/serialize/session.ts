/** Session of a browser → JSON. Its cookie is nowhere in it. */
import { type Static, Type } from 'typebox'
import type { Session } from '../../store/accounts.ts'
import { DateTime, isoDate } from './dates.ts'

export const SessionJson = Type.Object(
  {
    id: Type.String(),
    isCurrent: Type.Boolean({ description: 'Whether it is the one that asks' }),
    dateCreated: DateTime,
    lastActive: Type.String({ format: 'date-time', description: 'Within a minute' }),
    expires: DateTime,
    ipAddress: Type.Union([Type.String(), Type.Null()], { description: 'Whence it was used last' }),
    userAgent: Type.Union([Type.String(), Type.Null()]),
  },
  { title: 'Session' },
)

export function sessionJson(session: Session, current: Session): Static<typeof SessionJson> {
  return {
    id: String(session.id),
    isCurrent: session.id === current.id,
    dateCreated: isoDate(session.createdAt),
    lastActive: isoDate(session.lastUsedAt),
    expires: isoDate(session.expiresAt),
    ipAddress: session.ipAddress,
    userAgent: session.userAgent,
  }
}
