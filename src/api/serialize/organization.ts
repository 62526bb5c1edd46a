/** Organization → Sentry JSON: the short shape, and the detailed one. */
import { type Static, Type } from 'typebox'
import { orgRoleList, teamRoleList } from '../../protocol/scopes.ts'
import type { Organization } from '../../store/organizations.ts'
import type { Access } from '../access.ts'
import { DateTime, isoDate } from './dates.ts'

export const RoleJson = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    desc: Type.String(),
    scopes: Type.Array(Type.String()),
    isAllowed: Type.Boolean(),
    isRetired: Type.Boolean(),
  },
  { additionalProperties: true },
)

const organizationBase = {
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  status: Type.Object({ id: Type.String(), name: Type.String() }),
  dateCreated: DateTime,
  isEarlyAdopter: Type.Boolean(),
  require2FA: Type.Boolean(),
  requireEmailVerification: Type.Boolean(),
  hasAuthProvider: Type.Boolean(),
  allowMemberInvite: Type.Boolean(),
  allowMemberProjectCreation: Type.Boolean(),
  allowSuperuserAccess: Type.Boolean(),
  avatar: Type.Object({
    avatarType: Type.String(),
    avatarUuid: Type.Union([Type.String(), Type.Null()]),
    avatarUrl: Type.Union([Type.String(), Type.Null()]),
  }),
  links: Type.Object({ organizationUrl: Type.String(), regionUrl: Type.String() }),
  features: Type.Array(Type.String()),
  extraOptions: Type.Object({}, { additionalProperties: true }),
}

export const OrganizationJson = Type.Object(organizationBase, { title: 'Organization' })

export const DetailedOrganizationJson = Type.Object(
  {
    ...organizationBase,
    features: Type.Optional(organizationBase.features),
    extraOptions: Type.Optional(organizationBase.extraOptions),
    access: Type.Array(Type.String()),
    onboardingTasks: Type.Array(Type.Unknown()),
    orgRoleList: Type.Array(RoleJson),
    teamRoleList: Type.Array(RoleJson),
    availableRoles: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
    role: Type.Optional(Type.String()),
    orgRole: Type.Optional(Type.String()),
    teams: Type.Optional(Type.Array(Type.Unknown())),
    projects: Type.Optional(Type.Array(Type.Unknown())),
  },
  { additionalProperties: true, title: 'DetailedOrganization' },
)

/** Settings of an organization with what holds when none is stored; keys are the names of the API. */
export const organizationDefaults = {
  isEarlyAdopter: false,
  require2FA: false,
  allowMemberInvite: true,
  allowMemberProjectCreation: true,
  allowSuperuserAccess: true,
  defaultRole: 'member',
  openMembership: true,
  allowSharedIssues: true,
  enhancedPrivacy: false,
  dataScrubber: false,
  dataScrubberDefaults: false,
  sensitiveFields: [] as readonly string[],
  safeFields: [] as readonly string[],
  storeCrashReports: 0,
  attachmentsRole: 'member',
  debugFilesRole: 'admin',
  eventsMemberAdmin: true,
  alertsMemberWrite: true,
  scrubIPAddresses: false,
  scrapeJavaScript: true,
  allowJoinRequests: true,
  relayPiiConfig: null as string | null,
  trustedRelays: [] as readonly unknown[],
}

export type OrganizationSetting = keyof typeof organizationDefaults

/** The stored setting, or its default. */
export function settingOf<K extends OrganizationSetting>(
  organization: Organization,
  name: K,
): (typeof organizationDefaults)[K] {
  const { options } = organization
  return (name in options ? options[name] : organizationDefaults[name]) as (typeof organizationDefaults)[K]
}

const statusNames = { active: 'active', pending_deletion: 'pending deletion' } as const

