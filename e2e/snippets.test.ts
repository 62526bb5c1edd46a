/** The set-up guides, followed to the letter: what they promise to send arrives, and is what they say. */
import { existsSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { linuxDump } from '../tests/crash-files.ts'
import { debianPackage } from './debian.ts'
import { openLedger } from './ledger.ts'
import { browserProgram, Pages } from './pages.ts'
import { type Finished, freePort, type Project, type RunningServer, root, startServer } from './server.ts'
import { follow, guideKeyOf, Workplace } from './snippet-files.ts'
import { type Packages, preparePackages } from './toolchains.ts'

/** For what does not depend on a key. */
const keyOfNobody = {
  public: '',
  dsn: {
    public: '',
    cdn: '',
    csp: '',
    security: '',
    nel: '',
    minidump: '',
    unreal: '',
    otlp_traces: '',
    otlp_logs: '',
  },
}

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.close())

/** Fetching packages on two busy cores, when it is done for the first time. */
const LIMIT_MS = 240_000

/** A project of its own, and the guide with its key filled in. */
async function begin(guideId: string, receiver: RunningServer = server) {
  const project = await receiver.createProject(`guide-${guideId}`)
  return { project, guide: follow(guideId, await guideKeyOf(receiver, project.slug)) }
}

/** Titles of what is stored, and that nothing else but sessions was counted. */
function arrives(
  project: Project,
  titles: readonly string[],
  receiver: RunningServer = server,
): Promise<void> {
  return vi.waitFor(
    () => {
      using ledger = openLedger(receiver.dataDir)
      const { 'accepted session': _, ...counts } = ledger.counts(project.id)
      expect(counts).toEqual({ 'accepted error': titles.length })
      expect(ledger.events(project.id).map(({ title }) => title)).toEqual(titles)
    },
    { timeout: 20_000, interval: 50 },
  )
}

/** An uncaught error ends a program, with a trace. */
function expectCrash({ code, stderr }: Finished, message: string): void {
  expect(code).not.toBe(0)
  expect(stderr).toContain(message)
}

