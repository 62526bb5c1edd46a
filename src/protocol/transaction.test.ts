import { describe, expect, test } from 'vitest'
import type { EventTime } from './event-fields.ts'
import { parseSpanId, parseTraceId, traceContextOf, transactionFault } from './transaction.ts'

const traceId = '4c79f60c11214eb38604f4ae0781bfb2'
const spanId = 'fa90fdead5f74052'
const times = { start_timestamp: '2024-06-01T12:00:00Z', timestamp: 1_717_243_201.5 }
const trace = { trace_id: traceId, span_id: spanId }
const transaction = { ...times, contexts: { trace } }
const inTime: EventTime = { at: 0, shiftMs: 0, corrections: [] }

const invalid = { outcome: 'invalid', reason: 'invalid_transaction' }

describe('transactionFault', () => {
  test.each([
    ['start, end and trace', transaction],
    ['an end at its start', { ...transaction, start_timestamp: times.timestamp }],
    ['contexts under their old name', { ...times, 'sentry.interfaces.Contexts': { trace } }],
    ['no spans', { ...transaction, spans: [] }],
    ['spans that are none', { ...transaction, spans: null }],
    ['complete spans', { ...transaction, spans: [{ ...times, ...trace, op: 'db' }] }],
  ])('keeps a transaction with %s', (_, payload) => {
    expect(transactionFault(payload, inTime)).toBeUndefined()
  })

  const { start_timestamp, timestamp } = times
  test.each([
    ['no start', { timestamp, contexts: { trace } }],
    ['no end', { start_timestamp, contexts: { trace } }],
    ['a start that is no time', { ...transaction, start_timestamp: 'x' }],
    ['an end that is no time', { ...transaction, timestamp: {} }],
    ['an end before its start', { ...transaction, timestamp: '2024-06-01T11:59:59.999Z' }],
    ['no contexts', times],
    ['contexts of the wrong type', { ...times, contexts: [] }],
    ['no trace', { ...times, contexts: {} }],
    ['a trace of the wrong type', { ...times, contexts: { trace: 'x' } }],
    ['no trace id', { ...times, contexts: { trace: { span_id: spanId } } }],
    ['no span id', { ...times, contexts: { trace: { trace_id: traceId } } }],
    ['a trace id that is none', { ...times, contexts: { trace: { ...trace, trace_id: 'x' } } }],
    ['a span id that is none', { ...times, contexts: { trace: { ...trace, span_id: 'x' } } }],
    ['a span without start', { ...transaction, spans: [{ timestamp, ...trace }] }],
    ['a span without end', { ...transaction, spans: [{ start_timestamp, ...trace }] }],
    ['a span without trace id', { ...transaction, spans: [{ ...times, span_id: spanId }] }],
    ['a span without span id', { ...transaction, spans: [{ ...times, trace_id: traceId }] }],
    ['one bad span among good ones', { ...transaction, spans: [{ ...times, ...trace }, {}] }],
    ['a span that is no object', { ...transaction, spans: ['x'] }],
  ])('drops a transaction with %s', (_, payload) => {
    expect(transactionFault(payload, inTime)).toEqual(invalid)
  })

  test.each(['future_timestamp', 'past_timestamp'] as const)(
    'drops a transaction out of time: %s',
    (correction) => {
      expect(transactionFault(transaction, { ...inTime, corrections: [correction] })).toEqual({
        outcome: 'invalid',
        reason: 'timestamp',
      })
    },
  )

  test('keeps a transaction whose clock was corrected', () => {
    expect(transactionFault(transaction, { ...inTime, corrections: ['clock_drift'] })).toBeUndefined()
  })
})

test('the trace context is empty when there is none', () => {
  expect(traceContextOf({ contexts: { trace } })).toEqual(trace)
  expect([{}, { contexts: 'x' }, { contexts: { trace: [] } }].map(traceContextOf)).toEqual([{}, {}, {}])
})

test('a trace id has 32 hex digits that are not all zero', () => {
  expect(parseTraceId(traceId.toUpperCase())).toBe(traceId)
  for (const value of ['0'.repeat(32), traceId.slice(1), `${traceId}0`, 'x', '', 5, null, undefined]) {
    expect(parseTraceId(value), String(value)).toBeUndefined()
  }
})

test('a span id has 16 hex digits that are not all zero', () => {
  expect(parseSpanId(spanId.toUpperCase())).toBe(spanId)
  for (const value of ['0'.repeat(16), spanId.slice(1), `${spanId}0`, 'x', '', 5, null, undefined]) {
    expect(parseSpanId(value), String(value)).toBeUndefined()
  }
})
