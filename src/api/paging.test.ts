import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyPage, pageOf } from '../store/page.ts'
import { ApiError } from './errors.ts'
import {
  keyLinks,
  keyPageRequest,
  type Links,
  linkHeader,
  pageLinks,
  pageRequest,
  readLimit,
} from './paging.ts'

/** What a caller is told who asks for this. */
function complaint(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, ...(error.body as object) }
    throw error
  }
}

describe('readLimit', () => {
  test.each([
    [undefined, 100],
    ['1', 1],
    ['100', 100],
    [' 7 ', 7],
    ['+7', 7],
  ])('reads per_page=%j as %d', (per_page, limit) => {
    expect(readLimit({ per_page })).toBe(limit)
  })

  test('has another default where it is told so', () => {
    expect(readLimit({}, 10)).toBe(10)
    expect(readLimit({ per_page: '50' }, 10)).toBe(50)
  })

  test.each(['nope', '', '1.5', '1e1', '0x10', '10 20'])('refuses per_page=%j', (per_page) => {
    expect(complaint(() => readLimit({ per_page }))).toEqual({
      status: 400,
      detail: 'Invalid per_page parameter.',
    })
  })

  test.each(['0', '101', '-1', '99999999999999999999'])('refuses per_page=%j', (per_page) => {
    expect(complaint(() => readLimit({ per_page }))).toEqual({
      status: 400,
      detail: 'Invalid per_page value. Must be between 1 and 100.',
    })
  })
})

describe.each([
  ['numbered pages', pageRequest],
  ['pages by key', keyPageRequest],
] as const)('the cursor of %s', (_, request) => {
  test.each([
    'x',
    '1',
    '1:2',
    '1:2:3:4',
    'a:0:0',
    '1:a:0',
    '1:0:a',
    '1:0.5:0',
    ':0:0',
    '1::0',
    '1:0:',
    ' 1:0:0',
    '99999999999999999999:1:0',
    '1:99999999999999999999:0',
  ])('may not be %j', (cursor) => {
    expect(complaint(() => request({ cursor }))).toEqual({ status: 400, detail: 'Invalid cursor parameter.' })
  })

  test('may not lead before the first page', () => {
    expect(complaint(() => request({ cursor: '100:-1:1' }))).toEqual({
      status: 400,
      detail: 'Pagination offset cannot be negative',
    })
  })

  test('is none when it is empty', () => {
    expect(request({ cursor: '', per_page: '5' })).toEqual(request({ per_page: '5' }))
  })
})

describe('pageRequest', () => {
  test.each([
    [{}, { limit: 100, offset: 0 }],
    [{ per_page: '10' }, { limit: 10, offset: 0 }],
    [{ cursor: '100:0:0' }, { limit: 100, offset: 0 }],
    [{ cursor: '100:2:0' }, { limit: 100, offset: 200 }],
    [
      { cursor: '10:2:1', per_page: '10' },
      { limit: 10, offset: 20 },
    ],
    [
      { cursor: '10.0:2:0', per_page: '10' },
      { limit: 10, offset: 20 },
    ],
    [
      { cursor: '0:2:0', per_page: '10' },
      { limit: 10, offset: 20 },
    ],
  ])('reads %j', (query, request) => {
    expect(pageRequest(query)).toEqual(request)
  })
})

describe('pageLinks', () => {
  test.each([
    ['the first page', { limit: 100, offset: 0 }, false, true, '100:-1:1', '100:1:0'],
    ['the only page', { limit: 100, offset: 0 }, false, false, '100:-1:1', '100:1:0'],
    ['a page in the middle', { limit: 10, offset: 20 }, true, true, '10:1:1', '10:3:0'],
    ['the last page', { limit: 10, offset: 30 }, true, false, '10:2:1', '10:4:0'],
  ])('of %s', (_, request, hasPrevious, hasNext, previous, next) => {
    expect(pageLinks(request, { rows: [], hasPrevious, hasNext })).toEqual({
      previous: { cursor: previous, results: hasPrevious },
      next: { cursor: next, results: hasNext },
    })
  })
})

/** A list of so many rows, and what a page of it holds and links to. */
function numbered(length: number) {
  const rows = Array.from({ length }, (_, row) => row)
  return (query: { per_page: string; cursor?: string }) => {
    const request = pageRequest(query)
    const page = pageOf(rows.slice(request.offset, request.offset + request.limit + 1), request)
    return { rows: page.rows, ...pageLinks(request, page) }
  }
}

describe('numbered pages', () => {
  test('hold the whole list, forwards and backwards, in order', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fc.integer({ min: 1, max: 12 }), (length, limit) => {
        const read = numbered(length)
        const all = Array.from({ length }, (_, row) => row)
        const per_page = String(limit)
        let page = read({ per_page })
        const forwards = [page.rows]
        while (page.next.results) {
          page = read({ per_page, cursor: page.next.cursor })
          forwards.push(page.rows)
        }
        expect(forwards.flat()).toEqual(all)
        const backwards = [page.rows]
        while (page.previous.results) {
          page = read({ per_page, cursor: page.previous.cursor })
          backwards.unshift(page.rows)
        }
        expect(backwards).toEqual(forwards)
      }),
    )
  })

  test('skip nothing, and lead nowhere empty, when per_page changes on the way', () => {
    const steps = fc.array(
      fc.record({ way: fc.constantFrom('previous', 'next'), limit: fc.integer({ min: 1, max: 12 }) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), steps, (length, walk) => {
        const read = numbered(length)
        let page = read({ per_page: '5' })
        for (const { way, limit } of walk) {
          const [first = 0, last = 0] = [page.rows[0], page.rows.at(-1)]
          const link = page[way as 'previous' | 'next']
          expect(link.results).toBe(way === 'next' ? last < length - 1 : first > 0)
          if (!link.results) continue
          page = read({ per_page: String(limit), cursor: link.cursor })
          const [newFirst = Number.NaN, newLast = Number.NaN] = [page.rows[0], page.rows.at(-1)]
          if (way === 'next') expect(newFirst).toBeLessThanOrEqual(last + 1)
          else expect(newFirst).toBeLessThan(first)
          expect(newLast).toBeGreaterThanOrEqual(newFirst)
        }
      }),
    )
  })
})

