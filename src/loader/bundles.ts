/**
 * The SDK bundles that the loader fetches: made from the `@sentry/browser` packages, once each, and kept in the
 * data folder. Their names are those of Sentry's own bundles.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildOptions, Plugin } from 'esbuild'
import type { LoaderOptions } from '../store/client-keys.ts'
import { withBundler } from './bundler.ts'

/** Majors that are here, newest first, and the package that holds each. */
const packages: Readonly<Record<string, string>> = {
  '10.x': '@sentry/browser',
  '9.x': 'sentry-browser-9',
  '8.x': 'sentry-browser-8',
  '7.x': 'sentry-browser-7',
}
const newest = '10.x'

/** What a bundle can hold beside errors, in the order in which its name says so. */
const features = ['tracing', 'replay', 'feedback', 'logs.metrics'] as const
export type BundleFeature = (typeof features)[number]

export interface Bundle {
  /** `10.x`, as keys choose it. */
  readonly major: string
  /** The exact version that is here. */
  readonly version: string
  readonly features: readonly BundleFeature[]
  readonly isDebug: boolean
}

/** `bundle.tracing.replay.debug.min.js` */
export function bundleFile({ features: held, isDebug }: Pick<Bundle, 'features' | 'isDebug'>): string {
  return ['bundle', ...held, ...(isDebug ? ['debug'] : []), 'min', 'js'].join('.')
}

/**
 * The bundle that serves a key's choice. Not every combination exists: some hold more than was asked for.
 *
 * Source: ingest protocol, section 10.2.
 */
export async function bundleOf(chosen: string, options: LoaderOptions): Promise<Bundle> {
  const major = Object.hasOwn(packages, chosen) ? chosen : newest
  const { hasPerformance = false, hasReplay = false, hasFeedback = false, hasDebug = false } = options
  const hasLogs = options.hasLogsAndMetrics === true && major === '10.x'
  const isWhole = hasFeedback && (hasPerformance || hasLogs)
  const wanted: Record<BundleFeature, boolean> = {
    tracing: hasPerformance || isWhole,
    replay: hasReplay || isWhole,
    feedback: hasFeedback,
    'logs.metrics': hasLogs,
  }
  return {
    major,
    version: await versionOf(major),
    features: features.filter((feature) => wanted[feature]),
    isDebug: hasDebug,
  }
}

/** The bundle that a name means; undefined when there is none of that version or name. */
export async function findBundle(version: string, file: string): Promise<Bundle | undefined> {
  for (const major of Object.keys(packages)) {
    if ((await versionOf(major)) !== version) continue
    const match = /^bundle((?:\.[a-z]+)*?)(\.debug)?\.min\.js$/.exec(file)
    if (match === null) return undefined
    const stated = match[1] ?? ''
    const held = features.filter((feature) => `${stated}.`.includes(`.${feature}.`))
    const bundle = { major, version, features: held, isDebug: match[2] !== undefined }
    return bundleFile(bundle) === file ? bundle : undefined
  }
  return undefined
}

const versions = new Map<string, Promise<string>>()

function versionOf(major: string): Promise<string> {
  const known = versions.get(major)
  if (known !== undefined) return known
  const read = readFile(manifestOf(major), 'utf8').then(
    (text) => (JSON.parse(text) as { version: string }).version,
  )
  versions.set(major, read)
  return read
}

function manifestOf(major: string): string {
  return fileURLToPath(import.meta.resolve(`${packages[major]}/package.json`))
}

export interface Bundles {
  /** The bundle's text. The first call makes it, which takes a second. */
  read(bundle: Bundle): Promise<Buffer>
}

/** `folder` is where bundles are kept between starts. */
export function openBundles(folder: string): Bundles {
  const underWay = new Map<string, Promise<Buffer>>()
  return {
    read(bundle) {
      const path = join(folder, bundle.version, bundleFile(bundle))
      const running = underWay.get(path)
      if (running !== undefined) return running
      const work = readFile(path)
        .catch(() => make(bundle, path))
        .finally(() => underWay.delete(path))
      underWay.set(path, work)
      return work
    },
  }
}

