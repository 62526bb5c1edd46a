import { expect, test } from 'vitest'
import { chosenBrowsers, countLines, otherParts } from './catalog.ts'

test('lines without a word do not count', () => {
  expect(countLines('')).toBe(0)
  expect(countLines('a\n\n  \nb\n')).toBe(2)
})

test('parts of the filter for old browsers', () => {
  expect(chosenBrowsers(true)).toEqual([])
  expect(chosenBrowsers(['ie', 'ie9'])).toEqual(['ie', 'ie9'])
  expect(otherParts(['ie', 'ie9', 'opera_pre_15'])).toEqual(['ie9', 'opera_pre_15'])
})