describe('keyPageRequest', () => {
  test.each([
    [{}, { limit: 100, position: undefined, backwards: false }],
    [{ per_page: '2' }, { limit: 2, position: undefined, backwards: false }],
    [{ cursor: '7:0:0' }, { limit: 100, position: { key: 7, skip: 0 }, backwards: false }],
    [{ cursor: '9:3:1' }, { limit: 100, position: { key: 9, skip: 3 }, backwards: true }],
    [
      { cursor: '1700000000123:0:0' },
      { limit: 100, position: { key: 1700000000123, skip: 0 }, backwards: false },
    ],
    [{ cursor: '7.0:0:0' }, { limit: 100, position: { key: 7, skip: 0 }, backwards: false }],
  ])('reads %j', (query, request) => {
    expect(keyPageRequest(query)).toEqual(request)
  })

  test('has another default length where it is told so', () => {
    expect(keyPageRequest({}, 10)).toEqual({ limit: 10, position: undefined, backwards: false })
  })
})

/** A list that falls by these keys, and what a page of it holds and links to. */
function keyed(keys: readonly number[]) {
  const list = keys.toSorted((one, other) => other - one).map((key, name) => ({ key, name }))
  const read = async (query: { per_page: string; cursor?: string }) => {
    const page = await keyPage(
      keyPageRequest(query),
      (row: (typeof list)[number]) => row.key,
      async (from, skip, limit) =>
        list.filter(({ key }) => from === undefined || key <= from).slice(skip, skip + limit),
      async (key) => list.filter((row) => row.key > key).length,
    )
    return { rows: page.rows, ...keyLinks(page) }
  }
  return { list, read }
}

describe('pages by key', () => {
  test('hold the whole list, forwards and backwards, in order, whatever keys are equal', async () => {
    const keys = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 8 }), async (unsorted, limit) => {
        const { list, read } = keyed(unsorted)
        const per_page = String(limit)
        let page = await read({ per_page })
        const forwards = [page.rows]
        while (page.next.results) {
          page = await read({ per_page, cursor: page.next.cursor })
          forwards.push(page.rows)
        }
        expect(forwards.flat()).toEqual(list)
        const backwards = [page.rows]
        while (page.previous.results) {
          page = await read({ per_page, cursor: page.previous.cursor })
          backwards.unshift(page.rows)
        }
        expect(backwards).toEqual(forwards)
      }),
      { numRuns: 300 },
    )
  })
})

describe('linkHeader', () => {
  const links: Links = {
    previous: { cursor: '100:-1:1', results: false },
    next: { cursor: '100:1:0', results: true },
  }

  test('names both pages of a request without parameters', () => {
    expect(linkHeader(new URL('http://host/api/0/path/'), links)).toBe(
      '<http://host/api/0/path/?&cursor=100:-1:1>; rel="previous"; results="false"; cursor="100:-1:1", ' +
        '<http://host/api/0/path/?&cursor=100:1:0>; rel="next"; results="true"; cursor="100:1:0"',
    )
  })

  test('of the first of two pages of keys by their ids', async () => {
    const { read } = keyed([7, 8, 9])
    const url = new URL('https://h/api/0/projects/o/p/keys/?per_page=2')
    expect(linkHeader(url, await read({ per_page: '2' }))).toBe(
      '<https://h/api/0/projects/o/p/keys/?per_page=2&cursor=9:0:1>; rel="previous"; results="false"; cursor="9:0:1", ' +
        '<https://h/api/0/projects/o/p/keys/?per_page=2&cursor=7:0:0>; rel="next"; results="true"; cursor="7:0:0"',
    )
  })

  test.each([
    ['http://host:9000/a/', 'http://host:9000/a/?&cursor=100:1:0'],
    ['http://host/a/?cursor=', 'http://host/a/?&cursor=100:1:0'],
    ['http://host/a/?cursor=1:2:0&per_page=2', 'http://host/a/?per_page=2&cursor=100:1:0'],
    ['http://host/a/?x=1&cursor=a&x=2&cursor=b', 'http://host/a/?x=1&x=2&cursor=100:1:0'],
    ['http://host/a/?query=slug:a%20b', 'http://host/a/?query=slug%3Aa+b&cursor=100:1:0'],
    ['http://host/a/?query=a%26b%3E', 'http://host/a/?query=a%26b%3E&cursor=100:1:0'],
    ['http://host/a:b/é/', 'http://host/a%3Ab/%C3%A9/?&cursor=100:1:0'],
  ])('of %s leads to %s', (url, next) => {
    expect(linkHeader(new URL(url), links)).toContain(`, <${next}>; rel="next";`)
  })
})
