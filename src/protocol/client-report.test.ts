import { describe, expect, test } from 'vitest'
import { readClientReport } from './client-report.ts'

const receivedAt = Date.UTC(2024, 5, 1, 12)
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

function read(report: unknown, context: { sentAt?: number; retentionDays?: number } = {}) {
  const payload = Buffer.from(typeof report === 'string' ? report : JSON.stringify(report))
  return readClientReport(payload, { receivedAt, retentionDays: 90, ...context })
}

/** The losses of a report with these entries in one list. */
const lossesOf = (list: string, ...entries: unknown[]) => read({ [list]: entries })?.losses

describe('readClientReport', () => {
  test('reads the four lists as outcomes', () => {
    expect(
      read({
        timestamp: '2024-06-01T11:59:00Z',
        discarded_events: [{ reason: 'before_send', category: 'error', quantity: 3 }],
        filtered_events: [{ reason: 'web-crawlers', category: 'error', quantity: 1 }],
        filtered_sampling_events: [{ reason: 'Sampled:1000,1001', category: 'transaction', quantity: 2 }],
        rate_limited_events: [{ reason: 'key_quota', category: 'attachment', quantity: 400 }],
      }),
    ).toEqual({
      timestamp: receivedAt - MINUTE,
      losses: [
        { fate: { outcome: 'client_discard', reason: 'before_send' }, category: 'error', quantity: 3 },
        { fate: { outcome: 'filtered', reason: 'web-crawlers' }, category: 'error', quantity: 1 },
        { fate: { outcome: 'filtered', reason: 'Sampled:1000,1001' }, category: 'transaction', quantity: 2 },
        { fate: { outcome: 'rate_limited', reason: 'key_quota' }, category: 'attachment', quantity: 400 },
      ],
    })
  })

  test('adds up entries of one list, reason and category', () => {
    const entry = (reason: string, category: string, quantity: number) => ({ reason, category, quantity })
    expect(
      lossesOf(
        'discarded_events',
        entry('sample_rate', 'error', 42),
        entry('sample_rate', 'transaction', 1),
        entry('network_error', 'error', 5),
        entry('sample_rate', 'error', 42),
      ),
    ).toEqual([
      { fate: { outcome: 'client_discard', reason: 'sample_rate' }, category: 'error', quantity: 84 },
      { fate: { outcome: 'client_discard', reason: 'sample_rate' }, category: 'transaction', quantity: 1 },
      { fate: { outcome: 'client_discard', reason: 'network_error' }, category: 'error', quantity: 5 },
    ])
  })

  test('does not add up entries of different lists', () => {
    const entries = [{ reason: 'Sampled:0', category: 'error', quantity: 1 }]
    expect(read({ filtered_events: entries, filtered_sampling_events: entries })?.losses).toHaveLength(2)
  })

  test.each(['queue_overflow', 'ratelimit_backoff', 'backpressure', 'something_of_next_year'])(
    'keeps the reason %s',
    (reason) => {
      expect(lossesOf('discarded_events', { reason, category: 'error', quantity: 1 })).toEqual([
        { fate: { outcome: 'client_discard', reason }, category: 'error', quantity: 1 },
      ])
    },
  )

  test('takes an empty reason of a rate limit as none', () => {
    const limited = [{ fate: { outcome: 'rate_limited' }, category: 'error', quantity: 1 }]
    expect(lossesOf('rate_limited_events', { reason: '', category: 'error', quantity: 1 })).toEqual(limited)
    expect(lossesOf('rate_limited_events', { category: 'error', quantity: 1 })).toEqual(limited)
  })

  test.each(['', 'Sampled:', 'Sampled:a', 'Sampled:1,', 'sampled:1', 'Sampled:1,b', 'before_send'])(
    'ignores a sampling entry with the reason %j',
    (reason) => {
      expect(lossesOf('filtered_sampling_events', { reason, category: 'error', quantity: 1 })).toEqual([])
    },
  )

  test('ignores a reason of more than 200 characters, and no other entry', () => {
    const entry = (length: number) => ({ reason: 'r'.repeat(length), category: 'error', quantity: 1 })
    expect(lossesOf('discarded_events', entry(200), entry(201))).toEqual([
      { fate: { outcome: 'client_discard', reason: 'r'.repeat(200) }, category: 'error', quantity: 1 },
    ])
  })

  test.each([
    ['an unknown category', { reason: 'r', category: 'telepathy', quantity: 1 }],
    ['no category', { reason: 'r', quantity: 1 }],
    ['a category by number', { reason: 'r', category: 1, quantity: 1 }],
    ['no quantity', { reason: 'r', category: 'error' }],
    ['a quantity of zero', { reason: 'r', category: 'error', quantity: 0 }],
    ['a negative quantity', { reason: 'r', category: 'error', quantity: -1 }],
    ['a fractional quantity', { reason: 'r', category: 'error', quantity: 1.5 }],
    ['a quantity of more than 32 bits', { reason: 'r', category: 'error', quantity: 2 ** 32 }],
    ['a quantity as text', { reason: 'r', category: 'error', quantity: '1' }],
    ['a reason that is a number', { reason: 5, category: 'error', quantity: 1 }],
    ['no object', 'error'],
    ['null', null],
  ])('ignores an entry with %s', (_, entry) => {
    const good = { reason: 'r', category: 'error', quantity: 1 }
    expect(lossesOf('discarded_events', entry, good)).toEqual([
      { fate: { outcome: 'client_discard', reason: 'r' }, category: 'error', quantity: 1 },
    ])
  })

  test('ignores lists that are none, and lists that nobody knows', () => {
    const entries = [{ reason: 'r', category: 'error', quantity: 1 }]
    expect(
      read({ discarded_events: {}, filtered_events: 'x', rate_limited_events: null, lost: entries }),
    ).toEqual({
      timestamp: receivedAt,
      losses: [],
    })
  })

  test.each(['not json', '[]', 'null', '5', ''])('drops the report %j', (payload) => {
    expect(read(payload)).toBeUndefined()
  })

  test.each([
    ['no time', undefined, receivedAt],
    ['text', '2024-06-01T10:00:00.250Z', Date.UTC(2024, 5, 1, 10, 0, 0, 250)],
    ['seconds', Date.UTC(2024, 5, 1, 10) / 1000 + 0.5, Date.UTC(2024, 5, 1, 10, 0, 0, 500)],
    ['the last moment that is not too far ahead', (receivedAt + MINUTE) / 1000, receivedAt + MINUTE],
    ['the oldest moment that is kept', (receivedAt - 90 * DAY) / 1000, receivedAt - 90 * DAY],
  ])('reads its time from %s', (_, timestamp, expected) => {
    expect(read({ timestamp })).toEqual({ timestamp: expected, losses: [] })
  })

  test.each([
    ['300 days ahead', receivedAt + 300 * DAY],
    ['more than a minute ahead', receivedAt + MINUTE + 1],
    ['older than what is kept', receivedAt - 90 * DAY - 1],
  ])('drops the whole report when it is %s', (_, at) => {
    const discarded_events = [{ reason: 'r', category: 'error', quantity: 1 }]
    expect(read({ timestamp: at / 1000, discarded_events })).toBeUndefined()
  })

  test('goes by the retention it is given', () => {
    const timestamp = (receivedAt - 31 * DAY) / 1000
    expect(read({ timestamp }, { retentionDays: 30 })).toBeUndefined()
    expect(read({ timestamp }, { retentionDays: 31 })).toEqual({
      timestamp: receivedAt - 31 * DAY,
      losses: [],
    })
  })

  test('corrects a clock that is wrong by 55 minutes or more', () => {
    const sentAt = receivedAt + 300 * DAY
    expect(read({ timestamp: (sentAt - MINUTE) / 1000 }, { sentAt })?.timestamp).toBe(receivedAt - MINUTE)
    const nearly = receivedAt - 54 * MINUTE
    expect(read({ timestamp: nearly / 1000 }, { sentAt: nearly })?.timestamp).toBe(nearly)
  })
})
