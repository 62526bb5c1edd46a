import { queryOptions } from '@tanstack/react-query'
import { api, inOrganization, read, readPage, type Schemas } from './client.ts'
import { wholeList } from './pages.ts'

/** What stands in a list of the caller's organizations. */
export type OrganizationOutline = Schemas['Organization']
/** With `access`, the scopes of the caller in it, and `role`, which is absent for a superuser who is no member. */
export type Organization = Schemas['DetailedOrganization']
export type Role = Organization['orgRoleList'][number]

/** Those that the caller belongs to. */
export const organizationsQuery = queryOptions({
  queryKey: ['organizations'],
  queryFn: async ({ signal }) => {
    const all = await wholeList((cursor) =>
      readPage(api.GET('/api/0/organizations/', { params: { query: { cursor } }, signal })),
    )
    return all.filter((each): each is OrganizationOutline => 'slug' in each)
  },
  staleTime: 60_000,
  meta: { isKept: true },
})

export function organizationQuery(org: string) {
  return queryOptions({
    queryKey: [org, 'organization'],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/0/organizations/{organization_id_or_slug}/', {
          params: { path: inOrganization(org), query: { detailed: '0', include_feature_flags: '1' } },
          signal,
        }),
      ),
    staleTime: 60_000,
    meta: { isKept: true },
  })
}

export function createOrganization(body: Schemas['postOrganizationsBody']) {
  return read(api.POST('/api/0/organizations/', { body }))
}

export function updateOrganization(org: string, body: Schemas['putOrganizationsOrgBody']) {
  return read(
    api.PUT('/api/0/organizations/{organization_id_or_slug}/', {
      params: { path: inOrganization(org) },
      body,
    }),
  )
}
