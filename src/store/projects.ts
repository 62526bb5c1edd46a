/** Projects: look-ups, and making the row of a new one. */

import { isNumericId } from '../protocol/ids.ts'
import type { Db, Tx } from './database.ts'

export type ProjectStatus = 'active' | 'pending_deletion'

export interface Project {
  readonly id: number
  readonly organizationId: number
  readonly slug: string
  readonly name: string
  readonly platform: string | null
  readonly status: ProjectStatus
  readonly createdAt: number
  readonly firstEventAt: number | null
}

export const projectColumns = [
  'project.id',
  'project.organization_id',
  'project.slug',
  'project.name',
  'project.platform',
  'project.status',
  'project.created_at',
  'project.first_event_at',
] as const

interface ProjectRow {
  id: number
  organization_id: number
  slug: string
  name: string
  platform: string | null
  status: ProjectStatus
  created_at: number
  first_event_at: number | null
}

export function toProject(row: ProjectRow): Project {
  return {
    id: row.id,
    organizationId: row.organization_id,
    slug: row.slug,
    name: row.name,
    platform: row.platform,
    status: row.status,
    createdAt: row.created_at,
    firstEventAt: row.first_event_at,
  }
}

/** Active ones only. */
export async function projectByIdOrSlug(
  db: Db,
  input: { organizationId: number; idOrSlug: string },
): Promise<Project | undefined> {
  const row = await db
    .selectFrom('project')
    .select(projectColumns)
    .where('organization_id', '=', input.organizationId)
    .where((eb) =>
      isNumericId(input.idOrSlug) ? eb('id', '=', Number(input.idOrSlug)) : eb('slug', '=', input.idOrSlug),
    )
    .where('status', '=', 'active')
    .executeTakeFirst()
  return row && toProject(row)
}

export async function projectById(db: Db, id: number): Promise<Project | undefined> {
  const row = await db
    .selectFrom('project')
    .select(projectColumns)
    .where('id', '=', id)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return row && toProject(row)
}

/** The active project that had this slug before. */
export async function projectByOldSlug(
  db: Db,
  input: { organizationId: number; slug: string },
): Promise<Project | undefined> {
  const row = await db
    .selectFrom('project_redirect')
    .innerJoin('project', 'project.id', 'project_redirect.project_id')
    .select(projectColumns)
    .where('project_redirect.organization_id', '=', input.organizationId)
    .where('project_redirect.slug', '=', input.slug)
    .where('project.status', '=', 'active')
    .executeTakeFirst()
  return row && toProject(row)
}

/** `id` carries a project over from another server; its DSNs stay valid. */
export async function insertProject(
  tx: Tx,
  input: {
    id?: number
    organizationId: number
    slug: string
    name: string
    platform: string | null
    now: number
  },
): Promise<Project> {
  const row = await tx
    .insertInto('project')
    .values({
      ...(input.id === undefined ? {} : { id: input.id }),
      organization_id: input.organizationId,
      slug: input.slug,
      name: input.name,
      platform: input.platform,
      created_at: input.now,
      first_event_at: null,
    })
    .returning([
      'id',
      'organization_id',
      'slug',
      'name',
      'platform',
      'status',
      'created_at',
      'first_event_at',
    ])
    .executeTakeFirstOrThrow()
  return toProject(row)
}

/** Without case, as generated slugs must differ by more than case. */
export async function isProjectSlugTaken(
  db: Db,
  input: { organizationId: number; slug: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('project')
    .select('id')
    .where('organization_id', '=', input.organizationId)
    .where((eb) => eb(eb.fn('lower', ['slug']), '=', input.slug.toLowerCase()))
    .executeTakeFirst()
  return row !== undefined
}

/** When something of each project was accepted last; no entry for one to which nothing ever came. */
export async function lastAcceptedIn(
  db: Db,
  projectIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (projectIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('project_use')
    .select(['project_id', 'last_accepted_at'])
    .where('project_id', 'in', projectIds)
    .execute()
  return new Map(rows.map((row) => [row.project_id, row.last_accepted_at]))
}
