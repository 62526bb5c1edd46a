/** Organizations: list, create, read. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import {
  maxSlugLength,
  organizationSlugProblem,
  reservedOrganizationSlugs,
  uniqueSlug,
} from '../protocol/slugs.ts'
import type { Tx } from '../store/database.ts'
import {
  addTeamMember,
  insertMember,
  insertOrganization,
  insertTeam,
  isOrganizationSlugTaken,
  isTeamSlugTaken,
  listOrganizations,
  listOrganizationsBySize,
  listTeams,
  membershipsOf,
  type OrganizationFilter,
  ownerCounts,
} from '../store/organizations.ts'
import { listProjectsBySlug } from '../store/projects.ts'
import { isUniqueViolation } from '../store/sqlite.ts'
import { type Actor, userOf } from './access.ts'
import { bool, check, nullable, objectSchema, readBody, required, text } from './body.ts'
import { type Answer, created, endpoint, nothing, ok } from './endpoint.ts'
import { ApiError, invalid, unauthenticated } from './errors.ts'
import { keyLinks, keyPageRequest, pageLinks, pageRequest } from './paging.ts'
import { organizationPermission } from './permissions.ts'
import { factsOf } from './project-list.ts'
import { type Query, queryText, searchTerms } from './query.ts'
import {
  DetailedOrganizationJson,
  detailedOrganizationJson,
  OrganizationJson,
  organizationJson,
} from './serialize/organization.ts'
import { projectSummaryJson } from './serialize/project.ts'
import { resolveOrganization } from './targets.ts'
import { teamsJson } from './team-list.ts'

const newOrganization = {
  name: required(text({ max: 64 })),
  slug: nullable(check(text({ max: maxSlugLength.organization }), organizationSlugProblem)),
  defaultTeam: bool(),
  agreeTerms: bool(),
}

/** Everything of a list, for the places that nest one whole list into another answer. */
const WHOLE = { limit: 10_000, offset: 0 }

export function organizationRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/',
    gate: organizationPermission,
    resolve: nothing,
    operations: {
      GET: {
        summary: 'The organizations that the caller belongs to, newest first',
        query: {
          query: {
            description: '`slug:`, `email:`, `platform:`, `id:`, `status:`, `member_id:` or free text',
          },
          owner: { description: '`1`: those that the caller owns, in another shape' },
          sortBy: { description: '`members` or `projects`, most first' },
          show: { description: '`all`: every organization, for superusers' },
          cursor: { description: 'From the Link header' },
        },
        response: { 200: Type.Array(OrganizationJson) },
        handle: ({ query, actor }) => list(app, actor, query),
      },
      POST: {
        summary: 'Create an organization; the caller becomes its owner',
        body: objectSchema(newOrganization),
        response: { 201: OrganizationJson },
        handle: async ({ actor, body, now }) => {
          const user = userOf(actor)
          if (user === undefined) throw unauthenticated('This endpoint requires user info')
          const { name, slug: given, defaultTeam } = readBody(newOrganization, body)
          const organization = await app.db.write(async (tx) => {
            if (given && (await isOrganizationSlugTaken(tx, given))) throw slugConflict()
            const slug = given || (await freeSlug(tx, name))
            const made = await insertOrganization(tx, { slug, name, now })
            const owner = {
              organizationId: made.id,
              userId: user.id,
              email: user.email,
              role: 'owner',
              inviterId: null,
            }
            const member = await insertMember(tx, { ...owner, now })
            if (defaultTeam) {
              const taken = (s: string) => isTeamSlugTaken(tx, { organizationId: made.id, slug: s })
              const teamSlug = await uniqueSlug(name, taken)
              const team = await insertTeam(tx, { organizationId: made.id, slug: teamSlug, name, now })
              await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: 'admin' })
            }
            return made
          })
          return created(organizationJson(organization, app.baseUrl))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/organizations/:org/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'An organization with its settings, teams and projects',
        query: {
          detailed: { description: '`0` leaves out teams and projects' },
          include_feature_flags: { description: '`1` adds features and extraOptions' },
        },
        response: { 200: DetailedOrganizationJson },
        handle: async ({ query, target, actor }) => {
          const { organization, access } = target
          const nested =
            queryText(query, 'detailed') === '0'
              ? {}
              : {
                  teams: await teamsJson(
                    app,
                    actor,
                    access,
                    (await listTeams(app.db.read, { organizationId: organization.id }, WHOLE)).rows,
                  ),
                  projects: (
                    await factsOf(
                      app,
                      actor,
                      (
                        await listProjectsBySlug(app.db.read, { organizationId: organization.id })
                      ).rows,
                      () => access,
                    )
                  ).map((facts) => projectSummaryJson(facts)),
                }
          const withFeatures = queryText(query, 'include_feature_flags') === '1'
          return ok(
            detailedOrganizationJson(organization, { access, baseUrl: app.baseUrl, withFeatures, ...nested }),
          )
        },
      },
    },
  })
}

