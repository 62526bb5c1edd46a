/** What a path names: organization, team or project, looked up and checked against what the caller may do. */
import type { FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { isNumericId } from '../protocol/ids.ts'
import type { Scope } from '../protocol/scopes.ts'
import { type ClientKey, keyByPublicKey } from '../store/client-keys.ts'
import type { Db } from '../store/database.ts'
import { type Organization, organizationByIdOrSlug } from '../store/organizations.ts'
import { teamIdsOfProject } from '../store/project-teams.ts'
import { type Project, projectByIdOrSlug, projectByOldSlug } from '../store/projects.ts'
import { type Team, teamByIdOrSlug } from '../store/teams.ts'
import {
  type Access,
  type Actor,
  accessTo,
  canReach,
  requireAny,
  scopesOn,
  seesInternalKeys,
} from './access.ts'
import { Moved } from './endpoint.ts'
import { ApiError, forbidden, notFound } from './errors.ts'

interface Input {
  readonly app: App
  readonly actor: Actor
  readonly request: FastifyRequest
  readonly params: Readonly<Record<string, string>>
  readonly accepted: readonly Scope[]
}

export interface OrganizationTarget {
  readonly organization: Organization
  readonly access: Access
}

export interface TeamTarget extends OrganizationTarget {
  readonly team: Team
}

export interface ProjectTarget extends OrganizationTarget {
  readonly project: Project
  readonly teamIds: readonly number[]
  /** Everything the caller may do with this project. */
  readonly scopes: ReadonlySet<Scope>
}

export interface KeyTarget extends ProjectTarget {
  readonly key: ClientKey
}

/** Errors: ApiError 404, 401 for a token bound elsewhere, 403. */
export async function resolveOrganization({
  app,
  actor,
  params,
  accepted,
}: Input): Promise<OrganizationTarget> {
  const organization = await organizationByIdOrSlug(app.db.read, params.org ?? '')
  if (organization === undefined) throw notFound()
  const access = await accessTo(app.db.read, actor, organization)
  requireAny(access.scopes, accepted)
  return { organization, access }
}

/** Errors: ApiError 404, 401, 403. */
export async function resolveTeam({ app, actor, params, accepted }: Input): Promise<TeamTarget> {
  const organization = await organizationByIdOrSlug(app.db.read, params.org ?? '')
  if (organization === undefined) throw notFound()
  const team = await teamByIdOrSlug(app.db.read, {
    organizationId: organization.id,
    idOrSlug: params.team ?? '',
  })
  if (team === undefined) throw notFound()
  const access = await accessTo(app.db.read, actor, organization)
  requireAny(scopesOn(access, [team.id]), accepted)
  return { organization, access, team }
}

/**
 * An old slug of a renamed project leads to its new address, for those who may see it.
 *
 * Errors: ApiError 404, 401, 403.
 */
export async function resolveProject(input: Input): Promise<ProjectTarget | Moved> {
  const { app, actor, params, accepted, request } = input
  const db = app.db.read
  const idOrSlug = params.project ?? ''
  const organization = await organizationByIdOrSlug(db, params.org ?? '')
  if (organization === undefined) throw projectNotFound()
  const organizationId = organization.id
  const live = await projectByIdOrSlug(db, { organizationId, idOrSlug })
  const renamed =
    live === undefined && !isNumericId(idOrSlug)
      ? await projectByOldSlug(db, { organizationId, slug: idOrSlug })
      : undefined
  const project = live ?? renamed
  if (project === undefined) throw projectNotFound()
  const target = await projectTarget(db, await accessTo(db, actor, organization), project)
  requireAny(target.scopes, accepted)
  return renamed === undefined ? target : moved(app, request, idOrSlug, renamed.slug)
}

/** Keys of other projects do not exist here, nor do internal ones for those who cannot see them. */
export async function resolveKey(input: Input): Promise<KeyTarget | Moved> {
  const target = await resolveProject(input)
  if (target instanceof Moved) return target
  const key = await keyByPublicKey(input.app.db.read, input.params.key ?? '')
  const isHere = key !== undefined && key.projectId === target.project.id
  if (!isHere || (key.useCase !== 'user' && !seesInternalKeys(input.actor))) throw notFound()
  return { ...target, key }
}

async function projectTarget(db: Db, access: Access, project: Project): Promise<ProjectTarget> {
  const teamIds = await teamIdsOfProject(db, project.id)
  if (!canReach(access, teamIds)) throw forbidden()
  return { organization: access.organization, access, project, teamIds, scopes: scopesOn(access, teamIds) }
}

export function projectNotFound(): ApiError {
  return new ApiError(404, 'Project does not exist')
}

function moved(app: App, request: FastifyRequest, oldSlug: string, slug: string): Moved {
  const prefix = new URL(app.baseUrl).pathname.replace(/\/$/, '')
  const [path = '', ...query] = request.url.split('?')
  const segments = path.split('/')
  const position = segments.findIndex(
    (segment, index) => index > 4 && decodeURIComponent(segment) === oldSlug,
  )
  segments[position] = slug
  const url = [prefix + segments.join('/'), ...query].join('?')
  return new Moved(url, {
    slug,
    detail: { code: 'resource-moved', message: 'Resource has been moved', extra: { url, slug } },
  })
}
