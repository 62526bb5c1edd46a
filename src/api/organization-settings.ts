/** What an organization lets its owners and managers change, and what of it a request would change. */
import { piiConfigProblem } from '../protocol/pii-config.ts'
import { organizationRoleIds, parseOrganizationRole } from '../protocol/scopes.ts'
import { selectorsProblem, sensitiveFieldsProblem } from '../protocol/selectors.ts'
import { maxSlugLength, organizationSlugProblem } from '../protocol/slugs.ts'
import type { Organization } from '../store/organizations.ts'
import {
  bool,
  check,
  choice,
  type Field,
  integer,
  list,
  nullable,
  type ObjectOf,
  object,
  required,
  text,
} from './body.ts'
import { isoDate } from './serialize/dates.ts'
import { type OrganizationSetting, organizationDefaults } from './serialize/organization.ts'

const roleName = check(text(), (role) =>
  parseOrganizationRole(role) === undefined ? 'Invalid role' : undefined,
)

const relay = object({
  name: required(text({ max: 64 })),
  publicKey: required(text({ max: 200, pattern: /^[A-Za-z0-9_-]+$/ })),
  description: text({ max: 256, blank: true }),
})

const settings = {
  isEarlyAdopter: bool(),
  require2FA: check(bool(), (isRequired) =>
    isRequired ? 'Cannot require two-factor authentication without personal two-factor enabled.' : undefined,
  ),
  allowMemberInvite: bool(),
  allowMemberProjectCreation: bool(),
  allowSuperuserAccess: bool(),
  defaultRole: choice(organizationRoleIds),
  openMembership: bool(),
  allowSharedIssues: bool(),
  enhancedPrivacy: bool(),
  dataScrubber: bool(),
  dataScrubberDefaults: bool(),
  sensitiveFields: check(list(text()), sensitiveFieldsProblem),
  safeFields: check(list(text()), selectorsProblem),
  storeCrashReports: integer({ min: -1, max: 100 }),
  attachmentsRole: roleName,
  debugFilesRole: roleName,
  eventsMemberAdmin: bool(),
  alertsMemberWrite: bool(),
  scrubIPAddresses: bool(),
  scrapeJavaScript: bool(),
  allowJoinRequests: bool(),
  relayPiiConfig: nullable(
    check(text({ blank: true }), (config) => (config === '' ? undefined : piiConfigProblem(config))),
  ),
  trustedRelays: check(list(relay), (relays) => {
    const keys = relays.map(({ publicKey }) => publicKey)
    const twice = keys.find((key, index) => keys.indexOf(key) !== index)
    return twice === undefined ? undefined : `Duplicated key in Trusted Relays: '${twice}'`
  }),
} satisfies Readonly<Record<OrganizationSetting, Field<unknown>>>

const { defaultRole, ...managerSettings } = settings

/** For managers. */
export const organizationFields = {
  name: text({ max: 64 }),
  slug: check(text({ max: maxSlugLength.organization }), organizationSlugProblem),
  avatarType: check(choice(['letter_avatar', 'upload']), (type) =>
    type === 'upload' ? 'Cannot set avatarType to upload without avatar' : undefined,
  ),
  ...managerSettings,
}

/** For owners, who alone decide what new members become. */
export const ownedOrganizationFields = { ...organizationFields, defaultRole }

export interface OrganizationChange {
  readonly slug: string
  readonly name: string
  /** Those that differ from their defaults. */
  readonly options: Readonly<Record<string, unknown>>
  /** Names of the fields that the request changes. */
  readonly changed: readonly string[]
}

/** What an organization becomes when a request is carried out. `now` is epoch milliseconds. */
export function changeOf(
  organization: Organization,
  input: ObjectOf<typeof ownedOrganizationFields>,
  now: number,
): OrganizationChange {
  const { name = organization.name, slug = organization.slug, avatarType: _, ...given } = input
  const changed = [
    ...(name === organization.name ? [] : ['name']),
    ...(slug === organization.slug ? [] : ['slug']),
  ]
  const options: Record<string, unknown> = { ...organization.options }
  for (const [setting, value] of Object.entries(given)) {
    const before = options[setting] ?? organizationDefaults[setting as OrganizationSetting]
    const after = setting === 'trustedRelays' ? datedRelays(value as readonly Relay[], before, now) : value
    if (isSame(before, after)) continue
    changed.push(setting)
    options[setting] = after
    if (isSame(after, organizationDefaults[setting as OrganizationSetting])) delete options[setting]
  }
  return { slug, name, options, changed }
}

interface Relay {
  readonly name: string
  readonly publicKey: string
  readonly description?: string
}

/** A relay keeps the date of its first day, and has a new one when its name or description changes. */
function datedRelays(relays: readonly Relay[], before: unknown, now: number): unknown[] {
  const known = before as readonly (Required<Relay> & { created: string; lastModified: string })[]
  return relays.map(({ name, publicKey, description = '' }) => {
    const old = known.find((each) => each.publicKey === publicKey)
    const created = old?.created ?? isoDate(now)
    const isUnchanged = old?.name === name && old.description === description
    return {
      name,
      publicKey,
      description,
      created,
      lastModified: isUnchanged ? old.lastModified : isoDate(now),
    }
  })
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
