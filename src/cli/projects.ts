/** Operator commands for projects, their keys, and a test event. */
import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { clientKeyJson } from '../api/serialize/key.ts'
import { dsnVariants, parseDsn } from '../protocol/dsn.ts'
import { newKey, parseNumericId, parsePublicKey } from '../protocol/ids.ts'
import { isKnownPlatform } from '../protocol/platforms.ts'
import { projectSlugProblem, reservedNameText, reservedProjectSlugs } from '../protocol/slugs.ts'
import { recordChange } from '../store/audit-log.ts'
import { keyByPublicKey, listKeys, projectExists } from '../store/client-keys.ts'
import type { Tx } from '../store/database.ts'
import { createProject, type NewProject } from '../store/new-project.ts'
import { isProjectSlugTaken, projectByIdOrSlug } from '../store/projects.ts'
import { isUniqueViolation } from '../store/sqlite.ts'
import { teamByIdOrSlug } from '../store/teams.ts'
import { systemClock } from '../time.ts'
import {
  type CommonOptions,
  commandLine,
  commonOptions,
  OperatorError,
  openOperator,
  organizationNamed,
  print,
} from './operator.ts'

export function projectCommands(program: Command): void {
  const project = program.command('project').description('Projects')
  commonOptions(project.command('create'))
    .description('Create a project with its first client key')
    .requiredOption('--name <name>', 'name to show, at most 50 characters')
    .option('--org <slug>', 'organization', 'default')
    .option('--team <slug>', 'team', 'default')
    .option('--slug <slug>', 'made from the name by default')
    .option('--platform <platform>', 'such as python-django')
    .option('--id <number>', 'numeric id of the project on the server it comes from')
    .option('--public-key <key>', 'public key of the DSN that applications have already')
    .option('--secret-key <key>', 'secret key of that DSN')
    .action(create)

  const key = program.command('key').description('Client keys')
  commonOptions(key.command('list'))
    .description('List the client keys of a project, newest first')
    .option('--org <slug>', 'organization', 'default')
    .option('--project <slug>', 'project', 'first-project')
    .action(listProjectKeys)

  program
    .command('test-event')
    .description('Send a test event to a DSN and say what came back')
    .requiredOption('--dsn <dsn>', 'where to send it')
    .option('--message <text>', 'message of the event', 'Test event from vedette')
    .option('--json', 'print one JSON object for machines')
    .action(sendTestEvent)
}

interface CreateOptions extends CommonOptions {
  readonly name: string
  readonly org: string
  readonly team: string
  readonly slug?: string
  readonly platform?: string
  readonly id?: string
  readonly publicKey?: string
  readonly secretKey?: string
}

async function create(options: CreateOptions): Promise<void> {
  const { slug, platform } = options
  const name = options.name.trim()
  if (name === '' || name.length > 50) throw new OperatorError('--name must have 1 to 50 characters')
  if (reservedProjectSlugs.has(name)) throw new OperatorError(`--name: ${reservedNameText(name)}`)
  const problem = slug === undefined ? undefined : projectSlugProblem(slug)
  if (problem !== undefined) throw new OperatorError(`--slug: ${problem}`)
  if (platform !== undefined && !isKnownPlatform(platform)) {
    throw new OperatorError(`--platform: "${platform}" is not a platform that Sentry knows`)
  }
  const id = options.id === undefined ? undefined : projectNumber(options.id)
  const publicKey = keyOption('--public-key', options.publicKey) ?? newKey()
  const secretKey = keyOption('--secret-key', options.secretKey) ?? newKey()

  await using operator = await openOperator(options)
  const organization = await organizationNamed(operator.db, options.org)
  const organizationId = organization.id
  const team = await teamByIdOrSlug(operator.db.read, { organizationId, idOrSlug: options.team })
  if (team === undefined)
    throw new OperatorError(`organization "${options.org}" has no team "${options.team}"`)
  const wanted: NewProject = {
    organizationId,
    teamId: team.id,
    name,
    slug,
    platform: platform ?? null,
    id,
    publicKey,
    secretKey,
    now: systemClock.now(),
  }
  const project = await operator.db
    .write(async (tx) => {
      const clash = await clashOf(tx, wanted)
      if (clash !== undefined) throw new OperatorError(clash)
      const made = await createProject(tx, wanted)
      const change = { organizationId, event: 'project.create', targetObject: made.id } as const
      await recordChange(
        tx,
        commandLine,
        { ...change, data: { slug: made.slug, name, platform: made.platform } },
        wanted.now,
      )
      return made
    })
    .catch((cause) => {
      if (!isUniqueViolation(cause)) throw cause
      throw new OperatorError('--secret-key: another client key has it already', { cause })
    })
  const { public: dsn } = dsnVariants({
    endpoint: operator.baseUrl,
    projectId: project.id,
    publicKey,
    secretKey,
  })
  print(options, { id: String(project.id), slug: project.slug, organization: organization.slug, dsn })
}

