/** Items that carry many elements, `{"items": [...]}`: taken apart and put together again without loss. */
import { asBuffer, isObject, parseJson } from './json.ts'

export interface ContainerElement {
  readonly value: unknown
  /** As it is spelt: numbers keep digits that no double holds. */
  readonly bytes: Uint8Array
}

export interface Container {
  /** Up to the bracket that opens the list, and from the one that closes it. */
  readonly head: Uint8Array
  readonly elements: readonly ContainerElement[]
  readonly tail: Uint8Array
}

/** Undefined for what is no JSON or holds no list. */
export function readContainer(payload: Uint8Array): Container | undefined {
  const json = asBuffer(payload)
  const whole = parseJson(json.toString('utf8').trim())
  if (!isObject(whole) || !Array.isArray(whole.items)) return undefined
  const values: readonly unknown[] = whole.items
  const list = listRange(json)
  const elements = values.map((value, index) => ({
    value,
    bytes: json.subarray(...at(list.elements, index)),
  }))
  return { head: json.subarray(0, list.start), elements, tail: json.subarray(list.end) }
}

/** The container with some of its elements. */
export function writeContainer({ head, tail }: Container, elements: readonly ContainerElement[]): Uint8Array {
  const comma = Buffer.from(',')
  return Buffer.concat([
    head,
    ...elements.flatMap(({ bytes }, index) => (index > 0 ? [comma, bytes] : [bytes])),
    tail,
  ])
}

type Range = readonly [start: number, end: number]

function at(ranges: readonly Range[], index: number): Range {
  const range = ranges[index]
  if (range === undefined) throw new RangeError(`The list has no element ${index}`)
  return range
}

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\,[]{}')

/**
 * Where the list `items` of the outermost object lies, and its elements. Of several, the last counts, as when
 * JSON is parsed. The text must be JSON that has one.
 */
function listRange(json: Buffer): { start: number; end: number; elements: readonly Range[] } {
  let found = { start: 0, end: 0, elements: [] as Range[] }
  let depth = 0
  let key: Range = [0, 0]
  let open: { start: number; elements: Range[] } | undefined
  let elementStart = 0
  for (let position = 0; position < json.length; position++) {
    const byte = json[position]
    if (byte === QUOTE) {
      const end = endOfString(json, position)
      // What stands before a list in the outermost object is its key.
      if (depth === 1) key = [position, end]
      position = end - 1
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (depth === 1) open = undefined
      if (depth === 1 && byte === OPEN_LIST && parseJson(json.subarray(...key)) === 'items') {
        open = { start: position + 1, elements: [] }
        elementStart = position + 1
      }
      depth++
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth--
      if (depth === 1 && open !== undefined) {
        if (!isBlank(json, elementStart, position)) open.elements.push([elementStart, position])
        found = { start: open.start, end: position, elements: open.elements }
        open = undefined
      }
    } else if (byte === COMMA && depth === 2 && open !== undefined) {
      open.elements.push([elementStart, position])
      elementStart = position + 1
    }
  }
  return found
}

/** The position after the string that begins at `start`. */
function endOfString(json: Buffer, start: number): number {
  let position = start + 1
  while (position < json.length && json[position] !== QUOTE) position += json[position] === BACKSLASH ? 2 : 1
  return position + 1
}

function isBlank(json: Buffer, start: number, end: number): boolean {
  return json.toString('latin1', start, end).trim() === ''
}
