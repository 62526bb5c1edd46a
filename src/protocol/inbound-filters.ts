/** Inbound filters: which there are, and what a project's options say of them. */
import { optionOf, type StoredOptions } from './project-options.ts'

/** Sorted, as they are listed. */
export const inboundFilterIds = [
  'browser-extensions',
  'filtered-transaction',
  'legacy-browsers',
  'localhost',
  'web-crawlers',
] as const

export type InboundFilterId = (typeof inboundFilterIds)[number]

/** Undefined if there is no such filter. */
export function parseInboundFilterId(id: string): InboundFilterId | undefined {
  return inboundFilterIds.find((known) => known === id)
}

/** Parts of the filter `legacy-browsers`. The ones with a version in their name are deprecated. */
export const legacyBrowsers = [
  'ie',
  'edge',
  'safari',
  'firefox',
  'chrome',
  'opera',
  'android',
  'opera_mini',
  'ie_pre_9',
  'ie9',
  'ie10',
  'ie11',
  'opera_pre_15',
  'android_pre_4',
  'safari_pre_6',
  'opera_mini_pre_8',
  'edge_pre_79',
] as const

/** On, off, or on for some browsers only. */
export type FilterState = boolean | readonly string[]

export function filterState(options: StoredOptions, id: InboundFilterId): FilterState {
  const stored = optionOf<unknown>(options, `filters:${id}`)
  if (Array.isArray(stored)) return stored.length > 0 ? stored.map(String) : false
  return stored === '1'
}

/** The option that keeps a filter's state. */
export function filterOption(id: InboundFilterId, state: FilterState): StoredOptions {
  const isList = typeof state !== 'boolean' && state.length > 0
  return { [`filters:${id}`]: isList ? [...new Set(state)].sort() : state === true ? '1' : '0' }
}
