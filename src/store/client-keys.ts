/** Client keys: the user part of a project's DSNs. */
import type { Db, Tx } from './database.ts'
import { type KeyPage, type KeyPageRequest, keyPage } from './page.ts'

export interface LoaderOptions {
  readonly hasReplay?: boolean
  readonly hasPerformance?: boolean
  readonly hasDebug?: boolean
  readonly hasFeedback?: boolean
  readonly hasLogsAndMetrics?: boolean
}

/** Loader options of a key made without any. */
export const defaultLoaderOptions: LoaderOptions = { hasReplay: true, hasPerformance: true }

export interface RateLimit {
  readonly count: number
  /** Seconds. */
  readonly window: number
}

export interface ClientKey {
  readonly id: number
  readonly projectId: number
  readonly publicKey: string
  readonly secretKey: string
  readonly label: string
  readonly isActive: boolean
  /** `user`, or an internal purpose that only superusers see. */
  readonly useCase: string
  /** Null unless both of its numbers are set. */
  readonly rateLimit: RateLimit | null
  readonly browserSdkVersion: string | null
  readonly loaderOptions: LoaderOptions
  readonly createdAt: number
  readonly lastUsedAt: number | null
  /** Public key of the one that this key was made to replace. */
  readonly rotatedFrom: string | null
  /** Public key of the one that was made to replace this key. */
  readonly rotatedTo: string | null
}

const keyColumns = [
  'client_key.id',
  'client_key.project_id',
  'client_key.public_key',
  'client_key.secret_key',
  'client_key.label',
  'client_key.is_active',
  'client_key.use_case',
  'client_key.rate_limit_count',
  'client_key.rate_limit_window',
  'client_key.browser_sdk_version',
  'client_key.loader_options',
  'client_key.created_at',
  'client_key_use.last_used_at',
  'predecessor.public_key as predecessor_key',
  'successor.public_key as successor_key',
] as const

interface KeyRow {
  id: number
  project_id: number
  public_key: string
  secret_key: string
  label: string
  is_active: number
  use_case: string
  rate_limit_count: number | null
  rate_limit_window: number | null
  browser_sdk_version: string | null
  loader_options: string
  created_at: number
  last_used_at: number | null
  predecessor_key: string | null
  successor_key: string | null
}

function toKey(row: KeyRow): ClientKey {
  return {
    id: row.id,
    projectId: row.project_id,
    publicKey: row.public_key,
    secretKey: row.secret_key,
    label: row.label,
    isActive: row.is_active === 1,
    useCase: row.use_case,
    rateLimit:
      row.rate_limit_count && row.rate_limit_window
        ? { count: row.rate_limit_count, window: row.rate_limit_window }
        : null,
    browserSdkVersion: row.browser_sdk_version,
    loaderOptions: JSON.parse(row.loader_options) as LoaderOptions,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    rotatedFrom: row.predecessor_key,
    rotatedTo: row.successor_key,
  }
}

function keys(db: Db) {
  return db
    .selectFrom('client_key')
    .leftJoin('client_key_use', 'client_key_use.key_id', 'client_key.id')
    .leftJoin('client_key as predecessor', 'predecessor.id', 'client_key.rotated_from')
    .leftJoin('client_key as successor', 'successor.rotated_from', 'client_key.id')
}

export interface KeyFilter {
  readonly projectIds: readonly number[]
  readonly isActive?: boolean
  /** Internal keys are left out unless asked for. */
  readonly includeInternal?: boolean
}

/** Newest first. */
export async function listKeys(db: Db, filter: KeyFilter, page: KeyPageRequest): Promise<KeyPage<ClientKey>> {
  const { projectIds, isActive, includeInternal } = filter
  const matching = () =>
    keys(db)
      .where('client_key.project_id', 'in', projectIds)
      .$if(isActive !== undefined, (q) => q.where('client_key.is_active', '=', isActive ? 1 : 0))
      .$if(!includeInternal, (q) => q.where('client_key.use_case', '=', 'user'))
  return keyPage(
    page,
    (key) => key.id,
    async (from, skip, limit) => {
      const rows = await matching()
        .select(keyColumns)
        .$if(from !== undefined, (q) => q.where('client_key.id', '<=', from ?? 0))
        .orderBy('client_key.id', 'desc')
        .offset(skip)
        .limit(limit)
        .execute()
      return rows.map(toKey)
    },
    async (id) => {
      const { n } = await matching()
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('client_key.id', '>', id)
        .executeTakeFirstOrThrow()
      return n
    },
  )
}

export async function keyByPublicKey(db: Db, publicKey: string): Promise<ClientKey | undefined> {
  const row = await keyRow(db, publicKey).executeTakeFirst()
  return row && toKey(row)
}

/** Keys of an organization's projects, by public key or id. */
export async function keysOfOrganization(
  db: Db,
  { organizationId, names }: { organizationId: number; names: readonly string[] },
): Promise<readonly Pick<ClientKey, 'id' | 'projectId'>[]> {
  const ids = names.filter((name) => /^\d{1,15}$/.test(name)).map(Number)
  return db
    .selectFrom('client_key')
    .innerJoin('project', 'project.id', 'client_key.project_id')
    .select(['client_key.id as id', 'project_id as projectId'])
    .where('organization_id', '=', organizationId)
    .where((eb) => eb.or([eb('public_key', 'in', names), eb('client_key.id', 'in', ids)]))
    .execute()
}

