/** Query strings: single and repeated parameters, and the small grammar of `query=`. */
import { parseNumericId } from '../protocol/ids.ts'

/** As the framework parses it: repeated parameters become lists. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** The last value, as Django reads a repeated parameter. */
export function queryText(query: Query, name: string): string | undefined {
  const value = query[name]
  return typeof value === 'object' ? value.at(-1) : value
}

export function queryList(query: Query, name: string): readonly string[] {
  const value = query[name]
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

/** Present and non-empty. */
export function queryFlag(query: Query, name: string): boolean {
  return Boolean(queryText(query, name))
}

/** Undefined unless all of them are whole numbers. */
export function numbersIn(values: readonly string[]): readonly number[] | undefined {
  const numbers = values.map(parseNumericId)
  return numbers.every((number) => number !== undefined) ? numbers : undefined
}

/** Filters by key, each a list of values, and the remaining words. */
export interface SearchTerms {
  readonly filters: ReadonlyMap<string, readonly string[]>
  readonly text: string
}

/**
 * Splits `slug:web "two words" free` into filters and free text. Double quotes group; AND and OR are dropped.
 *
 * Source: Sentry's tokenize_query.
 */
export function searchTerms(text: string | undefined): SearchTerms {
  const filters = new Map<string, string[]>()
  const words: string[] = []
  for (const token of text?.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []) {
    if (token === 'AND' || token === 'OR') continue
    const colon = token.startsWith('"') ? -1 : token.indexOf(':')
    if (colon > 0) {
      const name = token.slice(0, colon)
      filters.set(name, [...(filters.get(name) ?? []), unquote(token.slice(colon + 1))])
    } else {
      words.push(unquote(token))
    }
  }
  return { filters, text: words.join(' ') }
}

function unquote(token: string): string {
  return token.replaceAll('"', '')
}
