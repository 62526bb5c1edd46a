/** Teams: list, create, read, change, remove; who is in them. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import type { AuditEvent } from '../protocol/audit-events.ts'
import { maxSlugLength, teamSlugProblem, uniqueSlug, usedSlugText } from '../protocol/slugs.ts'
import { type Changer, recordChange } from '../store/audit-log.ts'
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
import { created, endpoint, noContent, ok } from './endpoint.ts'
import { ApiError, invalid, notFound } from './errors.ts'
import { membersJson } from './members.ts'
import { conflictAs } from './organizations.ts'
import { pageLinks, pageRequest } from './paging.ts'
import { organizationPermission, organizationTeamsPermission, teamPermission } from './permissions.ts'
import { queryList, queryText, searchTerms } from './query.ts'
import { organizationJson } from './serialize/organization.ts'
import { TeamJson } from './serialize/team.ts'
import { TeamMemberJson } from './serialize/user.ts'
import { requireSudo } from './sudo.ts'
import { resolveOrganization, resolveTeam } from './targets.ts'
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
        handle: async ({ query, target, actor }) => {
          const { organization, access } = target
          const request = pageRequest(query)
          const filter = teamFilter(organization.id, queryText(query, 'query'))
          const page =
            filter === undefined
              ? { rows: [], hasPrevious: false, hasNext: false }
              : await listTeams(app.db.read, filter, request)
          const isDetailed = queryText(query, 'detailed') !== '0'
          const teams = isDetailed
            ? (await teamsWithProjectsJson(app, actor, access, page.rows)).map((team) => ({
                ...team,
                externalTeams: [],
              }))
            : await teamsJson(app, actor, access, page.rows)
          return ok(teams, pageLinks(request, page))
        },
      },
      POST: {
        summary: 'Create a team; a member who creates one joins it',
        body: objectSchema(newTeam),
        response: { 201: TeamJson },
        handle: async ({ target, actor, request, body, now }) => {
          const { organization, access } = target
          const input = readBody(newTeam, body)
          const by = changerOf({ actor, request })
          const given = input.slug || undefined
          const name = input.name || given
          if (name === undefined) throw invalid({ non_field_errors: ['Name or slug is required'] })
          const organizationId = organization.id
          const team = await app.db
            .write(async (tx) => {
              const taken = (slug: string) => isTeamSlugTaken(tx, { organizationId, slug })
              if (given !== undefined && (await taken(given))) throw teamConflict()
              const slug = given ?? (await uniqueSlug(name, taken))
              const made = await insertTeam(tx, { organizationId, slug, name, now })
              if (access.member !== undefined) {
                await addTeamMember(tx, { teamId: made.id, memberId: access.member.id, role: 'admin' })
              }
              await recordTeamChange(tx, by, 'team.create', made, now)
              return made
            })
            .catch((error) => conflictAs(error, teamConflict))
          const [json] = await teamsJson(app, actor, joined(access, team.id), [team])
          return created(json)
        },
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
          const json = await teamsWithProjectsJson(app, actor, access, bySlug)
          return ok(json.map((team) => ({ ...team, externalTeams: [] })))
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
        handle: async ({ query, target, actor }) => {
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
        },
      },
      PUT: {
        summary: 'Rename a team, or give it another slug',
        body: objectSchema(teamFields),
        response: { 200: TeamJson },
        handle: async ({ target, actor, request, body, now }) => {
          const { access } = target
          const { id, organizationId } = target.team
          const input = readBody(teamFields, body)
          const by = changerOf({ actor, request })
          const team = await app.db
            .write(async (tx) => {
              const before = await teamByIdOrSlug(tx, { organizationId, idOrSlug: String(id) })
              if (before === undefined) throw notFound()
              const after = { ...before, ...input }
              const changed = (['name', 'slug'] as const).filter((field) => after[field] !== before[field])
              if (changed.length === 0) return before
              if (changed.includes('slug') && (await isTeamSlugTaken(tx, after))) throw slugInUse(after.slug)
              await updateTeam(tx, after)
              await recordTeamChange(tx, by, 'team.edit', after, now, { changed })
              return after
            })
            .catch((error) => conflictAs(error, () => slugInUse(input.slug ?? '')))
          const [json] = await teamsJson(app, actor, access, [team])
          return ok(json)
        },
      },
      DELETE: {
        summary: 'Remove a team; its projects stay, and its slug is free at once',
        response: { 204: null },
        handle: async ({ target, actor, request, now }) => {
          requireSudo(actor, now)
          const by = changerOf({ actor, request })
          await app.db.write(async (tx) => {
            await deleteTeam(tx, target.team.id)
            await recordTeamChange(tx, by, 'team.remove', target.team, now)
          })
          return noContent
        },
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

function recordTeamChange(
  tx: Tx,
  by: Changer,
  event: AuditEvent,
  { id, organizationId, slug, name }: Team,
  now: number,
  data = {},
): Promise<void> {
  return recordChange(tx, by, { organizationId, event, targetObject: id, data: { slug, name, ...data } }, now)
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
      if (values.some((value) => !/^\d{1,15}$/.test(value))) throw new ApiError(400, 'Invalid id value')
      filter.ids = values.map(Number)
    } else if (name === 'hasExternalTeams') {
      if (values.includes('true')) filter.ids = []
    } else return undefined
  }
  return filter
}
