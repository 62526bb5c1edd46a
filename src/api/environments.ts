/** Environments of a project: list, read, hide; their names in an organization. */
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import type { App } from '../app.ts'
import { recordChange } from '../store/audit-log.ts'
import {
  type Environment,
  environmentsByName,
  hideEnvironments,
  listEnvironmentNames,
  listEnvironments,
  type Visibility,
} from '../store/environments.ts'
import { bool, list, objectSchema, readBody, required, text } from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, endpoint, Moved, ok } from './endpoint.ts'
import { ApiError, notFound } from './errors.ts'
import { organizationPermission, projectPermission } from './permissions.ts'
import { type Query, queryText } from './query.ts'
import { selectedProjects } from './selected-projects.ts'
import { type ProjectTarget, resolveOrganization, resolveProject } from './targets.ts'

const EnvironmentJson = Type.Object({ id: Type.String(), name: Type.String(), isHidden: Type.Boolean() })

function environmentJson({ id, name, isHidden }: Environment): Static<typeof EnvironmentJson> {
  return { id: String(id), name, isHidden }
}

const EnvironmentNameJson = Type.Object({ id: Type.String(), name: Type.String() })

const visibilities = ['all', 'hidden', 'visible'] as const satisfies readonly Visibility[]

const names = list(text({ blank: true, trim: false }), { max: 1000 })
const change = { isHidden: required(bool()) }
const changeOfMany = { environmentNames: required(names), ...change }

const visibilityParameter = { visibility: { description: '`visible` (default), `hidden` or `all`' } }

function visibilityOf(query: Query): Visibility {
  const asked = queryText(query, 'visibility') ?? 'visible'
  const visibility = visibilities.find((known) => known === asked)
  if (visibility !== undefined) return visibility
  throw new ApiError(400, "Invalid value for 'visibility', valid values are: ['all', 'hidden', 'visible']")
}

interface EnvironmentTarget extends ProjectTarget {
  readonly environment: Environment
}

export function environmentRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/environments/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: "The names of environments in the caller's projects, by name",
        query: {
          ...visibilityParameter,
          project: { description: 'Id or slug, repeatable; `-1` is every project' },
          projectSlug: { description: 'Slug, repeatable; `$all` is every project' },
        },
        response: { 200: Type.Array(EnvironmentNameJson) },
        handle: async ({ target, actor, query }) => {
          const visibility = visibilityOf(query)
          const projectIds = await selectedProjects(app.db.read, actor, target.access, query)
          const names = await listEnvironmentNames(app.db.read, { projectIds, visibility })
          return ok(names.map(({ id, name }) => ({ id: String(id), name })))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/environments/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'The environments that events of the project have named, by name',
        query: visibilityParameter,
        response: { 200: Type.Array(EnvironmentJson) },
        handle: async ({ target, query }) => {
          const visibility = visibilityOf(query)
          const projectId = target.project.id
          const environments = await listEnvironments(app.db.read, { projectId, visibility })
          return ok(environments.map(environmentJson))
        },
      },
      PUT: {
        summary: 'Hide or show environments by their names; unknown ones are passed over',
        body: objectSchema(changeOfMany),
        response: { 200: Type.Array(EnvironmentJson) },
        handle: async (context) => {
          const { environmentNames, isHidden } = readBody(changeOfMany, withOlderSpelling(context.body))
          return ok(await hide(app, context, environmentNames, isHidden))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/environments/:environment/',
    gate: projectPermission,
    resolve: resolveEnvironment,
    operations: {
      GET: {
        summary: 'An environment; `none` is the one without a name',
        response: { 200: EnvironmentJson },
        handle: async ({ target }) => ok(environmentJson(target.environment)),
      },
      PUT: {
        summary: 'Hide or show an environment',
        body: objectSchema(change),
        response: { 200: EnvironmentJson },
        handle: async (context) => {
          const { isHidden } = readBody(change, context.body)
          const [json] = await hide(app, context, [context.target.environment.name], isHidden)
          if (json === undefined) throw notFound()
          return ok(json)
        },
      },
    },
  })
}

/** Some clients write `environment_names`. */
function withOlderSpelling(body: Context<unknown>['body']): Context<unknown>['body'] {
  const { value } = body
  if (typeof value !== 'object' || value === null || !('environment_names' in value)) return body
  return { ...body, value: { environmentNames: value.environment_names, ...value } }
}

/** Answers the environments of these names as they are then. */
async function hide(
  app: App,
  context: Context<ProjectTarget>,
  names: readonly string[],
  isHidden: boolean,
): Promise<Static<typeof EnvironmentJson>[]> {
  const { organization, project } = context.target
  const found = await app.db.write(async (tx) => {
    const environments = await environmentsByName(tx, { projectId: project.id, names })
    const others = environments.filter((environment) => environment.isHidden !== isHidden)
    await hideEnvironments(tx, { ids: others.map(({ id }) => id), isHidden })
    for (const { name } of others) {
      await recordChange(
        tx,
        changerOf(context),
        {
          organizationId: organization.id,
          event: 'project.environment-edit',
          targetObject: project.id,
          data: { slug: project.slug, name, isHidden },
        },
        context.now,
      )
    }
    return environments
  })
  return found.map((environment) => environmentJson({ ...environment, isHidden }))
}

/** Clients encode a name once or twice, as it may hold a slash. */
async function resolveEnvironment(
  input: Parameters<typeof resolveProject>[0],
): Promise<EnvironmentTarget | Moved> {
  const target = await resolveProject(input)
  if (target instanceof Moved) return target
  const segment = input.params.environment ?? ''
  const candidates = segment === 'none' ? [''] : [segment, decodedOnceMore(segment)]
  const found = await environmentsByName(input.app.db.read, {
    projectId: target.project.id,
    names: candidates,
  })
  const environment = candidates.flatMap((name) => found.filter((one) => one.name === name))[0]
  if (environment === undefined) throw notFound()
  return { ...target, environment }
}

function decodedOnceMore(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A lone per cent sign: the name itself holds it.
    return segment
  }
}
