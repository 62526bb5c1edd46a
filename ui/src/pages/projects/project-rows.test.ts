import { describe, expect, test } from 'vitest'
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

const at = Date.parse('2026-01-05T09:30:00Z')
const words = (...given: Parameters<typeof row>) => troubleOf(row(...given), at)?.words

test('trouble is what the server refuses in numbers, not what filters or senders drop', () => {
  expect(words('a')).toBeUndefined()
  expect(words('a', { outcomes: { filtered: 500, client_discard: 500 } })).toBeUndefined()
  expect(words('a', { outcomes: { invalid: 3 } })).toBeUndefined()
  expect(words('a', { outcomes: { rate_limited: 300 } })).toMatch(/refused, mostly: over a rate limit/)
  expect(words('a', { outcomes: { invalid: 300 } })).toMatch(/refused, mostly: invalid/)
  const reasons = new Map([['a', 'unknown or switched-off key']])
  expect(troubleOf(row('a', { outcomes: { invalid: 300 } }), at, reasons)?.words).toMatch(
    /refused, mostly: unknown or switched-off key/,
  )
})

describe('a project that sent all day and then no more has fallen silent', () => {
  const HOUR = 3_600_000
  /** Five an hour until so many hours ago. */
  const silentFor = (hours: number, previous: number | null = null) => {
    const series = Array.from<unknown, number>({ length: 25 }, (_, hour) => (hour < 24 - hours ? 5 : 0))
    return {
      accepted: { total: series.reduce((sum, count) => sum + count, 0), series, previous },
      lastAccepted: new Date(at - hours * HOUR).toISOString(),
    }
  }

  test.each([
    [5, undefined],
    [6, 'Nothing accepted for 6 hours'],
    [12, 'Nothing accepted for 12 hours'],
    [18, 'Nothing accepted for 18 hours'],
  ])('%i hours: %s', (hours, expected) => {
    expect(words('a', silentFor(hours))).toBe(expected)
  })

  test('and is still missed when the day has nothing of it, as long as the day before had', () => {
    expect(words('a', silentFor(30, 500))).toBe('Nothing accepted for 30 hours')
    expect(words('a', silentFor(30, 3))).toBeUndefined()
    expect(words('a', silentFor(30))).toBeUndefined()
  })

  test('but not while data of another kind comes, nor when it never was steady', () => {
    const { accepted } = silentFor(12)
    expect(words('a', { accepted, lastAccepted: new Date(at - 60_000).toISOString() })).toBeUndefined()
    const rare = { ...accepted, series: accepted.series.map((count, hour) => (hour % 3 ? 0 : count)) }
    expect(
      words('a', { accepted: rare, lastAccepted: new Date(at - 12 * HOUR).toISOString() }),
    ).toBeUndefined()
    expect(words('a', { accepted })).toBeUndefined()
  })
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
    shownProjects(rows, search, at).map(({ row }) => row.slug)
  expect(order({})).toEqual(['mine', 'sick', 'busy', 'calm'])
  expect(order({ sort: 'name' })).toEqual(['busy', 'calm', 'mine', 'sick'])
  expect(order({ sort: 'accepted' })).toEqual(['busy', 'calm', 'sick', 'mine'])
  expect(order({ sort: 'dropped' })).toEqual(['sick', 'busy', 'calm', 'mine'])
  expect(order({ sort: 'last' })).toEqual(['calm', 'busy', 'mine', 'sick'])
  expect(order({ query: 'S' })).toEqual(['sick', 'busy'])
  expect(order({ team: 'nobody' })).toEqual([])
})
