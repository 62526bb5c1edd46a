/** A server that restarts when its sources change, and a build of the web UI that follows its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const ui = join(root, 'ui')

const children = [
  start(root, ['--watch', 'src/cli/main.ts', 'serve', ...process.argv.slice(2)]),
  start(ui, ['node_modules/vite/bin/vite.js', 'build', '--watch', '--logLevel', 'warn']),
]

function start(cwd: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { cwd, stdio: 'inherit' })
}

/** One without the other is of no use. */
function stop(): void {
  for (const child of children) child.kill('SIGTERM')
}
for (const child of children) child.once('exit', stop)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
