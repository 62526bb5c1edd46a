import { expect, test } from 'vitest'
import { projectShares } from './usage-projects.ts'

const row = (slug: string, accepted: number, dropped: number, previous: number | null = null) => ({
  id: slug,
  slug,
  name: slug,
  platform: null,
  teams: [],
  isMember: true,
  isBookmarked: false,
  accepted: { total: accepted, series: [], previous },
  dropped: { total: dropped, series: [], previous: previous === null ? null : 0, outcomes: {} },
  lastAccepted: null,
})

test('projects stand in the order that was asked for', () => {
  const rows = [row('a', 10, 0, 100), row('b', 5, 5, 1), row('c', 50, 1, 50)]
  const slugs = (order?: Parameters<typeof projectShares>[1]) =>
    projectShares(rows, order).map(({ slug }) => slug)
  expect(slugs()).toEqual(['c', 'a', 'b'])
  expect(slugs('dropped')).toEqual(['b', 'c', 'a'])
  expect(slugs('change')).toEqual(['b', 'c', 'a'])
  expect(slugs('name')).toEqual(['a', 'b', 'c'])
})

test('without a comparison there is no past', () => {
  expect(projectShares([row('a', 1, 2)])[0]).toMatchObject({ total: 3, previous: undefined })
})
