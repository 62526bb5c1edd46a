/** Events of browsers that are too old to care. */
import { type BrowserFamily, browserOf } from '../../protocol/browsers.ts'
import { filterState } from '../../protocol/inbound-filters.ts'
import type { StoredOptions } from '../../protocol/project-options.ts'
import { requestHeader } from '../../protocol/request-headers.ts'
import type { EventSubject, Run } from './filter.ts'
import { remembering } from './user-agents.ts'

/** Major versions, both ends inclusive. */
type OldVersions = readonly [family: BrowserFamily, first: number, last: number]

/** Source: ingest protocol 7.5. */
const oldVersions = new Map<string, readonly OldVersions[]>([
  ['ie', [['IE', 0, 11]]],
  ['edge', [['Edge', 0, 110]]],
  ['safari', [['Safari', 0, 15]]],
  ['firefox', [['Firefox', 0, 110]]],
  ['chrome', [['Chrome', 0, 110]]],
  ['opera', [['Opera', 0, 99]]],
  ['opera_mini', [['Opera Mini', 0, 34]]],
  ['android', [['Android', 0, 3]]],
  ['ie_pre_9', [['IE', 0, 8]]],
  ['ie9', [['IE', 9, 9]]],
  ['ie10', [['IE', 10, 10]]],
  ['ie11', [['IE', 11, 11]]],
  ['opera_pre_15', [['Opera', 0, 14]]],
  ['opera_mini_pre_8', [['Opera Mini', 0, 7]]],
  ['android_pre_4', [['Android', 0, 3]]],
  ['safari_pre_6', [['Safari', 0, 5]]],
  ['edge_pre_79', [['Edge', 0, 78]]],
])

/** What is meant when the filter is just on. */
const defaultVersions: readonly OldVersions[] = [
  ['IE', 0, 9],
  ['Safari', 0, 5],
  ['Opera', 0, 14],
  ['Android', 0, 3],
  ['Opera Mini', 0, 7],
]

export function legacyBrowsers(options: StoredOptions): Run<EventSubject> | undefined {
  const unwanted = unwantedVersions(options)
  if (unwanted.length === 0) return undefined
  return ({ payload }) => {
    const userAgent = requestHeader(payload, 'user-agent')
    const browser = userAgent === undefined ? undefined : knownBrowser(userAgent)
    if (browser === undefined) return false
    const { family, major } = browser
    return unwanted.some(([name, first, last]) => name === family && first <= major && major <= last)
  }
}

function unwantedVersions(options: StoredOptions): readonly OldVersions[] {
  const state = filterState(options, 'legacy-browsers')
  if (state === false) return []
  if (state === true || state.includes('default')) return defaultVersions
  return state.flatMap((name) => oldVersions.get(name) ?? [])
}

const knownBrowser = remembering(browserOf)
