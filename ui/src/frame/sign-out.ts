import { useQueryClient } from '@tanstack/react-query'
import { basePath } from '../api/client.ts'
import { forgetKept } from '../api/kept.ts'
import { signOut } from '../api/session.ts'
import { sayFailed } from '../parts/notices.ts'

/** Leaves nothing behind: neither in memory nor in the browser's storage. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    try {
      await signOut()
    } catch (error) {
      sayFailed(error, 'You could not be signed out')
      return
    }
    client.clear()
    forgetKept()
    // The whole page anew, so that nothing of the session is in it.
    location.assign(`${basePath}/sign-in`)
  }
}
