/**
 * Which way imports run. A source file may import from its own room and from rooms on a lower floor, nothing
 * else; rooms on one floor do not know each other. And no file may, by any chain of imports, import itself.
 * Types count too: a knot of types is still a knot. Tests may import anything.
 *
 * A room is a folder of src/. The files directly in src/ that stand on the same floor are one room together. The
 * web UI is a house of its own in ui/src.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'

type Floors = Readonly<Record<string, number>>

const serverFloors: Floors = {
  cli: 5,
  'server.ts': 4,
  'first-run.ts': 4,
  demo: 4,
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

const uiFloors: Floors = {
  'main.tsx': 7,
  'routes.ts': 6,
  'sentry-addresses.ts': 6,
  pages: 5,
  frame: 4,
  parts: 3,
  charts: 2,
  words: 1,
  api: 0,
  'vite-env.d.ts': 0,
}

interface House {
  /** Below the root, with slashes. */
  readonly folder: string
  readonly floors: Floors
}

const houses: readonly House[] = [
  { folder: 'src', floors: serverFloors },
  { folder: 'ui/src', floors: uiFloors },
]

/** Imports between two rooms on one floor that are allowed all the same: `from → to`, each with its reason. */
const exceptions: ReadonlySet<string> = new Set()

/** Every source file with the files it imports, both as paths below src/. */
type Imports = ReadonlyMap<string, readonly string[]>

/** What is wrong below `root`, one sentence each; empty when all is well. */
export function checkFloors(root: string): string[] {
  return houses
    .filter(({ folder }) => existsSync(join(root, folder)))
    .flatMap((house) => checkHouse(root, house))
}

function checkHouse(root: string, house: House): string[] {
  const imports = readImports(join(root, house.folder))
  const wrongWays = [...imports].flatMap(([file, targets]) =>
    floorOf(house, file) === undefined
      ? `${house.folder}/${file} stands on no floor. Give its room one in scripts/check-floors.ts.`
      : targets.flatMap((target) => wrongWay(house, file, target) ?? []),
  )
  return [...wrongWays, ...circles(imports)]
}

function readImports(src: string): Imports {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).map((file) =>
    file.replaceAll(sep, '/'),
  )
  const specifier = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+\.tsx?)['"]/g
  const importsOf = (file: string) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(specifier)].map(([, to = '']) =>
      posix.join(dirname(file), to),
    )
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file)).sort()
  return new Map(sources.map((file) => [file, importsOf(file)]))
}

function wrongWay(house: House, file: string, target: string): string | undefined {
  const { folder } = house
  const [from = 0, to = 0] = [floorOf(house, file), floorOf(house, target)]
  const [room, targetRoom] = [roomOf(house, file), roomOf(house, target)]
  if (target.startsWith('../'))
    return `${folder}/${file} imports ${target.slice(3)}, which is outside ${folder}/.`
  if (to > from)
    return `${folder}/${file} (floor ${from}) imports ${folder}/${target} (floor ${to}). Imports go down.`
  if (from !== to || room === targetRoom || exceptions.has(`${room} → ${targetRoom}`)) return undefined
  return `${folder}/${file} imports ${folder}/${target} from another room on floor ${from}. Pass a function in app.ts.`
}

function floorOf({ floors }: House, file: string): number | undefined {
  return floors[file.split('/')[0] ?? '']
}

function roomOf(house: House, file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : `files of floor ${floorOf(house, file)}`
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
