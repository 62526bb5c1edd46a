import { expect, test } from 'vitest'
import { dataCategories, isErrorCategory, outcomes as served } from '../../../src/protocol/outcome.ts'
import { categoryWords } from './categories.ts'
import { cssColor, droppedWords, outcomes, outcomeWords, parseOutcome } from './outcomes.ts'

test('knows every outcome that the server can name', () => {
  expect(served.filter((name) => parseOutcome(name) === undefined)).toEqual([])
})

test('counts all limits as rate limits, and leaves what it does not know', () => {
  expect(['accepted', 'abuse', 'cardinality_limited', 'toString', '', null].map(parseOutcome)).toEqual([
    'accepted',
    'rate_limited',
    'rate_limited',
    undefined,
    undefined,
    undefined,
  ])
})

const all = [...outcomes.map((outcome) => outcomeWords[outcome]), droppedWords]

test('tells outcomes apart by name and by colour', () => {
  for (const part of [
    (words: (typeof all)[number]) => words.label,
    (words: (typeof all)[number]) => words.explanation,
    (words: (typeof all)[number]) => words.color.light,
    (words: (typeof all)[number]) => words.color.dark,
  ]) {
    expect(new Set(all.map(part)).size).toBe(all.length)
  }
})

test('tells outcomes apart without their colours', () => {
  expect(new Set(outcomes.map((outcome) => outcomeWords[outcome].pattern)).size).toBe(outcomes.length)
})

test('explains each in one sentence', () => {
  for (const { explanation } of all) expect(explanation).toMatch(/^[A-Z][^.]*\.$/)
})

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

test('stands out from the page, in the dark well enough for graphics', () => {
  for (const { color } of all) {
    expect(contrast(color.light, '#ffffff')).toBeGreaterThan(2)
    expect(contrast(color.dark, '#1a1b1e')).toBeGreaterThan(3)
  }
})

test('leaves the choice of the colour to the style sheet', () => {
  expect(cssColor({ light: '#000000', dark: '#ffffff' })).toBe('light-dark(#000000, #ffffff)')
})

test('has words of its own for every category that this server counts', () => {
  const counted = ['error', 'transaction', 'attachment', 'attachment_item', 'session', 'replay', 'feedback']
  const more = ['monitor', 'span', 'span_indexed', 'log_item', 'log_byte', 'trace_metric', 'metric_bucket']
  for (const name of [...counted, ...more]) expect(dataCategories).toContain(name)
  const labels = dataCategories
    .filter((name) => !isErrorCategory(name))
    .map((name) => categoryWords(name).label)
  expect(new Set(labels).size).toBe(labels.length)
})
