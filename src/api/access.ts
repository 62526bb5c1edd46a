/** Who is asking, and what they may do: cookie or token → Actor → access to an organization, team or project. */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import {
  minimumTeamRole,
  type OrganizationRole,
  organizationRoles,
  parseOrganizationRole,
  parseScope,
  type Scope,
  type TeamRole,
  teamRoles,
} from '../protocol/scopes.ts'
import { type Session, sessionByHash, touchSession, type User } from '../store/accounts.ts'
import type { Database, Db } from '../store/database.ts'
import { type Member, memberOfUser, membershipsOf } from '../store/members.ts'
import type { Organization } from '../store/organizations.ts'
import { teamRolesOf, teamRolesOfMembers } from '../store/teams.ts'
import {
  type OrganizationToken,
  organizationTokenByHash,
  touchOrganizationToken,
  touchUserToken,
  userTokenByHash,
} from '../store/tokens.ts'
import { type Clock, MINUTE } from '../time.ts'
import { ApiError, forbidden, unauthenticated } from './errors.ts'

export type Actor =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'session'
      readonly user: User
      readonly session: Session
      readonly sessionHash: string
    }
  | {
      readonly kind: 'user-token'
      readonly user: User
      readonly scopes: ReadonlySet<Scope>
      readonly tokenId: number
    }
  | {
      readonly kind: 'organization-token'
      readonly organizationId: number
      readonly scopes: ReadonlySet<Scope>
      readonly tokenId: number
    }

export const sessionCookie = 'vedette_session'

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** How stale "last used" may be: one write a minute per token, not one per request. */
const TOUCH_EVERY_MS = MINUTE

/**
 * Finds out who is asking. An `Authorization` header that is present but not understood is ignored, like
 * Sentry does; one that is understood and wrong is refused even where no sign-in is needed.
 *
 * Errors: ApiError 401.
 */
export async function authenticate(db: Database, clock: Clock, request: FastifyRequest): Promise<Actor> {
  const header = request.headers.authorization
  if (header !== undefined) {
    const [scheme = '', ...rest] = header.trim().split(/\s+/)
    if (scheme.toLowerCase() === 'bearer') return bearer(db, clock, rest)
    if (scheme.toLowerCase() === 'basic')
      return (await apiKey(db, clock, rest[0] ?? '')) ?? { kind: 'anonymous' }
    return { kind: 'anonymous' }
  }
  const cookie = request.cookies[sessionCookie]
  if (cookie === undefined) return { kind: 'anonymous' }
  const sessionHash = hashToken(cookie)
  const found = await sessionByHash(db.read, sessionHash)
  if (found === undefined || found.session.expiresAt <= clock.now() || !found.user.isActive) {
    return { kind: 'anonymous' }
  }
  const { session, user } = found
  const from = whence(request)
  touch(clock, session.lastUsedAt, (now) => db.write((tx) => touchSession(tx, { session, now, ...from })))
  return { kind: 'session', user, session, sessionHash }
}

/** Characters of a user agent that are kept. */
const MAX_USER_AGENT = 300

/** What a session shows of the browser that it is used from. */
export function whence({ ip, headers }: FastifyRequest): { ipAddress: string; userAgent: string | null } {
  return { ipAddress: ip, userAgent: headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null }
}

async function bearer(db: Database, clock: Clock, words: readonly string[]): Promise<Actor> {
  const [token] = words
  if (token === undefined) throw unauthenticated('Invalid token header. No credentials provided.')
  if (words.length > 1) throw unauthenticated('Invalid token header. Token string should not contain spaces.')
  if (token.startsWith('sntrys_')) {
    const found = await organizationTokenByHash(db.read, hashToken(token))
    if (found === undefined || found.kind !== 'token' || found.deactivatedAt !== null) {
      throw unauthenticated('Invalid org token')
    }
    return organizationActor(db, clock, found)
  }
  const found = await userTokenByHash(db.read, hashToken(token))
  if (found === undefined) throw unauthenticated('Invalid token')
  const { token: stored, user } = found
  if (stored.expiresAt !== null && stored.expiresAt <= clock.now()) throw unauthenticated('Token expired')
  if (!user.isActive) throw unauthenticated('User inactive or deleted')
  touch(clock, stored.lastUsedAt, (now) => db.write((tx) => touchUserToken(tx, { tokenId: stored.id, now })))
  return { kind: 'user-token', user, scopes: scopeSet(stored.scopes), tokenId: stored.id }
}

/** Legacy organization API key: user name = key, empty password. With a password the header is ignored. */
async function apiKey(db: Database, clock: Clock, encoded: string): Promise<Actor | undefined> {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1 || colon !== text.length - 1) return undefined
  const found = await organizationTokenByHash(db.read, hashToken(text.slice(0, colon)))
  if (found === undefined || found.kind !== 'api-key') throw unauthenticated('API key is not valid')
  if (found.deactivatedAt !== null) throw unauthenticated('Key is disabled')
  return organizationActor(db, clock, found)
}

