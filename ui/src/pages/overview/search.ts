import { type RangeSearch, readRangeSearch } from '../../words/ranges.ts'
import { searchFlag, searchText } from '../../words/search.ts'

export interface OverviewSearch extends RangeSearch {
  /** A data category other than errors. */
  readonly category?: string
  readonly compare?: '1'
  readonly live?: '1'
}

export function readOverviewSearch(search: Record<string, unknown>): OverviewSearch {
  return {
    ...readRangeSearch(search),
    category: searchText(search, 'category'),
    compare: searchFlag(search, 'compare'),
    live: searchFlag(search, 'live'),
  }
}
