import { queryOptions } from '@tanstack/react-query'
import { api, inOrganization, read, readPage, type Schemas } from './client.ts'
import { listQuery, wholeList } from './pages.ts'

export type Member = Schemas['Member']

const membersPath = '/api/0/organizations/{organization_id_or_slug}/members/'
const memberPath = '/api/0/organizations/{organization_id_or_slug}/members/{member_id}/'

export function membersQuery(org: string, query = '') {
  return listQuery<Member>([org, 'members', { query }], (cursor, signal) =>
    readPage(
      api.GET(membersPath, {
        params: { path: inOrganization(org), query: { cursor, ...(query === '' ? {} : { query }) } },
        signal,
      }),
    ),
  )
}

/** With the roles that the caller may give to them. */
export function memberQuery(org: string, member: string) {
  return queryOptions({
    queryKey: [org, 'member', member],
    queryFn: ({ signal }) =>
      read(api.GET(memberPath, { params: { path: { ...inOrganization(org), member_id: member } }, signal })),
  })
}

export function teamMembersQuery(org: string, team: string) {
  const path = '/api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/members/'
  return queryOptions({
    queryKey: [org, 'team', team, 'members'],
    queryFn: ({ signal }) =>
      wholeList((cursor) =>
        readPage(
          api.GET(path, {
            params: { path: { ...inOrganization(org), team_id_or_slug: team }, query: { cursor } },
            signal,
          }),
        ),
      ),
  })
}

/** A user of the server is a member at once; for anybody else an invitation waits. */
export function addMember(org: string, body: Schemas['postOrganizationsOrgMembersBody']) {
  return read(api.POST(membersPath, { params: { path: inOrganization(org) }, body }))
}

export function updateMember(
  org: string,
  member: string,
  body: Schemas['putOrganizationsOrgMembersMemberBody'],
) {
  return read(api.PUT(memberPath, { params: { path: { ...inOrganization(org), member_id: member } }, body }))
}

export async function removeMember(org: string, member: string): Promise<void> {
  await api.DELETE(memberPath, { params: { path: { ...inOrganization(org), member_id: member } } })
}

const memberTeamPath =
  '/api/0/organizations/{organization_id_or_slug}/members/{member_id}/teams/{team_id_or_slug}/'

/** `member` may be `me`. */
export async function joinTeam(org: string, member: string, team: string): Promise<void> {
  await api.POST(memberTeamPath, {
    params: { path: { ...inOrganization(org), member_id: member, team_id_or_slug: team } },
  })
}

export async function leaveTeam(org: string, member: string, team: string): Promise<void> {
  await api.DELETE(memberTeamPath, {
    params: { path: { ...inOrganization(org), member_id: member, team_id_or_slug: team } },
  })
}

export async function setTeamRole(
  org: string,
  member: string,
  team: string,
  body: Schemas['putOrganizationsOrgMembersMemberTeamsTeamBody'],
): Promise<void> {
  await api.PUT(memberTeamPath, {
    params: { path: { ...inOrganization(org), member_id: member, team_id_or_slug: team } },
    body,
  })
}