function organizationActor(db: Database, clock: Clock, found: OrganizationToken): Actor {
  const { id: tokenId, organizationId, scopes, lastUsedAt } = found
  touch(clock, lastUsedAt, (now) => db.write((tx) => touchOrganizationToken(tx, { tokenId, now })))
  return { kind: 'organization-token', organizationId, scopes: scopeSet(scopes), tokenId }
}

/** Nobody waits for this note, and a request does not fail when it cannot be made. */
function touch(clock: Clock, lastUsedAt: number | null, note: (now: number) => Promise<void>): void {
  const now = clock.now()
  if (lastUsedAt === null || now - lastUsedAt >= TOUCH_EVERY_MS) note(now).catch(() => {})
}

function scopeSet(scopes: readonly string[]): ReadonlySet<Scope> {
  return new Set(scopes.flatMap((scope) => parseScope(scope) ?? []))
}

export function userOf(actor: Actor): User | undefined {
  return actor.kind === 'session' || actor.kind === 'user-token' ? actor.user : undefined
}

/** Internal keys are for superusers with a session of their own. */
export function seesInternalKeys(actor: Actor): boolean {
  return actor.kind === 'session' && actor.user.isSuperuser
}

/** What the caller may do in one organization. */
export interface Access {
  readonly organization: Organization
  /** Scopes held everywhere in the organization. */
  readonly scopes: ReadonlySet<Scope>
  /** What the token was made with; undefined when nothing but roles limits the caller. */
  readonly tokenScopes: ReadonlySet<Scope> | undefined
  readonly member: Member | undefined
  /** The caller's own role in each of their teams. */
  readonly teamRoles: ReadonlyMap<number, string>
  /** True when every team and project of the organization is within reach. */
  readonly isGlobal: boolean
}

/**
 * Works out the caller's access to an organization; a stranger has no scopes there.
 *
 * Errors: ApiError 401 for a token that is bound to another organization.
 */
export async function accessTo(db: Db, actor: Actor, organization: Organization): Promise<Access> {
  const user = userOf(actor)
  const member = user && (await memberOfUser(db, { organizationId: organization.id, userId: user.id }))
  const roles = member && (await teamRolesOf(db, member.id))
  return accessOf(actor, organization, member, roles)
}

/** The same for several organizations, by their ids: looked up for all of them at once. */
export async function accessesTo(
  db: Db,
  actor: Actor,
  organizations: readonly Organization[],
): Promise<ReadonlyMap<number, Access>> {
  const user = userOf(actor)
  const memberships = user === undefined ? [] : await membershipsOf(db, user.id)
  const memberIn = new Map(memberships.map((member) => [member.organizationId, member]))
  const placesOf = await teamRolesOfMembers(
    db,
    memberships.map(({ id }) => id),
  )
  return new Map(
    organizations.map((organization) => {
      const member = memberIn.get(organization.id)
      const places = (member && placesOf.get(member.id)) ?? []
      const roles = new Map(places.map(({ team, role }) => [team.id, role]))
      return [organization.id, accessOf(actor, organization, member, roles)]
    }),
  )
}

function accessOf(
  actor: Actor,
  organization: Organization,
  member: Member | undefined,
  roles: ReadonlyMap<number, string> = new Map(),
): Access {
  const none = {
    organization,
    member: undefined,
    teamRoles: new Map(),
    tokenScopes: undefined,
    isGlobal: false,
  }
  if (actor.kind === 'anonymous') return { ...none, scopes: new Set() }
  if (actor.kind === 'organization-token') {
    if (actor.organizationId !== organization.id) throw unauthenticated('Unauthorized organization access.')
    return { ...none, scopes: actor.scopes, tokenScopes: actor.scopes, isGlobal: true }
  }
  const tokenScopes = actor.kind === 'user-token' ? actor.scopes : undefined
  // A superuser runs the server and may do everywhere what an owner may.
  const role = actor.user.isSuperuser ? 'owner' : parseOrganizationRole(member?.role)
  if (role === undefined) return { ...none, tokenScopes, scopes: new Set() }
  return {
    organization,
    member,
    tokenScopes,
    scopes: within(scopesOfRole(role, organization), tokenScopes),
    teamRoles: roles,
    isGlobal: organizationRoles[role].isGlobal || hasOpenMembership(organization),
  }
}

/** Plain members delete events and write alerts, unless their organization keeps that to others. */
function scopesOfRole(role: OrganizationRole, { options }: Organization): readonly Scope[] {
  const { scopes } = organizationRoles[role]
  if (role !== 'member') return scopes
  return scopes.filter(
    (scope) =>
      !(scope === 'event:admin' && options.eventsMemberAdmin === false) &&
      !(scope === 'alerts:write' && options.alertsMemberWrite === false),
  )
}

