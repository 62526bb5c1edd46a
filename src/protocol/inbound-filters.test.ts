import { expect, test } from 'vitest'
import { filterOption, filterState, inboundFilterIds, parseInboundFilterId } from './inbound-filters.ts'

test('every filter has a state when nothing is stored', () => {
  expect(inboundFilterIds.map((id) => [id, filterState({}, id)])).toEqual([
    ['browser-extensions', false],
    ['filtered-transaction', true],
    ['legacy-browsers', false],
    ['localhost', false],
    ['web-crawlers', false],
  ])
})

test.each([
  [true, '1', true],
  [false, '0', false],
  [[], '0', false],
  [
    ['safari', 'ie', 'safari'],
    ['ie', 'safari'],
    ['ie', 'safari'],
  ],
] as const)('%j is kept as %j', (state, stored, read) => {
  const option = filterOption('legacy-browsers', state)
  expect(option).toEqual({ 'filters:legacy-browsers': stored })
  expect(filterState(option, 'legacy-browsers')).toEqual(read)
})

test('an empty list that is stored is off', () => {
  expect(filterState({ 'filters:legacy-browsers': [] }, 'legacy-browsers')).toBe(false)
})

test('names of no filter are none', () => {
  expect(['localhost', 'Localhost', '', 'constructor'].map(parseInboundFilterId)).toEqual([
    'localhost',
    undefined,
    undefined,
    undefined,
  ])
})
