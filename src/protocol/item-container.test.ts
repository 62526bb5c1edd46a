import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readContainer, writeContainer } from './item-container.ts'

const read = (json: string) => readContainer(Buffer.from(json))
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

/** The container without the elements at these positions. */
function without(json: string, ...dropped: readonly number[]): string | undefined {
  const container = read(json)
  return (
    container &&
    text(
      writeContainer(
        container,
        container.elements.filter((_, index) => !dropped.includes(index)),
      ),
    )
  )
}

describe('a container', () => {
  test('is put together as it was when nothing is taken out', () => {
    const json = '{ "version": 2, "items" : [ {"a": [1, "]"]} , "x\\"," , 12345678901234567890 ], "z": {} }'
    expect(without(json)).toBe(json)
    expect(read(json)?.elements.map(({ value, bytes }) => [value, text(bytes)])).toEqual([
      [{ a: [1, ']'] }, ' {"a": [1, "]"]} '],
      ['x",', ' "x\\"," '],
      [12345678901234567000, ' 12345678901234567890 '],
    ])
  })

  test.each<[json: string, dropped: number[], left: string]>([
    ['{"items":[1,2,3]}', [0], '{"items":[2,3]}'],
    ['{"items":[1,2,3]}', [1], '{"items":[1,3]}'],
    ['{"items":[1,2,3]}', [2], '{"items":[1,2]}'],
    ['{"items":[1,2,3]}', [0, 1, 2], '{"items":[]}'],
    ['{"items":[]}', [], '{"items":[]}'],
    ['{"items":[ ]}', [], '{"items":[]}'],
    ['\ufeff {"items":[1,{}]}\n', [0], '\ufeff {"items":[{}]}\n'],
    // Only the list of the outermost object counts, and of several the last.
    [
      '{"a":{"items":[1]},"b":["items",[2]],"items":[3,4]}',
      [0],
      '{"a":{"items":[1]},"b":["items",[2]],"items":[4]}',
    ],
    ['{"items":[1,2],"\\u0069tems":[3,4]}', [0], '{"items":[1,2],"\\u0069tems":[4]}'],
    ['{"a":"items","b":[1],"items":[2,3]}', [1], '{"a":"items","b":[1],"items":[2]}'],
  ])('%j without %j', (json, dropped, left) => {
    expect(without(json, ...dropped)).toBe(left)
  })

  test.each([
    '',
    '{',
    '[]',
    '[[1]]',
    'null',
    '"items"',
    '{}',
    '{"items":1}',
    '{"items":{"items":[1]}}',
    '{"items":[1],"items":2}',
  ])('is not %j', (json) => expect(read(json)).toBeUndefined())

  test('with bytes that are no UTF-8 keeps them', () => {
    const bytes = Buffer.concat([Buffer.from('{"items":["'), Buffer.from([0xff]), Buffer.from('",1]}')])
    const container = readContainer(bytes)
    const kept = container && writeContainer(container, container.elements.slice(0, 1))
    expect(kept).toEqual(Buffer.concat([bytes.subarray(0, 12), Buffer.from('"]}')]))
  })

  test('says of what is left what it said of it before, whatever it holds', () => {
    const holder = fc.record(
      { items: fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }), a: fc.jsonValue({ maxDepth: 3 }) },
      { requiredKeys: ['items'] },
    )
    fc.assert(
      fc.property(holder, fc.nat({ max: 2 }), fc.integer({ min: 0, max: 5 }), (value, indent, dropped) => {
        const left = without(JSON.stringify(value, null, indent), dropped)
        const items = value.items.filter((_, index) => index !== dropped)
        expect(JSON.parse(left ?? '')).toEqual(JSON.parse(JSON.stringify({ ...value, items })))
      }),
    )
  })
})
