/**
 * The SDK bundles that the loader fetches: made from the `@sentry/browser` packages, once each, and kept in the
 * data folder. Their names are those of Sentry's own bundles.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoaderOptions } from '../store/client-keys.ts'

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
  const manifest = fileURLToPath(import.meta.resolve(`${packages[major]}/package.json`))
  const read = readFile(manifest, 'utf8').then((text) => (JSON.parse(text) as { version: string }).version)
  versions.set(major, read)
  return read
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

/** What belongs to a feature, by the names under which the package exports it. */
const namesOf: Readonly<Record<BundleFeature, RegExp>> = {
  tracing: /tracing|span|trace/i,
  replay: /replay/i,
  feedback: /feedback/i,
  'logs.metrics': /^(logger|metrics|consoleLoggingIntegration)$/,
}

/** Errors: whatever the bundler says. */
async function build({ major, features: held, isDebug }: Bundle): Promise<string> {
  // Only the first page that needs a bundle needs the bundler.
  const { build: bundle, stop } = await import('esbuild')
  const source = packages[major] ?? ''
  const shared = {
    bundle: true as const,
    write: false as const,
    platform: 'browser' as const,
    conditions: ['production'],
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    define: { __SENTRY_DEBUG__: String(isDebug), __SENTRY_TRACING__: String(held.includes('tracing')) },
  }
  try {
    const { metafile } = await bundle({
      ...shared,
      stdin: { contents: `export * from '${source}'`, resolveDir: shared.absWorkingDir },
      format: 'esm',
      metafile: true,
      outdir: 'out',
    })
    const exported = Object.values(metafile.outputs).flatMap((output) => output.exports)
    const left = features.filter((feature) => !held.includes(feature)).map((feature) => namesOf[feature])
    const names = exported.filter((name) => name !== 'default' && !left.some((pattern) => pattern.test(name)))
    const { outputFiles } = await bundle({
      ...shared,
      stdin: {
        contents: `export { ${names.join(', ')} } from '${source}'`,
        resolveDir: shared.absWorkingDir,
      },
      format: 'iife',
      globalName: 'Sentry',
      minify: !isDebug,
      // Pages that choose an old major may have old visitors.
      target: major === '7.x' ? 'es2015' : 'es2020',
      legalComments: 'none',
    })
    return outputFiles[0]?.text ?? ''
  } finally {
    await stop()
  }
}
