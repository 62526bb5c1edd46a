/** The project itself: retrieve with its full configuration, change, remove. */
import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { recordChange } from '../store/audit-log.ts'
import { projectOptions } from '../store/project-options.ts'
import { hasEvents, removeProject } from '../store/removed-projects.ts'
import { type Actor, holdsAny, userOf } from './access.ts'
import { nullable, objectSchema, readBody, text } from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, endpoint, noContent, ok, type Permission } from './endpoint.ts'
import { projectPermission } from './permissions.ts'
import { factsOfOne } from './project-facts.ts'
import { projectFields, readProjectInput } from './project-settings.ts'
import { applyUpdate } from './project-update.ts'
import { type Query, queryList, queryText } from './query.ts'
import { DetailedProjectJson, type DetailParts, detailedProjectJson } from './serialize/project-detail.ts'
import { requireSudo } from './sudo.ts'
import { type ProjectTarget, projectNotFound, resolveProject } from './targets.ts'

const removal = { origin: nullable(text({ blank: true })) }

/** Readers of a project may bookmark it, so PUT's gate is wider; what they may change is checked field by field. */
const permission: Permission = {
  ...projectPermission,
  PUT: ['project:read', 'project:write', 'project:admin'],
}

export function projectRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/',
    gate: permission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'A project with its full configuration',
        query: {
          include: { description: '`stats`: adds the number of unresolved issues' },
          expand: { description: '`hasAlertIntegration`' },
        },
        response: { 200: DetailedProjectJson },
        handle: async ({ query, target, actor }) =>
          ok(await detailOf(app, actor, target, requestedExtras(query))),
      },
      PUT: {
        summary: 'Change a project: what is left out stays. Readers may bookmark it and little else',
        body: objectSchema(projectFields),
        response: { 200: DetailedProjectJson },
        handle: (context) => change(app, context),
      },
      DELETE: {
        summary: 'Remove a project: it is hidden at once, its data goes in the background',
        body: objectSchema(removal),
        response: { 204: null },
        handle: (context) => remove(app, context),
      },
    },
  })
}

async function change(app: App, context: Context<ProjectTarget>) {
  const { target, actor, body, now } = context
  const input = readProjectInput(body, holdsAny(target.scopes, projectPermission.PUT))
  const update = {
    projectId: target.project.id,
    input,
    access: target.access,
    userId: userOf(actor)?.id,
    by: changerOf(context),
    now,
  }
  const project = await app.db.write((tx) => applyUpdate(tx, update))
  return ok(await detailOf(app, actor, { ...target, project }))
}

async function remove(app: App, context: Context<ProjectTarget>) {
  const { target, actor, body, now } = context
  const { organization, project } = target
  const { origin } = readBody(removal, body)
  if (await hasEvents(app.db.read, project.id)) requireSudo(actor, now)
  const data = { slug: project.slug, name: project.name, ...(origin ? { origin } : {}) }
  await app.db.write(async (tx) => {
    if (!(await removeProject(tx, { projectId: project.id, now }))) throw projectNotFound()
    await recordChange(
      tx,
      changerOf(context),
      { organizationId: organization.id, event: 'project.remove', targetObject: project.id, data },
      now,
    )
  })
  return noContent
}

type Extras = Pick<DetailParts, 'unresolved' | 'hasAlertIntegration'>

/** This server keeps no issues and no alert integrations, so both questions have one answer. */
function requestedExtras(query: Query): Extras {
  const include = (queryText(query, 'include') ?? '').split(',')
  return {
    ...(include.includes('stats') ? { unresolved: 0 } : {}),
    ...(queryList(query, 'expand').includes('hasAlertIntegration') ? { hasAlertIntegration: false } : {}),
  }
}

/** The project as it stands now. */
async function detailOf(app: App, actor: Actor, target: ProjectTarget, extras: Extras = {}) {
  const { project, access, organization } = target
  const [facts, options] = await Promise.all([
    factsOfOne(app, actor, access, project),
    projectOptions(app.db.read, [project.id]),
  ])
  return detailedProjectJson(facts, {
    options: options.get(project.id) ?? {},
    organization,
    baseUrl: app.baseUrl,
    ...extras,
  })
}
