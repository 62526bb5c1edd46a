import { type RangeSearch, readRangeSearch } from '../../words/ranges.ts'
import { searchChoice, searchFlag, searchText } from '../../words/search.ts'
import { type Order, orders } from './usage-projects.ts'

export interface UsageSearch extends RangeSearch {
  readonly category?: string
  readonly compare?: '1'
  /** Of the projects; the largest first by default. */
  readonly order?: Order
}

export function readUsageSearch(search: Record<string, unknown>): UsageSearch {
  return {
    ...readRangeSearch(search),
    category: searchText(search, 'category'),
    compare: searchFlag(search, 'compare'),
    order: searchChoice(search, 'order', orders),
  }
}

export interface MembersSearch {
  readonly query?: string
}

export function readMembersSearch(search: Record<string, unknown>): MembersSearch {
  return { query: searchText(search, 'query') }
}

export interface AuditSearch extends RangeSearch {
  /** Such as `project.edit`. */
  readonly event?: string
  /** A user's number. */
  readonly actor?: string
}

export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  return {
    ...readRangeSearch(search),
    event: searchText(search, 'event'),
    actor: searchText(search, 'actor'),
  }
}
