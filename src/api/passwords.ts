/** Passwords: what is asked of new ones; at rest scrypt, with its parameters beside the salt so that they can rise. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { check, text } from './body.ts'

/** Characters. */
const SHORTEST = 8

/** One that somebody has already: only whether it is right matters. */
export const passwordField = text({ max: 1024, trim: false })

/** One that somebody chooses. */
export const newPasswordField = check(passwordField, (password) =>
  [...password].length < SHORTEST
    ? `This password is too short. It must contain at least ${SHORTEST} characters.`
    : undefined,
)

/** What is wrong with a password for this account in particular. */
export function passwordProblem(
  password: string,
  account: { readonly email: string; readonly username: string; readonly name: string },
): string | undefined {
  const [{ email, username, name }, chosen] = [account, password.toLowerCase()]
  const known = [email, email.split('@')[0], username, name].map((word) => word?.toLowerCase())
  return known.includes(chosen) ? 'The password is too similar to your name or email address.' : undefined
}

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
)

const COST = { N: 2 ** 15, r: 8, p: 1 }
const KEY_BYTES = 32
const MAX_MEMORY_BYTES = 128 * 1024 * 1024

/** `scrypt$N$r$p$salt$hash`, base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, KEY_BYTES, { ...COST, maxmem: MAX_MEMORY_BYTES })
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join('$')
}

/** False for a wrong password and for an account that has none; takes as long either way. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const [, N, r, p, salt, hash] = (stored ?? (await decoy)).split('$')
  const expected = Buffer.from(hash ?? '', 'base64')
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: MAX_MEMORY_BYTES }
  const actual = await derive(password, Buffer.from(salt ?? '', 'base64'), expected.length, cost)
  return timingSafeEqual(actual, expected) && stored !== null
}

const decoy = Promise.resolve(
  [
    'scrypt',
    COST.N,
    COST.r,
    COST.p,
    Buffer.alloc(16).toString('base64'),
    Buffer.alloc(KEY_BYTES).toString('base64'),
  ].join('$'),
)
