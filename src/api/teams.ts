/** Teams: list, create, read. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { teamSlugProblem, uniqueSlug } from '../protocol/slugs.ts'
import {
  addTeamMember,
  insertTeam,
  isTeamSlugTaken,
  listTeams,
  type TeamFilter,
} from '../store/organizations.ts'
import type { Access } from './access.ts'
import { check, nullable, objectSchema, readBody, text } from './body.ts'
import { created, endpoint, ok } from './endpoint.ts'
import { ApiError, invalid } from './errors.ts'
import { conflictAs } from './organizations.ts'
import { pageLinks, pageRequest } from './paging.ts'
import { organizationTeamsPermission, teamPermission } from './permissions.ts'
import { queryList, queryText, searchTerms } from './query.ts'
import { organizationJson } from './serialize/organization.ts'
import { TeamJson } from './serialize/team.ts'
import { resolveOrganization, resolveTeam } from './targets.ts'
import { teamsJson, teamsWithProjectsJson } from './team-list.ts'

const slugField = nullable(
  check(text({ max: 50, blank: true }), (slug) => (slug === '' ? undefined : teamSlugProblem(slug))),
)

const newTeam = {
  slug: slugField,
  name: nullable(text({ max: 64, blank: true })),
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
        handle: async ({ target, actor, body, now }) => {
          const { organization, access } = target
          const input = readBody(newTeam, body)
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
    },
  })
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
