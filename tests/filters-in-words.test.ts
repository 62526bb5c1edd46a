/** The UI speaks of every filter that the server has. */
import { expect, test } from 'vitest'
import { eventFilters } from '../src/ingest/filters/index.ts'
import { hasWords } from '../src/protocol/drop-words.ts'
import { legacyBrowsers } from '../src/protocol/inbound-filters.ts'
import { listFilters, oldBrowsers, switchedFilters } from '../ui/src/pages/filters/catalog.ts'

test('every filter of the server is explained, and none that it does not have', () => {
  const told = [...switchedFilters, ...listFilters].map(({ id }) => id)
  const ofElements = ['log-message', 'trace-metric-name']
  const known = [...eventFilters.map(({ id }) => id), ...ofElements]
  expect([...told, 'legacy-browsers'].sort()).toEqual([...known].sort())
  expect(told.filter((id) => !hasWords('filtered', id))).toEqual([])
})

test('old browsers are parts of the filter', () => {
  expect(oldBrowsers.filter(({ id }) => !legacyBrowsers.some((known) => known === id))).toEqual([])
})
