import { expect, test } from 'vitest'
import { asBuffer, defined, isDeeperThan, isObject, parseJson, textOf } from './json.ts'

test('isObject is true of objects that are neither lists nor null', () => {
  expect([{}, { a: 1 }, [], null, undefined, 'x', 5].map(isObject)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ])
})

test('textOf is text that is not empty', () => {
  expect(['x', ' ', '', 5, null, undefined, {}].map(textOf)).toEqual([
    'x',
    ' ',
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('parseJson reads text and bytes, and answers undefined for what is no JSON', () => {
  expect(parseJson('{"a":[1,"ö"]}')).toEqual({ a: [1, 'ö'] })
  expect(parseJson(new TextEncoder().encode('{"a":"ö"}'))).toEqual({ a: 'ö' })
  expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toBe('\ufffd')
  expect(parseJson('null')).toBeNull()
  expect(['', '{', 'undefined', "{'a':1}"].map(parseJson)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('parseJson reads a view as its own bytes alone', () => {
  const bytes = new TextEncoder().encode('[[1],[2]]')
  expect(parseJson(bytes.subarray(5, 8))).toEqual([2])
})

test('asBuffer is the same memory', () => {
  const bytes = new Uint8Array([1, 2, 3]).subarray(1)
  const buffer = asBuffer(bytes)
  bytes[0] = 9
  expect([...buffer]).toEqual([9, 3])
  expect(asBuffer(buffer)).toBe(buffer)
})

test('defined leaves out keys without value, and keeps null', () => {
  expect(defined({ a: 1, b: undefined, c: null, d: '' })).toStrictEqual({ a: 1, c: null, d: '' })
})

test('isDeeperThan counts lists and objects inside each other', () => {
  const value = { a: [1, { b: 'x' }], c: null }
  expect([0, 1, 2, 3].map((levels) => isDeeperThan(levels, value))).toEqual([true, true, true, false])
  expect(['x', null, 5].map((scalar) => isDeeperThan(0, scalar))).toEqual([false, false, false])
})
