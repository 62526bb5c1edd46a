import { queryOptions } from '@tanstack/react-query'
import { api, inOrganization, inProject, read, readPage, type Schemas } from './client.ts'
import { wholeList } from './pages.ts'

/** What stands in a list of projects. */
export type ProjectOutline = Schemas['ProjectSummary']
/** One project with its settings; `access` holds the scopes of the caller in it. */
export type Project = Schemas['DetailedProject']

/** All projects of an organization with the events of the last 24 hours, by the hour. */
export function projectsQuery(org: string) {
  return queryOptions({
    queryKey: [org, 'projects'],
    queryFn: ({ signal }) =>
      wholeList((cursor) =>
        readPage(
          api.GET('/api/0/organizations/{organization_id_or_slug}/projects/', {
            params: { path: inOrganization(org), query: { statsPeriod: '24h', cursor } },
            signal,
          }),
        ),
      ),
    meta: { isKept: true },
  })
}

export function projectQuery(org: string, project: string) {
  return queryOptions({
    queryKey: [org, 'project', project],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/', {
          params: { path: inProject(org, project) },
          signal,
        }),
      ) as Promise<Project>,
    staleTime: 10_000,
  })
}

export function environmentsQuery(org: string, project: string) {
  return queryOptions({
    queryKey: [org, 'project', project, 'environments'],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/environments/', {
          params: { path: inProject(org, project) },
          signal,
        }),
      ),
  })
}

export function createProject(org: string, team: string, body: Schemas['postTeamsOrgTeamProjectsBody']) {
  return read(
    api.POST('/api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/projects/', {
      params: { path: { ...inOrganization(org), team_id_or_slug: team } },
      body,
    }),
  )
}

export function updateProject(org: string, project: string, body: Schemas['putProjectsOrgProjectBody']) {
  return read(
    api.PUT('/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/', {
      params: { path: inProject(org, project) },
      body,
    }),
  ) as Promise<Project>
}

/** Asks for the password first when it was not given lately. */
export async function deleteProject(org: string, project: string): Promise<void> {
  await api.DELETE('/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/', {
    params: { path: inProject(org, project) },
    body: {},
  })
}

export async function addProjectTeam(org: string, project: string, team: string): Promise<void> {
  await api.POST('/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/teams/{team_id_or_slug}/', {
    params: { path: { ...inProject(org, project), team_id_or_slug: team } },
  })
}

export async function removeProjectTeam(org: string, project: string, team: string): Promise<void> {
  await api.DELETE(
    '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/teams/{team_id_or_slug}/',
    {
      params: { path: { ...inProject(org, project), team_id_or_slug: team } },
    },
  )
}

export function ownershipQuery(org: string, project: string) {
  return queryOptions({
    queryKey: [org, 'project', project, 'ownership'],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/ownership/', {
          params: { path: inProject(org, project) },
          signal,
        }),
      ),
  })
}

export async function hideEnvironment(
  org: string,
  project: string,
  environment: string,
  isHidden: boolean,
): Promise<void> {
  await api.PUT(
    '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/environments/{environment}/',
    { params: { path: { ...inProject(org, project), environment } }, body: { isHidden } },
  )
}

/** In a new team of the caller's own. */
export function createProjectWithTeam(org: string, body: Schemas['postOrganizationsOrgProjectsBody']) {
  return read(
    api.POST('/api/0/organizations/{organization_id_or_slug}/projects/', {
      params: { path: inOrganization(org) },
      body,
    }),
  )
}
