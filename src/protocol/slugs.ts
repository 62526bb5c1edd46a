/** Slugs: the names of organizations, teams and projects in addresses. */
import { randomBytes, randomInt } from 'node:crypto'

const projectSlugPattern = /^(?![0-9]+$)[a-z0-9_-]+$/
const organizationSlugPattern = /^(?![0-9]+$)[a-zA-Z0-9][a-zA-Z0-9-]*(?<!-)$/

const slugMessage =
  'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.'
const organizationSlugMessage =
  'Enter a valid slug consisting of letters, numbers, or hyphens. It cannot be entirely numeric or start/end with a hyphen.'

/** Characters. */
export const maxSlugLength = { project: 100, team: 50, organization: 50 } as const

/** Names that mean something else in the addresses of a project. */
export const reservedProjectSlugs: ReadonlySet<string> = new Set([
  '$all',
  'api-keys',
  'audit-log',
  'auth',
  'members',
  'projects',
  'rate-limits',
  'repos',
  'settings',
  'teams',
  'billing',
  'payments',
  'legal',
  'subscription',
  'support',
  'integrations',
  'developer-settings',
  'usage',
])

/** First segments of addresses that are not an organization's. */
export const reservedOrganizationSlugs: ReadonlySet<string> = new Set([
  '404',
  '500',
  '_admin',
  '_experiment',
  '_static',
  'about',
  'accept',
  'account',
  'admin',
  'answers',
  'api',
  'auth',
  'avatar',
  'blog',
  'branding',
  'careers',
  'customers',
  'debug',
  'docs',
  'enterprise',
  'extensions',
  'features',
  'from',
  'get-cli',
  'guide',
  'help',
  'integrations',
  'jobs',
  'js-sdk-loader',
  'legal',
  'login',
  'logout',
  'manage',
  'oauth',
  'onboarding',
  'organization-avatar',
  'organizations',
  'out',
  'plugins',
  'pricing',
  'privacy',
  'project-avatar',
  'projects',
  'register',
  'remote',
  'resources',
  'security',
  'sentry-apps',
  'settings',
  'signup',
  'sponsorship',
  'subscribe',
  'support',
  'team-avatar',
  'teams',
  'terms',
  'trust',
  'welcome',
])

/** What is wrong with a project's slug, in Sentry's words; undefined if nothing is. Reserved ones pass. */
export function projectSlugProblem(slug: string): string | undefined {
  return slugProblem(slug, projectSlugPattern, slugMessage, maxSlugLength.project)
}

/** What is wrong with a team's slug, in Sentry's words; undefined if nothing is. */
export function teamSlugProblem(slug: string): string | undefined {
  return slugProblem(slug, projectSlugPattern, slugMessage, maxSlugLength.team)
}

/** What is wrong with an organization's slug, in Sentry's words; undefined if nothing is but its being used. */
export function organizationSlugProblem(slug: string): string | undefined {
  const problem = slugProblem(
    slug,
    organizationSlugPattern,
    organizationSlugMessage,
    maxSlugLength.organization,
  )
  if (problem !== undefined) return problem
  if (slug.length < 3) return `This slug "${slug}" is too short. Minimum of 3 characters.`
  if (/[A-Z]/.test(slug)) return `This slug "${slug}" should not contain uppercase symbols.`
  if (reservedOrganizationSlugs.has(slug)) return `This slug "${slug}" is reserved and not allowed.`
  return undefined
}

function slugProblem(slug: string, pattern: RegExp, message: string, maxLength: number): string | undefined {
  if (slug.length > maxLength) return `Ensure this field has no more than ${maxLength} characters.`
  return pattern.test(slug) ? undefined : message
}

/** Said when a project is renamed to a reserved slug; creating one under it is allowed. */
export function reservedSlugText(slug: string): string {
  return `The slug "${slug}" is reserved and not allowed.`
}

/** Said when a project is created under a reserved name. */
export function reservedNameText(name: string): string {
  return `The name "${name}" is reserved and not allowed.`
}

/** Said of an organization's or a team's slug. */
export function usedSlugText(slug: string): string {
  return `The slug "${slug}" is already in use.`
}

/** Said of a project's slug, with the name of the project that has it. */
export function usedProjectSlugText(name: string): string {
  return `Another project (${name}) is already using that slug`
}

/**
 * Lower-case ASCII letters, digits, hyphens and underscores; accents are dropped, blanks become hyphens. Empty
 * if nothing is left.
 *
 * Source: Django's `slugify`, which Sentry uses.
 */
export function slugify(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_\s-]/g, '')
    .trim()
    .replaceAll(/[-\s]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
}

/** Characters, suffix included. */
const GENERATED_LENGTH = 50

/** How often to try a suffix of how many characters before a longer one. */
const suffixes = [
  { attempts: 5, length: 2 },
  { attempts: 5, length: 3 },
  { attempts: 20, length: 5 },
  { attempts: 1, length: 12 },
] as const

/**
 * A slug that nobody has, made from a name: as it is if it is free and not a number, else with a random suffix.
 *
 * Shape: `base` is any text; `taken` should compare without case.
 */
export async function uniqueSlug(
  base: string,
  taken: (slug: string) => boolean | Promise<boolean>,
  reserved: ReadonlySet<string> = reservedProjectSlugs,
): Promise<string> {
  const wanted = slugify(base).slice(0, GENERATED_LENGTH).replace(/-+$/, '')
  const slug = wanted === '' || reserved.has(wanted) ? randomBytes(6).toString('hex') : wanted
  if (!/^\d+$/.test(slug) && !(await taken(slug))) return slug
  let candidate = slug
  for (const { attempts, length } of suffixes) {
    for (let attempt = 0; attempt < attempts; attempt++) {
      candidate = `${slug.slice(0, GENERATED_LENGTH - length - 1)}-${randomSuffix(length)}`
      if (!(await taken(candidate))) return candidate
    }
  }
  return candidate
}

const suffixCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789'

function randomSuffix(length: number): string {
  return Array.from({ length }, () => suffixCharacters[randomInt(suffixCharacters.length)]).join('')
}
