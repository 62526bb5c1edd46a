/** Ownership rules: who owns what in a project, one rule per line. */
import { quotedText, readLine, rulesOf, unquoted } from './line-reader.ts'

export interface Owner {
  readonly type: 'user' | 'team'
  /** An e-mail address, or a team's slug. */
  readonly name: string
}

export interface OwnershipRule {
  readonly matcher: { readonly type: string; readonly pattern: string }
  readonly owners: readonly Owner[]
}

export interface OwnershipFault {
  readonly message: string
}

const matcherTypes = String.raw`path|url|module|codeowners|tags\.[^:\s]+`
const matcher = new RegExp(`(?:(?:${matcherTypes}):)?(?:${quotedText.source}|\\S+)`)
const typedMatcher = new RegExp(`^(${matcherTypes}):(.*)$`, 's')

/**
 * Reads rules such as `url:https://example.com/* ada@example.net #crew`. A line without a type, as in a
 * CODEOWNERS file, speaks of a path.
 *
 * Errors: a fault that names line and column, both from 1.
 * Source: https://docs.sentry.io/product/issues/ownership-rules/
 */
export function parseOwnershipRules(text: string): readonly OwnershipRule[] | OwnershipFault {
  const rules: OwnershipRule[] = []
  for (const { number, line } of rulesOf(text)) {
    const reader = readLine(line)
    const expected = (what: string, position = reader.position): OwnershipFault => ({
      message: `Parse error: expected ${what} (line ${number}, column ${position + 1})`,
    })
    const stated = reader.take(matcher) ?? ''
    const [, type = 'path', pattern = stated] = typedMatcher.exec(stated) ?? []
    if (pattern === '') return expected(`a pattern after "${stated}"`)
    if (type === 'codeowners') {
      return { message: 'Codeowner type paths can only be added by importing CODEOWNER files' }
    }
    const owners: Owner[] = []
    do {
      const { position } = reader
      const owner = parseOwner(reader.take(/\S+/) ?? '')
      if (owner === undefined) return expected('an owner: an e-mail address, or a team as #slug', position)
      owners.push(owner)
    } while (!reader.isAtEnd)
    rules.push({ matcher: { type, pattern: unquoted(pattern) }, owners })
  }
  return rules
}

function parseOwner(word: string): Owner | undefined {
  if (/^#[^#@]+$/.test(word)) return { type: 'team', name: word.slice(1) }
  return /^[^#@\s]+@[^@\s]+$/.test(word) ? { type: 'user', name: word } : undefined
}

/** Whether parsing failed. */
export function isOwnershipFault(
  parsed: readonly OwnershipRule[] | OwnershipFault,
): parsed is OwnershipFault {
  return 'message' in parsed
}
