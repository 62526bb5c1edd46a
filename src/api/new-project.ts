/** Creating projects: through a team, and through the organization. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type TObject, Type } from 'typebox'
import type { App } from '../app.ts'
import { isConsolePlatform, isKnownPlatform } from '../protocol/platforms.ts'
import {
  maxSlugLength,
  projectSlugProblem,
  reservedNameText,
  reservedProjectSlugs,
  slugify,
} from '../protocol/slugs.ts'
import { recordChange } from '../store/audit-log.ts'
import type { Tx } from '../store/database.ts'
import { createProject } from '../store/new-project.ts'
import type { Organization } from '../store/organizations.ts'
import { isProjectSlugTaken, type Project } from '../store/projects.ts'
import { addTeamMember, insertTeam, isTeamSlugTaken, type Team } from '../store/teams.ts'
import { type Access, accessTo, scopesOn, userOf } from './access.ts'
import { bool, check, nullable, type ObjectOf, objectSchema, readBody, required, text } from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, created, endpoint } from './endpoint.ts'
import { ApiError, unauthenticated } from './errors.ts'
import {
  organizationPermission,
  organizationProjectsPermission,
  teamProjectsPermission,
} from './permissions.ts'
import { factsOfOne } from './project-facts.ts'
import { listOfOrganization, listOfTeam } from './project-lists.ts'
import { settingOf } from './serialize/organization.ts'
import { ProjectSummaryJson, projectSummaryJson } from './serialize/project.ts'
import { type OrganizationTarget, resolveOrganization, resolveTeam } from './targets.ts'

function platformProblem(platform: string): string | undefined {
  if (platform === '') return undefined
  if (isConsolePlatform(platform))
    return `Console platform '${platform}' is not enabled for this organization`
  return isKnownPlatform(platform) ? undefined : 'Invalid platform'
}

const newProject = {
  name: required(
    check(text({ max: 50 }), (name) => (reservedProjectSlugs.has(name) ? reservedNameText(name) : undefined)),
  ),
  slug: nullable(check(text({ max: maxSlugLength.project }), projectSlugProblem)),
  platform: nullable(check(text({ blank: true }), platformProblem)),
  default_rules: bool(),
  origin: nullable(text({ blank: true })),
}

const listParameters = {
  query: { description: '`id:`, `slug:`, `team:`, `!team:`, `is_member:` or free text' },
  statsPeriod: { description: '`1h`, `24h`, `7d`, `14d`, `30d`, `90d`: adds `stats`' },
  options: { description: 'Repeatable: stored options to show' },
  all_projects: { description: '`1`: the whole list, without pages' },
  cursor: { description: 'From the Link header' },
}

const CreatedThroughOrganization = Type.Object({
  ...(ProjectSummaryJson as TObject).properties,
  team_slug: Type.String(),
})

export function newProjectRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/teams/:org/:team/projects/',
    gate: teamProjectsPermission,
    resolve: resolveTeam,
    operations: {
      GET: {
        summary: 'The projects of a team, by slug',
        query: {
          statsPeriod: { description: '`24h`, `14d` or `30d`: adds `stats`' },
          cursor: listParameters.cursor,
        },
        response: { 200: Type.Array(ProjectSummaryJson) },
        handle: ({ target, actor, query, now }) => listOfTeam(app, actor, target, query, now),
      },
      POST: {
        summary: 'Create a project in a team',
        body: objectSchema(newProject),
        response: { 201: ProjectSummaryJson },
        handle: async (context) => {
          const { organization, access, team } = context.target
          const input = readBody(newProject, context.body)
          if (!mayCreateIn(access, team)) throw disabledForMembers()
          const project = await app.db.write((tx) => make(tx, context, { organization, team, input }))
          return created(projectSummaryJson(await factsOfOne(app, context.actor, access, project)))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/organizations/:org/projects/',
    gate: organizationProjectsPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'The projects of an organization: bookmarks first, then by slug',
        query: listParameters,
        response: { 200: Type.Array(ProjectSummaryJson) },
        handle: ({ target, actor, query, now }) => listOfOrganization(app, actor, target, query, now),
      },
      POST: {
        summary: 'Create a project in a new team of the caller’s own',
        body: objectSchema(newProject),
        response: { 201: CreatedThroughOrganization },
        handle: (context) => createWithOwnTeam(app, context),
      },
    },
  })

  // The path of older servers.
  endpoint(server, app, {
    path: '/api/0/organizations/:org/experimental/projects/',
    gate: { ...organizationPermission, POST: organizationProjectsPermission.POST },
    resolve: resolveOrganization,
    operations: {
      POST: {
        summary: 'Create a project in a new team of the caller’s own (older path)',
        body: objectSchema(newProject),
        response: { 201: CreatedThroughOrganization },
        handle: (context) => createWithOwnTeam(app, context),
      },
    },
  })
}

/** Members may, unless the organization keeps it to those who administer it or the team. */
function mayCreateIn(access: Access, team: Team): boolean {
  return (
    settingOf(access.organization, 'allowMemberProjectCreation') ||
    access.scopes.has('org:write') ||
    scopesOn(access, [team.id]).has('team:admin')
  )
}

