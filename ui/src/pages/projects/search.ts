import { searchChoice, searchText } from '../../words/search.ts'

export const sortings = ['name', 'accepted', 'dropped', 'last'] as const
export type Sorting = (typeof sortings)[number]

export interface ProjectsSearch {
  readonly query?: string
  /** A team's slug. */
  readonly team?: string
  /** By default trouble comes first. */
  readonly sort?: Sorting
}

export function readProjectsSearch(search: Record<string, unknown>): ProjectsSearch {
  return {
    query: searchText(search, 'query'),
    team: searchText(search, 'team'),
    sort: searchChoice(search, 'sort', sortings),
  }
}
