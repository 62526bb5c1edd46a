/** What callers say about a client key: the fields of its bodies, and what they change. */
import { isDeepStrictEqual } from 'node:util'
import type { ClientKey, KeyChanges, RateLimit } from '../store/client-keys.ts'
import { bool, choice, emptyInteger, nullable, type ObjectOf, object, text } from './body.ts'
import { invalid } from './errors.ts'

/** Every major of the browser SDK that the loader can serve; the project's default when none is chosen. */
const sdkVersions = ['latest', '10.x', '9.x', '8.x', '7.x', '6.x', '5.x', '4.x'] as const
const useCases = ['user', 'profiling', 'escalating_issues', 'tempest', 'demo'] as const

const label = nullable(text({ max: 64, blank: true }))
const rateLimit = object({
  count: emptyInteger({ min: 0 }),
  window: emptyInteger({ min: 0, max: 86_400 }),
})
const half = nullable(text({ pattern: /^[a-f0-9]{32}$/ }))
const loader = {
  browserSdkVersion: choice(sdkVersions),
  dynamicSdkLoaderOptions: nullable(
    object({
      hasReplay: bool(),
      hasPerformance: bool(),
      hasDebug: bool(),
      hasFeedback: bool(),
      hasLogsAndMetrics: bool(),
    }),
  ),
}

/** Infrastructure tools send the loader's fields when they create a key, so they count here too. */
export const newKeyFields = {
  name: label,
  rateLimit,
  public: half,
  secret: half,
  useCase: choice(useCases),
  ...loader,
}

export const keyFields = {
  name: label,
  isActive: bool(),
  rateLimit: nullable(rateLimit),
  ...loader,
}

/**
 * The limit that is asked for: null for none, undefined when nothing is said about it. A zero or an empty
 * number means none.
 *
 * Errors: ApiError 400 for half a limit.
 */
export function limitOf(
  input: { readonly count?: number | null; readonly window?: number | null } | null | undefined,
): RateLimit | null | undefined {
  if (input === null) return null
  const { count, window } = input ?? {}
  if (count === undefined && window === undefined) return undefined
  if (count === undefined) throw invalid({ rateLimit: { count: ['This field is required.'] } })
  if (window === undefined) throw invalid({ rateLimit: { window: ['This field is required.'] } })
  return count && window ? { count, window } : null
}

/** The fields as callers know them. */
const fieldOf: Readonly<Record<keyof KeyChanges, string>> = {
  label: 'name',
  isActive: 'isActive',
  rateLimit: 'rateLimit',
  browserSdkVersion: 'browserSdkVersion',
  loaderOptions: 'dynamicSdkLoaderOptions',
}

/**
 * What a body changes about a key, and the names of the fields that come out differently. Whatever is absent is
 * left alone, the version of the browser SDK too: a tool that renames a key means nothing else.
 */
export function changesTo(
  key: ClientKey,
  body: ObjectOf<typeof keyFields>,
): { readonly changes: KeyChanges; readonly changed: readonly string[] } {
  const limit = limitOf(body.rateLimit)
  const { name, isActive, browserSdkVersion, dynamicSdkLoaderOptions: options } = body
  const changes: KeyChanges = {
    ...(name ? { label: name } : {}),
    ...(isActive === undefined ? {} : { isActive }),
    ...(limit === undefined ? {} : { rateLimit: limit }),
    ...(browserSdkVersion === undefined ? {} : { browserSdkVersion }),
    ...(options ? { loaderOptions: { ...key.loaderOptions, ...options } } : {}),
  }
  const names = Object.keys(changes) as (keyof KeyChanges)[]
  const changed = names.filter((each) => !isDeepStrictEqual(changes[each], key[each]))
  return { changes, changed: changed.map((each) => fieldOf[each]) }
}
