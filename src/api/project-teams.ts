/** Who has to do with a project: its teams, and the members of those. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { recordChange } from '../store/audit-log.ts'
import { listMembers } from '../store/members.ts'
import { addProjectTeam, removeProjectTeam } from '../store/project-teams.ts'
import { listTeams, type Team, teamByIdOrSlug } from '../store/teams.ts'
import { type Actor, requireAny, scopesOn } from './access.ts'
import { changerOf } from './changer.ts'
import { type Context, created, endpoint, Moved, ok, type Permission } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { membersJson } from './members.ts'
import { pageLinks, pageRequest } from './paging.ts'
import { projectPermission } from './permissions.ts'
import { factsOfOne } from './project-facts.ts'
import { ProjectWithTeamJson, projectWithTeamJson } from './serialize/project.ts'
import { TeamJson } from './serialize/team.ts'
import { MemberJson } from './serialize/user.ts'
import { type ProjectTarget, resolveProject } from './targets.ts'
import { teamsJson } from './team-list.ts'

const linkPermission: Permission = { ...projectPermission, DELETE: projectPermission.POST }

interface LinkTarget extends ProjectTarget {
  readonly team: Team
}

export function projectTeamRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/teams/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'The teams of a project, by name',
        query: { cursor: { description: 'From the Link header' } },
        response: { 200: Type.Array(TeamJson) },
        handle: async ({ target, actor, query }) => {
          const request = pageRequest(query)
          const filter = { organizationId: target.organization.id, projectId: target.project.id }
          const page = await listTeams(app.db.read, filter, request, 'name')
          return ok(await teamsJson(app, actor, target.access, page.rows), pageLinks(request, page))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/teams/:team/',
    gate: linkPermission,
    resolve: resolveLink,
    operations: {
      POST: {
        summary: 'Give a team access to the project; once more is no error',
        response: { 201: ProjectWithTeamJson },
        handle: async (context) => {
          await changeLink(app, context, 'project-team.add')
          return created(await linkedProjectJson(app, context.actor, context.target))
        },
      },
      DELETE: {
        summary: 'Take the project from a team that the caller administers',
        response: { 200: ProjectWithTeamJson },
        handle: async (context) => {
          const { access, team } = context.target
          requireAny(scopesOn(access, [team.id]), linkPermission.DELETE)
          await changeLink(app, context, 'project-team.remove')
          return ok(await linkedProjectJson(app, context.actor, context.target))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/members/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'The members of the project’s teams, by id',
        query: { cursor: { description: 'From the Link header' } },
        response: { 200: Type.Array(MemberJson) },
        handle: async ({ target, query }) => {
          const request = pageRequest(query)
          const page = await listMembers(
            app.db.read,
            { organizationId: target.organization.id, teamIds: target.teamIds, isInvited: false },
            request,
          )
          return ok(await membersJson(app, page.rows), pageLinks(request, page))
        },
      },
    },
  })
}

/** Any team of the organization may be named, whether or not the caller can reach it. */
async function resolveLink(
  input: Parameters<typeof resolveProject>[0] & { request: FastifyRequest },
): Promise<LinkTarget | Moved> {
  const target = await resolveProject(input)
  if (target instanceof Moved) return target
  const team = await teamByIdOrSlug(input.app.db.read, {
    organizationId: target.organization.id,
    idOrSlug: input.params.team ?? '',
  })
  if (team === undefined) throw new ApiError(404, 'Team does not exist.')
  return { ...target, team }
}

/** What is so already is not recorded again. */
async function changeLink(
  app: App,
  context: Context<LinkTarget>,
  event: 'project-team.add' | 'project-team.remove',
): Promise<void> {
  const { organization, project, team } = context.target
  const link = { projectId: project.id, teamId: team.id }
  const change = {
    organizationId: organization.id,
    event,
    targetObject: project.id,
    data: { slug: project.slug, team_slug: team.slug },
  }
  await app.db.write(async (tx) => {
    const isNew =
      event === 'project-team.add' ? await addProjectTeam(tx, link) : await removeProjectTeam(tx, link)
    if (isNew) await recordChange(tx, changerOf(context), change, context.now)
  })
}

async function linkedProjectJson(app: App, actor: Actor, { access, project }: LinkTarget) {
  return projectWithTeamJson(await factsOfOne(app, actor, access, project))
}
