/** Makes the organization: its people, teams, projects, keys, settings and tokens, and who did it when. */
import type { NewToken } from '../api/tokens.ts'
import type { AuditEvent } from '../protocol/audit-events.ts'
import { newKey } from '../protocol/ids.ts'
import type { Scope } from '../protocol/scopes.ts'
import { insertUser } from '../store/accounts.ts'
import { type Changer, recordChange } from '../store/audit-log.ts'
import {
  type ClientKey,
  defaultLoaderOptions,
  insertKey,
  keyByPublicKey,
  updateKey,
} from '../store/client-keys.ts'
import type { Tx } from '../store/database.ts'
import { insertMember } from '../store/members.ts'
import { createProject } from '../store/new-project.ts'
import { insertOrganization } from '../store/organizations.ts'
import { setBookmark } from '../store/project-changes.ts'
import { setProjectOptions } from '../store/project-options.ts'
import { addProjectTeam } from '../store/project-teams.ts'
import { addTeamMember, insertTeam } from '../store/teams.ts'
import { insertOrganizationToken, insertUserToken } from '../store/tokens.ts'
import { DAY, HOUR, MINUTE } from '../time.ts'
import { type DemoPerson, people, teams } from './company.ts'
import type { DemoKey, DemoProject } from './project.ts'
import type { Timeline } from './timeline.ts'

export interface FoundedProject {
  readonly id: number
  readonly project: DemoProject
  /** By the names that flows use. */
  readonly keys: ReadonlyMap<string, ClientKey>
}

export interface FoundedPerson extends DemoPerson {
  /** Undefined while the invitation has not been taken up. */
  readonly userId: number | undefined
  readonly email: string
}

export interface Founding {
  readonly organizationId: number
  readonly people: readonly FoundedPerson[]
  readonly projects: readonly FoundedProject[]
}

export interface NewDemo {
  readonly slug: string
  readonly name: string
  readonly time: Timeline
  readonly projects: readonly DemoProject[]
  /** Of everybody. */
  readonly passwordHash: string
  /** For Ada; what it may is in `personalScopes`. */
  readonly personalToken: NewToken
  readonly organizationToken: NewToken
}

export const personalScopes: readonly Scope[] = ['org:read', 'project:read', 'project:write', 'event:read']

/** Addresses of the people of one organization: of a domain that belongs to nobody. */
export function emailOf(person: DemoPerson, slug: string): string {
  return `${person.id}@${slug}.example`
}

/** A line of the audit log, before all of them are in their order. */
interface Deed {
  readonly at: number
  readonly by: string
  readonly event: AuditEvent
  readonly targetObject: number
  readonly targetUserId?: number | undefined
  readonly data?: Readonly<Record<string, unknown>>
}

interface Site {
  readonly tx: Tx
  readonly demo: NewDemo
  readonly organizationId: number
  readonly deeds: Deed[]
}

/** The organization and the projects are there before the first data is. */
const LEAD = { organization: 3 * HOUR, teams: 2 * HOUR, projects: HOUR } as const

const founder = 'ada'

/** Errors: the driver's unique violation when the slug or an address is taken. */
export async function found(tx: Tx, demo: NewDemo): Promise<Founding> {
  const { slug, name, time } = demo
  const foundedAt = time.start - LEAD.organization
  const { id: organizationId } = await insertOrganization(tx, { slug, name, now: foundedAt })
  const site: Site = { tx, demo, organizationId, deeds: [] }
  site.deeds.push({ at: foundedAt, by: founder, event: 'org.create', targetObject: organizationId })

  const teamIds = await makeTeams(site)
  const members = await makeMembers(site, teamIds)
  const projects: FoundedProject[] = []
  for (const [index, project] of demo.projects.entries()) {
    projects.push(
      await makeProject(site, { project, teamIds, at: time.start - LEAD.projects + index * 4 * MINUTE }),
    )
  }
  const userIds = new Map(members.map(({ id, userId }) => [id, userId]))
  for (const { id } of projects.slice(0, 2)) {
    await setBookmark(tx, { projectId: id, userId: userIds.get(founder) ?? 0, isBookmarked: true })
  }
  await makeTokens(site, userIds.get(founder) ?? 0)
  await writeDeeds(site, members)
  return { organizationId, people: members, projects }
}

