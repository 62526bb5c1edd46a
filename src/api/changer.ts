/** Who asks, as the audit log names them. */
import type { FastifyRequest } from 'fastify'
import type { Changer } from '../store/audit-log.ts'
import { type Actor, userOf } from './access.ts'

export function changerOf({ actor, request }: { actor: Actor; request: FastifyRequest }): Changer {
  const user = userOf(actor)
  const ipAddress = request.ip
  if (user !== undefined) return { userId: user.id, label: user.username, ipAddress }
  const label = actor.kind === 'organization-token' ? `organization token ${actor.tokenId}` : 'anonymous'
  return { userId: null, label, ipAddress }
}
