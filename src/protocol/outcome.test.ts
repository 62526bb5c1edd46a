import { expect, test } from 'vitest'
import {
  accepted,
  categoryNumber,
  dataCategories,
  drop,
  errorCategories,
  isErrorCategory,
  isFate,
  outcomeNumber,
  outcomes,
  parseDataCategory,
} from './outcome.ts'

test('outcomes have the numbers of the wire', () => {
  expect(Object.fromEntries(outcomes.map((outcome) => [outcome, outcomeNumber(outcome)]))).toEqual({
    accepted: 0,
    filtered: 1,
    rate_limited: 2,
    invalid: 3,
    abuse: 4,
    client_discard: 5,
    cardinality_limited: 6,
  })
})

test('data categories have the numbers of the wire', () => {
  expect(Object.fromEntries(dataCategories.map((category) => [category, categoryNumber(category)]))).toEqual({
    default: 0,
    error: 1,
    transaction: 2,
    security: 3,
    attachment: 4,
    session: 5,
    profile: 6,
    replay: 7,
    transaction_processed: 8,
    transaction_indexed: 9,
    monitor: 10,
    profile_indexed: 11,
    span: 12,
    monitor_seat: 13,
    feedback: 14,
    metric_bucket: 15,
    span_indexed: 16,
    profile_duration: 17,
    profile_chunk: 18,
    metric_second: 19,
    replay_video: 20,
    uptime: 21,
    attachment_item: 22,
    log_item: 23,
    log_byte: 24,
    profile_duration_ui: 25,
    profile_chunk_ui: 26,
    seer_autofix: 27,
    seer_scanner: 28,
    prevent_user: 29,
    prevent_review: 30,
    size_analysis: 31,
    installable_build: 32,
    trace_metric: 33,
    seer_user: 34,
  })
})

test('events of usage numbers are messages, exceptions and security reports', () => {
  expect(dataCategories.filter(isErrorCategory)).toEqual(['default', 'error', 'security'])
  expect(errorCategories).toEqual(['default', 'error', 'security'])
})

test('a category is known by its name alone', () => {
  expect(dataCategories.map(parseDataCategory)).toEqual(dataCategories)
  for (const name of [
    '',
    'Error',
    'errors',
    'internal',
    'unknown',
    'constructor',
    1,
    -1,
    null,
    undefined,
    {},
  ]) {
    expect(parseDataCategory(name), String(name)).toBeUndefined()
  }
})

test('a fate has a reason only when there is one', () => {
  expect(accepted).toEqual({ outcome: 'accepted' })
  expect(drop('invalid', 'cors')).toStrictEqual({ outcome: 'invalid', reason: 'cors' })
  expect(drop('rate_limited')).toStrictEqual({ outcome: 'rate_limited' })
})

test('a fate is told from what was made instead of it', () => {
  expect([accepted, drop('invalid', 'cors'), { payload: { outcome: 'x' } }].map(isFate)).toEqual([
    true,
    true,
    false,
  ])
})
