/**
 * Selectors: which fields of an event data scrubbing speaks of, such as `extra.*.token && !$ip`.
 *
 * Source: https://docs.sentry.io/security-legal-pii/scrubbing/advanced-datascrubbing/#sources
 */
import { type LineReader, readLine } from './line-reader.ts'

const name = /[A-Za-z0-9_-]+|'(?:[^']|'')*'/
const step = new RegExp(String.raw`\*\*|\*|\$[a-z_]+|${name.source}`)

/** What is wrong with a selector; undefined if nothing is. */
export function selectorProblem(text: string): string | undefined {
  const reader = readLine(text)
  const deepest = readAlternatives(reader, 0)
  if (deepest === undefined || !reader.isAtEnd) return `Invalid syntax near "${text}"`
  return deepest > 1 ? 'Deep wildcard used more than once' : undefined
}

/** What is wrong with some of them, all in one message, as Sentry words it. */
export function selectorsProblem(selectors: readonly string[]): string | undefined {
  const problems = selectors.flatMap((selector, index) => {
    const problem = selectorProblem(selector)
    return problem === undefined ? [] : [`${problem} (line ${index + 1})`]
  })
  return problems.length > 0 ? problems.join(',\n') : undefined
}

const MOST_SENSITIVE_CHARACTERS = 4000

/** What is wrong with a list of names of fields that are always scrubbed. */
export function sensitiveFieldsProblem(names: readonly string[]): string | undefined {
  return names.join('').length > MOST_SENSITIVE_CHARACTERS
    ? 'List of sensitive fields is too long.'
    : undefined
}

/** Parentheses inside each other; more of them are taken for nonsense. */
const MOST_LEVELS = 100

/** The readers of a part answer the most deep wildcards that a path in it has; undefined if it is no such part. */
type PartReader = (reader: LineReader, level: number) => number | undefined

const readAlternatives: PartReader = (reader, level) => readJoined(reader, level, /\|\|/, readConjunction)
const readConjunction: PartReader = (reader, level) => readJoined(reader, level, /&&/, readNegation)

const readNegation: PartReader = (reader, level) => {
  reader.take(/!/)
  if (reader.take(/\(/) === undefined) return readPath(reader, level)
  const inner = level < MOST_LEVELS ? readAlternatives(reader, level + 1) : undefined
  return reader.take(/\)/) === undefined ? undefined : inner
}

const readPath: PartReader = (reader) => {
  let deep = 0
  for (;;) {
    const taken = reader.take(step)
    if (taken === undefined) return undefined
    if (taken === '**') deep++
    if (reader.take(/\./) === undefined) return deep
  }
}

function readJoined(reader: LineReader, level: number, joint: RegExp, part: PartReader): number | undefined {
  let most = part(reader, level)
  while (most !== undefined && reader.take(joint) !== undefined) {
    const next = part(reader, level)
    most = next === undefined ? undefined : Math.max(most, next)
  }
  return most
}
