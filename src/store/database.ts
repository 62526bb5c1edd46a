/** Opens the database; hands out reading to everyone and writing only inside a transaction. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Kysely, Migrator, type Transaction } from 'kysely'
import { delay, monotonicMs } from '../time.ts'
import { migrations } from './migrations/index.ts'
import type { Schema } from './schema.ts'
import { isBusy, openSqlite } from './sqlite.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

/** What a query that only reads takes. */
export type Db = Pick<Kysely<Schema>, 'selectFrom' | 'selectNoFrom' | 'with' | 'fn' | 'getExecutor'>

declare const transaction: unique symbol
/** What a query that writes takes. Only `write()` makes one; it serves as a Db. */
export type Tx = Transaction<Schema> & { readonly [transaction]: true }

export interface Database extends AsyncDisposable {
  readonly read: Db
  /**
   * Runs `work` in one short transaction and commits it, or rolls back and rethrows what it threw.
   * Nothing but the database may be awaited inside. Waits without blocking while another writer is busy.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Rises with every `write()`: of this process at once, of others on the same database within a quarter of a
   * second. Cheap enough to ask for every request.
   */
  configVersion(): number
}

/** How long the version of the configuration is taken as still true. Our own writes are known at once. */
const VERSION_AGE_MS = 250

/** How long an administrative write waits for its turn before it gives up. */
const WRITE_PATIENCE_MS = 10_000

/**
 * Opens the SQLite file, creating folder and schema as needed.
 *
 * Errors: whatever the driver or a failed migration throws; the file is left as it was.
 */
export async function openDatabase(file: string): Promise<Database> {
  mkdirSync(dirname(file), { recursive: true })
  const writeHandle = openSqlite(file, { readOnly: false, busyTimeoutMs: 0 })
  const writer = new Kysely<Schema>({ dialect: sqliteDialect(writeHandle) })
  await migrate(writer)

  const readHandle = openSqlite(file, { readOnly: true, busyTimeoutMs: 1000 })
  const read = new Kysely<Schema>({ dialect: sqliteDialect(readHandle) })
  const version = readHandle.prepare('select version from config_version where id = 1')
  let knownVersion = 0
  let askAgainAt = 0

  return {
    read,
    configVersion() {
      const now = monotonicMs()
      if (now >= askAgainAt) {
        knownVersion = (version.get() as { version: number }).version
        askAgainAt = now + VERSION_AGE_MS
      }
      return knownVersion
    },
    async write(work) {
      const result = await patiently(() =>
        writer.transaction().execute(async (trx) => {
          const result = await work(trx as Tx)
          await trx
            .updateTable('config_version')
            .set((eb) => ({ version: eb('version', '+', 1) }))
            .execute()
          return result
        }),
      )
      askAgainAt = 0
      return result
    },
    async [Symbol.asyncDispose]() {
      await read.destroy()
      await writer.destroy()
    },
  }
}

/** Brings the schema up to date; another process may be doing the same. */
async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  await patiently(async () => {
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
  })
}

/**
 * Retries while the database is locked by somebody else. The driver is synchronous, so waiting is done here,
 * where other requests can go on, and not in the driver.
 */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  const giveUpAt = monotonicMs() + WRITE_PATIENCE_MS
  for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 25)) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error) || monotonicMs() > giveUpAt) throw error
      await delay(waitMs * (0.5 + Math.random()))
    }
  }
}
