/** Opens SQLite files with the settings every handle needs, and reads the driver's error codes. */
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** How long opening waits for another process, which is then in the middle of a step of milliseconds. */
const OPENING_PATIENCE_MS = 10_000

/**
 * Opens a handle with the settings every handle needs: WAL, synced commits, foreign keys.
 *
 * Units: `busyTimeoutMs` is how long the driver itself waits for a lock, blocking its thread.
 */
export function openSqlite(
  file: string,
  options: { readOnly: boolean; busyTimeoutMs: number },
): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: options.readOnly, timeout: OPENING_PATIENCE_MS })
  if (!options.readOnly) database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY')
  // The first look at the file waits for whoever is just creating, recovering or closing it.
  database.exec(`PRAGMA schema_version; PRAGMA busy_timeout = ${options.busyTimeoutMs}`)
  return database
}

/** Bytes of the database file, and of the log beside it. */
export function fileSizes(file: string): { readonly databaseBytes: number; readonly walBytes: number } {
  const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return { databaseBytes: sizeOf(file), walBytes: sizeOf(`${file}-wal`) }
}

/** True for SQLITE_BUSY and SQLITE_LOCKED: somebody else is writing, try again. */
export function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return typeof code === 'number' && ((code & 0xff) === 5 || (code & 0xff) === 6)
}

/** True when a row that another was to belong to does not exist. */
export function isForeignKeyViolation(error: unknown): boolean {
  return (error as { errcode?: unknown } | null)?.errcode === 787
}

/** True when a row with the same unique value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode
  return code === 2067 || code === 1555
}
