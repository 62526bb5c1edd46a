import { searchText } from '../../words/search.ts'

export interface SetupSearch {
  /** Another platform than the project's. */
  readonly platform?: string
  /** Another way to send than the platform's SDK: the id of a guide. */
  readonly with?: string
  /** The public key, where there are several. */
  readonly key?: string
}

export function readSetupSearch(search: Record<string, unknown>): SetupSearch {
  return {
    platform: searchText(search, 'platform'),
    with: searchText(search, 'with'),
    key: searchText(search, 'key'),
  }
}
