/** The project itself: retrieve with its full configuration. */
import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { projectOptions } from '../store/projects.ts'
import type { Actor } from './access.ts'
import { endpoint, ok, type Permission } from './endpoint.ts'
import { projectPermission } from './permissions.ts'
import { factsOfOne } from './project-list.ts'
import { type Query, queryList, queryText } from './query.ts'
import { DetailedProjectJson, type DetailParts, detailedProjectJson } from './serialize/project.ts'
import { type ProjectTarget, resolveProject } from './targets.ts'

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
    },
  })
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
export async function detailOf(app: App, actor: Actor, target: ProjectTarget, extras: Extras = {}) {
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
