/** Cursor strings and the Link header: the same two families as the store's pages. */
import type { KeyPage, KeyPageRequest, Page, PageRequest } from '../store/page.ts'
import { ApiError } from './errors.ts'
import { type Query, queryText } from './query.ts'

interface Cursor {
  readonly value: number
  readonly offset: number
  readonly isPrevious: boolean
}

interface Link {
  readonly cursor: string
  readonly results: boolean
}

/** Both relations of a page: always both, as clients index them without looking. */
export interface Links {
  readonly previous: Link
  readonly next: Link
}

/** What is shown when nothing can be found. */
export const emptyPage: Page<never> = { rows: [], hasPrevious: false, hasNext: false }

export const noLinks: Links = {
  previous: { cursor: '0:0:1', results: false },
  next: { cursor: '0:0:0', results: false },
}

const defaultLimit = 100
const maxLimit = 100

/** `per_page`, from 1 to 100. Errors: 400 in Sentry's words. */
export function readLimit(query: Query, fallback = defaultLimit): number {
  const text = queryText(query, 'per_page')
  if (text === undefined) return fallback
  if (!/^[+-]?\d+$/.test(text.trim())) throw new ApiError(400, 'Invalid per_page parameter.')
  const limit = Number(text)
  if (limit < 1 || limit > maxLimit) {
    throw new ApiError(400, `Invalid per_page value. Must be between 1 and ${maxLimit}.`)
  }
  return limit
}

/** `value:offset:is_prev`. An empty cursor is none, as sentry-cli sends one on its first page. */
function readCursor(query: Query): Cursor | undefined {
  const text = queryText(query, 'cursor')
  if (text === undefined || text === '') return undefined
  const [, value, offset, isPrevious] = /^(-?\d+(?:\.\d+)?):(-?\d+):(-?\d+)$/.exec(text) ?? []
  if (value === undefined || offset === undefined || isPrevious === undefined) {
    throw new ApiError(400, 'Invalid cursor parameter.')
  }
  const cursor = { value: Number(value), offset: Number(offset), isPrevious: Number(isPrevious) !== 0 }
  if (!Number.isSafeInteger(Math.trunc(cursor.value)) || !Number.isSafeInteger(cursor.offset)) {
    throw new ApiError(400, 'Invalid cursor parameter.')
  }
  return cursor
}

/** Numbered pages: the cursor's value is the page's size, its offset the page's number. */
export function pageRequest(query: Query): PageRequest {
  const limit = readLimit(query)
  const cursor = readCursor(query)
  const page = cursor?.offset ?? 0
  if (page < 0) throw new ApiError(400, 'Pagination offset cannot be negative')
  const size = cursor === undefined || cursor.value < 1 ? limit : Math.trunc(cursor.value)
  const offset = page * size
  if (!Number.isSafeInteger(offset)) throw new ApiError(400, 'Invalid cursor parameter.')
  return { limit, offset }
}

export function pageLinks({ limit, offset }: PageRequest, page: Page<unknown>): Links {
  // Between two pages of this size, as after a change of `per_page`, both links overlap and neither skips a row.
  const number = offset / limit
  return {
    previous: { cursor: `${limit}:${Math.ceil(number) - 1}:1`, results: page.hasPrevious },
    next: { cursor: `${limit}:${Math.floor(number) + 1}:0`, results: page.hasNext },
  }
}

/** Positions by key: the cursor's value is the key of the first row of the page it leads to. */
export function keyPageRequest(query: Query, fallbackLimit?: number): KeyPageRequest {
  const limit = readLimit(query, fallbackLimit)
  const cursor = readCursor(query)
  if (cursor !== undefined && cursor.offset < 0)
    throw new ApiError(400, 'Pagination offset cannot be negative')
  return {
    limit,
    position: cursor && { key: Math.trunc(cursor.value), skip: cursor.offset },
    backwards: cursor?.isPrevious ?? false,
  }
}

export function keyLinks(page: KeyPage<unknown>): Links {
  return {
    previous: { cursor: `${page.first.key}:${page.first.skip}:1`, results: page.hasPrevious },
    next: { cursor: `${page.next.key}:${page.next.skip}:0`, results: page.hasNext },
  }
}

/** `url` is the request's own, absolute; its cursor is replaced, its other parameters are kept. */
export function linkHeader(url: URL, { previous, next }: Links): string {
  const parameters = new URLSearchParams(url.search)
  parameters.delete('cursor')
  const kept = parameters.toString()
  const path = url.pathname.replaceAll(':', '%3A')
  const link = (relation: string, { cursor, results }: Link) =>
    `<${url.origin}${path}?${kept}&cursor=${cursor}>; rel="${relation}"; results="${results}"; cursor="${cursor}"`
  return `${link('previous', previous)}, ${link('next', next)}`
}
