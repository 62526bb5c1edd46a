#!/usr/bin/env node
/**
 * The `vedette` command. An older Node hands over to the one in node_modules, which runs TypeScript.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major > 24 || (major === 24 && minor >= 15)) {
  await import('../src/cli/main.ts')
} else {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
  if (!existsSync(node)) {
    console.error(
      `vedette needs Node 24.15 or newer, this is ${process.version}. Run \`npm ci\` first: it brings one.`,
    )
    process.exit(1)
  }
  const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('exit', (code) => process.exit(code ?? 1))
}
