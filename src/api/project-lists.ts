/** Lists of projects: the caller's own, an organization's, a team's. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { parseNumericId } from '../protocol/ids.ts'
import { categoryNumber, errorCategories, outcomeNumber } from '../protocol/outcome.ts'
import { isReadableOption } from '../protocol/project-options.ts'
import { hideSymbolSecrets, storedSymbolSources } from '../protocol/symbol-sources.ts'
import { organizationsById } from '../store/organizations.ts'
import {
  countProjects,
  listProjectsByAge,
  listProjectsBySlug,
  type ProjectFilter,
} from '../store/project-lists.ts'
import { projectOptions } from '../store/project-options.ts'
import { sumOutcomesOfProjects } from '../store/stats.ts'
import { teamsByIdOrSlug } from '../store/teams.ts'
import { type Actor, accessesTo, canReach, userOf } from './access.ts'
import { type Answer, endpoint, nothing, ok } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { emptyPage, keyLinks, keyPageRequest, noLinks, pageLinks, pageRequest } from './paging.ts'
import { organizationPermission, projectPermission } from './permissions.ts'
import { factsOf } from './project-facts.ts'
import { numbersIn, type Query, queryList, queryText, searchTerms } from './query.ts'
import {
  type ProjectFacts,
  ProjectWithOrganizationJson,
  projectSummaryJson,
  projectWithOrganizationJson,
  type SummaryParts,
} from './serialize/project.ts'
import { bucketStarts, fillSeries } from './series.ts'
import { type OrganizationTarget, resolveOrganization, type TeamTarget } from './targets.ts'

export function projectListRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/',
    gate: projectPermission,
    resolve: nothing,
    operations: {
      GET: {
        summary: "Projects of the caller's teams, across organizations, newest first",
        query: {
          status: { description: '`active` (default), `deleted`, or empty for all' },
          organizationId: { description: 'Only of this organization' },
          query: { description: '`slug:`, `name:`, `platform:`, `dsn:`, `id:` or free text' },
          show: { description: '`all`: every project, for superusers' },
          cursor: { description: 'From the Link header' },
        },
        response: { 200: Type.Array(ProjectWithOrganizationJson) },
        handle: ({ query, actor }) => listOwn(app, actor, query),
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/organizations/:org/projects-count/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'How many projects there are, and how many are of the caller',
        response: { 200: Type.Object({ allProjects: Type.Integer(), myProjects: Type.Integer() }) },
        handle: async ({ target, actor }) => {
          const organizationId = target.organization.id
          const user = userOf(actor)
          const allProjects = await countProjects(app.db.read, { organizationId })
          const myProjects =
            user === undefined
              ? allProjects
              : await countProjects(app.db.read, { organizationId, memberUserId: user.id })
          return ok({ allProjects, myProjects })
        },
      },
    },
  })
}

async function listOwn(app: App, actor: Actor, query: Query): Promise<Answer> {
  const request = keyPageRequest(query)
  const statuses = statusFilter(queryText(query, 'status'))
  const search = ownFilter(queryText(query, 'query'))
  if (statuses === undefined || search === undefined) return ok([], noLinks)
  const asked = queryText(query, 'organizationId')
  const organizationId = asked ? parseNumericId(asked) : undefined
  if (asked && organizationId === undefined) throw new ApiError(400, 'organizationId must be a number')

  const user = userOf(actor)
  const showAll = queryText(query, 'show') === 'all' && user?.isSuperuser === true
  const filter: ProjectFilter = {
    ...search,
    statuses,
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(actor.kind === 'organization-token' ? { organizationIds: [actor.organizationId] } : {}),
    ...(user !== undefined && !showAll ? { memberUserId: user.id } : {}),
  }
  const page = await listProjectsByAge(app.db.read, filter, request)
  const organizationIds = [...new Set(page.rows.map((project) => project.organizationId))]
  const organizations = await organizationsById(app.db.read, organizationIds)
  const accesses = await accessesTo(app.db.read, actor, [...organizations.values()])
  const facts = await factsOf(app, actor, page.rows, (project) => {
    const access = accesses.get(project.organizationId)
    if (access === undefined)
      throw new Error(`No access was worked out for organization ${project.organizationId}`)
    return access
  })
  return ok(
    facts.map((one) => projectWithOrganizationJson(one, app.baseUrl)),
    keyLinks(page),
  )
}

/** Undefined when no project can have that status. */
function statusFilter(text: string | undefined): readonly string[] | undefined {
  switch (text) {
    case undefined:
    case 'active':
      return ['active']
    case 'deleted':
      return ['pending_deletion']
    case '':
      return []
    default:
      return undefined
  }
}