async function make(bundle: Bundle, path: string): Promise<Buffer> {
  const text = Buffer.from(await build(bundle))
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  await writeFile(draft, text)
  await rename(draft, path)
  return text
}

/** What a feature consists of, by the names under which the package exports it. The rest is in every bundle. */
const namesOf: Readonly<Record<BundleFeature, RegExp | undefined>> = {
  tracing: /browserTracing/i,
  replay: /replay/i,
  feedback: /^(get|send)?feedback/i,
  'logs.metrics': undefined,
}

/** Of the names of a feature, those that pages hand to `init`. The old ones are classes. */
const integrations = /Integration$|^(BrowserTracing|Replay|Feedback)$/

/**
 * A key may have switched off what its pages ask for. They get something that does nothing instead of an error.
 */
function standInsOf(names: readonly string[]): string {
  const lines = names
    .filter((name) => integrations.test(name))
    .map((name) => {
      const label = name
        .replace(/(Async|Sync)?Integration$/, '')
        .replace(/^./, (letter) => letter.toUpperCase())
      return `export const ${name} = standIn('${label}')`
    })
  return `
    const standIn = (name) => function () {
      console.warn('Sentry: ' + name + ' does nothing, because it is not switched on for this key')
      return { name, setupOnce() {}, start() {}, stop() {}, flush() {} }
    }
    ${lines.join('\n')}`
}

/** Packages of one SDK share their core, although an installer may have given each a copy of it. */
function oneCore(sdk: string): Plugin {
  const seen = Symbol()
  return {
    name: 'one-core',
    setup(build) {
      build.onResolve({ filter: /^@sentry\/core(\/|$)/ }, ({ path, kind, pluginData }) =>
        pluginData === seen ? undefined : build.resolve(path, { kind, resolveDir: sdk, pluginData: seen }),
      )
    },
  }
}

/** Errors: whatever the bundler says. */
function build({ major, features: held, isDebug }: Bundle): Promise<string> {
  const source = packages[major] ?? ''
  const resolveDir = fileURLToPath(new URL('../..', import.meta.url))
  const shared = {
    bundle: true,
    write: false,
    platform: 'browser',
    conditions: ['production'],
    absWorkingDir: resolveDir,
    define: { __SENTRY_DEBUG__: String(isDebug), __SENTRY_TRACING__: String(held.includes('tracing')) },
    plugins: [oneCore(dirname(manifestOf(major)))],
  } as const satisfies BuildOptions
  return withBundler(async ({ build: bundle }) => {
    const { metafile } = await bundle({
      ...shared,
      stdin: { contents: `export * from '${source}'`, resolveDir },
      format: 'esm',
      metafile: true,
      outdir: 'out',
    })
    const exported = Object.values(metafile.outputs).flatMap((output) => output.exports)
    const left = features.flatMap((feature) => (held.includes(feature) ? [] : (namesOf[feature] ?? [])))
    const isLeft = (name: string) => left.some((pattern) => pattern.test(name))
    const names = exported.filter((name) => name !== 'default' && !isLeft(name))
    const { outputFiles } = await bundle({
      ...shared,
      stdin: {
        contents: `export { ${names.join(', ')} } from '${source}'\n${standInsOf(exported.filter(isLeft))}`,
        resolveDir,
      },
      format: 'iife',
      globalName: 'Sentry',
      // The loader wraps `init`, which the bundler's own object does not let it do.
      footer: { js: 'Sentry=Object.assign({},Sentry);' },
      minify: !isDebug,
      // Pages that choose an old major may have old visitors.
      target: major === '7.x' ? 'es2015' : 'es2020',
      legalComments: 'none',
    })
    return outputFiles[0]?.text ?? ''
  })
}
