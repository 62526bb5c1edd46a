/** Which projects a question to a whole organization is about. */
import type { Db } from '../store/database.ts'
import { isNumericId } from '../store/organizations.ts'
import { listProjectsBySlug, type ProjectFilter } from '../store/projects.ts'
import { type Access, type Actor, userOf } from './access.ts'
import { forbidden } from './errors.ts'
import { type Query, queryList } from './query.ts'

/** These stand for every project within reach. */
const everything = ['-1', '$all'] as const

/**
 * The ids of the projects that `project` and `projectSlug` name, or of the caller's own when they name none:
 * those of their teams, and all of them for superusers and for tokens that nobody stands behind.
 *
 * Errors: ApiError 403 when one that is named is out of reach, or is not there at all.
 */
export async function selectedProjects(
  db: Db,
  actor: Actor,
  access: Access,
  query: Query,
): Promise<readonly number[]> {
  const organizationId = access.organization.id
  const projects = async (filter: ProjectFilter) =>
    (await listProjectsBySlug(db, { ...filter, organizationId })).rows
  const names = new Set([...queryList(query, 'project'), ...queryList(query, 'projectSlug')].filter(Boolean))
  if (names.size === 0) {
    const user = userOf(actor)
    const own = await projects(user === undefined || user.isSuperuser ? {} : { memberUserId: user.id })
    return own.map(({ id }) => id)
  }
  const reachable = await projects(access.isGlobal ? {} : { teamIds: [...access.teamRoles.keys()] })
  if (everything.some((name) => names.has(name))) return reachable.map(({ id }) => id)
  const idOf = new Map(reachable.flatMap(({ id, slug }) => [[String(id), id] as const, [slug, id] as const]))
  const ids = [...names].map((name) => idOf.get(isNumericId(name) ? String(Number(name)) : name))
  if (ids.includes(undefined)) throw forbidden()
  return ids.flatMap((id) => id ?? [])
}
