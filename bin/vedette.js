#!/usr/bin/env node
/**
 * The `vedette` command: finds a Node that runs TypeScript and starts the program on it, with the settings that
 * keep the server light. Plain JavaScript, because it runs on whatever Node is on the PATH.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** @param {string} path */
const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const main = inPackage('src/cli/main.ts')

// Events are large and short-lived. Left alone, V8 lets them and their buffers fill 200 MB before it collects them.
// Its young generation is so small that threads cost more to wake than they help to collect it.
const flags = ['--max-semi-space-size=8', '--heap-growing-percent=30', '--no-parallel-scavenge']
// Buffers of events come and go by the thousand; glibc's own way with them leaves 50 MB of holes.
process.env.MALLOC_ARENA_MAX ??= '2'
process.env.MALLOC_MMAP_THRESHOLD_ ??= '1000000'
process.env.MALLOC_TRIM_THRESHOLD_ ??= '1000000'
// With types stripped once and for all, a start takes half the time, and the stripper's memory is never needed.
process.env.NODE_COMPILE_CACHE ??= inPackage('node_modules/.cache/vedette')

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const runsTypeScript = major > 24 || (major === 24 && minor >= 15)
const node = runsTypeScript ? process.execPath : inPackage('node_modules/.bin/node')
if (!existsSync(node)) {
  console.error(
    `vedette needs Node 24.15 or newer, this is ${process.version}. Run \`npm ci\` first: it brings one.`,
  )
  process.exit(1)
}
const args = [...flags, main, ...process.argv.slice(2)]

// The same process goes on as another program, where the system can do that; else one waits for the other.
if (runsTypeScript && process.platform !== 'win32') {
  process.execve?.(node, [node, ...args], /** @type {Record<string, string>} */ (process.env))
}
const child = spawn(node, args, { stdio: 'inherit' })
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal))
}
child.on('exit', (code) => process.exit(code ?? 1))
