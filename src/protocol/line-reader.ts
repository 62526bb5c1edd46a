/** Reads one line of a rule language from left to right. */

export interface LineReader {
  /** Characters read so far. */
  readonly position: number
  readonly isAtEnd: boolean
  /** What the pattern matches right here, after blanks; undefined, and nothing is read, if it does not match. */
  take(pattern: RegExp): string | undefined
}

export function readLine(line: string): LineReader {
  let position = 0
  const skipBlanks = () => {
    while (line[position] === ' ' || line[position] === '\t') position++
  }
  return {
    get position() {
      return position
    },
    get isAtEnd() {
      return position >= line.length
    },
    take(pattern) {
      skipBlanks()
      const here = new RegExp(pattern, 'y')
      here.lastIndex = position
      const [found] = here.exec(line) ?? []
      if (found === undefined) return undefined
      position += found.length
      skipBlanks()
      return found
    },
  }
}

/** The lines that say something, with their numbers from 1: blank ones and comments do not. */
export function* rulesOf(text: string): Generator<{ readonly number: number; readonly line: string }> {
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (!/^\s*(#|$)/.test(line)) yield { number: index + 1, line }
  }
}

/** Text in double quotes; a backslash takes the character after it literally. */
export const quotedText = /"(?:[^"\\]|\\.)*"/

/** Quoted text without its quotes, anything else as it is. */
export function unquoted(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text
}
