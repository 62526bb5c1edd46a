/** Organizations: look-ups, lists, and changes to their rows. */
import type { ExpressionBuilder } from 'kysely'
import { isNumericId } from '../protocol/ids.ts'
import type { Db, Tx } from './database.ts'
import { type KeyPage, type KeyPageRequest, keyPage, type Page, type PageRequest, pageOf } from './page.ts'
import type { Schema } from './schema.ts'
import { hasText } from './text-search.ts'

export interface Organization {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly status: 'active' | 'pending_deletion'
  /** Settings that differ from their defaults. */
  readonly options: Readonly<Record<string, unknown>>
  readonly createdAt: number
}

const organizationColumns = [
  'organization.id',
  'organization.slug',
  'organization.name',
  'organization.status',
  'organization.options',
  'organization.created_at',
] as const

interface OrganizationRow {
  id: number
  slug: string
  name: string
  status: 'active' | 'pending_deletion'
  options: string
  created_at: number
}

function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    status: row.status,
    options: JSON.parse(row.options) as Record<string, unknown>,
    createdAt: row.created_at,
  }
}

/** Active ones only. */
export async function organizationByIdOrSlug(db: Db, idOrSlug: string): Promise<Organization | undefined> {
  const row = await db
    .selectFrom('organization')
    .select(organizationColumns)
    .where((eb) => byIdOrSlug(eb, idOrSlug))
    .where('status', '=', 'active')
    .executeTakeFirst()
  return row && toOrganization(row)
}

function byIdOrSlug(eb: ExpressionBuilder<Schema, 'organization'>, idOrSlug: string) {
  return isNumericId(idOrSlug) ? eb('id', '=', Number(idOrSlug)) : eb('slug', '=', idOrSlug)
}

export async function organizationsById(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Organization>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('organization')
    .select(organizationColumns)
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, toOrganization(row)]))
}

export interface OrganizationFilter {
  /** Only organizations that this user is a member of. */
  readonly memberUserId?: number
  readonly ids?: readonly number[]
  readonly slugs?: readonly string[]
  readonly statuses?: readonly string[]
  readonly memberEmails?: readonly string[]
  readonly memberIds?: readonly number[]
  /** Only organizations that have a project which has seen one of these platforms. */
  readonly platforms?: readonly string[]
  /** Part of name, slug or a member's email, without case. */
  readonly text?: string
}

/** Newest first, or by number of members or projects, most first. */
export async function listOrganizations(
  db: Db,
  filter: OrganizationFilter,
  page: KeyPageRequest,
): Promise<KeyPage<Organization>> {
  const matching = () => matchingOrganizations(db, filter)
  return keyPage(
    page,
    (organization) => organization.createdAt,
    async (from, skip, limit) => {
      const rows = await matching()
        .select(organizationColumns)
        .$if(from !== undefined, (q) => q.where('organization.created_at', '<=', from ?? 0))
        .orderBy('organization.created_at', 'desc')
        .orderBy('organization.id', 'desc')
        .offset(skip)
        .limit(limit)
        .execute()
      return rows.map(toOrganization)
    },
    async (key) => {
      const { n } = await matching()
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('organization.created_at', '>', key)
        .executeTakeFirstOrThrow()
      return n
    },
  )
}

export async function listOrganizationsBySize(
  db: Db,
  filter: OrganizationFilter,
  by: 'members' | 'projects',
  page: PageRequest,
): Promise<Page<Organization>> {
  const rows = await matchingOrganizations(db, filter)
    .select(organizationColumns)
    .orderBy(
      (eb) =>
        by === 'members'
          ? eb
              .selectFrom('organization_member')
              .whereRef('organization_id', '=', 'organization.id')
              .select(eb.fn.countAll<number>().as('n'))
          : eb
              .selectFrom('project')
              .whereRef('organization_id', '=', 'organization.id')
              .where('status', '=', 'active')
              .select(eb.fn.countAll<number>().as('n')),
      'desc',
    )
    .orderBy('organization.id')
    .offset(page.offset)
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows.map(toOrganization), page)
}

function matchingOrganizations(db: Db, filter: OrganizationFilter) {
  let query = db.selectFrom('organization')
  const { memberUserId, ids, slugs, statuses, memberEmails, memberIds, platforms, text } = filter
  if (memberUserId !== undefined) {
    query = query.where('organization.id', 'in', (eb) =>
      eb
        .selectFrom('organization_member')
        .select('organization_member.organization_id')
        .where('user_id', '=', memberUserId),
    )
  }
  if (ids) query = query.where('organization.id', 'in', ids)
  if (slugs) query = query.where('organization.slug', 'in', slugs)
  query = query.where('organization.status', 'in', (statuses ?? ['active']) as 'active'[])
  if (memberEmails || memberIds) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('organization_member')
          .select('organization_member.id')
          .whereRef('organization_id', '=', 'organization.id')
          .$if(memberEmails !== undefined, (q) => q.where('email', 'in', memberEmails ?? []))
          .$if(memberIds !== undefined, (q) => q.where('organization_member.id', 'in', memberIds ?? [])),
      ),
    )
  }
  if (platforms) {
    const wanted = platforms.map((platform) => `platform:${platform}`)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('project_seen')
          .innerJoin('project', 'project.id', 'project_seen.project_id')
          .select('project.id')
          .whereRef('project.organization_id', '=', 'organization.id')
          .where('what', 'in', wanted),
      ),
    )
  }
  if (text) {
    query = query.where((eb) =>
      eb.or([
        hasText(text, eb.ref('organization.name'), eb.ref('organization.slug')),
        eb.exists(
          eb
            .selectFrom('organization_member')
            .select('organization_member.id')
            .whereRef('organization_id', '=', 'organization.id')
            .where((inner) => hasText(text, inner.ref('organization_member.email'))),
        ),
      ]),
    )
  }
  return query
}

export async function insertOrganization(
  tx: Tx,
  input: { slug: string; name: string; now: number },
): Promise<Organization> {
  const row = await tx
    .insertInto('organization')
    .values({ slug: input.slug, name: input.name, created_at: input.now })
    .returning(['id', 'slug', 'name', 'status', 'options', 'created_at'])
    .executeTakeFirstOrThrow()
  return toOrganization(row)
}

/** Fields that are absent stay as they are. Errors: the driver's unique violation when the slug is taken. */
export async function updateOrganization(
  tx: Tx,
  id: number,
  change: { slug?: string; name?: string; options?: Readonly<Record<string, unknown>> },
): Promise<Organization> {
  const { slug, name, options } = change
  const row = await tx
    .updateTable('organization')
    .set({
      ...(slug === undefined ? {} : { slug }),
      ...(name === undefined ? {} : { name }),
      ...(options === undefined ? {} : { options: JSON.stringify(options) }),
    })
    .where('id', '=', id)
    .returning(['id', 'slug', 'name', 'status', 'options', 'created_at'])
    .executeTakeFirstOrThrow()
  return toOrganization(row)
}

/** Without case, and among deleted ones too: a slug is an address that must not change hands quietly. */
export async function isOrganizationSlugTaken(db: Db, slug: string): Promise<boolean> {
  const row = await db
    .selectFrom('organization')
    .select('id')
    .where((eb) => eb(eb.fn('lower', ['slug']), '=', slug.toLowerCase()))
    .executeTakeFirst()
  return row !== undefined
}
