/**
 * Makes a fresh clone ready: installs the packages of the server and of its web UI when they are missing or a lock
 * changed, and builds the UI when anything changed that it is made of. Plain JavaScript without dependencies,
 * because it runs on whatever Node (20 or newer) is on the PATH, before anything is installed.
 *
 * `--dev` also installs what tests and checks need; without it only what the server needs is installed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const ui = join(root, 'ui')
const built = join(ui, 'dist')
const wanted = process.argv.includes('--dev') ? 'dev' : 'server'

const server = packagesOf(root, join('.bin', 'node'))
const pages = packagesOf(ui, join('vite', 'package.json'))
const isBuilt = readStamp(join(built, '.stamp')) === sourcesOfUi()

const toDo = [
  !server.isInstalled && 'installing packages of the server',
  !pages.isInstalled && 'installing packages of the web UI',
  !isBuilt && 'building the web UI',
].filter((each) => each !== false)
if (toDo.length > 0) console.error(`Getting ready: ${toDo.join(', ')} …`)

if (!server.isInstalled && !install(server)) {
  console.error('`npm ci` failed. Its messages are above; nothing was started.')
  process.exit(1)
}
// The build wants the Node that has been installed, and the packages that it is made with.
if ((!pages.isInstalled && !install(pages)) || (!isBuilt && !(await build()))) {
  console.error('The web UI could not be built; the messages are above.')
  // Data is taken in without it, and whoever opens a page is told.
  if (wanted === 'dev') process.exit(1)
  console.error('The server starts without its pages.')
}
if (!server.isInstalled) await rehearse()

/**
 * A folder with a package.json and its lock.
 * @param {string} folder
 * @param {string} witness a file in node_modules that is there when they are
 */
function packagesOf(folder, witness) {
  const stamp = join(folder, 'node_modules', '.vedette-setup')
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  const [kind, stampedLock] = readStamp(stamp).split(' ')
  const isInstalled =
    existsSync(join(folder, 'node_modules', witness)) &&
    stampedLock === lock &&
    (kind === 'dev' || kind === wanted)
  return { folder, stamp, lock, isInstalled }
}

/** @param {string} file */
function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** @param {ReturnType<typeof packagesOf>} packages */
function install({ folder, stamp, lock }) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  if (wanted === 'server') args.push('--omit=dev')
  const npm = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2], env: process.env })
  if (npm.status !== 0) return false
  writeFileSync(stamp, `${wanted} ${lock}`)
  return true
}

/** A digest of everything that the built pages are made of; tests are not. */
function sourcesOfUi() {
  const single = ['index.html', 'vite.config.ts', 'package-lock.json'].map((name) => join(ui, name))
  const trees = ['src', 'public'].flatMap((name) =>
    readdirSync(join(ui, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  // The pages show the version.
  const files = [join(root, 'package.json'), ...single, ...trees].sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

/** Beside the old build, which is replaced at once when the new one is complete. */
async function build() {
  // Taken first: what changes meanwhile is built the next time.
  const stamp = sourcesOfUi()
  const folder = join(ui, `.dist-${process.pid}`)
  const node = join(root, 'node_modules', '.bin', 'node')
  const vite = join(ui, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn']
  try {
    // Anything else, such as what a test run or a developer has set, would build in what helps to develop React.
    const env = { ...process.env, NODE_ENV: 'production' }
    const { status } = spawnSync(node, args, { cwd: ui, stdio: ['ignore', 'ignore', 2], env })
    if (status !== 0) return false
    await pack(folder)
    writeFileSync(join(folder, '.stamp'), stamp)
    rmSync(built, { recursive: true, force: true })
    renameSync(folder, built)
    return true
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Writes a Brotli and a gzip form beside each file that gets smaller by it, so that the server need not.
 * @param {string} folder
 */
async function pack(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && ['.js', '.css', '.svg'].includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
  await Promise.all(
    files.map(async (file) => {
      const bytes = readFileSync(file)
      if (bytes.length < 1024) return
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
      writeFileSync(`${file}.br`, await promisify(brotliCompress)(bytes, { params }))
      writeFileSync(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }))
    }),
  )
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
