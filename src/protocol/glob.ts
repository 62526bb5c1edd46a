/**
 * Globs as inbound filters use them: the whole text is compared, without regard to case.
 *
 * `*` is any run of characters, line breaks and slashes included, `?` one character, `[abc]`, `[a-z]`, `[!a]`
 * one of a class, `{a,b}` one of several globs; a backslash takes the meaning of what follows away.
 */

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'run' }
  | { readonly kind: 'one'; readonly allows: (character: string) => boolean }
  | { readonly kind: 'either'; readonly branches: readonly Sequence[] }

type Sequence = readonly Token[]

interface Glob {
  readonly tokens: Sequence
  /** Text without which there is no match: the longest that the glob spells out. */
  readonly required: string
}

/**
 * A test whether a text matches any of the globs; undefined if there is none that can match. The empty one
 * matches nothing, and so does one that is malformed.
 *
 * Time: length of the text times length of the globs, at the worst.
 */
export function globMatcher(patterns: readonly string[]): ((text: string) => boolean) | undefined {
  const globs = patterns.flatMap((pattern) => parseGlob(pattern) ?? [])
  if (globs.length === 0) return undefined
  // One look at the text instead of one for each glob: most texts have nothing of what any of them requires.
  const mention = new RegExp(globs.map(({ required }) => RegExp.escape(required)).join('|'))
  return (text) => {
    const folded = foldCase(text)
    if (!mention.test(folded)) return false
    return globs.some(({ tokens, required }) => folded.includes(required) && matches(tokens, folded))
  }
}

/** Lower case makes two characters of one, takes another for what stands around it, and leaves a third as it is. */
const foldedByThemselves = /[İςΣ]/

/** Every character without its case; unlike lower case, as many characters as before, each by itself. */
function foldCase(text: string): string {
  if (!foldedByThemselves.test(text)) return text.toLowerCase()
  return text
    .split('İ')
    .map((part) => part.toLowerCase())
    .join('İ')
    .replaceAll('ς', 'σ')
}

const anyCharacter = () => true

function parseGlob(pattern: string): Glob | undefined {
  const tokens = pattern === '' ? undefined : parseTokens(pattern)
  if (tokens === undefined) return undefined
  const texts = tokens.map((token) => (token.kind === 'text' ? token.text : ''))
  return { tokens, required: texts.reduce((a, b) => (b.length > a.length ? b : a), '') }
}

/** Undefined when a bracket, brace or backslash has no partner, a class is empty or braces stand in braces. */
function parseTokens(pattern: string): Sequence | undefined {
  const characters = [...pattern]
  const top: Token[] = []
  let branches: Token[][] | undefined
  let sequence = top
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    if (character === '*') sequence.push({ kind: 'run' })
    else if (character === '?') sequence.push({ kind: 'one', allows: anyCharacter })
    else if (character === '[') {
      const parsed = parseClass(characters, at + 1)
      if (parsed === undefined) return undefined
      sequence.push({ kind: 'one', allows: parsed.allows })
      at = parsed.end
    } else if (character === '{') {
      if (branches !== undefined) return undefined
      sequence = []
      branches = [sequence]
    } else if (character === ',' && branches !== undefined) {
      sequence = []
      branches.push(sequence)
    } else if (character === '}') {
      if (branches === undefined) return undefined
      top.push({ kind: 'either', branches })
      branches = undefined
      sequence = top
    } else {
      const literal = character === '\\' ? characters[++at] : character
      if (literal === undefined) return undefined
      addText(sequence, foldCase(literal))
    }
  }
  return branches === undefined ? top : undefined
}

function addText(sequence: Token[], text: string): void {
  const last = sequence.at(-1)
  if (last?.kind === 'text') sequence[sequence.length - 1] = { kind: 'text', text: last.text + text }
  else sequence.push({ kind: 'text', text })
}

/** `start` is after the opening bracket, `end` at the closing one. */
function parseClass(
  characters: readonly string[],
  start: number,
): { allows: (character: string) => boolean; end: number } | undefined {
  const isNegated = characters[start] === '!'
  const ranges: [from: string, to: string][] = []
  let at = isNegated ? start + 1 : start
  const take = () => (characters[at] === '\\' ? characters[++at] : characters[at])
  for (; characters[at] !== ']'; at++) {
    const from = take()
    if (from === undefined) return undefined
    let to: string | undefined = from
    if (characters[at + 1] === '-' && characters[at + 2] !== ']') {
      at += 2
      to = take()
    }
    if (to === undefined || codeOf(from) > codeOf(to)) return undefined
    ranges.push([from, to])
  }
  if (ranges.length === 0) return undefined
  const includes = (character: string) =>
    ranges.some(([from, to]) => codeOf(from) <= codeOf(character) && codeOf(character) <= codeOf(to))
  const allows = (folded: string) => (includes(folded) || includes(folded.toUpperCase())) !== isNegated
  return { allows, end: at }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

/** The positions to which a beginning of the glob can match: each of `some`, and every one from `all` on. */
interface Reached {
  readonly some: ReadonlySet<number>
  readonly all: number
}

const NOWHERE = Number.POSITIVE_INFINITY

function matches(tokens: Sequence, text: string): boolean {
  const { some, all } = walk(tokens, text, { some: new Set([0]), all: NOWHERE })
  return some.has(text.length) || all <= text.length
}

/** Takes all positions one token further at a time, which is why nothing is tried twice. */
function walk(tokens: Sequence, text: string, start: Reached): Reached {
  let reached = start
  for (const [index, token] of tokens.entries()) {
    // Before a run only the first position counts: the run reaches whatever comes after it.
    const isFirstEnough = tokens[index + 1]?.kind === 'run'
    reached = step(token, text, reached, isFirstEnough)
    if (reached.some.size === 0 && reached.all > text.length) break
  }
  return reached
}

function step(token: Token, text: string, from: Reached, isFirstEnough: boolean): Reached {
  switch (token.kind) {
    case 'run':
      return { some: new Set(), all: firstOf(from) }
    case 'text':
      return { some: afterText(token.text, text, from, isFirstEnough), all: NOWHERE }
    case 'one':
      return { some: afterOne(token.allows, text, from), all: NOWHERE }
    case 'either': {
      const ends = token.branches.map((branch) => walk(branch, text, from))
      return {
        some: new Set(ends.flatMap(({ some }) => [...some])),
        all: Math.min(...ends.map(({ all }) => all)),
      }
    }
    default:
      return token satisfies never
  }
}

function firstOf({ some, all }: Reached): number {
  let first = all
  for (const at of some) if (at < first) first = at
  return first
}

function afterText(wanted: string, text: string, from: Reached, isFirstEnough: boolean): Set<number> {
  const ends = new Set<number>()
  for (const at of from.some) if (text.startsWith(wanted, at)) ends.add(at + wanted.length)
  let at = from.all === NOWHERE ? -1 : text.indexOf(wanted, from.all)
  while (at >= 0) {
    ends.add(at + wanted.length)
    at = isFirstEnough ? -1 : text.indexOf(wanted, at + 1)
  }
  return ends
}

function afterOne(allows: (character: string) => boolean, text: string, from: Reached): Set<number> {
  const ends = new Set<number>()
  const tryAt = (at: number): number => {
    const character = at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : ''
    if (character !== '' && allows(character)) ends.add(at + character.length)
    return at + character.length
  }
  for (const at of from.some) tryAt(at)
  for (let at = from.all; at < text.length; ) at = tryAt(at)
  return ends
}
