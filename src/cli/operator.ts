/** What the operator commands share: the database beside a running server, and two ways to print. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { databaseFile, defaultBaseUrl } from '../app.ts'
import { type Config, readConfig } from '../config.ts'
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

/** Options that every command of the operator has. */
export function commonOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'folder that holds everything the server keeps (VEDETTE_DATA)')
    .option('--url <url>', 'public base URL that DSNs are built from (VEDETTE_URL)')
    .option('--json', 'print one JSON object for machines')
}

/** Opens the database of the data folder; a server may be running on it. */
export async function openOperator(options: CommonOptions): Promise<Operator> {
  const config = readConfig({ data: options.data, url: options.url })
  const db = await openDatabase(databaseFile(config))
  return {
    config,
    db,
    baseUrl: config.url ?? runningServerUrl(config) ?? defaultBaseUrl(config, config.port),
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}

/** Where a server that runs on the folder says it can be reached; kept for commands beside it. */
function addressFile(config: Config): string {
  return join(config.dataDir, 'server.json')
}

export function noteServerUrl(config: Config, url: string): void {
  writeFileSync(addressFile(config), `${JSON.stringify({ url })}\n`)
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
