import { describe, expect, test } from 'vitest'
import { nowhere, type Place, selectionOf, walk } from './walk.ts'

const at = (active: number | undefined, anchor?: number): Place => ({ active, anchor })
const press = (place: Place, key: string, shiftKey = false) => walk(place, { key, shiftKey }, 5)

test.each([
  ['ArrowLeft', at(2), at(1)],
  ['ArrowRight', at(2), at(3)],
  ['ArrowLeft', at(0), at(0)],
  ['ArrowRight', at(4), at(4)],
  ['ArrowLeft', nowhere, at(4)],
  ['ArrowRight', nowhere, at(4)],
  ['Home', at(2), at(0)],
  ['End', at(2), at(4)],
  ['Escape', at(2), nowhere],
  ['Escape', nowhere, undefined],
  ['a', at(2), undefined],
])('%s leads from %o to %o', (key, from, to) => expect(press(from, key)).toEqual(to))

describe('with shift', () => {
  test('a selection begins where one stands, and follows', () => {
    const one = press(at(2), 'ArrowRight', true)
    expect(one).toEqual(at(3, 2))
    expect(press(at(3, 2), 'Home', true)).toEqual(at(0, 2))
    expect(selectionOf(at(0, 2))).toEqual([0, 2])
    expect(selectionOf(at(3, 2))).toEqual([2, 3])
  })

  test('from nowhere it begins at the newest bar', () =>
    expect(press(nowhere, 'ArrowLeft', true)).toEqual(at(4, 4)))
})

test('Escape gives up the selection before the bar, and so does walking on', () => {
  expect(press(at(3, 1), 'Escape')).toEqual(at(3))
  expect(press(at(3, 1), 'ArrowLeft')).toEqual(at(2))
  expect(selectionOf(at(3))).toBeUndefined()
})

test('there is nowhere to go without bars', () => {
  expect(walk(nowhere, { key: 'ArrowLeft', shiftKey: false }, 0)).toBeUndefined()
})