describe.concurrent('the guide for', () => {
  test('Node.js sends what nobody catches', async () => {
    const { project, guide } = await begin('node')
    await using place = await Workplace.open({
      'instrument.mjs': guide.file('instrument.mjs'),
      'app.mjs': guide.file('app.mjs'),
    })
    expectCrash(await place.shell(guide.shells[1] ?? ''), 'First event from Node.js')
    await arrives(project, ['Error: First event from Node.js'])
  })

  /** The guides add to an app that is there. */
  const apps = {
    'node-express': {
      module: 'express',
      title: 'Error: First event from Express',
      around: (added: string, port: number) =>
        `import express from 'express'\nconst app = express()\n${added}\napp.listen(${port})\n`,
    },
    'node-fastify': {
      module: 'fastify',
      title: 'Error: First event from Fastify',
      around: (added: string, port: number) =>
        `import Fastify from 'fastify'\nconst app = Fastify()\n${added}\nawait app.listen({ port: ${port} })\n`,
    },
  }
  test.for(Object.entries(apps))('%s sends what a route throws', async ([id, app], { skip }) => {
    if (!existsSync(join(root, 'node_modules', app.module))) skip(`${app.module} is not installed`)
    const { project, guide } = await begin(id)
    const port = await freePort()
    await using place = await Workplace.open({
      'instrument.mjs': guide.file('instrument.mjs'),
      'app.mjs': app.around(guide.file('app.mjs'), port),
    })
    const { status } = await place.serve(guide.shells[1] ?? '', `http://localhost:${port}/debug-error`)
    expect(status).toBe(500)
    await arrives(project, [app.title])
  })

  test('curl sends an event and an envelope', async () => {
    const { project, guide } = await begin('curl')
    await using place = await Workplace.open({})
    for (const lines of guide.shells) {
      const { code, stdout } = await place.shell(lines)
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/) })
    }
    await arrives(project, ['First event by curl', 'First envelope by curl'])
  })

  test('minidumps uploads one by hand, with what it says of it', async () => {
    const { project, guide } = await begin('minidump')
    await using place = await Workplace.open({ 'crash.dmp': linuxDump })
    const { code, stdout, stderr } = await place.shell(guide.shells[0] ?? '')
    expect(code, stderr).toBe(0)
    const eventId = stdout.trim().replaceAll('-', '')
    expect(await server.get(`/projects/default/${project.slug}/events/${eventId}/json/`)).toMatchObject({
      platform: 'native',
      release: 'shop@1.2.3',
      environment: 'production',
    })
  })

  test('OpenTelemetry sends a span and a log record', async () => {
    const { project, guide } = await begin('opentelemetry')
    await using place = await Workplace.open({ 'telemetry.mjs': guide.file('telemetry.mjs') })
    const finished = await place.shell(`${guide.shells[0]}\nnode telemetry.mjs`)
    expect(finished).toEqual({ code: 0, stdout: '', stderr: '' })
    using ledger = openLedger(server.dataDir)
    expect(ledger.counts(project.id)).toEqual({
      'accepted span': 1,
      'accepted span_indexed': 1,
      'accepted log_item': 1,
      'accepted log_byte': expect.any(Number),
    })
    expect(ledger.itemsOf(project.id, 'span')).toMatchObject([
      {
        items: [
          { name: 'First span by OpenTelemetry', attributes: { 'resource.service.name': { value: 'shop' } } },
        ],
      },
    ])
    expect(ledger.itemsOf(project.id, 'log')).toMatchObject([
      { items: [{ body: 'First log record by OpenTelemetry', level: 'info' }] },
    ])
  })

  describe('Python', () => {
    /** What the guides install, and what serves the app of one of them. */
    const modules = ['python', 'python-django', 'python-flask', 'python-fastapi'].map((id) => {
      const [line = ''] = follow(id, keyOfNobody).shells
      return line.replace('pip install ', '').replaceAll('"', '')
    })
    const packages: Packages = {
      probes: [['python3', '--version']],
      fetch: [
        ['python3', '-m', 'venv', 'venv'],
        ['venv/bin/python', '-m', 'pip', 'install', '--quiet', ...modules, 'uvicorn'],
      ],
      build: [],
    }
    let prepared: Awaited<ReturnType<typeof preparePackages>>
    beforeAll(async () => {
      prepared = await preparePackages('snippets-python', packages)
      if ('missing' in prepared) console.warn(`Skipped: the guides for Python, because ${prepared.missing}`)
    }, LIMIT_MS)

    test('sends what nobody catches', async ({ skip }) => {
      if ('missing' in prepared) return skip(prepared.missing)
      const { project, guide } = await begin('python')
      await using place = await Workplace.open({ 'main.py': guide.file('main.py') })
      const finished = await place.shell(`${prepared.folder}/venv/bin/python main.py`)
      expectCrash(finished, 'First event from Python')
      await arrives(project, ['RuntimeError: First event from Python'])
    })

    test.for([
      [
        'python-flask',
        { 'app.py': '' },
        (port: number) => `-m flask run --port ${port}`,
        '/debug-error',
        'RuntimeError: First event from Flask',
      ],
      [
        'python-fastapi',
        { 'main.py': '' },
        (port: number) => `-m uvicorn main:app --port ${port}`,
        '/debug-error',
        'RuntimeError: First event from FastAPI',
      ],
      [
        'python-django',
        {
          'settings.py': "SECRET_KEY = 'shop'\nROOT_URLCONF = 'urls'\nALLOWED_HOSTS = ['*']\n",
          'urls.py': '',
        },
        (port: number) => `-m django runserver --noreload --settings settings --pythonpath . ${port}`,
        '/debug-error/',
        'RuntimeError: First event from Django',
      ],
    ] as const)('%s sends what a route raises', async ([id, files, start, path, title], { skip }) => {
      if ('missing' in prepared) return skip(prepared.missing)
      const { project, guide } = await begin(id)
      const port = await freePort()
      const written = Object.entries(files).map(([name, above]) => [name, `${above}${guide.file(name)}\n`])
      await using place = await Workplace.open(Object.fromEntries(written))
      const { status } = await place.serve(
        `${prepared.folder}/venv/bin/python ${start(port)}`,
        `http://127.0.0.1:${port}${path}`,
      )
      expect(status).toBe(500)
      await arrives(project, [title])
    })
  })

  test('Go sends an error', { timeout: LIMIT_MS }, async ({ skip }) => {
    const { project, guide } = await begin('go')
    const [fetch = ''] = guide.shells
    const prepared = await preparePackages('snippets-go', {
      probes: [['go', 'version']],
      fetch: [
        ['go', 'mod', 'init', 'shop'],
        ['go', ...fetch.split(' ').slice(1)],
      ],
      build: [],
    })
    if ('missing' in prepared) {
      console.warn(`Skipped: the guide for Go, because ${prepared.missing}`)
      return skip(prepared.missing)
    }
    await using place = await Workplace.open({ 'main.go': guide.file('main.go') })
    for (const name of ['go.mod', 'go.sum']) await cp(join(prepared.folder, name), join(place.folder, name))
    expect(await place.shell('go run .')).toEqual({ code: 0, stdout: '', stderr: '' })
    await arrives(project, ['*errors.errorString: First event from Go'])
  })

  test('Java sends an error', { timeout: LIMIT_MS }, async ({ skip }) => {
    const { project, guide } = await begin('java')
    const prepared = await preparePackages(
      'snippets-java',
      {
        probes: [
          ['javac', '-version'],
          ['mvn', '-version'],
        ],
        fetch: [['mvn', '--quiet', '--batch-mode', 'dependency:copy-dependencies', '-DoutputDirectory=lib']],
        build: [],
      },
      {
        'pom.xml': `<project><modelVersion>4.0.0</modelVersion>
          <groupId>shop</groupId><artifactId>shop</artifactId><version>0</version>
          <dependencies>${guide.file('pom.xml')}</dependencies></project>`,
      },
    )
    if ('missing' in prepared) {
      console.warn(`Skipped: the guide for Java, because ${prepared.missing}`)
      return skip(prepared.missing)
    }
    await using place = await Workplace.open({ 'Main.java': guide.file('Main.java') })
    const finished = await place.shell(`java -cp '${prepared.folder}/lib/*' Main.java`)
    expect(finished).toEqual({ code: 0, stdout: '', stderr: '' })
    await arrives(project, ['IllegalStateException: First event from Java'])
  })
})

