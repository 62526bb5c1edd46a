import { expect, test } from 'vitest'
import { readCheckIn } from './check-in.ts'

const id = '0123456789abcdef0123456789abcdef'

function read(input: Parameters<typeof readCheckIn>[1]) {
  const item = readCheckIn('nightly-import', input)
  return 'fault' in item ? item : JSON.parse(Buffer.from(item.payload).toString())
}

test('reads a check-in from the query', () => {
  expect(
    read({ query: { status: 'ok', check_in_id: id, environment: 'production', duration: '12.5' } }),
  ).toEqual({
    check_in_id: id,
    monitor_slug: 'nightly-import',
    status: 'ok',
    duration: 12.5,
    environment: 'production',
  })
})

test('without an id it is about the latest check-in', () => {
  expect(read({ query: { status: 'in_progress' } })).toEqual({
    check_in_id: '0'.repeat(32),
    monitor_slug: 'nightly-import',
    status: 'in_progress',
  })
})

test('a word that is no status is unknown, not an error', () => {
  expect(read({ query: { status: 'great' } })).toMatchObject({ status: 'unknown' })
})

test('reads a check-in from JSON; the slug of the path wins, and what is not known is kept', () => {
  const body = {
    status: 'error',
    monitor_slug: 'other',
    monitor_config: { schedule: { type: 'crontab', value: '0 1 * * *' } },
  }
  expect(read({ json: Buffer.from(JSON.stringify(body)) })).toEqual({
    ...body,
    check_in_id: '0'.repeat(32),
    monitor_slug: 'nightly-import',
  })
})

test.each([
  [{ query: {} }, 'status is missing'],
  [{ query: { status: '' } }, 'status is missing'],
  [
    { query: { status: 'ok', check_in_id: 'x' } },
    'check_in_id must be 32 hex digits, with or without dashes',
  ],
  [{ query: { status: 'ok', duration: 'long' } }, 'duration must be a number of seconds'],
  [{ query: { status: 'ok', duration: '-1' } }, 'duration must be a number of seconds'],
  [{ json: Buffer.from('[]') }, 'expected one JSON object'],
  [
    { json: Buffer.from(`{"status":"ok","contexts":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) },
    'the body is nested too deeply',
  ],
  [{ json: Buffer.from('') }, 'expected one JSON object'],
])('%o is refused', (input, fault) => {
  expect(read(input)).toEqual({ fault })
})
