import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkFloors } from '../scripts/check-floors.ts'

const trees: string[] = []
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true })
})

/** A temporary repository with these files in src/, or in another folder. */
function check(files: Record<string, string>, folder = 'src'): string[] {
  const tree = mkdtempSync(join(tmpdir(), 'floors-'))
  trees.push(tree)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, folder, file)), { recursive: true })
    writeFileSync(join(tree, folder, file), text)
  }
  return checkFloors(tree)
}

test('lets imports go down and stay in their room', () => {
  const problems = check({
    'cli/main.ts': "import { serve } from './serve.ts'",
    'cli/serve.ts': "import { server } from '../server.ts'\nimport { app } from '../app.ts'",
    'server.ts': "import { run } from './first-run.ts'\nimport { keys } from './api/keys.ts'",
    'first-run.ts': '',
    'api/keys.ts': "import { key } from './serialize/key.ts'",
    'api/serialize/key.ts': "import type { Key } from '../../store/keys.ts'",
    'app.ts': "import { keys } from './store/keys.ts'",
    'store/keys.ts': "import { KeyId } from '../protocol/ids.ts'\nimport { now } from '../time.ts'",
    'protocol/ids.ts': "import { join } from 'node:path'",
    'config.ts': "import type { Level } from './log.ts'",
    'log.ts': '',
    'time.ts': '',
  })
  expect(problems).toEqual([])
})

test('refuses an import that goes up, type-only and dynamic ones included', () => {
  const problems = check({
    'store/events.ts':
      "import type { Step } from '../ingest/pipeline.ts'\nconst api = await import('../api/keys.ts')",
    'ingest/pipeline.ts': '',
    'api/keys.ts': '',
  })
  expect(problems).toEqual([
    'src/store/events.ts (floor 1) imports src/ingest/pipeline.ts (floor 2). Imports go down.',
    'src/store/events.ts (floor 1) imports src/api/keys.ts (floor 3). Imports go down.',
  ])
})

test('refuses an import between rooms on one floor', () => {
  const problems = check({
    'jobs/retention.ts': "export { limits } from '../ingest/limits.ts'",
    'ingest/limits.ts': '',
    'protocol/event.ts': "import { now } from '../time.ts'",
    'time.ts': '',
  })
  expect(problems).toEqual([
    'src/jobs/retention.ts imports src/ingest/limits.ts from another room on floor 2. Pass a function in app.ts.',
    'src/protocol/event.ts imports src/time.ts from another room on floor 0. Pass a function in app.ts.',
  ])
})

test('knows the floors of the web UI', () => {
  const problems = check(
    {
      'main.tsx': "import { routes } from './routes.ts'",
      'routes.ts': "const page = () => import('./pages/keys/keys.tsx')",
      'pages/keys/keys.tsx': "import { PageHead } from '../../parts/page-head.tsx'",
      'parts/page-head.tsx': "import { Chart } from '../charts/chart.tsx'\nimport '../frame/frame.tsx'",
      'charts/chart.tsx':
        "import { exact } from '../words/numbers.ts'\nimport classes from './chart.module.css'",
      'words/numbers.ts': '',
      'frame/frame.tsx': '',
    },
    'ui/src',
  )
  expect(problems).toEqual([
    'ui/src/parts/page-head.tsx (floor 3) imports ui/src/frame/frame.tsx (floor 4). Imports go down.',
  ])
})

test('refuses a circle inside a room, names its stations, and tests are no part of it', () => {
  const problems = check({
    'store/a.ts': "import type { B } from './b.ts'",
    'store/b.ts': "import {\n  type C,\n} from './c.ts'",
    'store/c.ts': "import './a.ts'",
    'store/a.test.ts': "import '../api/keys.ts'",
    'api/keys.ts': '',
  })
  expect(problems).toEqual(['Imports run in a circle: store/a.ts → store/b.ts → store/c.ts → store/a.ts'])
})

test('refuses a room without a floor, and an import that leaves src', () => {
  const problems = check({
    'utils/text.ts': '',
    'api/keys.ts': "import { startServer } from '../../e2e/server.ts'",
  })
  expect(problems).toEqual([
    'src/api/keys.ts imports e2e/server.ts, which is outside src/.',
    'src/utils/text.ts stands on no floor. Give its room one in scripts/check-floors.ts.',
  ])
})
