/** What official SDKs of other languages send, each from a small program in sdks, and what becomes of it. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { debianPackage } from './debian.ts'
import { openLedger } from './ledger.ts'
import { type Finished, type Project, type RunningServer, root, run, startServer } from './server.ts'
import { prepare, type Toolchain } from './toolchains.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.close())

/** Fetching and compiling everything on two busy cores. */
const LIMIT_MS = 240_000

const python: Toolchain = {
  probes: [['python3', '--version']],
  fetch: [
    ['python3', '-m', 'venv', 'venv'],
    ['venv/bin/python', '-m', 'pip', 'install', '--quiet', 'sentry-sdk'],
  ],
  build: [],
  start: ['venv/bin/python', 'exception.py'],
}
const go: Toolchain = {
  probes: [['go', 'version']],
  fetch: [['go', 'mod', 'download']],
  build: [['go', 'build', '-o', 'program', '.']],
  start: ['./program'],
}
const java: Toolchain = {
  probes: [
    ['javac', '-version'],
    ['mvn', '-version'],
  ],
  fetch: [['mvn', '--quiet', '--batch-mode', 'dependency:copy-dependencies', '-DoutputDirectory=lib']],
  build: [],
  start: ['java', '-cp', 'lib/*', 'Checkout.java'],
}
const rust: Toolchain = {
  probes: [['cargo', '--version']],
  fetch: [['cargo', 'fetch', '--quiet']],
  build: [['cargo', 'build', '--quiet', '--offline']],
  start: ['target/debug/vedette-e2e'],
}

interface Expected {
  readonly title: string
  readonly platform: string
  readonly sdk: string
}

/** An error is one event, in every number and with everything the program said about it. */
async function proveOneError(
  project: Project,
  { code, stdout, stderr }: Finished,
  { title, platform, sdk }: Expected,
): Promise<void> {
  expect(code, stdout + stderr).toBe(0)
  await vi.waitFor(
    () => {
      using ledger = openLedger(server.dataDir)
      expect(ledger.counts(project.id)).toEqual({ 'accepted error': 1 })
      expect(ledger.events(project.id)).toEqual([{ type: 'error', level: 'error', platform, title }])
    },
    { timeout: 1000, interval: 25 },
  )
  expect(await server.stat(project.slug, 'received')).toBe(1)
  expect(await server.stat(project.slug, 'generated', { environment: 'staging' })).toBe(1)
  const [{ eventID } = {}] = await server.get<{ eventID?: string }[]>(
    `/projects/default/${project.slug}/events/`,
  )
  const [type, value] = title.split(': ')
  expect(await server.get(`/projects/default/${project.slug}/events/${eventID}/`)).toMatchObject({
    release: { version: 'shop@1.2.3' },
    platform,
    sdk: { name: sdk },
    entries: expect.arrayContaining([
      {
        type: 'exception',
        data: expect.objectContaining({ values: [expect.objectContaining({ type, value })] }),
      },
    ]),
  })
}

test.for([
  ['python', python, { title: 'IndexError: pop from empty list', platform: 'python', sdk: 'sentry.python' }],
  ['go', go, { title: '*errors.errorString: the basket is empty', platform: 'go', sdk: 'sentry.go' }],
  [
    'java',
    java,
    { title: 'IllegalStateException: The basket is empty', platform: 'java', sdk: 'sentry.java' },
  ],
  [
    'rust',
    rust,
    {
      title: 'ParseIntError: cannot parse integer from empty string',
      platform: 'native',
      sdk: 'sentry.rust',
    },
  ],
] as const)(
  'an error sent with the SDK for %s is one event',
  { timeout: LIMIT_MS },
  async (row, { skip }) => {
    const [language, toolchain, expected] = row
    const program = await prepare(language, toolchain)
    if (typeof program === 'string') {
      console.warn(`Skipped: the SDK for ${language}, because ${program}`)
      skip(program)
    } else {
      const project = await server.createProject(`sdk-${language}`)
      await proveOneError(project, await program({ SENTRY_DSN: project.dsn }), expected)
    }
  },
)

const debianSdk = '/usr/lib/python3/dist-packages/sentry_sdk/__init__.py'
test.skipIf(!debianPackage('python3-sentry-sdk', debianSdk))(
  "an error sent with Debian's SDK for python is one event",
  async () => {
    const project = await server.createProject('debian-python')
    const program = join(root, 'e2e', 'sdks', 'python', 'exception.py')
    const finished = await run('/usr/bin/python3', [program], { SENTRY_DSN: project.dsn })
    await proveOneError(project, finished, {
      title: 'IndexError: pop from empty list',
      platform: 'python',
      sdk: 'sentry.python',
    })
  },
)