/** What people know keys by. No entry for keys that are gone, and none for internal ones. */
export async function keyNames(
  db: Db,
  keyIds: readonly number[],
): Promise<ReadonlyMap<number, Pick<ClientKey, 'publicKey' | 'label'>>> {
  if (keyIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('client_key')
    .select(['id', 'public_key as publicKey', 'label'])
    .where('id', 'in', keyIds)
    .where('use_case', '=', 'user')
    .execute()
  return new Map(rows.map(({ id, ...names }) => [id, names]))
}

function keyRow(db: Db, publicKey: string) {
  return keys(db).select(keyColumns).where('client_key.public_key', '=', publicKey)
}

/** Which half of a key some key has already, of this project or another. */
export async function takenHalves(
  db: Db,
  { publicKey, secretKey }: { publicKey: string; secretKey: string },
): Promise<{ readonly publicKey: boolean; readonly secretKey: boolean }> {
  const rows = await db
    .selectFrom('client_key')
    .select(['public_key', 'secret_key'])
    .where((eb) => eb.or([eb('public_key', '=', publicKey), eb('secret_key', '=', secretKey)]))
    .execute()
  return {
    publicKey: rows.some((row) => row.public_key === publicKey),
    secretKey: rows.some((row) => row.secret_key === secretKey),
  }
}

/** `rotatedFrom` is the id of the key that the new one replaces. Errors: the driver's unique violation. */
export async function insertKey(
  tx: Tx,
  input: {
    projectId: number
    publicKey: string
    secretKey: string
    label: string
    rateLimit?: RateLimit | null
    browserSdkVersion?: string | null
    loaderOptions: LoaderOptions
    useCase?: string
    rotatedFrom?: number
    now: number
  },
): Promise<ClientKey> {
  await tx
    .insertInto('client_key')
    .values({
      project_id: input.projectId,
      public_key: input.publicKey,
      secret_key: input.secretKey,
      label: input.label,
      use_case: input.useCase ?? 'user',
      rate_limit_count: input.rateLimit?.count ?? null,
      rate_limit_window: input.rateLimit?.window ?? null,
      browser_sdk_version: input.browserSdkVersion ?? null,
      loader_options: JSON.stringify(input.loaderOptions),
      created_at: input.now,
      rotated_from: input.rotatedFrom ?? null,
    })
    .execute()
  return toKey(await keyRow(tx, input.publicKey).executeTakeFirstOrThrow())
}

/** What can be changed about a key. Absent members are left alone. */
export interface KeyChanges {
  readonly label?: string
  readonly isActive?: boolean
  readonly rateLimit?: RateLimit | null
  readonly browserSdkVersion?: string
  readonly loaderOptions?: LoaderOptions
}

export async function updateKey(
  tx: Tx,
  { keyId, changes }: { keyId: number; changes: KeyChanges },
): Promise<void> {
  const { label, isActive, rateLimit, browserSdkVersion, loaderOptions } = changes
  const columns = {
    ...(label === undefined ? {} : { label }),
    ...(isActive === undefined ? {} : ({ is_active: isActive ? 1 : 0 } as const)),
    ...(rateLimit === undefined
      ? {}
      : { rate_limit_count: rateLimit?.count ?? null, rate_limit_window: rateLimit?.window ?? null }),
    ...(browserSdkVersion === undefined ? {} : { browser_sdk_version: browserSdkVersion }),
    ...(loaderOptions === undefined ? {} : { loader_options: JSON.stringify(loaderOptions) }),
  }
  if (Object.keys(columns).length === 0) return
  await tx.updateTable('client_key').set(columns).where('id', '=', keyId).execute()
}

/** What came through the key keeps its counts; its successor, if it has one, forgets where it came from. */
export async function deleteKey(tx: Tx, keyId: number): Promise<void> {
  await tx.deleteFrom('client_key_use').where('key_id', '=', keyId).execute()
  await tx.deleteFrom('client_key').where('id', '=', keyId).execute()
}

/** What ingestion needs to know of a key and its project, in one look-up. */
export interface KeyConfig {
  readonly keyId: number
  readonly projectId: number
  readonly organizationId: number
  readonly isActive: boolean
  readonly rateLimit: ClientKey['rateLimit']
  readonly projectOptions: Readonly<Record<string, unknown>>
}

/** Keys of projects or organizations that are not active answer `isActive: false`. */
export async function keyConfig(db: Db, publicKey: string): Promise<KeyConfig | undefined> {
  const row = await db
    .selectFrom('client_key')
    .innerJoin('project', 'project.id', 'client_key.project_id')
    .innerJoin('organization', 'organization.id', 'project.organization_id')
    .select([
      'client_key.id as key_id',
      'client_key.is_active',
      'client_key.rate_limit_count',
      'client_key.rate_limit_window',
      'project.id as project_id',
      'project.status as project_status',
      'project.organization_id',
      'organization.status as organization_status',
    ])
    .where('public_key', '=', publicKey)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const options = await db
    .selectFrom('project_option')
    .select(['name', 'value'])
    .where('project_id', '=', row.project_id)
    .execute()
  return {
    keyId: row.key_id,
    projectId: row.project_id,
    organizationId: row.organization_id,
    isActive: row.is_active === 1 && row.project_status === 'active' && row.organization_status === 'active',
    rateLimit:
      row.rate_limit_count && row.rate_limit_window
        ? { count: row.rate_limit_count, window: row.rate_limit_window }
        : null,
    projectOptions: Object.fromEntries(
      options.map(({ name, value }) => [name, JSON.parse(value) as unknown]),
    ),
  }
}

/** True when the project exists in any state: whether an outcome can be booked on it. */
export async function projectExists(db: Db, projectId: number): Promise<boolean> {
  const row = await db.selectFrom('project').select('id').where('id', '=', projectId).executeTakeFirst()
  return row !== undefined
}
