/** Project → Sentry JSON: the shapes that share their base. */
import { createHash } from 'node:crypto'
import { type Static, type TSchema, Type } from 'typebox'
import type { ProjectExtras } from '../../store/project-extras.ts'
import type { Project } from '../../store/projects.ts'
import { type Access, canReach, teamScopes } from '../access.ts'
import { DateTime, isoDate, isoDateOrNull } from './dates.ts'
import { OrganizationJson, organizationJson } from './organization.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Series = Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]))

const TeamRefJson = Type.Object(
  { id: Type.String(), slug: Type.String(), name: Type.String() },
  { title: 'TeamRef' },
)
const AvatarJson = Type.Object({ avatarType: Type.String(), avatarUuid: nullable(Type.String()) })

const projectBase = {
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  platform: nullable(Type.String()),
  dateCreated: DateTime,
  isBookmarked: Type.Boolean(),
  isMember: Type.Boolean(),
  features: Type.Array(Type.String()),
  firstEvent: nullable(DateTime),
  firstTransactionEvent: Type.Boolean(),
  access: Type.Array(Type.String()),
  hasAccess: Type.Boolean(),
  hasMinifiedStackTrace: Type.Boolean(),
  hasMonitors: Type.Boolean(),
  hasProfiles: Type.Boolean(),
  hasReplays: Type.Boolean(),
  hasFeedbacks: Type.Boolean(),
  hasFlags: Type.Boolean(),
  hasNewFeedbacks: Type.Boolean(),
  hasSessions: Type.Boolean(),
  hasInsightsHttp: Type.Boolean(),
  hasInsightsDb: Type.Boolean(),
  hasInsightsAssets: Type.Boolean(),
  hasInsightsAppStart: Type.Boolean(),
  hasInsightsScreenLoad: Type.Boolean(),
  hasInsightsVitals: Type.Boolean(),
  hasInsightsCaches: Type.Boolean(),
  hasInsightsQueues: Type.Boolean(),
  hasInsightsAgentMonitoring: Type.Boolean(),
  hasInsightsMCP: Type.Boolean(),
  hasLogs: Type.Boolean(),
  hasTraceMetrics: Type.Boolean(),
  stats: Type.Optional(Series),
  transactionStats: Type.Optional(Series),
  sessionStats: Type.Optional(
    Type.Object({
      currentCrashFreeRate: nullable(Type.Number()),
      previousCrashFreeRate: nullable(Type.Number()),
      hasHealthData: Type.Boolean(),
    }),
  ),
}

const projectOwn = {
  isInternal: Type.Boolean(),
  isPublic: Type.Boolean(),
  avatar: AvatarJson,
  color: Type.String(),
  status: Type.String(),
}

const ProjectJson = Type.Object({ ...projectBase, ...projectOwn }, { title: 'Project' })

export const ProjectWithOrganizationJson = Type.Object(
  {
    ...projectBase,
    ...projectOwn,
    organization: OrganizationJson,
    team: Type.Optional(TeamRefJson),
    teams: Type.Array(TeamRefJson),
  },
  { title: 'ProjectWithOrganization' },
)

export const ProjectWithTeamJson = Type.Object(
  {
    ...projectBase,
    ...projectOwn,
    teams: Type.Array(TeamRefJson),
    team: Type.Optional(TeamRefJson),
  },
  { title: 'ProjectWithTeam' },
)

/** As little as one needs to know a project by. */
export const projectOutline = {
  id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  platform: nullable(Type.String()),
  teams: Type.Array(TeamRefJson),
  isMember: Type.Boolean(),
  isBookmarked: Type.Boolean(),
}

export const LatestReleaseJson = nullable(Type.Object({ version: Type.String() }))

/** The list shape. It carries what older servers sent with it (color, avatar, status) as well. */
export const ProjectSummaryJson = Type.Object(
  {
    ...projectBase,
    ...projectOwn,
    team: nullable(TeamRefJson),
    teams: Type.Array(TeamRefJson),
    platforms: Type.Array(Type.String()),
    hasUserReports: Type.Boolean(),
    environments: Type.Array(Type.String()),
    latestRelease: LatestReleaseJson,
    latestDeploys: Type.Optional(Type.Null()),
    options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { title: 'ProjectSummary' },
)

/** What every shape is made from. `access` is the caller's, to the project's organization. */
export interface ProjectFacts {
  readonly project: Project
  readonly extras: ProjectExtras
  readonly access: Access
}

const knownFeatures = ['custom-inbound-filters', 'minidump', 'rate-limits'] as const

function base(facts: ProjectFacts) {
  const { project, extras, access } = facts
  const teamIds = extras.teams.map((team) => team.id)
  const hasAccess = canReach(access, teamIds)
  const seen = (what: string) => extras.seen.has(what)
  return {
    id: String(project.id),
    slug: project.slug,
    name: project.name,
    platform: project.platform,
    dateCreated: isoDate(project.createdAt),
    isBookmarked: extras.isBookmarked,
    isMember: isMemberOf(facts),
    features: [...knownFeatures, ...(extras.latestRelease === null ? [] : ['releases'])],
    firstEvent: isoDateOrNull(project.firstEventAt),
    firstTransactionEvent: seen('event:transaction'),
    access: hasAccess ? [...teamScopes(access, teamIds)].sort() : [],
    hasAccess,
    hasMinifiedStackTrace: false,
    hasMonitors: seen('item:check_in'),
    hasProfiles: seen('item:profile') || seen('item:profile_chunk'),
    hasReplays: seen('item:replay_event') || seen('item:replay_recording') || seen('item:replay_video'),
    hasFeedbacks: seen('event:feedback') || seen('item:user_report'),
    hasFlags: false,
    hasNewFeedbacks: seen('event:feedback'),
    hasSessions: seen('item:session') || seen('item:sessions'),
    hasInsightsHttp: false,
    hasInsightsDb: false,
    hasInsightsAssets: false,
    hasInsightsAppStart: false,
    hasInsightsScreenLoad: false,
    hasInsightsVitals: false,
    hasInsightsCaches: false,
    hasInsightsQueues: false,
    hasInsightsAgentMonitoring: false,
    hasInsightsMCP: false,
    hasLogs: true,
    hasTraceMetrics: true,
  }
}

function own({ project }: ProjectFacts) {
  return {
    isInternal: false,
    isPublic: false,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null },
    color: hashedColor(project.slug.toUpperCase()),
    status: project.status === 'active' ? 'active' : 'deleted',
  }
}

