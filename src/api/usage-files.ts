/** Usage as a file: a line per interval and group, written while it is sent. */
import { Readable } from 'node:stream'
import type { Answer } from './endpoint.ts'
import { dateOf } from './stats-question.ts'
import type { UsageFormat, UsageQuestion } from './usage-question.ts'

/** A group as people and programs read it. */
export interface NamedGroup {
  /** Grouping → value; null for what is not known. */
  readonly by: Readonly<Record<string, string | null>>
  /** What people call some of the values. */
  readonly names: Readonly<Record<string, string>>
  /** What is left of the groups, added up; then nothing says what it is. */
  readonly isRest: boolean
  readonly series: readonly number[]
  readonly previous: number
}

/** `name` is what the file is about, without its ending. */
export function usageFile(
  format: Exclude<UsageFormat, 'json'>,
  name: string,
  question: UsageQuestion,
  groups: readonly NamedGroup[],
): Answer {
  const { type, linesOf } = formats[format]
  return {
    status: 200,
    content: Readable.from(chunksOf(linesOf(question, linesIn(question, groups))), { objectMode: false }),
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}.${format}"`,
      'cache-control': 'no-store',
    },
  }
}

interface Line {
  readonly period: 'current' | 'previous'
  /** Epoch seconds, end exclusive. */
  readonly start: number
  readonly end: number
  readonly group: NamedGroup
  readonly quantity: number
}

/** In the order of time; the totals of the period before stand at the end. */
function* linesIn(
  { from, to, interval, previous }: UsageQuestion,
  groups: readonly NamedGroup[],
): Generator<Line> {
  for (let start = from, index = 0; start < to; start += interval, index++) {
    for (const group of groups) {
      const quantity = group.series[index] ?? 0
      yield { period: 'current', start, end: start + interval, group, quantity }
    }
  }
  if (previous === undefined) return
  for (const group of groups) {
    yield { period: 'previous', start: previous.from, end: previous.to, group, quantity: group.previous }
  }
}

const formats = {
  csv: { type: 'text/csv; charset=utf-8; header=present', linesOf: csvLines },
  ndjson: { type: 'application/x-ndjson; charset=utf-8', linesOf: jsonLines },
} as const

function* csvLines({ groupBy, previous }: UsageQuestion, lines: Iterable<Line>): Generator<string> {
  const withPeriod = (period: string) => (previous === undefined ? [] : [period])
  const columns = groupBy.flatMap((grouping) => [grouping, ...(nameColumns[grouping] ?? [])])
  yield csvLine([...withPeriod('period'), 'start', 'end', ...columns, 'quantity'])
  for (const { period, start, end, group, quantity } of lines) {
    const cells = groupBy.flatMap((grouping) => {
      const value = group.isRest ? REST : (group.by[grouping] ?? '')
      return nameColumns[grouping] === undefined ? [value] : [value, group.names[grouping] ?? '']
    })
    yield csvLine([...withPeriod(period), dateOf(start), dateOf(end), ...cells, quantity])
  }
}

const REST = '(other)'

/** Groupings whose values people know by another name. */
const nameColumns: Readonly<Partial<Record<string, readonly [string]>>> = {
  project: ['project_slug'],
  key: ['key_name'],
}

/**
 * One record with its line break. Texts that a spreadsheet would run as a formula begin with an apostrophe.
 *
 * Source: RFC 4180; https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: string | number): string {
  if (typeof cell === 'number') return String(cell)
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function* jsonLines({ previous }: UsageQuestion, lines: Iterable<Line>): Generator<string> {
  for (const { period, start, end, group, quantity } of lines) {
    const { by, names, isRest } = group
    const line = {
      ...(previous === undefined ? {} : { period }),
      start: dateOf(start),
      end: dateOf(end),
      by,
      names,
      ...(isRest ? { isOther: true } : {}),
      quantity,
    }
    yield `${JSON.stringify(line)}\n`
  }
}

const CHUNK_LENGTH = 16 * 1024

/** Lines one by one would each be a packet of their own. */
function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = ''
  for (const line of lines) {
    chunk += line
    if (chunk.length < CHUNK_LENGTH) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
