/** Organizations: list, create, read, change. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import type { AuditEvent } from '../protocol/audit-events.ts'
import {
  maxSlugLength,
  organizationSlugProblem,
  reservedOrganizationSlugs,
  uniqueSlug,
  usedSlugText,
} from '../protocol/slugs.ts'
import { recordChange } from '../store/audit-log.ts'
import type { Tx } from '../store/database.ts'
import { insertMember, membershipsOf, ownerCounts } from '../store/members.ts'
import {
  insertOrganization,
  isOrganizationSlugTaken,
  listOrganizations,
  listOrganizationsBySize,
  type OrganizationFilter,
  organizationByIdOrSlug,
  updateOrganization,
} from '../store/organizations.ts'
import { listProjectsBySlug } from '../store/project-lists.ts'
import { addTeamMember, insertTeam, isTeamSlugTaken, listTeams } from '../store/teams.ts'
import { type Access, type Actor, accessTo, userOf } from './access.ts'
import { bool, check, nullable, objectSchema, readBody, required, text } from './body.ts'
import { changerOf } from './changer.ts'
import { type Answer, type Context, created, endpoint, nothing, ok } from './endpoint.ts'
import { ApiError, invalid, notFound, unauthenticated } from './errors.ts'
import { changeOf, organizationFields, ownedOrganizationFields } from './organization-settings.ts'
import { keyLinks, keyPageRequest, noLinks, pageLinks, pageRequest } from './paging.ts'
import { organizationPermission } from './permissions.ts'
import { factsOf } from './project-facts.ts'
import { numbersIn, type Query, queryText, searchTerms } from './query.ts'
import {
  DetailedOrganizationJson,
  detailedOrganizationJson,
  OrganizationJson,
  organizationJson,
} from './serialize/organization.ts'
import { projectSummaryJson } from './serialize/project.ts'
import { type OrganizationTarget, resolveOrganization } from './targets.ts'
import { teamsJson } from './team-list.ts'

const newOrganization = {
  name: required(text({ max: 64 })),
  slug: nullable(check(text({ max: maxSlugLength.organization }), organizationSlugProblem)),
  defaultTeam: bool(),
  agreeTerms: bool(),
}

/** With `owner=1`: can the caller leave, or would nobody own it then? */
const OwnedOrganizationJson = Type.Object({ organization: OrganizationJson, singleOwner: Type.Boolean() })

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
        response: { 200: Type.Array(Type.Union([OrganizationJson, OwnedOrganizationJson])) },
        handle: ({ query, actor }) => list(app, actor, query),
      },
      POST: {
        summary: 'Create an organization; the caller becomes its owner',
        body: objectSchema(newOrganization),
        response: { 201: OrganizationJson },
        handle: create,
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
        handle: async ({ query, target: { access }, actor }) =>
          ok(await detailsOf(app, actor, access, query)),
      },
      PUT: {
        summary: 'Change an organization’s name, slug and settings; `defaultRole` is for owners',
        query: { include_feature_flags: { description: '`1` adds features and extraOptions' } },
        body: objectSchema(ownedOrganizationFields),
        response: { 200: DetailedOrganizationJson },
        handle: change,
      },
    },
  })
}

async function create(context: Context<unknown>): Promise<Answer> {
  const { app, actor, body, now } = context
  const user = userOf(actor)
  if (user === undefined) throw unauthenticated('This endpoint requires user info')
  const { name, slug: given, defaultTeam } = readBody(newOrganization, body)
  const organization = await app.db.write(async (tx) => {
    if (given && (await isOrganizationSlugTaken(tx, given))) throw slugConflict()
    const slug = given || (await freeSlug(tx, name))
    const made = await insertOrganization(tx, { slug, name, now })
    const organizationId = made.id
    const { id: userId, email } = user
    const owner = { organizationId, userId, email, role: 'owner', inviterId: null, now }
    const member = await insertMember(tx, owner)
    const record = (event: AuditEvent, targetObject: number, data = {}) =>
      recordChange(tx, changerOf(context), { organizationId, event, targetObject, data }, now)
    await record('org.create', organizationId)
    if (defaultTeam) {
      const taken = (s: string) => isTeamSlugTaken(tx, { organizationId, slug: s })
      const teamSlug = await uniqueSlug(name, taken)
      const team = await insertTeam(tx, { organizationId, slug: teamSlug, name, now })
      await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: 'admin' })
      await record('team.create', team.id, { slug: team.slug, name })
    }
    return made
  })
  return created(organizationJson(organization, app.baseUrl))
}

async function change(context: Context<OrganizationTarget>): Promise<Answer> {
  const { app, actor, target, query, body, now } = context
  const isOwner = target.access.scopes.has('org:admin')
  const input = readBody(isOwner ? ownedOrganizationFields : organizationFields, body)
  const { id } = target.organization
  const organization = await app.db.write(async (tx) => {
    const before = await organizationByIdOrSlug(tx, String(id))
    if (before === undefined) throw notFound()
    const { changed, ...after } = changeOf(before, input, now)
    if (changed.length === 0) return before
    if (changed.includes('slug') && (await isOrganizationSlugTaken(tx, after.slug))) {
      throw slugInUse(after.slug)
    }
    const data = { slug: after.slug, changed }
    const edit = { organizationId: id, event: 'org.edit', targetObject: id, data } as const
    await recordChange(tx, changerOf(context), edit, now)
    return updateOrganization(tx, id, after)
  })
  return ok(await detailsOf(app, actor, await accessTo(app.db.read, actor, organization), query))
}

/** The long shape: with teams and projects unless `detailed=0`. */
async function detailsOf(app: App, actor: Actor, access: Access, query: Query) {
  const { organization } = access
  const withFeatures = queryText(query, 'include_feature_flags') === '1'
  const parts = { access, baseUrl: app.baseUrl, withFeatures }
  if (queryText(query, 'detailed') === '0') return detailedOrganizationJson(organization, parts)
  const teams = await listTeams(app.db.read, { organizationId: organization.id }, WHOLE)
  const projects = await listProjectsBySlug(app.db.read, { organizationId: organization.id })
  const facts = await factsOf(app, actor, projects.rows, () => access)
  return detailedOrganizationJson(organization, {
    ...parts,
    teams: await teamsJson(app, actor, access, teams.rows),
    projects: facts.map((each) => projectSummaryJson(each)),
  })
}

function slugInUse(slug: string): ApiError {
  return invalid({ slug: [usedSlugText(slug)] })
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
  if (filter === undefined) return ok([], noLinks)
  const scoped: OrganizationFilter =
    actor.kind === 'organization-token'
      ? { ...filter, ids: (filter.ids ?? [actor.organizationId]).filter((id) => id === actor.organizationId) }
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

function wholeNumbers(name: string, values: readonly string[]): readonly number[] {
  const numbers = numbersIn(values)
  if (numbers === undefined) throw invalid({ [name]: ['A valid integer is required.'] })
  return numbers
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
