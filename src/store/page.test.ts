import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type KeyPage, type KeyPageRequest, keyPage, pageOf } from './page.ts'

describe('pageOf', () => {
  test.each([
    [
      'the first of several',
      [1, 2, 3],
      { limit: 2, offset: 0 },
      { rows: [1, 2], hasPrevious: false, hasNext: true },
    ],
    [
      'one in the middle',
      [3, 4, 5],
      { limit: 2, offset: 2 },
      { rows: [3, 4], hasPrevious: true, hasNext: true },
    ],
    ['the last', [5], { limit: 2, offset: 4 }, { rows: [5], hasPrevious: true, hasNext: false }],
    ['a full last one', [5, 6], { limit: 2, offset: 4 }, { rows: [5, 6], hasPrevious: true, hasNext: false }],
    ['the only one', [], { limit: 2, offset: 0 }, { rows: [], hasPrevious: false, hasNext: false }],
  ])('cuts out %s', (_, rows, request, page) => {
    expect(pageOf(rows, request)).toEqual(page)
  })
})

interface Row {
  readonly key: number
  readonly name: number
}

/** A list that falls by key; rows with equal keys are told apart by their place in it. */
function listOf(keys: readonly number[]): readonly Row[] {
  return keys.toSorted((one, other) => other - one).map((key, name) => ({ key, name }))
}

function read(list: readonly Row[], request: KeyPageRequest): Promise<KeyPage<Row>> {
  return keyPage(
    request,
    (row) => row.key,
    async (from, skip, limit) =>
      list.filter(({ key }) => from === undefined || key <= from).slice(skip, skip + limit),
    async (key) => list.filter((row) => row.key > key).length,
  )
}

describe('keyPage', () => {
  const list = listOf([9, 8, 7])
  const [nine, eight, seven] = list

  test('starts at the top, and says where the next page begins', async () => {
    expect(await read(list, { limit: 2, position: undefined, backwards: false })).toEqual({
      rows: [nine, eight],
      hasPrevious: false,
      hasNext: true,
      first: { key: 9, skip: 0 },
      next: { key: 7, skip: 0 },
    })
  })

  test('goes on from there, and says where the page before ends', async () => {
    expect(await read(list, { limit: 2, position: { key: 7, skip: 0 }, backwards: false })).toEqual({
      rows: [seven],
      hasPrevious: true,
      hasNext: false,
      first: { key: 7, skip: 0 },
      next: { key: 7, skip: 1 },
    })
  })

  test('goes back to the page before', async () => {
    expect(await read(list, { limit: 2, position: { key: 7, skip: 0 }, backwards: true })).toEqual({
      rows: [nine, eight],
      hasPrevious: false,
      hasNext: true,
      first: { key: 9, skip: 0 },
      next: { key: 7, skip: 0 },
    })
  })

  test('is empty before the first row, after the last, and of an empty list', async () => {
    const before = await read(list, { limit: 2, position: { key: 9, skip: 0 }, backwards: true })
    expect(before).toMatchObject({ rows: [], hasPrevious: false, hasNext: true, next: { key: 9, skip: 0 } })
    const after = await read(list, { limit: 2, position: { key: 7, skip: 1 }, backwards: false })
    expect(after).toMatchObject({ rows: [], hasPrevious: true, hasNext: false })
    const empty = await read([], { limit: 2, position: undefined, backwards: false })
    expect(empty).toMatchObject({ rows: [], hasPrevious: false, hasNext: false })
  })

  test('goes on at the next row when the row of its position is gone', async () => {
    const page = await read(listOf([9, 7]), { limit: 2, position: { key: 8, skip: 0 }, backwards: false })
    expect(page.rows.map(({ key }) => key)).toEqual([7])
  })

  test('says where to go on after a page that was reached backwards among equal keys', async () => {
    const equal = listOf([5, 5, 5, 5, 5])
    expect(await read(equal, { limit: 2, position: { key: 5, skip: 4 }, backwards: true })).toEqual({
      rows: equal.slice(2, 4),
      hasPrevious: true,
      hasNext: true,
      first: { key: 5, skip: 2 },
      next: { key: 5, skip: 4 },
    })
  })

  test('is the right rows after any steps to and fro, whatever keys are equal and however long pages are', async () => {
    const keys = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 })
    const steps = fc.array(fc.record({ backwards: fc.boolean(), limit: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(keys, steps, async (unsorted, walk) => {
        const rows = listOf(unsorted)
        let page: KeyPage<Row> | undefined
        let [from, to] = [0, 0]
        for (const { backwards, limit } of walk) {
          if (page !== undefined && !(backwards ? page.hasPrevious : page.hasNext)) continue
          const goesBack = backwards && page !== undefined
          const position = goesBack ? page?.first : page?.next
          page = await read(rows, { limit, position, backwards: goesBack })
          const [start, end]: [number, number] = goesBack ? [from - limit, from] : [to, to + limit]
          ;[from, to] = [Math.max(0, start), Math.min(rows.length, end)]
          expect(page).toMatchObject({
            rows: rows.slice(from, to),
            hasPrevious: from > 0,
            hasNext: to < rows.length,
          })
        }
      }),
      { numRuns: 300 },
    )
  })
})