describe.skipIf(!debianPackage('chromium', browserProgram)).concurrent('in a page, the guide for', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await Pages.open()
  })
  afterAll(() => pages?.[Symbol.asyncDispose]())

  test('JavaScript sends what nobody catches', async () => {
    const { project, guide } = await begin('javascript', pages.server)
    const { outputFiles } = await build({
      stdin: { contents: guide.file('main.js'), resolveDir: root },
      bundle: true,
      write: false,
      minify: true,
    })
    const html = `<body><script>${outputFiles[0]?.text.replaceAll('</script', '<\\/script')}</script>`
    await pages.visit(html, () => arrives(project, ['Error: First event from JavaScript'], pages.server))
  })

  test('the loader tag sends what the page throws', async () => {
    // Its key has everything switched off, so that nothing but the error is counted.
    const project = await pages.openProject()
    const guide = follow('loader', await guideKeyOf(pages.server, project.slug))
    await pages.visit(guide.file('index.html'), () =>
      arrives(project, ['Error: First event by the loader'], pages.server),
    )
  })

  test('CSP reports has the browser send one', async () => {
    const { project, guide } = await begin('browser-reports', pages.server)
    const [policy = ''] = guide.loose('http')
    const colon = policy.indexOf(':')
    const headers = { [policy.slice(0, colon)]: policy.slice(colon + 1).trim() }
    await pages.visit(
      guide.loose('html').join('\n'),
      () =>
        vi.waitFor(
          () => {
            expect(pages.countsOf(project)).toEqual({ 'accepted security': 1 })
            expect(pages.titlesOf(project)).toEqual(["Blocked 'image' from 'other.example'"])
          },
          { timeout: 20_000, interval: 50 },
        ),
      headers,
    )
  })
})
