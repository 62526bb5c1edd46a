/** Lists that come page by page: the cursor of the next one stands in the Link header. */
import { infiniteQueryOptions, type QueryKey } from '@tanstack/react-query'

export interface ListPage<T> {
  readonly items: readonly T[]
  /** Undefined on the last page. */
  readonly next: string | undefined
}

/** The cursor after `rel="next"`, unless the header says that nothing is there. */
export function nextCursor(link: string | null): string | undefined {
  const next = link?.split(/,\s*(?=<)/).find((part) => part.includes('rel="next"'))
  if (!next?.includes('results="true"')) return undefined
  return /cursor="([^"]*)"/.exec(next)?.[1]
}

/** Options of a list that grows; `load` gets the cursor, which is undefined for the first page. */
export function listQuery<T>(
  queryKey: QueryKey,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<T>>,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: ListPage<T>) => page.next,
    select: ({ pages }) => pages.flatMap((page) => page.items),
  })
}

/** For lists that are wanted whole, such as those that a form offers. At most 5 000 entries. */
export async function wholeList<T>(
  load: (cursor: string | undefined) => Promise<ListPage<T>>,
): Promise<readonly T[]> {
  const items: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < 50; page++) {
    const { items: more, next } = await load(cursor)
    items.push(...more)
    if (next === undefined) break
    cursor = next
  }
  return items
}
