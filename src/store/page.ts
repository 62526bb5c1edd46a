/** One page of a list. Two families, as in Sentry: numbered pages, and positions by a sort key. */

export interface Page<T> {
  readonly rows: readonly T[]
  readonly hasPrevious: boolean
  readonly hasNext: boolean
}

/** Rows `offset` to `offset + limit` of the list's order. */
export interface PageRequest {
  readonly limit: number
  readonly offset: number
}

/** A place in a list that falls by a numeric key: `skip` rows into those whose key is `key` or less. */
export interface KeyPosition {
  readonly key: number
  readonly skip: number
}

/** The page after a position, or the one before it; from the top when there is none. */
export interface KeyPageRequest {
  readonly limit: number
  readonly position: KeyPosition | undefined
  readonly backwards: boolean
}

export interface KeyPage<T> extends Page<T> {
  readonly first: KeyPosition
  readonly next: KeyPosition
}

/** Cuts a numbered page out of rows that were asked for with one more than the limit. */
export function pageOf<T>(rowsAndOne: readonly T[], { limit, offset }: PageRequest): Page<T> {
  return {
    rows: rowsAndOne.slice(0, limit),
    hasPrevious: offset > 0,
    hasNext: rowsAndOne.length > limit,
  }
}

/**
 * Reads one page along a falling key. Rows with equal keys keep the order in which `rowsFrom` gives them.
 *
 * Shape: `rowsFrom` answers rows with key ≤ `from` (all when undefined), falling, after `skip` of them;
 * `countAbove` answers how many rows have a key greater than the one given.
 */
export async function keyPage<T>(
  request: KeyPageRequest,
  keyOf: (row: T) => number,
  rowsFrom: (from: number | undefined, skip: number, limit: number) => Promise<readonly T[]>,
  countAbove: (key: number) => Promise<number>,
): Promise<KeyPage<T>> {
  const { limit, position, backwards } = request
  if (position !== undefined && backwards) {
    const before = (await countAbove(position.key)) + position.skip
    const start = Math.max(0, before - limit)
    const size = before - start
    const found = await rowsFrom(undefined, start, size + 1)
    const firstSkip = found[0] === undefined ? 0 : start - (await countAbove(keyOf(found[0])))
    return cutPage({ found, size, hasPrevious: start > 0, firstSkip }, keyOf)
  }
  const skip = position?.skip ?? 0
  const found = await rowsFrom(position?.key, skip, limit + 1)
  const isWithinKey = found[0] !== undefined && keyOf(found[0]) === position?.key
  const firstSkip = isWithinKey ? skip : 0
  return cutPage({ found, size: limit, hasPrevious: position !== undefined, firstSkip }, keyOf)
}

interface Found<T> {
  /** The page's rows, and the first of the next page if there is one. */
  readonly found: readonly T[]
  readonly size: number
  readonly hasPrevious: boolean
  /** Rows before the page that have the key of its first. */
  readonly firstSkip: number
}

function cutPage<T>(
  { found, size, hasPrevious, firstSkip }: Found<T>,
  keyOf: (row: T) => number,
): KeyPage<T> {
  const rows = found.slice(0, size)
  const hasNext = found.length > size
  const keys = found.map(keyOf)
  const first = keys[0] ?? 0
  const next = keys[hasNext ? size : rows.length - 1] ?? 0
  const sameAsNext = rows.filter((_, index) => keys[index] === next).length
  return {
    rows,
    hasPrevious,
    hasNext,
    first: { key: first, skip: firstSkip },
    next: { key: next, skip: sameAsNext + (next === first ? firstSkip : 0) },
  }
}
