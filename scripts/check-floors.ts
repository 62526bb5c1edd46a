/**
 * Which way imports run. A source file may import from its own room and from rooms on a lower floor, nothing
 * else; rooms on one floor do not know each other. And no file may, by any chain of imports, import itself.
 * Types count too: a knot of types is still a knot. Tests may import anything.
 *
 * A room is a folder of src/. The files directly in src/ that stand on the same floor are one room together.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'

const floors: Readonly<Record<string, number>> = {
  cli: 5,
  'server.ts': 4,
  'first-run.ts': 4,
  api: 3,
  'app.ts': 2.5,
  'writer-thread.ts': 2.5,
  ingest: 2,
  jobs: 2,
  loader: 2,
  'metrics.ts': 2,
  store: 1,
  protocol: 0,
  'config.ts': 0,
  'log.ts': 0,
  'time.ts': 0,
  'version.ts': 0,
}

/** Imports between two rooms on one floor that are allowed all the same: `from → to`, each with its reason. */
const exceptions: ReadonlySet<string> = new Set()

/** Every source file with the files it imports, both as paths below src/. */
type Imports = ReadonlyMap<string, readonly string[]>

/** What is wrong under `root`/src, one sentence each; empty when all is well. */
export function checkFloors(root: string): string[] {
  const imports = readImports(join(root, 'src'))
  const wrongWays = [...imports].flatMap(([file, targets]) =>
    floorOf(file) === undefined
      ? `src/${file} stands on no floor. Give its room one in scripts/check-floors.ts.`
      : targets.flatMap((target) => wrongWay(file, target) ?? []),
  )
  return [...wrongWays, ...circles(imports)]
}

function readImports(src: string): Imports {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).map((file) =>
    file.replaceAll(sep, '/'),
  )
  const specifier = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+\.ts)['"]/g
  const importsOf = (file: string) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(specifier)].map(([, to = '']) =>
      posix.join(dirname(file), to),
    )
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).sort()
  return new Map(sources.map((file) => [file, importsOf(file)]))
}

function wrongWay(file: string, target: string): string | undefined {
  const [from = 0, to = 0] = [floorOf(file), floorOf(target)]
  const isNeighbour = from === to && roomOf(file) !== roomOf(target)
  if (target.startsWith('../')) return `src/${file} imports ${target.slice(3)}, which is outside src/.`
  if (to > from) return `src/${file} (floor ${from}) imports src/${target} (floor ${to}). Imports go down.`
  if (!isNeighbour || exceptions.has(`${roomOf(file)} → ${roomOf(target)}`)) return undefined
  return `src/${file} imports src/${target} from another room on floor ${from}. Pass a function in app.ts.`
}

function floorOf(file: string): number | undefined {
  return floors[file.split('/')[0] ?? '']
}

function roomOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : `files of floor ${floorOf(file)}`
}

/** One sentence for each import that closes a circle. */
function circles(imports: Imports): string[] {
  const problems: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) problems.push(`Imports run in a circle: ${[...path.slice(start), file].join(' → ')}`)
    if (start >= 0 || done.has(file)) return
    for (const target of imports.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
  return problems
}

if (import.meta.main) {
  const problems = checkFloors(process.argv[2] ?? join(import.meta.dirname, '..'))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
