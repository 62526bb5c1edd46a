import { expect, test } from 'vitest'
import { tickLabels, valueTicks } from './value-ticks.ts'

/** Narrow spaces written as plain ones, so that they can be read here. */
const labelled = (max: number, unit: 'number' | 'bytes' | 'milliseconds', count = 4) =>
  tickLabels(valueTicks(max, unit, count), unit)
    .join(' | ')
    .replaceAll('\u202f', ' ')

test.each([
  [0, '0 | 1'],
  [1, '0 | 1'],
  [3, '0 | 1 | 2 | 3'],
  [7, '0 | 2 | 4 | 6 | 8'],
  [10, '0 | 5 | 10'],
  [97, '0 | 25 | 50 | 75 | 100'],
  [1234, '0 | 500 | 1 000 | 1 500'],
  [9001, '0 | 2.5k | 5k | 7.5k | 10k'],
  [46_000, '0 | 20k | 40k | 60k'],
  [1_000_000, '0 | 250k | 500k | 750k | 1M'],
  [9_400_000, '0 | 2.5M | 5M | 7.5M | 10M'],
])('up to %d events', (max, labels) => expect(labelled(max, 'number')).toBe(labels))

test.each([
  [900, '0 | 250 B | 500 B | 750 B | 1 KB'],
  [1_500_000, '0 | 500 KB | 1 MB | 1.5 MB'],
  [73_000_000_000, '0 | 20 GB | 40 GB | 60 GB | 80 GB'],
])('up to %d bytes', (max, labels) => expect(labelled(max, 'bytes')).toBe(labels))

test.each([
  [800, '0 | 200 ms | 400 ms | 600 ms | 800 ms'],
  [45_000, '0 | 20 s | 40 s | 60 s'],
  [7_200_000, '0 | 30 min | 60 min | 90 min | 120 min'],
  [50 * 3_600_000, '0 | 20 h | 40 h | 60 h'],
])('up to %d milliseconds', (max, labels) => expect(labelled(max, 'milliseconds')).toBe(labels))

test('never ends below the largest, and has about as many steps as are asked for', () => {
  for (let max = 1; max < 1e13; max = Math.ceil(max * 1.37)) {
    for (const count of [2, 3, 4, 5]) {
      const ticks = valueTicks(max, 'number', count)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max)
      expect(ticks.at(-2)).toBeLessThan(max)
      expect(ticks.length).toBeLessThanOrEqual(count + 1)
      expect(ticks.every(Number.isInteger)).toBe(true)
    }
  }
})
