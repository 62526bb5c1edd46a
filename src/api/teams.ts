/** Teams: list, create, read, change, remove; who is in them. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import type { AuditEvent } from '../protocol/audit-events.ts'
import { maxSlugLength, teamSlugProblem, uniqueSlug, usedSlugText } from '../protocol/slugs.ts'
import { recordChange } from '../store/audit-log.ts'
import type { Tx } from '../store/database.ts'
import { listTeamMembers } from '../store/members.ts'
import {
  addTeamMember,
  deleteTeam,
  insertTeam,
  isTeamSlugTaken,
  listTeams,
  type Team,
  type TeamFilter,
  teamByIdOrSlug,
  teamsByIdOrSlug,
  updateTeam,
} from '../store/teams.ts'
import type { Access } from './access.ts'
import { check, nullable, objectSchema, readBody, text } from './body.ts'
import { changerOf } from './changer.ts'
import { type Answer, type Context, created, endpoint, noContent, ok } from './endpoint.ts'
import { ApiError, invalid, notFound } from './errors.ts'
import { membersJson } from './members.ts'
import { emptyPage, pageLinks, pageRequest } from './paging.ts'
import { organizationPermission, organizationTeamsPermission, teamPermission } from './permissions.ts'
import { numbersIn, queryList, queryText, searchTerms } from './query.ts'
import { organizationJson } from './serialize/organization.ts'
import { TeamJson } from './serialize/team.ts'
import { TeamMemberJson } from './serialize/user.ts'
import { requireSudo } from './sudo.ts'
import { type OrganizationTarget, resolveOrganization, resolveTeam, type TeamTarget } from './targets.ts'
import { teamsJson, teamsWithProjectsJson } from './team-list.ts'

const slugField = nullable(
  check(text({ max: 50, blank: true }), (slug) => (slug === '' ? undefined : teamSlugProblem(slug))),
)

const newTeam = {
  slug: slugField,
  name: nullable(text({ max: 64, blank: true })),
}

const teamFields = {
  slug: check(text({ max: maxSlugLength.team }), teamSlugProblem),
  name: text({ max: 64 }),
}

export function teamRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/teams/',
    gate: organizationTeamsPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'The teams of an organization, by slug',
        query: {
          detailed: { description: '`0` leaves out projects' },
          query: { description: '`slug:`, `id:` or free text' },
          cursor: { description: 'From the Link header' },
        },
        response: { 200: Type.Array(TeamJson) },
        handle: list,
      },
      POST: {
        summary: 'Create a team; a member who creates one joins it',
        body: objectSchema(newTeam),
        response: { 201: TeamJson },
        handle: create,
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/organizations/:org/user-teams/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'The teams that the caller is in, by slug, all at once',
        response: { 200: Type.Array(TeamJson) },
        handle: async ({ target: { organization, access }, actor }) => {
          const idsOrSlugs = [...access.teamRoles.keys()].map(String)
          const teams = await teamsByIdOrSlug(app.db.read, { organizationId: organization.id, idsOrSlugs })
          const bySlug = teams.toSorted((a, b) => (a.slug < b.slug ? -1 : 1))
          return ok(withExternalTeams(await teamsWithProjectsJson(app, actor, access, bySlug)))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/teams/:org/:team/',
    gate: teamPermission,
    resolve: resolveTeam,
    operations: {
      GET: {
        summary: 'A team',
        query: {
          expand: { description: '`projects`, `externalTeams`' },
          collapse: { description: '`organization`' },
        },
        response: { 200: TeamJson },
        handle: read,
      },
      PUT: {
        summary: 'Rename a team, or give it another slug',
        body: objectSchema(teamFields),
        response: { 200: TeamJson },
        handle: change,
      },
      DELETE: {
        summary: 'Remove a team; its projects stay, and its slug is free at once',
        response: { 204: null },
        handle: remove,
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/teams/:org/:team/members/',
    gate: teamPermission,
    resolve: resolveTeam,
    operations: {
      GET: {
        summary: 'The members of a team, by email; invitations that have not been taken up are left out',
        query: { cursor: { description: 'From the Link header' } },
        response: { 200: Type.Array(TeamMemberJson) },
        handle: async ({ query, target: { team } }) => {
          const request = pageRequest(query)
          const page = await listTeamMembers(app.db.read, team.id, request)
          const members = await membersJson(app, page.rows)
          const json = members.map((member, index) => ({
            ...member,
            teamRole: page.rows[index]?.teamRole ?? null,
            teamSlug: team.slug,
          }))
          return ok(json, pageLinks(request, page))
        },
      },
    },
  })
}

async function list({ app, query, target, actor }: Context<OrganizationTarget>): Promise<Answer> {
  const { organization, access } = target
  const request = pageRequest(query)
  const filter = teamFilter(organization.id, queryText(query, 'query'))
  const page = filter === undefined ? emptyPage : await listTeams(app.db.read, filter, request)
  const isDetailed = queryText(query, 'detailed') !== '0'
  const teams = isDetailed
    ? withExternalTeams(await teamsWithProjectsJson(app, actor, access, page.rows))
    : await teamsJson(app, actor, access, page.rows)
  return ok(teams, pageLinks(request, page))
}

/** Those of a chat or a code host that stand for a team; there are none here. */
function withExternalTeams<T extends object>(teams: readonly T[]) {
  return teams.map((team) => ({ ...team, externalTeams: [] }))
}

