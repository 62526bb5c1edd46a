/** Counts: how much came, and what became of it. */
import { type QueryKey, queryOptions } from '@tanstack/react-query'
import { api, baseUrl, inOrganization, inProject, read, readPage, type Schemas } from './client.ts'
import { listQuery } from './pages.ts'
import type { paths } from './schema.ts'

export type Usage = Schemas['Usage']
export type UsageGroup = Usage['groups'][number]
export type DroppedItem = Schemas['DroppedItem']
export type StatsSummary = Schemas['StatsSummary']

const projectPath = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/usage/'
const organizationPath = '/api/0/organizations/{organization_id_or_slug}/usage/'

type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : never

export interface UsageQuestion {
  /** As `rangeQuery` of words/ranges.ts writes them. */
  readonly statsPeriod?: string
  readonly start?: string
  readonly end?: string
  readonly interval?: string
  readonly groupBy?: readonly (
    | 'project'
    | 'key'
    | 'category'
    | 'outcome'
    | 'reason'
    | 'sdk'
    | 'release'
    | 'environment'
  )[]
  readonly category?: readonly string[]
  readonly outcome?: readonly string[]
  readonly reason?: readonly string[]
  readonly key_id?: readonly string[]
  readonly project?: readonly string[]
  readonly top?: number
  readonly compare?: '1'
}

/**
 * While the next answer is on its way the one before stays, unless it is about something else: `owner` is what the
 * query's key begins with.
 */
function keepFor(owner: QueryKey) {
  return <T>(before: T | undefined, query: { readonly queryKey: QueryKey } | undefined): T | undefined =>
    owner.every((part, index) => query?.queryKey[index] === part) ? before : undefined
}

/** The API answers files as texts too; these are not asked for one. */
export function projectUsageQuery(org: string, project: string, question: UsageQuestion) {
  return queryOptions({
    queryKey: [org, 'project', project, 'usage', question],
    queryFn: ({ signal }) =>
      read(
        api.GET(projectPath, {
          params: { path: inProject(org, project), query: question as Query<typeof projectPath> },
          signal,
        }),
      ) as Promise<Usage>,
    staleTime: 10_000,
    placeholderData: keepFor([org, 'project', project]),
  })
}

export function organizationUsageQuery(org: string, question: UsageQuestion) {
  return queryOptions({
    queryKey: [org, 'usage', question],
    queryFn: ({ signal }) =>
      read(
        api.GET(organizationPath, {
          params: { path: inOrganization(org), query: question as Query<typeof organizationPath> },
          signal,
        }),
      ) as Promise<Usage>,
    staleTime: 10_000,
    placeholderData: keepFor([org, 'usage']),
  })
}

/** Where the same numbers are as a file; of one project, or of the organization. */
export function usageFileUrl(
  org: string,
  project: string | undefined,
  question: UsageQuestion,
  format: 'csv' | 'ndjson' = 'csv',
): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...question, format })) {
    const values = Array.isArray(value) ? value : value === undefined ? [] : [value]
    for (const each of values) parameters.append(name, String(each))
  }
  const place =
    project === undefined
      ? `organizations/${encodeURIComponent(org)}`
      : `projects/${encodeURIComponent(org)}/${encodeURIComponent(project)}`
  return `${baseUrl}/api/0/${place}/usage/?${parameters}`
}

/** The last items that a project has lost, with why, newest first. */
export function droppedItemsQuery(
  org: string,
  project: string,
  query: { category?: string; outcome?: string; reason?: string; key_id?: string; per_page?: number } = {},
) {
  const path = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/usage/dropped/'
  return listQuery<DroppedItem>([org, 'project', project, 'dropped', query], (cursor, signal) =>
    readPage(
      api.GET(path, {
        params: { path: inProject(org, project), query: { ...query, cursor } as Query<typeof path> },
        signal,
      }),
    ),
  )
}

export type ProjectUsage = Schemas['ProjectUsage']

/** What came to each project within reach, in one answer for all. */
export function projectsUsageQuery(
  org: string,
  question: Pick<UsageQuestion, 'statsPeriod' | 'start' | 'end' | 'interval' | 'category' | 'compare'>,
) {
  const path = '/api/0/organizations/{organization_id_or_slug}/project-usage/'
  return queryOptions({
    queryKey: [org, 'projects', 'usage', question],
    queryFn: ({ signal }) =>
      read(
        api.GET(path, {
          params: { path: inOrganization(org), query: question as Query<typeof path> },
          signal,
        }),
      ) as Promise<ProjectUsage>,
    staleTime: 10_000,
    placeholderData: keepFor([org, 'projects']),
    meta: { isKept: true },
  })
}

/** The last 24 hours by the hour, and the day before in one number: what the list of projects shows. */
export function projectsOfDayQuery(org: string) {
  return projectsUsageQuery(org, { statsPeriod: '24h', interval: '1h', compare: '1' })
}

/** What was refused in the same hours, by project and reason. */
export function refusalsOfDayQuery(org: string) {
  return organizationUsageQuery(org, {
    statsPeriod: '24h',
    interval: '1h',
    groupBy: ['project', 'outcome', 'reason'],
    outcome: ['invalid', 'rate_limited'],
  })
}
