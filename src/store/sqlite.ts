/** Lets Kysely speak to node:sqlite. Nothing else but the writer thread knows which driver it is. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
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

/**
 * Opens a handle with the settings every handle needs: WAL, synced commits, foreign keys.
 *
 * Units: `busyTimeoutMs` is how long the driver itself waits for a lock, blocking its thread.
 */
export function openSqlite(
  file: string,
  options: { readOnly: boolean; busyTimeoutMs: number },
): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: options.readOnly, timeout: options.busyTimeoutMs })
  if (!options.readOnly) database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY')
  return database
}

export function sqliteDialect(database: DatabaseSync): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => sqliteDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
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

/** True for SQLITE_BUSY and SQLITE_LOCKED: somebody else is writing, try again. */
export function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' && ((code & 0xff) === 5 || (code & 0xff) === 6)
}

/** True when a row with the same unique value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return code === 2067 || code === 1555
}