async function create(context: Context<OrganizationTarget>): Promise<Answer> {
  const { app, target, actor, body, now } = context
  const { organization, access } = target
  const input = readBody(newTeam, body)
  const given = input.slug || undefined
  const name = input.name || given
  if (name === undefined) throw invalid({ non_field_errors: ['Name or slug is required'] })
  const organizationId = organization.id
  const team = await app.db.write(async (tx) => {
    const taken = (slug: string) => isTeamSlugTaken(tx, { organizationId, slug })
    if (given !== undefined && (await taken(given))) throw teamConflict()
    const slug = given ?? (await uniqueSlug(name, taken))
    const made = await insertTeam(tx, { organizationId, slug, name, now })
    if (access.member !== undefined) {
      await addTeamMember(tx, { teamId: made.id, memberId: access.member.id, role: 'admin' })
    }
    await record(tx, context, 'team.create', made)
    return made
  })
  const [json] = await teamsJson(app, actor, joined(access, team.id), [team])
  return created(json)
}

async function read({ app, query, target, actor }: Context<TeamTarget>): Promise<Answer> {
  const { organization, access, team } = target
  const expand = queryList(query, 'expand')
  const [json] = expand.includes('projects')
    ? await teamsWithProjectsJson(app, actor, access, [team])
    : await teamsJson(app, actor, access, [team])
  return ok({
    ...json,
    ...(expand.includes('externalTeams') ? { externalTeams: [] } : {}),
    ...(queryList(query, 'collapse').includes('organization')
      ? {}
      : { organization: organizationJson(organization, app.baseUrl) }),
  })
}

async function change(context: Context<TeamTarget>): Promise<Answer> {
  const { app, target, actor, body } = context
  const { id, organizationId } = target.team
  const input = readBody(teamFields, body)
  const team = await app.db.write(async (tx) => {
    const before = await teamByIdOrSlug(tx, { organizationId, idOrSlug: String(id) })
    if (before === undefined) throw notFound()
    const after = { ...before, ...input }
    const changed = (['name', 'slug'] as const).filter((field) => after[field] !== before[field])
    if (changed.length === 0) return before
    if (changed.includes('slug') && (await isTeamSlugTaken(tx, after))) throw slugInUse(after.slug)
    await updateTeam(tx, after)
    await record(tx, context, 'team.edit', after, { changed })
    return after
  })
  const [json] = await teamsJson(app, actor, target.access, [team])
  return ok(json)
}

async function remove(context: Context<TeamTarget>): Promise<Answer> {
  const { app, target, actor, now } = context
  requireSudo(actor, now)
  await app.db.write(async (tx) => {
    if (!(await deleteTeam(tx, target.team.id))) throw notFound()
    await record(tx, context, 'team.remove', target.team)
  })
  return noContent
}

function record(
  tx: Tx,
  context: Context<unknown>,
  event: AuditEvent,
  { id, organizationId, slug, name }: Team,
  more = {},
): Promise<void> {
  const change = { organizationId, event, targetObject: id, data: { slug, name, ...more } }
  return recordChange(tx, changerOf(context), change, context.now)
}

function slugInUse(slug: string): ApiError {
  return invalid({ slug: [usedSlugText(slug)] })
}

function teamConflict(): ApiError {
  const text = 'A team with this slug already exists.'
  return new ApiError(409, { non_field_errors: [text], detail: text })
}

/** The caller's access once they belong to the team they have just made. */
function joined(access: Access, teamId: number): Access {
  if (access.member === undefined) return access
  return { ...access, teamRoles: new Map([...access.teamRoles, [teamId, 'admin']]) }
}

/** Undefined when the query names an unknown key, which makes the whole result empty. */
function teamFilter(organizationId: number, search: string | undefined): TeamFilter | undefined {
  const { filters, text: words } = searchTerms(search)
  const filter: { -readonly [K in keyof TeamFilter]: TeamFilter[K] } = { organizationId }
  if (words) filter.text = words
  for (const [name, values] of filters) {
    if (name === 'slug') filter.slugs = values
    else if (name === 'id') {
      const ids = numbersIn(values)
      if (ids === undefined) throw new ApiError(400, 'Invalid id value')
      filter.ids = ids
    } else if (name === 'hasExternalTeams') {
      if (values.includes('true')) filter.ids = []
    } else return undefined
  }
  return filter
}
