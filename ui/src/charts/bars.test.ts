import { describe, expect, test } from 'vitest'
import { contourOf, indexAt, radiusOf, slotsOf, stackedParts, totalsOf } from './bars.ts'

const box = { left: 10, top: 0, width: 100, height: 100 }

describe('slots', () => {
  test.each([
    [1, 1],
    [7, 1],
    [90, 1],
    [400, 1],
    [90, 2],
    [400, 1.25],
  ])('%d of them fill the box at ratio %d, with gaps of the same width in whole pixels', (count, ratio) => {
    const width = Math.round(1101 * ratio)
    const slots = slotsOf({ left: 7, width }, count, ratio)
    expect(slots).toHaveLength(count)
    expect([slots[0]?.from, slots.at(-1)?.to]).toEqual([7, 7 + width])
    const gaps = slots.slice(1).map(({ barFrom }, index) => barFrom - (slots[index]?.barTo ?? 0))
    const isLimited = width / count > 70 * ratio
    if (!isLimited) expect(new Set(gaps).size).toBeLessThanOrEqual(1)
    for (const [index, { from, to, barFrom, barTo }] of slots.entries()) {
      expect([from, to, barFrom, barTo].every(Number.isInteger)).toBe(true)
      expect(barTo - barFrom).toBeGreaterThanOrEqual(1)
      expect(barFrom >= from && barTo <= to).toBe(true)
      expect(slots[index + 1]?.from ?? to).toBe(to)
    }
  })

  test('few bars stay slim, in the middle of their room', () => {
    const [slot] = slotsOf({ left: 0, width: 200 }, 1, 1)
    expect(slot).toEqual({ from: 0, to: 200, barFrom: 72, barTo: 128 })
  })
})

const slots = [
  { from: 10, to: 20, barFrom: 11, barTo: 19 },
  { from: 20, to: 30, barFrom: 21, barTo: 29 },
]

describe('stacked parts', () => {
  test('stand on each other, a line apart, and end where the sum stands on the axis', () => {
    const parts = stackedParts({
      values: [
        [50, 0],
        [30, 20],
      ],
      slots,
      box,
      max: 100,
      ratio: 1,
    })
    expect(parts).toEqual([
      [{ index: 0, left: 11, top: 50, width: 8, height: 50, isTopmost: false }],
      [
        { index: 0, left: 11, top: 20, width: 8, height: 29, isTopmost: true },
        { index: 1, left: 21, top: 80, width: 8, height: 20, isTopmost: true },
      ],
    ])
  })

  test('show what is too little for a pixel, and nothing for zero', () => {
    const parts = stackedParts({
      values: [
        [1000, 0],
        [1, 0],
        [1, 1],
      ],
      slots,
      box,
      max: 2000,
      ratio: 2,
    })
    expect(parts.map((of) => of.map(({ index, top, height }) => [index, top, height]))).toEqual([
      [[0, 50, 50]],
      [[0, 48, 2]],
      [
        [0, 46, 2],
        [1, 98, 2],
      ],
    ])
  })

  test('never rise above the box', () => {
    const [, over] = stackedParts({
      values: [
        [100, 0],
        [1, 0],
      ],
      slots,
      box,
      max: 100,
      ratio: 1,
    })
    expect(over).toEqual([])
  })

  test('missing values are zeros', () => {
    expect(stackedParts({ values: [[], [5]], slots, box, max: 10, ratio: 1 })).toEqual([
      [],
      [{ index: 0, left: 11, top: 50, width: 8, height: 50, isTopmost: true }],
    ])
  })
})

test('only tops of bars that are wide enough are rounded, by two pixels at most', () => {
  expect(radiusOf({ width: 20, height: 50 }, 1)).toBe(2)
  expect(radiusOf({ width: 20, height: 1 }, 1)).toBe(1)
  expect(radiusOf({ width: 5, height: 50 }, 1)).toBe(0)
  expect(radiusOf({ width: 20, height: 50 }, 2)).toBe(4)
})

test('a contour runs over the whole room of each interval', () => {
  expect(contourOf([10, 100], { slots, box, max: 100 })).toEqual([
    { x: 10, y: 90 },
    { x: 20, y: 90 },
    { x: 20, y: 0 },
    { x: 30, y: 0 },
  ])
})

test('adds up interval by interval', () => {
  expect(totalsOf([[1, 2], [10]], 3)).toEqual([11, 2, 0])
})

test.each([
  [0, 0],
  [24.9, 0],
  [25, 1],
  [99.9, 3],
  [100, 3],
  [-5, 0],
  [500, 3],
])('%d pixels of a hundred are over bar %d of four', (x, index) => expect(indexAt(x, 100, 4)).toBe(index))
