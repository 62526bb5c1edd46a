/** Spike protection of projects: on and off. It is on unless somebody has switched it off. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { recordChange } from '../store/audit-log.ts'
import { listProjectsBySlug } from '../store/project-lists.ts'
import { projectOptions, setProjectOptions } from '../store/project-options.ts'
import { projectTeamLinks } from '../store/project-teams.ts'
import type { Project } from '../store/projects.ts'
import { type Access, canReach, holdsAny, scopesOn } from './access.ts'
import { list, objectSchema, readBody, required, text } from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, created, endpoint, ok } from './endpoint.ts'
import { forbidden, invalid } from './errors.ts'
import { spikeProtectionPermission } from './permissions.ts'
import { type OrganizationTarget, resolveOrganization } from './targets.ts'

const OPTION = 'quotas:spike-protection-disabled'
/** Stands for every project of the organization. */
const ALL = '$all'

/** One statement looks all of them up; whoever has more says `$all`. */
const fields = { projects: required(list(text(), { max: 10_000 })) }

const SpikeProtectionsJson = Type.Object({ projects: Type.Array(Type.String()) })

export function spikeProtectionRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/spike-protections/',
    gate: spikeProtectionPermission,
    resolve: resolveOrganization,
    operations: {
      POST: {
        summary: 'Switch spike protection on for some projects, or for `$all`',
        body: objectSchema(fields),
        response: { 201: SpikeProtectionsJson },
        handle: async (context) => created({ projects: await protect(context, true) }),
      },
      DELETE: {
        summary: 'Switch spike protection off for some projects, or for `$all`',
        body: objectSchema(fields),
        response: { 200: SpikeProtectionsJson },
        handle: async (context) => ok({ projects: await protect(context, false) }),
      },
    },
  })
}

/** Answers the slugs of the projects that the request is about. */
async function protect(context: Context<OrganizationTarget>, isOn: boolean): Promise<readonly string[]> {
  const { app, target, body, now } = context
  const organizationId = target.organization.id
  const projects = await projectsNamed(app, target, readBody(fields, body).projects)
  await requireWriting(app, target.access, projects)
  const event = isOn ? 'spike-protection.enable' : 'spike-protection.disable'
  await app.db.write(async (tx) => {
    const stored = await projectOptions(
      tx,
      projects.map(({ id }) => id),
    )
    for (const { id, slug } of projects) {
      if (stored.get(id)?.[OPTION] === !isOn) continue
      await setProjectOptions(tx, { projectId: id, options: { [OPTION]: !isOn } })
      const change = { organizationId, event, targetObject: id, data: { slug } } as const
      await recordChange(tx, changerOf(context), change, now)
    }
  })
  return projects.map(({ slug }) => slug)
}

/** Errors: ApiError 400 that names what is no project. */
async function projectsNamed(
  app: App,
  { organization }: OrganizationTarget,
  slugs: readonly string[],
): Promise<readonly Project[]> {
  if (slugs.length === 0) return []
  const filter = { organizationId: organization.id, ...(slugs.includes(ALL) ? {} : { slugs }) }
  const { rows } = await listProjectsBySlug(app.db.read, filter)
  const known = new Set([ALL, ...rows.map(({ slug }) => slug)])
  const unknown = slugs.find((slug) => !known.has(slug))
  if (unknown !== undefined) throw invalid({ projects: [`The project "${unknown}" does not exist.`] })
  return rows
}

/** Errors: ApiError 403 when one of the projects is not the caller's to change. */
async function requireWriting(app: App, access: Access, projects: readonly Project[]): Promise<void> {
  const teamIds = [...access.teamRoles.keys()]
  const links = await projectTeamLinks(app.db.read, teamIds)
  const isChangeable = ({ id }: Project) => {
    const own = teamIds.filter((teamId) => links.get(teamId)?.has(id))
    return canReach(access, own) && holdsAny(scopesOn(access, own), ['project:write', 'project:admin'])
  }
  if (!projects.every(isChangeable)) throw forbidden()
}
