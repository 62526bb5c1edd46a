import { expect, test } from 'vitest'
import {
  acceptedInWords,
  addSecond,
  droppedInWords,
  hasTelemetry,
  noArrivals,
  onlySessions,
} from './arrivals.ts'

const second = (counts: Record<string, Record<string, number>>) => ({ at: 1_767_605_400, counts })

test('adds up what comes second by second, every item once', () => {
  const first = addSecond(noArrivals, second({ accepted: { span: 2, span_indexed: 2, log_byte: 90 } }))
  const both = addSecond(first, second({ accepted: { span: 1, log_item: 1, attachment: 12 } }))
  expect(both).toEqual({ accepted: { span: 3, log_item: 1 }, dropped: {} })
  expect(acceptedInWords(both)).toBe('3 spans and 1 log')
  expect(hasTelemetry(both)).toBe(true)
})

test('is the same as before when nothing has come', () => {
  expect(addSecond(noArrivals, second({}))).toBe(noArrivals)
  expect(acceptedInWords(noArrivals)).toBe('')
  expect(droppedInWords(noArrivals)).toBe('')
})

test('tells a sign of life from what is waited for', () => {
  const session = addSecond(noArrivals, second({ accepted: { session: 1 } }))
  expect([onlySessions(session), hasTelemetry(session)]).toEqual([true, false])
  expect(acceptedInWords(session)).toBe('1 session')
  const both = addSecond(session, second({ accepted: { transaction: 1 } }))
  expect([onlySessions(both), hasTelemetry(both)]).toEqual([false, true])
  expect(acceptedInWords(both)).toBe('1 transaction')
})

test('says what was dropped, in the order of all lists', () => {
  const arrivals = addSecond(
    noArrivals,
    second({ abuse: { error: 1 }, filtered: { error: 2, attachment: 9000 }, rate_limited: { error: 3 } }),
  )
  expect(droppedInWords(arrivals)).toBe('Filtered: 2. Rate limited: 4.')
})
