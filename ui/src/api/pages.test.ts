import { expect, test } from 'vitest'
import { nextCursor, wholeList } from './pages.ts'

const link = (results: boolean) =>
  '<http://localhost/api/0/projects/?query=a,b&cursor=100:-1:1>; rel="previous"; results="false"; cursor="100:-1:1", ' +
  `<http://localhost/api/0/projects/?query=a,b&cursor=100:1:0>; rel="next"; results="${results}"; cursor="100:1:0"`

test('finds the cursor of the next page, if there is one', () => {
  expect(nextCursor(link(true))).toBe('100:1:0')
  expect(nextCursor(link(false))).toBeUndefined()
  expect(nextCursor(null)).toBeUndefined()
})

test('loads a whole list page by page', async () => {
  const pages: Record<string, { items: number[]; next: string | undefined }> = {
    first: { items: [1, 2], next: 'second' },
    second: { items: [3], next: undefined },
  }
  const list = await wholeList(async (cursor) => pages[cursor ?? 'first'] ?? { items: [], next: undefined })
  expect(list).toEqual([1, 2, 3])
})
