import { queryOptions } from '@tanstack/react-query'
import { api, inProject, read, type Schemas } from './client.ts'

/** `active` is a list of subfilters for legacy browsers. */
export function filtersQuery(org: string, project: string) {
  return queryOptions({
    queryKey: [org, 'project', project, 'filters'],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/filters/', {
          params: { path: inProject(org, project) },
          signal,
        }),
      ),
  })
}

export type FilterState = Awaited<ReturnType<NonNullable<ReturnType<typeof filtersQuery>['queryFn']>>>[number]

export async function updateFilter(
  org: string,
  project: string,
  filter: string,
  body: Schemas['putProjectsOrgProjectFiltersFilterBody'],
): Promise<void> {
  await api.PUT('/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/filters/{filter_id}/', {
    params: { path: { ...inProject(org, project), filter_id: filter } },
    body,
  })
}