async function makeTeams({ tx, demo, organizationId, deeds }: Site): Promise<ReadonlyMap<string, number>> {
  const at = demo.time.start - LEAD.teams
  const ids = new Map<string, number>()
  for (const [slug, name] of Object.entries(teams)) {
    const { id } = await insertTeam(tx, { organizationId, slug, name, now: at })
    ids.set(slug, id)
    deeds.push({ at, by: founder, event: 'team.create', targetObject: id, data: { slug, name } })
  }
  return ids
}

async function makeMembers(site: Site, teamIds: ReadonlyMap<string, number>): Promise<FoundedPerson[]> {
  const { tx, demo, organizationId, deeds } = site
  const { slug, time, passwordHash } = demo
  const made: FoundedPerson[] = []
  for (const [index, person] of people.entries()) {
    const { name, role, isInvited } = person
    const email = emailOf(person, slug)
    // The first are there from the first hour, then one comes every other day.
    const early = time.start - LEAD.organization + index * 5 * MINUTE
    const at = index < 3 ? early : time.within(time.day(34 - index * 4, 9 + index / 3))
    const userId = isInvited
      ? undefined
      : await insertUser(tx, { email, passwordHash, name, isSuperuser: false, now: at })
    const inviterId = made[0]?.userId ?? null
    const member = { organizationId, userId: userId ?? null, email, role, inviterId, now: at }
    const { id } = await insertMember(tx, member)
    for (const [team, teamRole] of Object.entries(person.teams)) {
      await addTeamMember(tx, { teamId: teamIds.get(team) ?? 0, memberId: id, role: teamRole })
    }
    made.push({ ...person, userId, email })
    if (person.id === founder) continue
    const event = isInvited ? 'member.invite' : 'member.add'
    const data = { email, role, teams: Object.keys(person.teams) }
    deeds.push({ at, by: founder, event, targetObject: id, targetUserId: userId, data })
  }
  return made
}

async function makeProject(
  site: Site,
  { project, teamIds, at }: { project: DemoProject; teamIds: ReadonlyMap<string, number>; at: number },
): Promise<FoundedProject> {
  const { tx, organizationId, deeds } = site
  const { slug, name, platform } = project
  const [team, ...otherTeams] = project.teams.map((each) => teamIds.get(each) ?? 0)
  const publicKey = newKey()
  const { id } = await createProject(tx, {
    organizationId,
    teamId: team,
    slug,
    name,
    platform,
    publicKey,
    now: at,
  })
  for (const teamId of otherTeams) await addProjectTeam(tx, { projectId: id, teamId })
  await setProjectOptions(tx, { projectId: id, options: project.options })
  const by = leaderOf(project)
  deeds.push({ at, by, event: 'project.create', targetObject: id, data: { slug, name, platform } })
  deeds.push(...settingsOf(site, { project, id, by }))

  const first = await keyByPublicKey(tx, publicKey)
  const keys = new Map<string, ClientKey>()
  for (const key of project.keys) {
    const known = key.id === project.keys[0]?.id ? first : undefined
    keys.set(key.id, await makeKey(site, { key, known, project, projectId: id, predecessor: keys }))
  }
  return { id, project, keys }
}

/** Who looks after a project: the first that is an administrator of its team. */
function leaderOf({ teams: [team = ''] }: DemoProject): string {
  return people.find((person) => person.teams[team] === 'admin')?.id ?? founder
}

/** Names of options as the API has them. */
const fieldNames: Readonly<Record<string, string>> = {
  'sentry:origins': 'allowedDomains',
  'sentry:error_messages': 'filters:error_messages',
  'sentry:releases': 'filters:releases',
  'sentry:blacklisted_ips': 'filters:blacklisted_ips',
}

