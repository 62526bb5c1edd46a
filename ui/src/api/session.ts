/** Who is signed in. */
import { queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from './client.ts'

export type SignedInUser = Schemas['SignedInUser']

/** `user` is null when nobody is signed in; this never fails with 401. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => read(api.GET('/api/0/', { signal })),
  staleTime: 60_000,
  meta: { isKept: true },
})

/** Errors: ApiError 400 for a wrong password, 429 with the seconds to wait. */
export function signIn(credentials: { username: string; password: string }) {
  return read(api.POST('/api/0/auth/login/', { body: credentials }))
}

export async function signOut(): Promise<void> {
  await api.DELETE('/api/0/auth/', {})
}

/** Gives the password once more, before what cannot be undone. Errors: ApiError 403 for a wrong one. */
export async function confirmPassword(password: string): Promise<void> {
  await api.PUT('/api/0/auth/', { body: { password } })
}
