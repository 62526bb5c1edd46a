import { expect, test } from 'vitest'
import { actorName, detailsOf, eventName } from './audit-words.ts'

test.each([
  ['projectkey.rotate', 'Key rotated'],
  ['projectkey.disable', 'Key switched off'],
  ['org.edit', 'Organization changed'],
  ['something.new', 'something.new'],
])('%s is called %s', (event, name) => {
  expect(eventName(event)).toBe(name)
})

test('people go by their names, and by their addresses when they have none', () => {
  expect(actorName({ name: 'Ada', email: 'ada@example.net' })).toBe('Ada')
  expect(actorName({ name: '', email: 'ada@example.net' })).toBe('ada@example.net')
})

test('what the sentence has said is not said again', () => {
  expect(detailsOf({ slug: 'web' })).toBeUndefined()
  expect(detailsOf({ slug: 'web', changed: ['name'], old_slug: 'w' })).toBe(
    'changed: ["name"]\nold_slug: "w"',
  )
})
