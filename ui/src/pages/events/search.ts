import { type RangeSearch, readRangeSearch } from '../../words/ranges.ts'
import { searchList, searchText } from '../../words/search.ts'

export interface EventsSearch extends RangeSearch {
  readonly query?: string
  readonly environment?: readonly string[]
}

export function readEventsSearch(search: Record<string, unknown>): EventsSearch {
  return {
    ...readRangeSearch(search),
    query: searchText(search, 'query'),
    environment: searchList(search, 'environment'),
  }
}
