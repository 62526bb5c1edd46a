import { expect, test } from 'vitest'
import { type ProjectRow, shownProjects, troubleOf } from './project-rows.ts'

function row(
  slug: string,
  input: Partial<ProjectRow> & { outcomes?: Record<string, number> } = {},
): ProjectRow {
  const { outcomes = {}, ...rest } = input
  const dropped = Object.values(outcomes).reduce((sum, each) => sum + each, 0)
  return {
    id: slug,
    slug,
    name: slug,
    platform: null,
    teams: [],
    isMember: true,
    isBookmarked: false,
    accepted: { total: 100, series: new Array<number>(25).fill(4), previous: null },
    dropped: { total: dropped, series: [], previous: null, outcomes },
    lastAccepted: null,
    ...rest,
  }
}

test('trouble is what the server refuses in numbers, not what filters or senders drop', () => {
  expect(troubleOf(row('a'))).toBeUndefined()
  expect(troubleOf(row('a', { outcomes: { filtered: 500, client_discard: 500 } }))).toBeUndefined()
  expect(troubleOf(row('a', { outcomes: { invalid: 3 } }))).toBeUndefined()
  expect(troubleOf(row('a', { outcomes: { rate_limited: 300 } }))?.words).toMatch(/over a rate limit/)
  expect(troubleOf(row('a', { outcomes: { invalid: 300 } }))?.words).toMatch(/as invalid/)
})

test('a project that sent all day and then no more has fallen silent', () => {
  const series = [...new Array<number>(18).fill(5), ...new Array<number>(7).fill(0)]
  expect(troubleOf(row('a', { accepted: { total: 90, series, previous: null } }))?.words).toMatch(/Nothing/)
  const quiet = [...new Array<number>(18).fill(0), ...new Array<number>(7).fill(0)]
  expect(troubleOf(row('a', { accepted: { total: 0, series: quiet, previous: null } }))).toBeUndefined()
})

test('bookmarks come first, then trouble, then the busy ones; another order is the reader’s choice', () => {
  const rows = [
    row('busy', {
      accepted: { total: 1000, series: [], previous: null },
      lastAccepted: '2026-01-02T00:00:00Z',
    }),
    row('calm', { lastAccepted: '2026-01-03T00:00:00Z' }),
    row('sick', { outcomes: { invalid: 50 } }),
    row('mine', { isBookmarked: true, accepted: { total: 0, series: [], previous: null } }),
  ]
  const order = (search: Parameters<typeof shownProjects>[1]) =>
    shownProjects(rows, search).map(({ slug }) => slug)
  expect(order({})).toEqual(['mine', 'sick', 'busy', 'calm'])
  expect(order({ sort: 'name' })).toEqual(['busy', 'calm', 'mine', 'sick'])
  expect(order({ sort: 'accepted' })).toEqual(['busy', 'calm', 'sick', 'mine'])
  expect(order({ sort: 'dropped' })).toEqual(['sick', 'busy', 'calm', 'mine'])
  expect(order({ sort: 'last' })).toEqual(['calm', 'busy', 'mine', 'sick'])
  expect(order({ query: 'S' })).toEqual(['sick', 'busy'])
  expect(order({ team: 'nobody' })).toEqual([])
})
