import { expect, test } from 'vitest'
import { liveLine, sparkLine } from './live-line.ts'

test.each([
  [[], ''],
  [[0, 0], '▁▁'],
  [[0, 1], '▁█'],
  [[0, 1, 100, 50], '▁▂█▅'],
])('the spark line of %j is %s', (numbers, line) => {
  expect(sparkLine(numbers)).toBe(line)
})

test.each([
  [{}, { items: 0, words: 'nothing' }],
  [
    { rate_limited: { error: 2 }, accepted: { error: 3, session: 1 } },
    { items: 6, words: '4 accepted, 2 rate limited' },
  ],
  // Bytes are no items, and neither is the second name of a span.
  [
    {
      accepted: { attachment: 900, attachment_item: 1, log_item: 2, log_byte: 80, span: 4, span_indexed: 4 },
    },
    { items: 7, words: '7 accepted' },
  ],
  [
    { client_discard: { error: 1 }, invalid: { attachment: 9 } },
    { items: 1, words: '1 discarded by the client' },
  ],
])('%j is told as %j', (counts, line) => {
  expect(liveLine(counts)).toEqual(line)
})