function disabledForMembers(): ApiError {
  return new ApiError(403, 'Your organization has disabled this feature for members.')
}

function slugConflict(): ApiError {
  return new ApiError(409, 'A project with this slug already exists.')
}

async function make(
  tx: Tx,
  context: Context<unknown>,
  wanted: { organization: Organization; team: Team; input: ObjectOf<typeof newProject> },
): Promise<Project> {
  const { now } = context
  const { organization, team, input } = wanted
  const organizationId = organization.id
  const slug = input.slug || undefined
  if (slug !== undefined && (await isProjectSlugTaken(tx, { organizationId, slug }))) throw slugConflict()
  const { name, origin } = input
  const platform = input.platform || null
  const project = await createProject(tx, { organizationId, teamId: team.id, name, slug, platform, now })
  const data = { slug: project.slug, name, platform, ...(origin ? { origin } : {}) }
  const change = { organizationId, event: 'project.create', targetObject: project.id, data } as const
  await recordChange(tx, changerOf(context), change, now)
  return project
}

async function createWithOwnTeam(app: App, context: Context<OrganizationTarget>) {
  const { actor, body, now, target } = context
  const { organization, member } = target.access
  const user = userOf(actor)
  if (user === undefined) throw unauthenticated('User is not authenticated')
  const input = readBody(newProject, body)
  if (!settingOf(organization, 'allowMemberProjectCreation') && !target.access.scopes.has('org:write')) {
    throw disabledForMembers()
  }
  if (member === undefined) {
    throw new ApiError(403, 'You must be a member of the organization to join a new team as a Team Admin')
  }
  const { team, project } = await app.db.write(async (tx) => {
    const organizationId = organization.id
    const slug = await personalTeamSlug(tx, organizationId, user.email)
    const team = await insertTeam(tx, { organizationId, slug, name: slug, now })
    await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: 'admin' })
    const data = { slug, name: slug }
    const change = { organizationId, event: 'team.create', targetObject: team.id, data } as const
    await recordChange(tx, changerOf(context), change, now)
    return { team, project: await make(tx, context, { organization, team, input }) }
  })
  const fresh = await accessTo(app.db.read, actor, organization)
  return created({
    ...projectSummaryJson(await factsOfOne(app, actor, fresh, project)),
    team_slug: team.slug,
  })
}

const PERSONAL_TEAM_ATTEMPTS = 5

/** `team-<local part of the address>`, with three random letters if that is taken. */
async function personalTeamSlug(tx: Tx, organizationId: number, email: string): Promise<string> {
  const base = `team-${slugify(email.split('@')[0] ?? '')}`.slice(0, 46).replace(/-+$/, '')
  for (let attempt = 0; attempt < PERSONAL_TEAM_ATTEMPTS; attempt++) {
    const slug = attempt === 0 ? base : `${base}-${randomLetters(3)}`
    if (!(await isTeamSlugTaken(tx, { organizationId, slug }))) return slug
  }
  throw new ApiError(409, 'Unable to create a default team for this user. Please try again.')
}

function randomLetters(count: number): string {
  return [...randomBytes(count)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('')
}