/** What of the project is taken, but for the secret key, which nobody looks anything up by. */
async function clashOf(tx: Tx, { organizationId, id, slug, publicKey = '' }: NewProject) {
  if (id !== undefined && (await projectExists(tx, id))) return `--id: there is a project ${id} already`
  if (slug !== undefined && (await isProjectSlugTaken(tx, { organizationId, slug }))) {
    return `--slug: the organization has a project "${slug}" already`
  }
  const key = await keyByPublicKey(tx, publicKey)
  return key && `--public-key: project ${key.projectId} has it already`
}

function projectNumber(text: string): number {
  const id = parseNumericId(text) ?? 0
  if (id < 1) throw new OperatorError(`--id must be a whole number from 1, got "${text}"`)
  return id
}

function keyOption(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const key = parsePublicKey(text)
  if (key === undefined || text.includes('.'))
    throw new OperatorError(`${name} must be 32 hex digits, got ${text.length} characters`)
  return key
}

async function listProjectKeys(options: CommonOptions & { org: string; project: string }): Promise<void> {
  await using operator = await openOperator(options)
  const organization = await organizationNamed(operator.db, options.org)
  const project = await projectByIdOrSlug(operator.db.read, {
    organizationId: organization.id,
    idOrSlug: options.project,
  })
  if (project === undefined) {
    throw new OperatorError(`organization "${options.org}" has no project "${options.project}"`)
  }
  const { rows } = await listKeys(
    operator.db.read,
    { projectIds: [project.id] },
    { limit: 1000, position: undefined, backwards: false },
  )
  const keys = rows.map((row) => clientKeyJson(row, { baseUrl: operator.baseUrl, showUseCase: false }))
  if (options.json) console.log(JSON.stringify(keys))
  else
    for (const key of keys)
      console.log(`${key.isActive ? 'active  ' : 'inactive'}  ${key.name}  ${key.dsn.public}`)
}

const TEST_EVENT_PATIENCE_MS = 30_000

async function sendTestEvent(options: { dsn: string; message: string; json?: boolean }): Promise<void> {
  const dsn = parseDsn(options.dsn)
  if (dsn === undefined) {
    throw new OperatorError(
      `--dsn must look like https://<public key>@<host>/<project id>, got "${options.dsn}"`,
    )
  }
  const eventId = randomUUID().replaceAll('-', '')
  const payload = JSON.stringify({
    event_id: eventId,
    message: options.message,
    level: 'info',
    platform: 'other',
    timestamp: new Date().toISOString(),
  })
  const body = [
    JSON.stringify({ event_id: eventId, dsn: options.dsn, sent_at: new Date().toISOString() }),
    JSON.stringify({ type: 'event', length: Buffer.byteLength(payload) }),
    payload,
  ].join('\n')
  const url = `${dsn.scheme}://${dsn.host}${dsn.path}/api/${dsn.projectId}/envelope/`
  const signal = AbortSignal.timeout(TEST_EVENT_PATIENCE_MS)
  const response = await fetch(url, { method: 'POST', body, signal }).catch((cause: Error) => {
    const { code, message } = (cause.cause ?? cause) as NodeJS.ErrnoException
    throw new OperatorError(`nobody answers at ${url}: ${code ?? message}`, { cause })
  })
  const answer = await response.text()
  if (!response.ok) throw new OperatorError(`${url} answered ${response.status}: ${answer}`)
  print(options, { eventId, status: response.status })
}
