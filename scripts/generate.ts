/**
 * Writes what can be derived, so that it is not written twice. A generated part of a file stands between
 * `<!-- generated: name -->` and `<!-- end -->`; what is around it is written by hand.
 *
 * `--check` writes nothing and fails when a file is not what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { settings } from '../src/config.ts'

interface Part {
  readonly file: string
  readonly name: string
  readonly write: () => string
}

const parts: readonly Part[] = [
  { file: 'docs/operate/configuration.md', name: 'settings', write: settingsTable },
]

/** Brings every part below `root` up to date unless `isCheck`; answers the files that were not. */
export function generate(root: string, { isCheck }: { isCheck: boolean }): string[] {
  return parts.flatMap((part) => {
    const path = join(root, part.file)
    const before = readFileSync(path, 'utf8')
    const after = withPart(before, part)
    if (after === before) return []
    if (!isCheck) writeFileSync(path, after)
    return [part.file]
  })
}

/** Errors: a page without the two lines that enclose the part. */
function withPart(page: string, { file, name, write }: Part): string {
  const opening = `<!-- generated: ${name} -->\n`
  const closing = '<!-- end -->'
  const start = page.indexOf(opening)
  const end = page.indexOf(closing, start)
  if (start < 0 || end < 0) {
    throw new Error(`${file} must have a part between the lines "${opening.trim()}" and "${closing}"`)
  }
  return `${page.slice(0, start)}${opening}\n${write()}\n${page.slice(end)}`
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
  const changed = generate(join(import.meta.dirname, '..'), { isCheck: values.check })
  for (const file of changed) {
    console.error(values.check ? `${file} is out of date. Run \`npm run generate\`.` : `Wrote ${file}`)
  }
  process.exitCode = values.check && changed.length > 0 ? 1 : 0
}
