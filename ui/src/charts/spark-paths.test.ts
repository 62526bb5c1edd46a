import { expect, test } from 'vitest'
import { sparkPaths } from './spark-paths.ts'

const box = { width: 20, height: 10, max: undefined }

test('draws each series as one path, stacked, up to the largest total', () => {
  expect(
    sparkPaths(
      [
        [10, 5],
        [0, 5],
      ],
      box,
    ),
  ).toEqual(['M1 0h8v10h-8zM11 5h8v5h-8z', 'M11 0h8v4h-8z'])
})

test('is drawn on the scale that is given', () => {
  expect(sparkPaths([[10]], { ...box, max: 20 })).toEqual(['M2 5h16v5h-16z'])
})

test('is empty where there was nothing', () => {
  expect(sparkPaths([[0, 0], []], box)).toEqual(['', ''])
  expect(sparkPaths([[], []], box)).toEqual(['', ''])
  expect(sparkPaths([], box)).toEqual([])
})
