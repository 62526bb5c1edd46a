/** What the operator commands share: the database beside a running server, and two ways to print. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { databaseFile, defaultBaseUrl } from '../app.ts'
import { type Config, readConfig } from '../config.ts'
import type { Changer } from '../store/audit-log.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { type Organization, organizationByIdOrSlug } from '../store/organizations.ts'

/** The operator asked for something that cannot be done; the message says what was expected and what came. */
export class OperatorError extends Error {
  override name = 'OperatorError'
}

export interface Operator extends AsyncDisposable {
  readonly config: Config
  readonly db: Database
  readonly baseUrl: string
}

export interface CommonOptions {
  readonly data?: string
  readonly url?: string
  readonly json?: boolean
}

/** Who made a change, in audit logs: it could have been anybody who can log in to the machine. */
export const commandLine: Changer = { userId: null, label: 'command line', ipAddress: null }

/** Options that every command of the operator has. */
export function commonOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'folder that holds everything the server keeps (VEDETTE_DATA)')
    .option('--url <url>', 'public base URL that DSNs are built from (VEDETTE_URL)')
    .option('--json', 'print one JSON object for machines')
}

/**
 * Opens the database of the data folder; a server may be running on it.
 *
 * Errors: OperatorError when there is none and `create` does not ask for one: the folder is probably misspelt.
 */
export async function openOperator(options: CommonOptions, { create = false } = {}): Promise<Operator> {
  const config = readConfig({ data: options.data, url: options.url })
  const file = databaseFile(config)
  if (!create && !existsSync(file)) {
    throw new OperatorError(
      `there is no database in ${config.dataDir}. Name the server's folder with --data or VEDETTE_DATA; a new one is made by \`vedette serve\``,
    )
  }
  const db = await opening(config, () => openDatabase(file))
  return {
    config,
    db,
    baseUrl: urlOf(config),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}

/** What SQLite's primary result codes say about the file. */
const fileProblems: Readonly<Record<number, string>> = {
  8: 'it is read-only',
  10: 'it cannot be read or written',
  11: 'it is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened',
  26: 'it is not a database',
}

/** Errors: OperatorError when `open` fails for a reason that lies in the data folder. */
export async function opening<T>(config: Config, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (cause) {
    const { code, errcode, message } = cause as NodeJS.ErrnoException & { errcode?: number }
    const problem = /^corrupted migrations/.test(message)
      ? 'a newer version of Vedette has written it'
      : errcode === undefined
        ? /^E[A-Z]+$/.test(code ?? '') && message
        : fileProblems[errcode & 0xff]
    if (!problem) throw cause
    throw new OperatorError(`cannot use ${databaseFile(config)}: ${problem}`, { cause })
  }
}

/** Where a server that runs on the folder says it can be reached; kept for commands beside it. */
function addressFile(config: Config): string {
  return join(config.dataDir, 'server.json')
}

export function noteServerUrl(config: Config, url: string): void {
  writeFileSync(addressFile(config), `${JSON.stringify({ url })}\n`)
}

/** Where the server is: what the operator says, or what it says itself in its folder. */
export function serverUrl(options: Pick<CommonOptions, 'data' | 'url'>): string {
  return urlOf(readConfig({ data: options.data, url: options.url }))
}

function urlOf(config: Config): string {
  return config.url ?? runningServerUrl(config) ?? defaultBaseUrl(config, config.port)
}

function runningServerUrl(config: Config): string | undefined {
  const file = addressFile(config)
  if (!existsSync(file)) return undefined
  try {
    const { url } = JSON.parse(readFileSync(file, 'utf8')) as { url?: unknown }
    return typeof url === 'string' ? url : undefined
  } catch {
    return undefined
  }
}

/** Errors: OperatorError that names the slug. */
export async function organizationNamed(db: Database, idOrSlug: string): Promise<Organization> {
  const organization = await organizationByIdOrSlug(db.read, idOrSlug)
  if (organization === undefined) throw new OperatorError(`there is no organization "${idOrSlug}"`)
  return organization
}

/** One JSON object with `--json`, lines of `name  value` for people otherwise. */
export function print(options: CommonOptions, value: Readonly<Record<string, unknown>>): void {
  if (options.json) {
    console.log(JSON.stringify(value))
    return
  }
  const width = Math.max(...Object.keys(value).map((name) => name.length))
  for (const [name, entry] of Object.entries(value)) console.log(`${name.padEnd(width)}  ${entry ?? '-'}`)
}