export function organizationJson(
  organization: Organization,
  baseUrl: string,
): Static<typeof OrganizationJson> {
  return {
    id: String(organization.id),
    slug: organization.slug,
    name: organization.name || organization.slug,
    status: { id: organization.status, name: statusNames[organization.status] },
    dateCreated: isoDate(organization.createdAt),
    isEarlyAdopter: settingOf(organization, 'isEarlyAdopter'),
    require2FA: settingOf(organization, 'require2FA'),
    requireEmailVerification: false,
    hasAuthProvider: false,
    allowMemberInvite: settingOf(organization, 'allowMemberInvite'),
    allowMemberProjectCreation: settingOf(organization, 'allowMemberProjectCreation'),
    allowSuperuserAccess: settingOf(organization, 'allowSuperuserAccess'),
    avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null },
    links: { organizationUrl: baseUrl, regionUrl: baseUrl },
    features: ['open-membership', 'team-roles', 'custom-inbound-filters'].filter(
      (feature) => feature !== 'open-membership' || settingOf(organization, 'openMembership'),
    ),
    extraOptions: {},
  }
}

export interface DetailedOrganizationParts {
  readonly access: Access
  readonly baseUrl: string
  /** With `include_feature_flags=1`. */
  readonly withFeatures: boolean
  /** Absent with `detailed=0`. */
  readonly teams?: readonly unknown[]
  readonly projects?: readonly unknown[]
}

export function detailedOrganizationJson(
  organization: Organization,
  { access, baseUrl, withFeatures, teams, projects }: DetailedOrganizationParts,
): Static<typeof DetailedOrganizationJson> {
  const { features, extraOptions, ...short } = organizationJson(organization, baseUrl)
  const settings = Object.fromEntries(
    (Object.keys(organizationDefaults) as OrganizationSetting[]).map((name) => [
      name,
      settingOf(organization, name),
    ]),
  )
  const detailed = {
    ...short,
    ...settings,
    ...(withFeatures ? { features, extraOptions } : {}),
    access: [...access.scopes].sort(),
    onboardingTasks: [],
    isDefault: organization.id === 1,
    availableRoles: orgRoleList.map(({ id, name }) => ({ id, name })),
    orgRoleList: orgRoleList.map((role) => ({ ...role, scopes: [...role.scopes] })),
    teamRoleList: teamRoleList.map((role) => ({ ...role, scopes: [...role.scopes] })),
    pendingAccessRequests: 0,
    codecovAccess: false,
    hideAiFeatures: true,
    githubPRBot: false,
    githubNudgeInvite: false,
    gitlabPRBot: false,
    gitlabOpenPRBot: false,
    githubOpenPRBot: false,
    aggregatedDataConsent: false,
    genAIConsent: false,
    isDynamicallySampled: false,
    issueAlertsThreadFlag: true,
    metricAlertsThreadFlag: true,
    requiresSso: false,
    rollbackEnabled: false,
    streamlineOnly: null,
    defaultAutofixAutomationTuning: 'off',
    defaultSeerScannerAutomation: false,
    enablePrReviewTestGeneration: false,
    enableSeerEnhancedAlerts: false,
    enableSeerCoding: false,
    autoEnableCodeReview: false,
    autoOpenPrs: false,
    defaultCodeReviewTriggers: [],
    defaultCodingAgent: 'seer',
    defaultCodingAgentIntegrationId: null,
    defaultAutomatedRunStoppingPoint: 'code_changes',
    relayDsnEndpoint: null,
    ingestThroughTrustedRelaysOnly: 'disabled',
    allowBackgroundAgentDelegation: false,
    consecutivePaymentFailures: 0,
    enabledConsolePlatforms: [],
    experiments: {},
    quota: { maxRate: null, maxRateInterval: 60, accountLimit: 0, projectLimit: 100 },
    ...(access.member === undefined ? {} : { role: access.member.role, orgRole: access.member.role }),
    ...(teams === undefined ? {} : { teams: [...teams] }),
    ...(projects === undefined ? {} : { projects: [...projects] }),
  }
  return detailed
}
