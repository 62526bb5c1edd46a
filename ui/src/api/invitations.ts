/** Invitations, for whoever has the link to one. */
import { queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from './client.ts'

export type Invitation = Schemas['Invitation']

const path = '/api/0/accept-invite/{member_id}/{token}/'

/** Errors: ApiError 404 for a link that is wrong, used up or too old. */
export function invitationQuery(member: string, token: string) {
  return queryOptions({
    queryKey: ['invitation', member, token],
    queryFn: ({ signal }) =>
      read(api.GET(path, { params: { path: { member_id: member, token } }, signal })) as Promise<Invitation>,
    retry: false,
  })
}

/** Signs in who had no account before. */
export function acceptInvitation(
  member: string,
  token: string,
  body: Schemas['postAcceptInviteMemberTokenBody'],
) {
  return read(api.POST(path, { params: { path: { member_id: member, token } }, body }))
}
