/**
 * What stands behind the question mark of an address: names with a text, or with several when they are repeated.
 * Nothing is quoted, so that addresses can be read and written by hand.
 */

export type SearchValues = Readonly<Record<string, string | readonly string[]>>

export function parseSearch(text: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const known = values[name]
    values[name] = known === undefined ? value : [known, value].flat()
  }
  return values
}

/** With the question mark, unless there is nothing. */
export function stringifySearch(values: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null && each !== '') parameters.append(name, String(each))
    }
  }
  // Colons and commas are allowed there, and moments and lists are full of them.
  const text = parameters.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/')
  return text === '' ? '' : `?${text}`
}

type Raw = Readonly<Record<string, unknown>>

/** A text; undefined when it is missing, empty or repeated. */
export function searchText(search: Raw, name: string): string | undefined {
  const value = search[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** One of some choices. */
export function searchChoice<T extends string>(
  search: Raw,
  name: string,
  choices: readonly T[],
): T | undefined {
  return choices.find((choice) => choice === search[name])
}

/** All texts of a name; undefined when there are none. */
export function searchList(search: Raw, name: string): readonly string[] | undefined {
  const value = search[name]
  const list = (Array.isArray(value) ? value : [value]).filter(
    (each): each is string => typeof each === 'string' && each !== '',
  )
  return list.length === 0 ? undefined : list
}

/** True for `1`, else undefined: what is off does not stand in the address. */
export function searchFlag(search: Raw, name: string): '1' | undefined {
  return search[name] === '1' ? '1' : undefined
}

/** A page of this server to go back to; undefined for anything that would lead elsewhere. */
export function searchPlace(search: Raw, name: string): string | undefined {
  const text = searchText(search, name)
  if (text === undefined || !text.startsWith('/') || /^\/[\\/]/.test(text)) return undefined
  return text
}
