/** The loader script for one key, as pages get it. */
import { readFile } from 'node:fs/promises'
import type { LoaderOptions } from '../store/client-keys.ts'
import { withBundler } from './bundler.ts'
import { type Bundle, bundleFile } from './bundles.ts'

/** What the script is told. */
interface LoaderSettings {
  readonly publicKey: string
  readonly bundleUrl: string
  /** Whether the SDK is fetched only when something has happened. */
  readonly isLazy: boolean
  /** What `Sentry.init` gets, unless the page says otherwise. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A script that does nothing and never throws, for keys that are unknown or switched off. */
export const noLoader = '/* This key is not in use: nothing is loaded and nothing is sent. */\n'

interface Sources {
  readonly readable: string
  readonly minified: string
}

let sources: Promise<Sources> | undefined

/** Minified once, when the first page asks for it. */
async function readSources(): Promise<Sources> {
  const readable = await readFile(new URL('./script.js', import.meta.url), 'utf8')
  const { code } = await withBundler(({ transform }) =>
    transform(readable, { minify: true, target: 'es5', legalComments: 'none' }),
  )
  return { readable, minified: code }
}

/**
 * Fills in what a key has chosen.
 *
 * Source: ingest protocol, section 10.2.
 */
export async function loaderScript(input: {
  readonly publicKey: string
  readonly dsn: string
  readonly baseUrl: string
  readonly options: LoaderOptions
  readonly bundle: Bundle
  readonly isMinified: boolean
}): Promise<string> {
  sources ??= readSources().catch((error) => {
    sources = undefined
    throw error
  })
  const { readable, minified } = await sources
  const { hasPerformance, hasReplay, hasFeedback = false, hasDebug } = input.options
  const hasLogs = input.bundle.features.includes('logs.metrics')
  const settings: LoaderSettings = {
    publicKey: input.publicKey,
    bundleUrl: `${input.baseUrl}/js-sdk/${input.bundle.version}/${bundleFile(input.bundle)}`,
    isLazy: !(hasPerformance || hasReplay || hasFeedback || hasLogs),
    options: {
      dsn: input.dsn,
      ...(hasPerformance ? { tracesSampleRate: 1 } : {}),
      ...(hasReplay ? { replaysSessionSampleRate: 0.1, replaysOnErrorSampleRate: 1 } : {}),
      ...(hasFeedback ? { autoInjectFeedback: true } : {}),
      ...(hasLogs ? { enableLogs: true } : {}),
      ...(hasDebug ? { debug: true } : {}),
    },
  }
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c')
  return (input.isMinified ? minified : readable).replace('__SETTINGS__', () => json)
}
