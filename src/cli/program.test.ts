import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApp } from '../app.ts'
import { readConfig, settings } from '../config.ts'
import { firstRun } from '../first-run.ts'
import { silentLog } from '../log.ts'
import { allScopes } from '../protocol/scopes.ts'
import { listKeys } from '../store/client-keys.ts'
import { countProjects } from '../store/project-lists.ts'
import { projectById } from '../store/projects.ts'
import { OperatorError } from './operator.ts'
import { buildProgram } from './program.ts'

/** The commands that do something, by their full names. */
function commandsOf(command: Command, path: readonly string[] = []): Map<string, Command> {
  if (command.commands.length === 0) return new Map([[path.join(' '), command]])
  return new Map(command.commands.flatMap((child) => [...commandsOf(child, [...path, child.name()])]))
}

const commands = commandsOf(buildProgram())

describe('help', () => {
  test('there are these commands', () => {
    expect([...commands.keys()]).toEqual([
      'serve',
      'user create',
      'user set-password',
      'token create',
      'org-token create',
      'api-key create',
      'project create',
      'key list',
      'test-event',
      'migrate',
      'backup',
      'prune',
      'tail',
      'demo',
    ])
  })

  test.each([...commands])('%s explains itself and each of its options', (name, command) => {
    const help = command.helpInformation()
    expect(help).toContain(`Usage: vedette ${name} [options]`)
    expect(command.description()).not.toBe('')
    for (const { description } of command.options) expect(description).not.toBe('')
    expect(command.options.some(({ long }) => long === '--json')).toBe(name !== 'serve')
  })

  test('serve has a flag for every setting and shows its variable and default', () => {
    const help = commands.get('serve')?.helpInformation() ?? ''
    for (const { env, flag, value, default: fallback } of settings) {
      expect(help).toContain(`--${flag} <${value.toLowerCase()}>`)
      expect(help).toContain(`(${env}, default ${fallback})`)
    }
  })
})

/** The message that a command is refused with. */
async function refusal(...args: string[]): Promise<string> {
  try {
    await buildProgram().parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof OperatorError) return error.message
    throw error
  }
  throw new Error(`vedette ${args.join(' ')} was not refused`)
}

