import { queryOptions } from '@tanstack/react-query'
import { api, inOrganization, read, readPage, type Schemas } from './client.ts'
import { wholeList } from './pages.ts'

export type Team = Schemas['Team']

const teamPath = '/api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/'

export function teamsQuery(org: string) {
  return queryOptions({
    queryKey: [org, 'teams'],
    queryFn: ({ signal }) =>
      wholeList((cursor) =>
        readPage(
          api.GET('/api/0/organizations/{organization_id_or_slug}/teams/', {
            params: { path: inOrganization(org), query: { detailed: '0', cursor } },
            signal,
          }),
        ),
      ),
    staleTime: 30_000,
  })
}

export function teamQuery(org: string, team: string) {
  return queryOptions({
    queryKey: [org, 'team', team],
    queryFn: ({ signal }) =>
      read(
        api.GET(teamPath, {
          params: { path: { ...inOrganization(org), team_id_or_slug: team } },
          signal,
        }),
      ),
  })
}

export function createTeam(org: string, body: Schemas['postOrganizationsOrgTeamsBody']) {
  return read(
    api.POST('/api/0/organizations/{organization_id_or_slug}/teams/', {
      params: { path: inOrganization(org) },
      body,
    }),
  )
}

export function updateTeam(org: string, team: string, body: Schemas['putTeamsOrgTeamBody']) {
  return read(
    api.PUT(teamPath, { params: { path: { ...inOrganization(org), team_id_or_slug: team } }, body }),
  )
}

/** Asks for the password first when it was not given lately. */
export async function deleteTeam(org: string, team: string): Promise<void> {
  await api.DELETE(teamPath, { params: { path: { ...inOrganization(org), team_id_or_slug: team } } })
}
