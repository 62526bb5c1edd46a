/**
 * Which way imports run. A source file may import from its own room and from rooms on a lower floor, nothing
 * else; rooms on one floor do not know each other. And no file may, by any chain of imports, import itself.
 * Types count too: a knot of types is still a knot.
 *
 * A room is a folder of src/. The files directly in src/ that stand on the same floor are one room together.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'

const floors: Readonly<Record<string, number>> = {
  cli: 5,
  'server.ts': 4,
  'first-run.ts': 4,
  api: 3,
  'app.ts': 2.5,
  'writer-thread.ts': 2.5,
  ingest: 2,
  jobs: 2,
  store: 1,
  protocol: 0,
  'config.ts': 0,
  'log.ts': 0,
  'time.ts': 0,
}

/** Imports from one room to another on its floor that are allowed, as `from → to`. Each needs its reason. */
const exceptions: ReadonlySet<string> = new Set()

/** What is wrong under `root`/src, one sentence each; empty when all is well. */
export function checkFloors(root: string): string[] {
  const imports = readImports(join(root, 'src'))
  return [...wrongWays(imports), ...cycles(imports)]
}

type Imports = ReadonlyMap<string, readonly string[]>

/** Every source file with the files it imports, both as paths below src/. Tests may import anything. */
function readImports(src: string): Imports {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
  const specifier = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+\.ts)['"]/g
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(src, file), 'utf8')
      return [file, [...text.matchAll(specifier)].map(([, path = '']) => posix.join(dirname(file), path))]
    }),
  )
}

function wrongWays(imports: Imports): string[] {
  const problems: string[] = []
  for (const [file, targets] of imports) {
    const floor = floorOf(file)
    if (floor === undefined) {
      problems.push(`src/${file} stands on no floor. Give its room one in scripts/check-floors.ts.`)
      continue
    }
    for (const target of targets) {
      const below = floorOf(target)
      if (target.startsWith('../')) {
        problems.push(`src/${file} imports ${posix.join('src', target)}, which is outside src/.`)
      } else if (below !== undefined && below > floor) {
        problems.push(`src/${file} (floor ${floor}) imports src/${target} (floor ${below}). Imports go down.`)
      } else if (
        below === floor &&
        roomOf(file) !== roomOf(target) &&
        !exceptions.has(`${roomOf(file)} → ${roomOf(target)}`)
      ) {
        problems.push(
          `src/${file} imports src/${target} from another room on floor ${floor}. Pass a function in app.ts.`,
        )
      }
    }
  }
  return problems
}

function floorOf(file: string): number | undefined {
  return floors[file.split('/')[0] ?? '']
}

function roomOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? '') : `files of floor ${floorOf(file)}`
}

/** One sentence for each import that closes a circle. */
function cycles(imports: Imports): string[] {
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
  const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'))
  const problems = checkFloors(root)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) {
    console.error(
      `\n${problems.length} imports in ${relative(process.cwd(), root) || '.'}/src run the wrong way.`,
    )
    process.exitCode = 1
  }
}