describe('what cannot be done is refused, and changes nothing', () => {
  let folder: string
  /** A folder after its first start; the project is the first project. */
  async function started(): Promise<{ data: string; publicKey: string; secretKey: string }> {
    const data = await mkdtemp(join(folder, 'data-'))
    await using app = await openApp(readConfig({ data }, {}), silentLog)
    const made = await firstRun(app)
    const { rows } = await listKeys(
      app.db.read,
      { projectIds: [made?.projectId ?? 0] },
      { limit: 1, position: undefined, backwards: false },
    )
    return { data, publicKey: rows[0]?.publicKey ?? '', secretKey: rows[0]?.secretKey ?? '' }
  }

  let first: Awaited<ReturnType<typeof started>>
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vedette-program-'))
    first = await started()
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each([
    [
      ['user', 'create', '--email', 'ada', '--password', 'long enough'],
      '--email must be an email address, got "ada"',
    ],
    [
      ['user', 'create', '--email', 'ada@example.net', '--password', 'short'],
      '--password must have at least 8 characters',
    ],
    [
      ['user', 'create', '--email', 'ADMIN@localhost', '--password', 'long enough'],
      'there is a user ADMIN@localhost already',
    ],
    [
      ['token', 'create', '--user', 'nobody@example.net', '--scope', 'org:read'],
      'there is no user nobody@example.net',
    ],
    [
      ['token', 'create', '--user', 'admin@localhost', '--scope', 'org:reed'],
      `"org:reed" is not a scope. Expected \`all\` or some of: ${allScopes.join(', ')}`,
    ],
    [['org-token', 'create', '--org', 'nowhere', '--name', 'ci'], 'there is no organization "nowhere"'],
    [['org-token', 'create', '--org', 'default', '--name', ' '], '--name cannot be blank'],
    [['api-key', 'create', '--org', 'nowhere', '--scope', 'all'], 'there is no organization "nowhere"'],
    [['key', 'list', '--project', 'nothing'], 'organization "default" has no project "nothing"'],
    [['key', 'list', '--org', 'nowhere'], 'there is no organization "nowhere"'],
  ])('%j', async (args, message) => {
    expect(await refusal(...args, '--data', first.data)).toBe(message)
  })

  test('a DSN that is none', async () => {
    expect(await refusal('test-event', '--dsn', 'example.net/1')).toBe(
      '--dsn must look like https://<public key>@<host>/<project id>, got "example.net/1"',
    )
  })

  test.each([
    [['--name', ' '], '--name must have 1 to 50 characters'],
    [['--name', 'x'.repeat(51)], '--name must have 1 to 50 characters'],
    [['--name', 'settings'], '--name: The name "settings" is reserved and not allowed.'],
    [
      ['--name', 'x', '--slug', 'Web Shop'],
      '--slug: Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.',
    ],
    [['--name', 'x', '--platform', 'cobol'], '--platform: "cobol" is not a platform that Sentry knows'],
    [['--name', 'x', '--id', '0'], '--id must be a whole number from 1, got "0"'],
    [['--name', 'x', '--id', '4a'], '--id must be a whole number from 1, got "4a"'],
    [['--name', 'x', '--id', '9'.repeat(16)], `--id must be a whole number from 1, got "${'9'.repeat(16)}"`],
    [['--name', 'x', '--public-key', 'abc'], '--public-key must be 32 hex digits, got 3 characters'],
    [
      ['--name', 'x', '--secret-key', 'g'.repeat(32)],
      '--secret-key must be 32 hex digits, got 32 characters',
    ],
    [['--name', 'x', '--org', 'nowhere'], 'there is no organization "nowhere"'],
    [['--name', 'x', '--team', 'nobody'], 'organization "default" has no team "nobody"'],
  ])('project create %j', async (args, message) => {
    expect(await refusal('project', 'create', ...args, '--data', first.data)).toBe(message)
  })

  test('a project that would take an id, a slug or a key of another', async () => {
    const { data, publicKey, secretKey } = await started()
    const create = (...args: string[]) => refusal('project', 'create', '--name', 'x', '--data', data, ...args)
    expect([
      await create('--id', '1'),
      await create('--id', '7', '--slug', 'first-project'),
      await create('--id', '7', '--public-key', publicKey.toUpperCase()),
      await create('--id', '7', '--secret-key', secretKey),
    ]).toEqual([
      '--id: there is a project 1 already',
      '--slug: the organization has a project "first-project" already',
      '--public-key: project 1 has it already',
      '--secret-key: another client key has it already',
    ])
    await using app = await openApp(readConfig({ data }, {}), silentLog)
    expect(await countProjects(app.db.read, { statuses: [] })).toBe(1)
    expect(await projectById(app.db.read, 7)).toBeUndefined()
  })

  test.each([
    ['user', 'create', '--email', 'ada@example.net', '--password', 'long enough'],
    ['token', 'create', '--user', 'ada@example.net', '--scope', 'all'],
    ['org-token', 'create', '--org', 'default', '--name', 'ci'],
    ['project', 'create', '--name', 'web'],
    ['key', 'list'],
    ['backup', '--to', join(tmpdir(), 'vedette-never-made.sqlite')],
    ['prune'],
  ])('without a database: %s %s', async (...args) => {
    const nowhere = await mkdtemp(join(folder, 'empty-'))
    expect(await refusal(...args, '--data', nowhere)).toBe(
      `there is no database in ${nowhere}. Name the server's folder with --data or VEDETTE_DATA; a new one is made by \`vedette serve\``,
    )
    expect(await readdir(nowhere)).toEqual([])
  })

  test('a backup over another one, or into a folder that is not there', async () => {
    const taken = join(first.data, 'vedette.sqlite')
    const missing = join(folder, 'no', 'such')
    expect([
      await refusal('backup', '--to', taken, '--data', first.data),
      await refusal('backup', '--to', join(missing, 'backup'), '--data', first.data),
    ]).toEqual([
      `--to: ${taken} exists already; a backup never overwrites one`,
      `--to: there is no folder ${missing}`,
    ])
  })

  test('a data folder that cannot be used', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, 'This is not a database, however long one looks at it. '.repeat(20))
    const noDatabase = await mkdtemp(join(folder, 'broken-'))
    await copyFile(file, join(noDatabase, 'vedette.sqlite'))
    const { data: newer } = await started()
    {
      using database = new DatabaseSync(join(newer, 'vedette.sqlite'))
      database.exec("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')")
    }
    expect([
      await refusal('migrate', '--data', file),
      await refusal('migrate', '--data', noDatabase),
      await refusal('migrate', '--data', newer),
    ]).toEqual([
      `cannot use ${file}/vedette.sqlite: EEXIST: file already exists, mkdir '${file}'`,
      `cannot use ${noDatabase}/vedette.sqlite: it is not a database`,
      `cannot use ${newer}/vedette.sqlite: a newer version of Vedette has written it`,
    ])
  })
})
