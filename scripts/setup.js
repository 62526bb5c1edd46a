/**
 * Makes a fresh clone ready: installs the packages of package-lock.json when they are missing or the lock
 * changed. Plain JavaScript without dependencies, because it runs on whatever Node (20 or newer) is on the
 * PATH, before anything is installed.
 *
 * `--dev` also installs what tests and checks need; without it only what the server needs is installed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'node_modules', '.vedette-setup')
const wanted = process.argv.includes('--dev') ? 'dev' : 'server'

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

function installed() {
  if (!existsSync(stampFile) || !existsSync(join(root, 'node_modules', '.bin', 'node'))) return false
  const [kind, stampedLock] = readFileSync(stampFile, 'utf8').split(' ')
  return stampedLock === lock && (kind === 'dev' || kind === wanted)
}

if (!installed()) {
  console.error(`Installing packages (${wanted === 'dev' ? 'server and tests' : 'server'}) …`)
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  if (wanted === 'server') args.push('--omit=dev')
  const npm = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], env: process.env })
  if (npm.status !== 0) {
    console.error('`npm ci` failed. Its messages are above; nothing was started.')
    process.exit(npm.status ?? 1)
  }
  writeFileSync(stampFile, `${wanted} ${lock}`)
  await rehearse()
}

/**
 * Starts the server once on an empty folder and stops it: types are stripped now and remembered, so that the first
 * start is as quick and as small as the next. If it does not come up, the real start will say why.
 */
async function rehearse() {
  const folder = mkdtempSync(join(tmpdir(), 'vedette-setup-'))
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('VEDETTE_'))
  const env = { ...Object.fromEntries(own), VEDETTE_DATA: folder, VEDETTE_PORT: '0' }
  const server = spawn(process.execPath, [join(root, 'bin', 'vedette.js'), 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const stop = () => server.kill('SIGTERM')
  const patience = setTimeout(stop, 20_000)
  let printed = ''
  server.stdout.on('data', (text) => {
    printed += text
    if (printed.includes('listens on')) stop()
  })
  await once(server, 'exit')
  clearTimeout(patience)
  rmSync(folder, { recursive: true, force: true })
}