function teamRefs({ extras }: ProjectFacts): Static<typeof TeamRefJson>[] {
  return extras.teams.map(({ id, slug, name }) => ({ id: String(id), slug, name }))
}

function teamsAndFirst(facts: ProjectFacts) {
  const teams = teamRefs(facts)
  const [team] = teams
  return team === undefined ? { teams } : { team, teams }
}

export function latestReleaseJson({ extras }: ProjectFacts): Static<typeof LatestReleaseJson> {
  return extras.latestRelease === null ? null : { version: extras.latestRelease }
}

export function platformsSeen({ extras }: ProjectFacts): string[] {
  return [...extras.seen]
    .filter((what) => what.startsWith('platform:'))
    .map((what) => what.slice('platform:'.length))
    .sort()
}

export function projectOutlineJson(facts: ProjectFacts) {
  const { project, extras } = facts
  return {
    id: String(project.id),
    slug: project.slug,
    name: project.name,
    platform: project.platform,
    teams: teamRefs(facts),
    isMember: isMemberOf(facts),
    isBookmarked: extras.isBookmarked,
  }
}

function isMemberOf({ extras, access }: ProjectFacts): boolean {
  return extras.teams.some(({ id }) => access.teamRoles.has(id))
}

export function projectJson(facts: ProjectFacts): Static<typeof ProjectJson> {
  return { ...base(facts), ...own(facts) }
}

export function projectWithTeamJson(facts: ProjectFacts): Static<typeof ProjectWithTeamJson> {
  return { ...base(facts), ...own(facts), ...teamsAndFirst(facts) }
}

export function projectWithOrganizationJson(
  facts: ProjectFacts,
  baseUrl: string,
): Static<typeof ProjectWithOrganizationJson> {
  return {
    ...projectWithTeamJson(facts),
    organization: organizationJson(facts.access.organization, baseUrl),
  }
}

export interface SummaryParts {
  readonly stats?: readonly (readonly [number, number])[]
  readonly transactionStats?: readonly (readonly [number, number])[]
  readonly sessionStats?: Static<typeof ProjectSummaryJson>['sessionStats']
  readonly options?: Readonly<Record<string, unknown>>
  readonly withoutDeploys?: boolean
}

export function projectSummaryJson(
  facts: ProjectFacts,
  parts: SummaryParts = {},
): Static<typeof ProjectSummaryJson> {
  const teams = teamRefs(facts)
  const { stats, transactionStats, sessionStats, options, withoutDeploys } = parts
  return {
    ...base(facts),
    ...own(facts),
    team: teams[0] ?? null,
    teams,
    platforms: platformsSeen(facts),
    hasUserReports: facts.extras.seen.has('item:user_report'),
    environments: [...facts.extras.environments],
    latestRelease: latestReleaseJson(facts),
    ...(withoutDeploys ? {} : { latestDeploys: null }),
    ...(stats ? { stats: pairs(stats) } : {}),
    ...(transactionStats ? { transactionStats: pairs(transactionStats) } : {}),
    ...(sessionStats ? { sessionStats } : {}),
    ...(options ? { options } : {}),
  }
}

function pairs(series: readonly (readonly [number, number])[]): [number, number][] {
  return series.map(([at, count]) => [at, count])
}

/**
 * A stable colour for a name: its hash picks the hue, at half saturation and lightness.
 *
 * Source: Sentry's get_hashed_color, so that a project keeps its colour when it moves here.
 */
function hashedColor(name: string): string {
  const hue = Number.parseInt(createHash('md5').update(name).digest('hex').slice(0, 3), 16) / 4096
  const channel = (shift: number) => {
    const at = (((hue + shift) % 1) + 1) % 1
    const [low, high] = [0.25, 0.75]
    if (at < 1 / 6) return low + (high - low) * 6 * at
    if (at < 1 / 2) return high
    return at < 2 / 3 ? low + (high - low) * (2 / 3 - at) * 6 : low
  }
  return `#${[1 / 3, 0, -1 / 3]
    .map((shift) =>
      Math.floor(channel(shift) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
