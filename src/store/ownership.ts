/** Ownership rules of projects, as text, and whom they name. */
import type { Db, Tx } from './database.ts'

export interface Ownership {
  /** Null when there are no rules. */
  readonly raw: string | null
  readonly fallthrough: boolean
  readonly autoAssignment: string
  readonly codeownersAutoSync: boolean
  readonly createdAt: number
  readonly updatedAt: number
}

export async function ownershipOf(db: Db, projectId: number): Promise<Ownership | undefined> {
  const row = await db
    .selectFrom('project_ownership')
    .selectAll()
    .where('project_id', '=', projectId)
    .executeTakeFirst()
  return (
    row && {
      raw: row.raw,
      fallthrough: row.fallthrough === 1,
      autoAssignment: row.auto_assignment,
      codeownersAutoSync: row.codeowners_auto_sync === 1,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }
  )
}

export async function saveOwnership(
  tx: Tx,
  { projectId, ownership }: { projectId: number; ownership: Ownership },
): Promise<void> {
  const settings = {
    raw: ownership.raw,
    fallthrough: ownership.fallthrough ? 1 : 0,
    auto_assignment: ownership.autoAssignment,
    codeowners_auto_sync: ownership.codeownersAutoSync ? 1 : 0,
    updated_at: ownership.updatedAt,
  } as const
  await tx
    .insertInto('project_ownership')
    .values({ project_id: projectId, created_at: ownership.createdAt, ...settings })
    .onConflict((oc) => oc.column('project_id').doUpdateSet(settings))
    .execute()
}

/** Ids of an organization's people and teams: users by e-mail address in lower case, teams by slug. */
export async function ownerIds(
  db: Db,
  input: { organizationId: number; emails: readonly string[]; slugs: readonly string[] },
): Promise<{ readonly users: ReadonlyMap<string, number>; readonly teams: ReadonlyMap<string, number> }> {
  const { organizationId, emails, slugs } = input
  const [users, teams] = await Promise.all([
    emails.length === 0
      ? []
      : db
          .selectFrom('organization_member')
          .innerJoin('user', 'user.id', 'organization_member.user_id')
          .select(['user.id', 'user.email'])
          .where('organization_id', '=', organizationId)
          .where(
            'user.email',
            'in',
            emails.map((email) => email.toLowerCase()),
          )
          .execute(),
    slugs.length === 0
      ? []
      : db
          .selectFrom('team')
          .select(['id', 'slug'])
          .where('organization_id', '=', organizationId)
          .where('status', '=', 'active')
          .where('slug', 'in', slugs)
          .execute(),
  ])
  return {
    users: new Map(users.map(({ id, email }) => [email, id])),
    teams: new Map(teams.map(({ id, slug }) => [slug, id])),
  }
}
