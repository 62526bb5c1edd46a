/**
 * Inbound filters: what a project does not want, told by what is in it. The first that matches says why.
 *
 * Source: ingest protocol 7.1.
 */
import type { ItemType } from '../../protocol/items.ts'
import { drop, type Fate } from '../../protocol/outcome.ts'
import type { StoredOptions } from '../../protocol/project-options.ts'
import { browserExtensions } from './browser-extensions.ts'
import { chunkLoadErrors } from './chunk-load-errors.ts'
import type { ElementSubject, EventSubject, Filter, Run } from './filter.ts'
import { healthChecks } from './health-checks.ts'
import { hydrationErrors } from './hydration-errors.ts'
import { ignoredSources } from './ignored-sources.ts'
import { legacyBrowsers } from './legacy-browsers.ts'
import { localhost } from './localhost.ts'
import {
  elementAddress,
  elementRelease,
  errorMessage,
  eventAddress,
  eventRelease,
  logMessage,
  metricName,
} from './project-lists.ts'
import { webCrawlers } from './web-crawlers.ts'

export const eventFilters: readonly Filter<EventSubject>[] = [
  { id: 'chunk-load-error', compile: chunkLoadErrors },
  { id: 'react-hydration-errors', compile: hydrationErrors },
  { id: 'invalid-csp', compile: ignoredSources },
  { id: 'ip-address', compile: eventAddress },
  { id: 'release-version', compile: eventRelease },
  { id: 'error-message', compile: errorMessage },
  { id: 'localhost', compile: localhost },
  { id: 'browser-extensions', compile: browserExtensions },
  { id: 'legacy-browsers', compile: legacyBrowsers },
  { id: 'web-crawlers', compile: webCrawlers },
  { id: 'filtered-transaction', compile: healthChecks },
]

const ofEveryElement: readonly Filter<ElementSubject>[] = [
  { id: 'ip-address', compile: elementAddress },
  { id: 'release-version', compile: elementRelease },
]

/** Elements of a container are filtered one by one. */
const elementFilters: Readonly<Partial<Record<ItemType, readonly Filter<ElementSubject>[]>>> = {
  log: [{ id: 'log-message', compile: logMessage }, ...ofEveryElement],
  trace_metric: [{ id: 'trace-metric-name', compile: metricName }, ...ofEveryElement],
}

interface ReadyFilter<Subject> {
  readonly fate: Fate
  readonly run: Run<Subject>
}

/** The filters of a project that are on. */
export interface InboundFilters {
  readonly ofEvents: readonly ReadyFilter<EventSubject>[]
  /** No entry for a type of which everything is wanted. */
  readonly ofElements: ReadonlyMap<ItemType, readonly ReadyFilter<ElementSubject>[]>
}

export function compileFilters(options: StoredOptions): InboundFilters {
  const elementTypes = Object.entries(elementFilters) as [ItemType, readonly Filter<ElementSubject>[]][]
  return {
    ofEvents: ready(eventFilters, options),
    ofElements: new Map(
      elementTypes
        .map(([type, filters]) => [type, ready(filters, options)] as const)
        .filter(([, filters]) => filters.length > 0),
    ),
  }
}

function ready<Subject>(filters: readonly Filter<Subject>[], options: StoredOptions): ReadyFilter<Subject>[] {
  return filters.flatMap(({ id, compile }) => {
    const run = compile(options)
    return run === undefined ? [] : [{ fate: drop('filtered', id), run }]
  })
}

/** Undefined for what is wanted. */
export function filterFate<Subject>(
  filters: readonly ReadyFilter<Subject>[],
  subject: Subject,
): Fate | undefined {
  return filters.find(({ run }) => run(subject))?.fate
}
