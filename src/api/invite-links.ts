/** Links by which somebody who has no account yet takes up an invitation: nothing here sends mail. */
import { randomBytes } from 'node:crypto'
import { parseOrganizationRole } from '../protocol/scopes.ts'
import { DAY } from '../time.ts'
import { type Access, type Actor, hashToken } from './access.ts'
import { grantableRoles } from './member-roles.ts'

const INVITE_MS = 30 * DAY

/** What a link carries, and what is kept of it. */
export interface Invite {
  readonly token: string
  readonly inviteHash: string
  readonly expiresAt: number
}

export function newInvite(now: number): Invite {
  const token = randomBytes(32).toString('hex')
  return { token, inviteHash: hashToken(token), expiresAt: now + INVITE_MS }
}

/** Of a page, which takes the invitation up over the API. */
export function inviteLink(baseUrl: string, memberId: number, { token }: Invite): string {
  return `${baseUrl}/accept/${memberId}/${token}/`
}

/**
 * Whoever has the link has the role. So it is for people who could give that role themselves; no token gets one,
 * because what it leads to can do more than a token.
 */
export function mayMakeLinks(actor: Actor, access: Access, role: string): boolean {
  const wanted = parseOrganizationRole(role)
  return (
    actor.kind === 'session' &&
    access.scopes.has('member:admin') &&
    wanted !== undefined &&
    grantableRoles(actor, access).includes(wanted)
  )
}
