/** Inbound filters of a project: what is on, and switching it. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import {
  type FilterState,
  filterOption,
  filterState,
  type InboundFilterId,
  inboundFilterIds,
  legacyBrowsers,
  parseInboundFilterId,
} from '../protocol/inbound-filters.ts'
import { recordChange } from '../store/audit-log.ts'
import { projectOptions, setProjectOptions } from '../store/project-options.ts'
import { bool, choice, list, objectSchema, type RequestBody, readBody } from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, endpoint, Moved, noContent, ok } from './endpoint.ts'
import { notFound } from './errors.ts'
import { projectPermission } from './permissions.ts'
import { type ProjectTarget, resolveProject } from './targets.ts'

const FilterJson = Type.Object({
  id: Type.String(),
  active: Type.Union([Type.Boolean(), Type.Array(Type.String())]),
})

const toggle = { active: bool() }
const choiceOfBrowsers = { ...toggle, subfilters: list(choice(legacyBrowsers)) }

interface FilterTarget extends ProjectTarget {
  readonly filterId: InboundFilterId
}

export function filterRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/filters/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'The inbound filters, by id',
        response: { 200: Type.Array(FilterJson) },
        handle: async ({ target: { project } }) => {
          const options = (await projectOptions(app.db.read, [project.id])).get(project.id) ?? {}
          return ok(inboundFilterIds.map((id) => ({ id, active: filterState(options, id) })))
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/filters/:filter/',
    gate: projectPermission,
    resolve: resolveFilter,
    operations: {
      PUT: {
        summary: 'Switch a filter; `legacy-browsers` also takes a list of browsers',
        body: objectSchema(choiceOfBrowsers),
        response: { 204: null },
        handle: async (context) => {
          await switchFilter(app, context, wantedState(context.target.filterId, context.body))
          return noContent
        },
      },
    },
  })
}

async function resolveFilter(input: Parameters<typeof resolveProject>[0]): Promise<FilterTarget | Moved> {
  const target = await resolveProject(input)
  if (target instanceof Moved) return target
  const filterId = parseInboundFilterId(input.params.filter ?? '')
  if (filterId === undefined) throw notFound()
  return { ...target, filterId }
}

/** A body that says nothing switches off. */
function wantedState(id: InboundFilterId, body: RequestBody): FilterState {
  if (id !== 'legacy-browsers') return readBody(toggle, body).active ?? false
  const { active, subfilters = [] } = readBody(choiceOfBrowsers, body)
  return active ?? (subfilters.length > 0 ? subfilters : false)
}

async function switchFilter(app: App, context: Context<FilterTarget>, state: FilterState): Promise<void> {
  const { organization, project, filterId } = context.target
  const options = filterOption(filterId, state)
  await app.db.write(async (tx) => {
    const stored = (await projectOptions(tx, [project.id])).get(project.id) ?? {}
    const before = filterState(stored, filterId)
    const after = filterState(options, filterId)
    await setProjectOptions(tx, { projectId: project.id, options })
    if (String(before) === String(after)) return
    const data = {
      slug: project.slug,
      state: filterId,
      ...(typeof after === 'boolean' ? {} : { subfilters: after }),
    }
    await recordChange(
      tx,
      changerOf(context),
      {
        organizationId: organization.id,
        event: after === false ? 'project.disable' : 'project.enable',
        targetObject: project.id,
        data,
      },
      context.now,
    )
  })
}
