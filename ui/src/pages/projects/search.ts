import { searchText } from '../../words/search.ts'

export interface ProjectsSearch {
  readonly query?: string
  /** A team's slug. */
  readonly team?: string
}

export function readProjectsSearch(search: Record<string, unknown>): ProjectsSearch {
  return { query: searchText(search, 'query'), team: searchText(search, 'team') }
}