function within(scopes: Iterable<Scope>, limit: ReadonlySet<Scope> | undefined): ReadonlySet<Scope> {
  return new Set([...scopes].filter((scope) => limit === undefined || limit.has(scope)))
}

/** Open membership lets every member reach every team and project. It is on unless switched off. */
export function hasOpenMembership(organization: Organization): boolean {
  return organization.options.openMembership !== false
}

/** Whether the caller can reach something that belongs to these teams. */
export function canReach(access: Access, teamIds: Iterable<number>): boolean {
  return access.isGlobal || [...teamIds].some((id) => access.teamRoles.has(id))
}

/** Scopes that the caller holds through their roles in these teams. */
export function teamScopes(access: Access, teamIds: Iterable<number>): ReadonlySet<Scope> {
  const scopes = new Set<Scope>()
  for (const id of teamIds) {
    const role = effectiveTeamRole(access, id)
    if (role === undefined) continue
    for (const scope of within(teamRoles[role].scopes, access.tokenScopes)) scopes.add(scope)
  }
  return scopes
}

/** The caller's role in a team they belong to; organization roles above member imply Team Admin. */
export function effectiveTeamRole(access: Access, teamId: number): TeamRole | undefined {
  const own = access.teamRoles.get(teamId)
  if (own === undefined) return undefined
  const role = parseOrganizationRole(access.member?.role)
  return own === 'admin' ? own : role && minimumTeamRole(role)
}

/** Everything the caller may do with something that belongs to these teams; nothing if out of reach. */
export function scopesOn(access: Access, teamIds: Iterable<number>): ReadonlySet<Scope> {
  const ids = [...teamIds]
  if (!canReach(access, ids)) return new Set()
  return new Set([...access.scopes, ...teamScopes(access, ids)])
}

export function holdsAny(held: ReadonlySet<Scope>, accepted: readonly Scope[]): boolean {
  return accepted.some((scope) => held.has(scope))
}

/** Errors: ApiError 403 when none of the accepted scopes is held. */
export function requireAny(held: ReadonlySet<Scope>, accepted: readonly Scope[]): void {
  if (!holdsAny(held, accepted)) throw forbidden()
}

/**
 * The gate before anything in the path is looked up: a token must hold an accepted scope, a session must exist.
 * `accepted` undefined means that the endpoint does not name this method: tokens do not pass, sessions do.
 *
 * Errors: ApiError 401 without credentials, 403 for a token that lacks the scopes.
 */
export function passGate(actor: Actor, accepted: readonly Scope[] | undefined): void {
  if (actor.kind === 'anonymous') throw unauthenticated('Authentication credentials were not provided.')
  if (actor.kind === 'session') return
  if (accepted === undefined || !holdsAny(actor.scopes, accepted)) throw forbidden()
}

/** Endpoints for signed-in people only treat any `Authorization` header as a stranger's. */
export function requireSession(actor: Actor, request: FastifyRequest): Extract<Actor, { kind: 'session' }> {
  if (request.headers.authorization !== undefined) throw forbidden()
  if (actor.kind !== 'session') throw unauthenticated('Authentication credentials were not provided.')
  return actor
}

/**
 * A browser page of another site may use a token that it was given, but neither the visitor's session nor their
 * sign-in. Whoever is no browser says nothing about where it is from, and has no visitor's cookie either.
 *
 * Errors: ApiError 400 with Sentry's bare JSON string.
 */
export function checkOrigin(actor: Actor, request: FastifyRequest, baseUrl: string): void {
  if (actor.kind === 'user-token' || actor.kind === 'organization-token') return
  const own = [new URL(baseUrl).origin, `${request.protocol}://${request.headers.host}`]
  const origin = foreignOrigin(request, own, actor.kind === 'session')
  if (origin !== undefined) throw ApiError.bareText(400, `Invalid origin: ${origin}`)
}

/**
 * Where a request comes from, if that is another site: by `Origin`; by what the browser says of the two sites, which
 * counts other ports and neighbouring hosts as foreign although the cookie goes there; by `Referer`, for browsers
 * that say neither.
 */
function foreignOrigin(
  { method, headers }: FastifyRequest,
  own: readonly string[],
  hasSession: boolean,
): string | undefined {
  const { origin, referer, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers
  const isRead = method === 'GET' || method === 'HEAD'
  // A page that hides where it is from can read nothing here, so all it must not do is change something.
  if (origin !== undefined && !(origin === 'null' && isRead)) return own.includes(origin) ? undefined : origin
  if (typeof site === 'string') {
    if (site === 'same-origin' || site === 'none') return undefined
    // Following a link to here is for everybody; what is embedded elsewhere has no business with a session.
    return isRead && (mode === 'navigate' || !hasSession) ? undefined : site
  }
  if (isRead || referer === undefined) return undefined
  const from = URL.canParse(referer) ? new URL(referer).origin : referer
  return own.includes(from) ? undefined : from
}
