/** Tokens of the caller, and those of an organization. Their texts are in the answer that made them, never again. */
import { queryOptions } from '@tanstack/react-query'
import { api, inOrganization, read, type Schemas } from './client.ts'

export const userTokensQuery = queryOptions({
  queryKey: ['user-tokens'],
  queryFn: ({ signal }) => read(api.GET('/api/0/api-tokens/', { signal })),
})

export type UserToken = Awaited<ReturnType<NonNullable<(typeof userTokensQuery)['queryFn']>>>[number]

export function createUserToken(body: Schemas['postApiTokensBody']) {
  return read(api.POST('/api/0/api-tokens/', { body }))
}

export function renameUserToken(token: string, body: Schemas['putApiTokensTokenBody']) {
  return read(api.PUT('/api/0/api-tokens/{token}/', { params: { path: { token } }, body }))
}

export async function revokeUserToken(token: string): Promise<void> {
  await api.DELETE('/api/0/api-tokens/{token}/', { params: { path: { token } } })
}

export function organizationTokensQuery(org: string) {
  return queryOptions({
    queryKey: [org, 'tokens'],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/0/organizations/{organization_id_or_slug}/org-auth-tokens/', {
          params: { path: inOrganization(org) },
          signal,
        }),
      ),
  })
}

export type OrganizationToken = Awaited<
  ReturnType<NonNullable<ReturnType<typeof organizationTokensQuery>['queryFn']>>
>[number]

export function createOrganizationToken(org: string, body: Schemas['postOrganizationsOrgOrgAuthTokensBody']) {
  return read(
    api.POST('/api/0/organizations/{organization_id_or_slug}/org-auth-tokens/', {
      params: { path: inOrganization(org) },
      body,
    }),
  )
}

export async function renameOrganizationToken(
  org: string,
  token: string,
  body: Schemas['putOrganizationsOrgOrgAuthTokensTokenBody'],
): Promise<void> {
  await api.PUT('/api/0/organizations/{organization_id_or_slug}/org-auth-tokens/{token}/', {
    params: { path: { ...inOrganization(org), token } },
    body,
  })
}

export async function revokeOrganizationToken(org: string, token: string): Promise<void> {
  await api.DELETE('/api/0/organizations/{organization_id_or_slug}/org-auth-tokens/{token}/', {
    params: { path: { ...inOrganization(org), token } },
  })
}

/** Every scope in words. */
export const scopesQuery = queryOptions({
  queryKey: ['scopes'],
  queryFn: ({ signal }) => read(api.GET('/api/0/scopes/', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
})
