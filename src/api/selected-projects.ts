/** Which projects a question to a whole organization is about. */

import { isNumericId } from '../protocol/ids.ts'
import type { Db } from '../store/database.ts'
import { listProjectsBySlug, type ProjectFilter } from '../store/project-lists.ts'
import type { Project } from '../store/projects.ts'
import { type Access, type Actor, userOf } from './access.ts'
import { ApiError, forbidden } from './errors.ts'
import { type Query, queryList } from './query.ts'

/** These stand for every project within reach. */
const everything = ['-1', '$all'] as const

/**
 * The ids of the projects that `project` and `projectSlug` name, or of the caller's own when they name none:
 * those of their teams, and all of them for superusers and for tokens that nobody stands behind.
 *
 * Errors: as `listSelectedProjects`.
 */
export async function selectedProjects(
  db: Db,
  actor: Actor,
  access: Access,
  query: Query,
): Promise<readonly number[]> {
  return (await listSelectedProjects(db, actor, access, query)).map(({ id }) => id)
}

/**
 * The same projects with everything that lists know of them.
 *
 * Errors: ApiError 403 when one that is named is out of reach, or is not there at all; 400 when `project` holds a
 * text that is not even the slug of one.
 */
export async function listSelectedProjects(
  db: Db,
  actor: Actor,
  access: Access,
  query: Query,
): Promise<readonly Project[]> {
  const organizationId = access.organization.id
  const projects = async (filter: ProjectFilter) =>
    (await listProjectsBySlug(db, { ...filter, organizationId })).rows
  const names = namesOf(query)
  if (names.size === 0) {
    const user = userOf(actor)
    return projects(user === undefined || user.isSuperuser ? {} : { memberUserId: user.id })
  }
  const reachable = await projects(access.isGlobal ? {} : { teamIds: [...access.teamRoles.keys()] })
  if (namesEverything(query)) return reachable
  const byName = new Map(
    reachable.flatMap((project) => [
      [String(project.id), project] as const,
      [project.slug, project] as const,
    ]),
  )
  const named = [...names].map((name) => byName.get(isNumericId(name) ? String(Number(name)) : name))
  if (named.includes(undefined)) {
    const slugs = new Set((access.isGlobal ? reachable : await projects({})).map(({ slug }) => slug))
    if (
      queryList(query, 'project').some((name) => name !== '' && !/^-?\d+$/.test(name) && !slugs.has(name))
    ) {
      throw new ApiError(400, 'Invalid project parameter. Values must be numbers.')
    }
    throw forbidden()
  }
  return [...new Set(named.flatMap((project) => project ?? []))]
}

/** Whether `project` or `projectSlug` stands for every project within reach. */
export function namesEverything(query: Query): boolean {
  const names = namesOf(query)
  return everything.some((name) => names.has(name))
}

/** Whether the query says which projects it is about. */
export function namesProjects(query: Query): boolean {
  return namesOf(query).size > 0
}

function namesOf(query: Query): ReadonlySet<string> {
  return new Set([...queryList(query, 'project'), ...queryList(query, 'projectSlug')].filter(Boolean))
}
