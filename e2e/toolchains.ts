/** Programs in other languages: their packages are fetched and compiled once, and kept for later runs. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { cleanEnvironment, type Finished, root, run } from './server.ts'

type Command = readonly [program: string, ...args: string[]]

export interface Toolchain {
  /** Commands that fail where it is not installed. */
  readonly probes: readonly Command[]
  /** Commands that ask a package registry, which may be out of reach. */
  readonly fetch: readonly Command[]
  /** Commands that have to succeed. */
  readonly build: readonly Command[]
  readonly start: Command
}

const FETCH_LIMIT_MS = 120_000
const BUILD_LIMIT_MS = 180_000
const cache = join(tmpdir(), 'vedette-e2e-cache')
const execute = promisify(execFile)

/**
 * Makes the program in `sdks/<name>` ready to run.
 *
 * Shape: what runs it, or why that cannot be done on this machine.
 * Errors: throws what a build step prints.
 */
export async function prepare(
  name: string,
  toolchain: Toolchain,
): Promise<((env: Readonly<Record<string, string>>) => Promise<Finished>) | string> {
  const source = join(root, 'e2e', 'sdks', name)
  const digest = await digestOf(source, toolchain)
  const prepared = await prepareFolder(`${name}-${digest}`, toolchain, (draft) =>
    cp(source, draft, { recursive: true }),
  )
  if ('missing' in prepared) return prepared.missing
  const [program, ...args] = toolchain.start
  const { folder } = prepared
  return (env) => run(program.includes('/') ? join(folder, program) : program, args, env, folder)
}

/**
 * A folder with the packages that programs of a language need, kept for later runs.
 *
 * Shape: the folder, or what is missing on this machine.
 * Errors: throws what a build step prints.
 */
export function preparePackages(
  name: string,
  packages: Packages,
  files: Readonly<Record<string, string>> = {},
): Promise<Prepared> {
  const digest = createHash('sha256')
    .update(JSON.stringify([packages, files]))
    .digest('hex')
    .slice(0, 16)
  return prepareFolder(`${name}-${digest}`, packages, async (draft) => {
    await mkdir(draft)
    for (const [file, text] of Object.entries(files)) await writeFile(join(draft, file), text)
  })
}

export type Packages = Omit<Toolchain, 'start'>
export type Prepared = { readonly folder: string } | { readonly missing: string }

async function prepareFolder(
  name: string,
  { probes, fetch, build }: Packages,
  fill: (draft: string) => Promise<void>,
): Promise<Prepared> {
  for (const [program, ...args] of probes) {
    try {
      await execute(program, args)
    } catch {
      return { missing: `${program} is not installed` }
    }
  }
  const folder = join(cache, name)
  if (existsSync(folder)) return { folder }
  // Another process may be at the same work, and this one may be stopped at any moment.
  const draft = `${folder}.${process.pid}`
  await mkdir(cache, { recursive: true })
  try {
    await fill(draft)
    for (const command of fetch) {
      const failure = await step(command, draft, FETCH_LIMIT_MS)
      if (failure !== undefined) return { missing: `its packages cannot be fetched: ${failure}` }
    }
    for (const command of build) {
      const failure = await step(command, draft, BUILD_LIMIT_MS)
      if (failure !== undefined) throw new Error(failure)
    }
    await rename(draft, folder).catch((error) => {
      if (!existsSync(folder)) throw error
    })
    return { folder }
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Changes with the files of a program and with the commands that make it. */
async function digestOf(folder: string, toolchain: Toolchain): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(toolchain))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.toSorted()) hash.update(relative(folder, file)).update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

/** Undefined when it went well, else the command and what it printed. */
async function step(command: Command, cwd: string, timeout: number): Promise<string | undefined> {
  const [program, ...args] = command
  try {
    await execute(program.includes('/') ? join(cwd, program) : program, args, {
      cwd,
      timeout,
      env: cleanEnvironment(),
    })
    return undefined
  } catch (error) {
    const { stdout, stderr, killed } = error as { stdout?: string; stderr?: string; killed?: boolean }
    const said = killed ? `no end after ${timeout} ms` : `${stdout ?? ''}${stderr ?? ''}`.trim()
    return `${command.join(' ')}: ${said === '' ? String(error) : said}`
  }
}