/** Undefined when the query names an unknown key, which makes the whole result empty. */
function ownFilter(search: string | undefined): ProjectFilter | undefined {
  const { filters, text } = searchTerms(search)
  const filter: { -readonly [K in keyof ProjectFilter]: ProjectFilter[K] } = {}
  if (text) filter.text = text
  for (const [name, values] of filters) {
    switch (name) {
      case 'slug':
        filter.slugs = values
        break
      case 'name':
        filter.names = values
        break
      case 'platform':
        filter.platforms = values
        break
      case 'dsn':
        filter.publicKeys = values
        break
      case 'id': {
        const ids = numbersIn(values)
        if (ids === undefined) throw new ApiError(400, 'All "id" values must be integers.')
        filter.ids = ids
        break
      }
      default:
        return undefined
    }
  }
  return filter
}

/** Seconds per bucket and number of buckets of each `statsPeriod`. */
const statsPeriods: Readonly<Record<string, { readonly step: number; readonly count: number }>> = {
  '1h': { step: 60, count: 60 },
  '24h': { step: 3600, count: 24 },
  '7d': { step: 86_400, count: 7 },
  '14d': { step: 86_400, count: 14 },
  '30d': { step: 86_400, count: 30 },
  '90d': { step: 86_400, count: 90 },
}

function parameterError(message: string): ApiError {
  return new ApiError(400, { error: { params: { stats_period: { message } } } })
}

/** Errors: ApiError 400 that lists the choices as Sentry does. */
function readStatsPeriod(query: Query, choices: readonly string[]): string | undefined {
  const text = queryText(query, 'statsPeriod')
  if (!text) return undefined
  if (!choices.includes(text)) {
    const quoted = ['', ...choices].map((choice) => `'${choice}'`)
    throw parameterError(
      `Invalid stats_period. Valid choices are ${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`,
    )
  }
  return text
}

const datasets = ['', 'discover', 'metricsEnhanced', 'metrics']

/** An organization's projects, those out of the caller's reach included. */
export async function listOfOrganization(
  app: App,
  actor: Actor,
  { organization, access }: OrganizationTarget,
  query: Query,
  now: number,
): Promise<Answer> {
  const period = readStatsPeriod(query, ['1h', '24h', '7d', '14d', '30d', '90d'])
  if (!datasets.includes(queryText(query, 'dataset') ?? 'discover')) {
    throw new ApiError(400, `dataset must be one of: ${datasets.join(', ')}`)
  }
  const isWhole = queryText(query, 'all_projects') === '1'
  const request = pageRequest(isWhole ? {} : query)
  const filter = await organizationFilter(app, actor, { organization, access }, queryText(query, 'query'))
  if (filter === undefined) return isWhole ? ok([]) : ok([], pageLinks(request, emptyPage))

  const page = isWhole
    ? await listProjectsBySlug(app.db.read, filter)
    : await listProjectsBySlug(app.db.read, filter, request, userOf(actor)?.id)
  const facts = await factsOf(app, actor, page.rows, () => access)
  const parts = await summaryParts(app, facts, query, isWhole ? undefined : period, now)
  const summaries = facts.map((one) => projectSummaryJson(one, parts(one)))
  return isWhole ? ok(summaries) : ok(summaries, pageLinks(request, page))
}

export async function listOfTeam(
  app: App,
  actor: Actor,
  { organization, access, team }: TeamTarget,
  query: Query,
  now: number,
): Promise<Answer> {
  const period = readStatsPeriod(query, ['24h', '14d', '30d'])
  const request = pageRequest(query)
  const filter = { organizationId: organization.id, teamIds: [team.id] }
  const page = await listProjectsBySlug(app.db.read, filter, request)
  const facts = await factsOf(app, actor, page.rows, () => access)
  const parts = await summaryParts(app, facts, query, period, now)
  return ok(
    facts.map((one) => projectSummaryJson(one, parts(one))),
    pageLinks(request, page),
  )
}

