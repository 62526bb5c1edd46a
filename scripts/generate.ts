/**
 * Writes what can be derived, so that it is not written twice: the API document and the web UI's types of it, the
 * compatibility table, the table of settings. In pages that are otherwise written by hand, the derived part stands between
 * `<!-- generated: name -->` and `<!-- end -->`.
 *
 * `--check` writes nothing and fails when a file is not what would be written.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { operations } from '../compat/operations.ts'
import { openApp } from '../src/app.ts'
import { readConfig, settings } from '../src/config.ts'
import { silentLog } from '../src/log.ts'
import { buildServer } from '../src/server.ts'

interface Output {
  readonly file: string
  /** What the file should hold; `before` is what it holds now. */
  readonly write: (before: string) => string | Promise<string>
}

const outputs: readonly Output[] = [
  { file: 'openapi.json', write: apiDocument },
  { file: 'ui/src/api/schema.ts', write: apiTypes },
  { file: 'docs/compatibility.md', write: (before) => withPart(before, 'operations', compatibilityTables()) },
  {
    file: 'docs/operate/configuration.md',
    write: (before) => withPart(before, 'settings', settingsTable()),
  },
]

/** Brings every file below `root` up to date unless `isCheck`; answers those that were not. */
export async function generate(root: string, { isCheck }: { isCheck: boolean }): Promise<string[]> {
  const changed: string[] = []
  for (const { file, write } of outputs) {
    const path = join(root, file)
    const before = await readFile(path, 'utf8').catch(() => '')
    const after = await write(before)
    if (after === before) continue
    if (!isCheck) await writeFile(path, after)
    changed.push(file)
  }
  return changed
}

/** Errors: a page without the two lines that enclose the part. */
function withPart(page: string, name: string, part: string): string {
  const opening = `<!-- generated: ${name} -->\n`
  const closing = '<!-- end -->'
  const start = page.indexOf(opening)
  const end = page.indexOf(closing, start)
  if (start < 0 || end < 0) {
    throw new Error(`A page must have its part between the lines "${opening.trim()}" and "${closing}"`)
  }
  return `${page.slice(0, start)}${opening}\n${part}\n${page.slice(end)}`
}

/** The document as a server hands it out, but for the address, which is an example. */
async function apiDocument(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vedette-generate-'))
  try {
    const config = readConfig({}, { VEDETTE_DATA: folder, VEDETTE_URL: 'https://errors.example.net' })
    await using app = await openApp(config, silentLog)
    const server = await buildServer(app)
    const { body } = await server.inject('/api/0/openapi.json')
    await server.close()
    return `${JSON.stringify(JSON.parse(body), null, 2)}\n`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the API takes and answers, as types for the web UI. */
async function apiTypes(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vedette-generate-'))
  try {
    const file = join(folder, 'openapi.json')
    await writeFile(file, await apiDocument())
    const program = join(import.meta.dirname, '../ui/node_modules/openapi-typescript/bin/cli.js')
    return execFileSync(process.execPath, [program, file], {
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
      // What it has to say about its progress is of no interest.
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function compatibilityTables(): string {
  const chapters = Map.groupBy(operations, (operation) => operation.chapter)
  return [...chapters]
    .map(([chapter, listed]) => {
      const rows = listed.map(({ title, operation, answer, differs }) => [
        title,
        `\`${operation}\``,
        answer,
        differs ?? '',
      ])
      return `## ${chapter}\n\n${table(['operation', 'request', 'answered', 'what differs'], rows)}`
    })
    .join('\n')
}

function settingsTable(): string {
  const rows = settings.map(({ env, flag, value, default: fallback, meaning }) => [
    `\`${env}\``,
    `\`--${flag} ${value}\``,
    fallback.startsWith('(') ? fallback : `\`${fallback}\``,
    meaning,
  ])
  return table(['variable', 'flag of `serve`', 'default', 'meaning'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  return [head, head.map(() => '---'), ...rows].map(line).join('')
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
  const changed = await generate(join(import.meta.dirname, '..'), { isCheck: values.check })
  for (const file of changed) {
    console.error(values.check ? `${file} is out of date. Run \`npm run generate\`.` : `Wrote ${file}`)
  }
  process.exitCode = values.check && changed.length > 0 ? 1 : 0
}
