/** Lets Kysely speak to node:sqlite. The writer thread does without it: Kysely costs memory and time there. */
import { channel } from 'node:diagnostics_channel'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

/** Statements kept prepared per handle. The queries of this server are fewer; long IN lists may not be. */
const PREPARED_LIMIT = 500

/** Tells whoever listens of each statement that is run: `{ sql }`. Costs nothing while nobody does. */
export const statements = channel('vedette:statement')

export function sqliteDialect(database: DatabaseSync): Dialect {
  // SQLite's own knows the case of ASCII letters only.
  database.function('lower', { deterministic: true }, (text) =>
    typeof text === 'string' ? text.toLowerCase() : text,
  )
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => sqliteDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/** Migrations run in one transaction: all of them or none, and one process after the other. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** One connection, handed out to one caller at a time, so that transactions never interleave. */
function sqliteDriver(database: DatabaseSync): Driver {
  const prepared = new Map<string, StatementSync>()
  let tail: Promise<void> = Promise.resolve()
  let release: () => void = () => {}

  function statement(sql: string): StatementSync {
    let found = prepared.get(sql)
    if (found === undefined) {
      found = database.prepare(sql)
      if (prepared.size >= PREPARED_LIMIT) prepared.clear()
      prepared.set(sql, found)
    }
    return found
  }

  function run<R>(query: CompiledQuery): QueryResult<R> {
    if (statements.hasSubscribers) statements.publish({ sql: query.sql })
    const target = statement(query.sql)
    const parameters = query.parameters.map(toSqlite)
    if (target.columns().length > 0) return { rows: target.all(...parameters) as R[] }
    const { changes, lastInsertRowid } = target.run(...parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  const connection: DatabaseConnection = {
    executeQuery: <R>(query: CompiledQuery) => Promise.resolve().then(() => run<R>(query)),
    streamQuery() {
      throw new Error('Streaming queries are not used; read page by page instead')
    },
  }

  return {
    async init() {},
    async acquireConnection() {
      const before = tail
      const { promise, resolve } = Promise.withResolvers<void>()
      tail = promise
      await before
      release = resolve
      return connection
    },
    async releaseConnection() {
      release()
    },
    async beginTransaction() {
      database.exec('BEGIN IMMEDIATE')
    },
    async commitTransaction() {
      database.exec('COMMIT')
    },
    async rollbackTransaction() {
      database.exec('ROLLBACK')
    },
    async destroy() {
      prepared.clear()
      database.close()
    },
  }
}

function toSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  return (value ?? null) as SQLInputValue
}