/** Underscores are for teams and projects only. */
function freeSlug(tx: Tx, name: string): Promise<string> {
  const taken = (slug: string) => isOrganizationSlugTaken(tx, slug)
  return uniqueSlug(name.replaceAll('_', '-'), taken, reservedOrganizationSlugs)
}

function slugConflict(): ApiError {
  return new ApiError(409, 'An organization with this slug already exists.')
}

async function list(app: App, actor: Actor, query: Query): Promise<Answer> {
  const user = userOf(actor)
  const owner = queryText(query, 'owner')
  if (user !== undefined && (owner === '1' || owner === 'true')) return ok(await owned(app, user.id))

  const showAll = queryText(query, 'show') === 'all' && user?.isSuperuser === true
  const filter = organizationFilter(query)
  if (filter === undefined) return ok([], emptyLinks)
  const scoped: OrganizationFilter =
    actor.kind === 'organization-token'
      ? { ...filter, ids: [actor.organizationId] }
      : { ...filter, ...(showAll || user === undefined ? {} : { memberUserId: user.id }) }

  const sortBy = queryText(query, 'sortBy')
  if (sortBy === 'members' || sortBy === 'projects') {
    const request = pageRequest(query)
    const page = await listOrganizationsBySize(app.db.read, scoped, sortBy, request)
    return ok(
      page.rows.map((row) => organizationJson(row, app.baseUrl)),
      pageLinks(request, page),
    )
  }
  const page = await listOrganizations(app.db.read, scoped, keyPageRequest(query))
  return ok(
    page.rows.map((row) => organizationJson(row, app.baseUrl)),
    keyLinks(page),
  )
}

const emptyLinks = {
  previous: { cursor: '0:0:1', results: false },
  next: { cursor: '0:0:0', results: false },
}

/** Undefined when the query names an unknown key, which makes the whole result empty. */
function organizationFilter(query: Query): OrganizationFilter | undefined {
  const { filters, text: words } = searchTerms(queryText(query, 'query'))
  const filter: { -readonly [K in keyof OrganizationFilter]: OrganizationFilter[K] } = words
    ? { text: words }
    : {}
  for (const [name, values] of filters) {
    if (name === 'slug') filter.slugs = values
    else if (name === 'email') filter.memberEmails = values.map((value) => value.toLowerCase())
    else if (name === 'platform') filter.platforms = values
    else if (name === 'status') filter.statuses = values
    else if (name === 'id') filter.ids = wholeNumbers('id', values)
    else if (name === 'member_id') filter.memberIds = wholeNumbers('member_id', values)
    else return undefined
  }
  return filter
}

function wholeNumbers(name: string, values: readonly string[]): number[] {
  if (values.some((value) => !/^\d{1,15}$/.test(value)))
    throw invalid({ [name]: ['A valid integer is required.'] })
  return values.map(Number)
}

async function owned(app: App, userId: number) {
  const memberships = (await membershipsOf(app.db.read, userId)).filter((member) => member.role === 'owner')
  const ids = memberships.map((member) => member.organizationId)
  const whole = { limit: WHOLE.limit, position: undefined, backwards: false }
  const { rows } = await listOrganizations(app.db.read, { ids, memberUserId: userId }, whole)
  const owners = await ownerCounts(app.db.read, ids)
  return [...rows]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((organization) => ({
      organization: organizationJson(organization, app.baseUrl),
      singleOwner: (owners.get(organization.id) ?? 0) === 1,
    }))
}

/** A concurrent request may take the slug between the look and the leap. */
export function conflictAs(error: unknown, conflict: () => ApiError): never {
  if (isUniqueViolation(error)) throw conflict()
  throw error
}