function settingsOf(
  { demo: { time } }: Site,
  { project, id, by }: { project: DemoProject; id: number; by: string },
): Deed[] {
  const slug = project.slug
  return Object.keys(project.options).map((option, index) => {
    const at = time.within(time.day(25 - index * 3, 10 + index))
    const filter = /^filters:(.*)$/.exec(option)?.[1]
    return filter === undefined
      ? {
          at,
          by,
          event: 'project.edit',
          targetObject: id,
          data: { slug, changed: [fieldNames[option] ?? option] },
        }
      : { at, by, event: 'project.enable', targetObject: id, data: { slug, state: filter } }
  })
}

async function makeKey(
  { tx, demo: { time }, deeds }: Site,
  input: {
    key: DemoKey
    known: ClientKey | undefined
    project: DemoProject
    projectId: number
    predecessor: ReadonlyMap<string, ClientKey>
  },
): Promise<ClientKey> {
  const { key, known, project, projectId } = input
  const { label, rateLimit, offSince } = key
  const old = project.handover?.to === key.id ? input.predecessor.get(project.handover.from) : undefined
  const at = time.within(key.createdAt ?? time.start)
  const made =
    known ??
    (await insertKey(tx, {
      projectId,
      publicKey: newKey(),
      secretKey: newKey(),
      label,
      loaderOptions: defaultLoaderOptions,
      ...(old === undefined ? {} : { rotatedFrom: old.id }),
      now: at,
    }))
  const { count, window } = rateLimit ?? {}
  const changes = {
    ...(count === undefined || window === undefined ? {} : { rateLimit: { count, window } }),
    ...(offSince === undefined ? {} : { isActive: false }),
  }
  await updateKey(tx, { keyId: made.id, changes })

  const by = leaderOf(project)
  const record = (event: AuditEvent, when: number, more = {}) => {
    const data = { public_key: made.publicKey, label, slug: project.slug, ...more }
    deeds.push({ at: time.within(when), by, event, targetObject: made.id, data })
  }
  if (old !== undefined) record('projectkey.rotate', at, { rotated_from: old.publicKey })
  else if (known === undefined) record('projectkey.create', at)
  if (rateLimit !== undefined) record('projectkey.edit', rateLimit.since, { changed: ['rateLimit'] })
  if (offSince !== undefined) record('projectkey.disable', offSince)
  return (await keyByPublicKey(tx, made.publicKey)) ?? made
}

async function makeTokens({ tx, demo, organizationId, deeds }: Site, userId: number): Promise<void> {
  const { time, personalToken, organizationToken } = demo
  const personalAt = time.within(time.day(19, 8.6))
  const personal = { userId, name: 'Terraform', ...personalToken, scopes: personalScopes, now: personalAt }
  const personalId = await insertUserToken(tx, { ...personal, expiresAt: time.now + 300 * DAY })
  const organizationAt = time.within(time.day(23, 9.1))
  const organizationTokenId = await insertOrganizationToken(tx, {
    ...organizationToken,
    organizationId,
    kind: 'token',
    name: 'CI releases',
    scopes: ['org:ci'],
    createdBy: userId,
    now: organizationAt,
  })
  deeds.push(
    {
      at: personalAt,
      by: founder,
      event: 'user-auth-token.create',
      targetObject: personalId,
      targetUserId: userId,
      data: { name: 'Terraform', scopes: personalScopes },
    },
    {
      at: organizationAt,
      by: founder,
      event: 'org-auth-token.create',
      targetObject: organizationTokenId,
      data: { name: 'CI releases' },
    },
  )
}

/** The log is in the order in which things happened. */
async function writeDeeds(
  { tx, organizationId, deeds }: Site,
  members: readonly FoundedPerson[],
): Promise<void> {
  const changers = new Map<string, Changer>(
    members.map(({ id, userId, email }, index) => [
      id,
      { userId: userId ?? null, label: email, ipAddress: `203.0.113.${20 + index}` },
    ]),
  )
  for (const { at, by, event, targetObject, targetUserId, data } of deeds.toSorted((a, b) => a.at - b.at)) {
    const changer = changers.get(by)
    if (changer === undefined) throw new Error(`Nobody is called ${by}`)
    const change = {
      organizationId,
      event,
      targetObject,
      targetUserId: targetUserId ?? null,
      ...(data && { data }),
    }
    await recordChange(tx, changer, change, at)
  }
}
