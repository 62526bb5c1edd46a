import { expect, test } from 'vitest'
import { makeTestEvent, refusal } from './test-event.ts'

const at = new Date('2026-01-05T10:00:00Z')
const eventId = 'a'.repeat(32)

test('goes through the door of the project in the DSN, with its key', () => {
  const event = makeTestEvent('https://0123@vedette.example/sentry/42', eventId, at)
  expect(event?.path).toBe('/api/42/envelope/?sentry_key=0123')
  const [header, item, payload] = event?.body.split('\n') ?? []
  expect(JSON.parse(header ?? '')).toEqual({ event_id: eventId, sent_at: '2026-01-05T10:00:00.000Z' })
  expect(item).toBe('{"type":"event"}')
  expect(JSON.parse(payload ?? '')).toMatchObject({
    message: 'Test event from the set-up page',
    level: 'info',
    timestamp: '2026-01-05T10:00:00.000Z',
  })
})

test.each(['', 'no address', 'https://vedette.example/42', 'https://0123@vedette.example/'])(
  'makes nothing of %j',
  (dsn) => {
    expect(makeTestEvent(dsn, eventId, at)).toBeUndefined()
  },
)

test.each([
  [429, '{}', /limit of this key/],
  [403, '{"detail":"event submission rejected with_reason: Cors"}', /allowed domains/],
  [403, '{"detail":"event submission rejected with_reason: ProjectId"}', /switched off/],
  [503, '', /status 503/],
])('says why a server answered %i %s', (status, body, words) => {
  expect(refusal(status, body)).toMatch(words)
})
