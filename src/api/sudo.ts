/** What cannot be undone wants a password that was given lately. */
import { HOUR } from '../time.ts'
import type { Actor } from './access.ts'
import { ApiError } from './errors.ts'

/** How long a password that was given counts as given lately. Signing in is giving it. */
const SUDO_MS = HOUR

/**
 * Tokens of any kind are exempt, and so are people who have no password.
 *
 * Errors: ApiError 401 with Sentry's `sudo-required`; `PUT /api/0/auth/` is where to give the password.
 */
export function requireSudo(actor: Actor, now: number): void {
  if (actor.kind !== 'session' || actor.user.passwordHash === null) return
  if (now - actor.session.confirmedAt < SUDO_MS) return
  throw new ApiError(401, {
    detail: {
      code: 'sudo-required',
      message: 'Account verification required.',
      extra: { username: actor.user.username },
    },
  })
}
