/** How tokens are made. Their text is shown once and stored as a digest only. */
import { randomBytes } from 'node:crypto'
import { hashToken } from './access.ts'

export interface NewToken {
  /** Shown once. */
  readonly token: string
  readonly tokenHash: string
  readonly tokenLast4: string
}

export function describeToken(token: string): NewToken {
  return { token, tokenHash: hashToken(token), tokenLast4: token.slice(-4) }
}

/** What people know a token by: its name, or its end. */
export function labelOfToken({ name, tokenLast4 }: { name: string; tokenLast4: string }): string {
  return name || `…${tokenLast4}`
}

/** `sntryu_` and 64 hex digits. */
export function newUserToken(): NewToken {
  return describeToken(`sntryu_${randomBytes(32).toString('hex')}`)
}

/** A legacy organization API key: the user name of Basic authentication. */
export function newApiKey(): NewToken {
  return describeToken(randomBytes(16).toString('hex'))
}

/**
 * `sntrys_<payload>_<secret>`: the payload tells sentry-cli where the server is and which organization it acts
 * for, so both are real.
 *
 * Units: `now` is epoch milliseconds; `iat` in the token is seconds.
 * Source: web API, organization auth token details.
 */
export function newOrganizationToken(input: {
  baseUrl: string
  organizationSlug: string
  now: number
}): NewToken {
  const { baseUrl, organizationSlug, now } = input
  const claims = { iat: now / 1000, url: baseUrl, region_url: baseUrl, org: organizationSlug }
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64')
  const secret = randomBytes(32).toString('base64').replace(/=+$/, '')
  return describeToken(`sntrys_${payload}_${secret}`)
}
