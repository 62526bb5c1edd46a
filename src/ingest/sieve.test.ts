import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RawItem } from '../protocol/envelope.ts'
import { quantitiesOf } from '../protocol/items.ts'
import type { Quantity } from '../protocol/outcome.ts'
import { compileFilters } from './filters/index.ts'
import { sift } from './sieve.ts'

const filters = compileFilters({ 'sentry:log_messages': ['a*'], 'sentry:trace_metric_names': ['a*'] })

function itemOf(type: string, payload: string, header: Readonly<Record<string, unknown>> = {}): RawItem {
  return { type, header: { type, ...header }, payload: Buffer.from(payload) }
}

function sums(quantities: readonly Quantity[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const { category, quantity } of quantities) total[category] = (total[category] ?? 0) + quantity
  return total
}

test.each(['log', 'trace_metric'] as const)('every element and byte of a %s is counted once', (type) => {
  const word = fc.constantFrom('a', 'ab', 'b', 'ä', 'c, "a"')
  const element = fc.oneof(
    word.map((body) => ({ body, name: body })),
    fc.constantFrom<unknown>({}, { body: 7, name: null }, 'a', null, [{ body: 'a', name: 'a' }]),
  )
  const indent = fc.constantFrom(0, 1)
  fc.assert(
    fc.property(fc.array(element, { maxLength: 6 }), indent, (items, indent) => {
      const item = itemOf(type, JSON.stringify({ items }, null, indent), { item_count: items.length })
      const { wanted, filtered } = sift(item, type, { filters, clientIp: undefined })
      const isUnwanted = (value: unknown) =>
        typeof value === 'object' && value !== null && 'body' in value && /^a/.test(String(value.body))

      const left = wanted === undefined ? [] : quantitiesOf(wanted)
      expect(sums([...left, ...filtered])).toEqual(sums(quantitiesOf(item)))
      const kept = items.filter((value) => !isUnwanted(value))
      expect(wanted === undefined ? [] : JSON.parse(Buffer.from(wanted.payload).toString()).items).toEqual(
        kept,
      )
      expect(filtered.every(({ quantity }) => quantity > 0)).toBe(true)
      if (kept.length === items.length) expect(wanted).toBe(item)
    }),
  )
})

test('what is kept is spelt as it came, and says what it is', () => {
  const kept = '{"body": "b", "at": 1767605400123456789}'
  const item = itemOf('log', `{"version": 2, "items": [{"body": "a"}, ${kept}]}`, {
    item_count: 2,
    length: 7,
    x: 1,
  })
  const { wanted } = sift(item, 'log', { filters, clientIp: undefined })
  const payload = `{"version": 2, "items": [ ${kept}]}`
  expect(wanted && { ...wanted, payload: Buffer.from(wanted.payload).toString() }).toEqual({
    type: 'log',
    header: { type: 'log', item_count: 1, length: payload.length, x: 1 },
    payload,
  })
})

test.each([
  ['log', '{'],
  ['log', '{"items":{"body":"a"}}'],
  ['trace_metric', '[{"name":"a"}]'],
  ['span', '{"items":[{"name":"a","body":"a"}]}'],
  ['event', '{"items":[{"name":"a","body":"a"}]}'],
] as const)('an item without elements of its kind is left alone: %s %s', (type, payload) => {
  const item = itemOf(type, payload)
  expect(sift(item, type, { filters, clientIp: undefined })).toEqual({ wanted: item, filtered: [] })
})
