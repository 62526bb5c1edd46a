/**
 * The two rule languages that shape groups: fingerprinting rules and stack trace rules. They are kept as text and
 * checked for their syntax.
 *
 * Source: https://docs.sentry.io/concepts/data-management/event-grouping/
 */
import { type LineReader, quotedText, readLine, rulesOf } from './line-reader.ts'

const quoted = quotedText.source
const key = String.raw`!?(?:[\w.-]+|"[\w.:-]+")`
const matcher = new RegExp(`${key}:(?:${quoted}|\\S+)`)
/** Inside brackets a word ends before the closing one. */
const neighbour = new RegExp(`${key}:(?:${quoted}|[^\\s\\]]+)`)

const fingerprintPart = new RegExp(String.raw`[\w.-]+=${quoted}|${quoted}|\{\{\s*[^\s{}]+\s*\}\}|[^\s,]+`)

/** What is wrong with fingerprinting rules, such as `type:DatabaseError -> database, {{ default }}`. */
export function fingerprintingProblem(text: string): string | undefined {
  return firstProblem(text, (reader) => {
    if (!takeSome(reader, matcher) || reader.take(/->/) === undefined) return false
    if (reader.take(fingerprintPart) === undefined) return false
    while (reader.take(/,/) !== undefined || !reader.isAtEnd) {
      if (!reader.isAtEnd && reader.take(fingerprintPart) === undefined) return false
    }
    return true
  })
}

const action = new RegExp(
  String.raw`[\^v]?[+-](?:group|app|prefix|sentinel)(?=\s|$)|` +
    String.raw`(?:max-frames|min-frames|invert-stacktrace|category)\s*=\s*(?:${quoted}|[\w.-]+)`,
)

/** What is wrong with stack trace rules, such as `[ function:run ] | path:vendor/* -app -group`. */
export function enhancementsProblem(text: string): string | undefined {
  return firstProblem(text, (reader) => {
    const hasCaller = reader.take(/\[/) !== undefined
    if (hasCaller && !takeAll(reader, neighbour, /\]/, /\|/)) return false
    if (!takeSome(reader, matcher)) return false
    const hasCallee = reader.take(/\|/) !== undefined
    if (hasCallee && !takeAll(reader, /\[/, neighbour, /\]/)) return false
    return takeSome(reader, action)
  })
}

/** `rule` reads as much of a line as it understands, and answers whether that is a rule. */
function firstProblem(text: string, rule: (reader: LineReader) => boolean): string | undefined {
  for (const { number, line } of rulesOf(text)) {
    const reader = readLine(line)
    if (rule(reader) && reader.isAtEnd) continue
    const rest = line.slice(reader.position)
    const near = rest.length > NEAR_CHARACTERS ? `${rest.slice(0, NEAR_CHARACTERS)}...` : rest
    return `Invalid syntax near "${near}" (line ${number}, column ${reader.position + 1})`
  }
  return undefined
}

const NEAR_CHARACTERS = 32

function takeAll(reader: LineReader, ...patterns: readonly RegExp[]): boolean {
  return patterns.every((pattern) => reader.take(pattern) !== undefined)
}

function takeSome(reader: LineReader, pattern: RegExp): boolean {
  if (reader.take(pattern) === undefined) return false
  while (reader.take(pattern) !== undefined) {}
  return true
}
