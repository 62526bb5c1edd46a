/** What people change about themselves. */
import { queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from './client.ts'

export type Session = Schemas['Session']

/** Where one is signed in. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => read(api.GET('/api/0/users/me/sessions/', { signal })),
})

export function changeName(name: string) {
  return read(api.PUT('/api/0/users/me/', { body: { name } }))
}

/** Ends every other session. Errors: ApiError 400 with fields, for a wrong or a poor password. */
export async function changePassword(passwords: { current: string; wanted: string }): Promise<void> {
  await api.PUT('/api/0/users/me/password/', {
    body: { password: passwords.current, passwordNew: passwords.wanted, passwordVerify: passwords.wanted },
  })
}

export async function endSession(id: string): Promise<void> {
  await api.DELETE('/api/0/users/me/sessions/{session_id}/', { params: { path: { session_id: id } } })
}

export async function endOtherSessions(): Promise<void> {
  await api.DELETE('/api/0/users/me/sessions/', {})
}