/** What the parameters of a list add to each of its projects; loaded for the whole page at once. */
async function summaryParts(
  app: App,
  facts: readonly ProjectFacts[],
  query: Query,
  period: string | undefined,
  now: number,
): Promise<(facts: ProjectFacts) => SummaryParts> {
  const ids = facts.map(({ project }) => project.id)
  const wanted = queryList(query, 'options').filter(isReadableOption)
  const options = wanted.length > 0 ? await projectOptions(app.db.read, ids) : new Map()
  const stats = period && (await listSeries(app, ids, period, now, errorCategories.map(categoryNumber)))
  const transactionStats =
    period && queryText(query, 'transactionStats') === '1'
      ? await listSeries(app, ids, period, now, [categoryNumber('transaction')])
      : undefined
  const hasSessionStats = period && queryText(query, 'sessionStats') === '1'
  const withoutDeploys = queryList(query, 'collapse').includes('latestDeploys')
  return ({ project, access, extras }) => {
    const canSee = canReach(
      access,
      extras.teams.map((team) => team.id),
    )
    const stored = Object.entries((options.get(project.id) ?? {}) as Record<string, unknown>)
      .filter(([name]) => wanted.includes(name))
      .map(([name, value]) => [name, withoutSecrets(name, value)])
    return {
      withoutDeploys,
      ...(canSee && stored.length > 0 ? { options: Object.fromEntries(stored) } : {}),
      ...(canSee && stats ? { stats: stats(project.id) } : {}),
      ...(canSee && transactionStats ? { transactionStats: transactionStats(project.id) } : {}),
      ...(canSee && hasSessionStats
        ? { sessionStats: { currentCrashFreeRate: null, previousCrashFreeRate: null, hasHealthData: false } }
        : {}),
    }
  }
}

function withoutSecrets(name: string, value: unknown): unknown {
  return name === 'sentry:symbol_sources' ? hideSymbolSecrets(storedSymbolSources(String(value))) : value
}

async function listSeries(
  app: App,
  ids: readonly number[],
  period: string,
  now: number,
  categories: readonly number[],
) {
  const { step, count } = statsPeriods[period] ?? { step: 3600, count: 24 }
  const until = now / 1000
  const starts = bucketStarts(until - (count - 1) * step, until, step)
  const from = starts[0] ?? 0
  const sums = await sumOutcomesOfProjects(app.db.read, {
    projectIds: ids,
    range: { from, to: from + count * step, resolution: step === 60 ? 10 : step },
    step,
    categories,
    outcomes: [outcomeNumber('accepted')],
  })
  return (projectId: number) => fillSeries(starts, sums.get(projectId) ?? [])
}

/** Undefined when the query names an unknown key, which makes the whole result empty. */
async function organizationFilter(
  app: App,
  actor: Actor,
  { organization, access }: OrganizationTarget,
  search: string | undefined,
): Promise<ProjectFilter | undefined> {
  const { filters, text } = searchTerms(search)
  const filter: { -readonly [K in keyof ProjectFilter]: ProjectFilter[K] } = {
    organizationId: organization.id,
  }
  if (text) filter.text = text
  const teamIdsOf = async (idsOrSlugs: readonly string[]) => {
    const teams = await teamsByIdOrSlug(app.db.read, { organizationId: organization.id, idsOrSlugs })
    return teams.map((team) => team.id)
  }
  for (const [name, values] of filters) {
    switch (name) {
      case 'id': {
        const ids = numbersIn(values)
        if (ids === undefined) throw parameterError("All 'id' values must be integers.")
        filter.ids = ids
        break
      }
      case 'slug':
        filter.slugs = values
        break
      case 'team':
        filter.teamIds = await teamIdsOf(values)
        break
      case '!team':
        filter.withoutTeamIds = await teamIdsOf(values)
        break
      case 'is_member': {
        const user = userOf(actor)
        if (user !== undefined) filter.memberUserId = user.id
        else if (!access.isGlobal) return undefined
        break
      }
      default:
        return undefined
    }
  }
  return filter
}
