import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dashed, newEventId, newKey, parseEventId, parseNumericId, parsePublicKey } from './ids.ts'

const hex = '9ec79c33ec9942ab8353589fcb2e04dc'

describe('parseEventId', () => {
  test.each([
    hex,
    hex.toUpperCase(),
    '9ec79c33-ec99-42ab-8353-589fcb2e04dc',
    '9EC79C33-EC99-42AB-8353-589FCB2E04DC',
  ])('reads %s as 32 lower-case digits', (text) => {
    expect(parseEventId(text)).toBe(hex)
  })

  test.each([
    '',
    'xyz',
    hex.slice(1),
    `${hex}0`,
    hex.replace('9', 'g'),
    ` ${hex}`,
    `${hex}\n`,
    `${hex}-----`,
    5,
    null,
    undefined,
    {},
    [hex],
  ])('refuses %j', (value) => {
    expect(parseEventId(value)).toBeUndefined()
  })

  test('reads any UUID with its dashes, and writes it with them again', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const id = parseEventId(uuid)
        expect(id).toBe(uuid.replaceAll('-', ''))
        expect(id && dashed(id)).toBe(uuid)
      }),
    )
  })
})

test('a new event id is a random UUID of version 4', () => {
  expect(newEventId()).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
  expect(newEventId()).not.toBe(newEventId())
})

test('a new key is random and is a public key', () => {
  const key = newKey()
  expect(parsePublicKey(key)).toBe(key)
  expect(newKey()).not.toBe(key)
})

describe('parsePublicKey', () => {
  test.each([hex, hex.toUpperCase(), `${hex}.flag`, `${hex}.`, `${hex}.a.b`])(
    'reads the key in %s',
    (text) => {
      expect(parsePublicKey(text)).toBe(hex)
    },
  )

  test.each(['', '.', hex.slice(1), `${hex}0`, hex.replace('9', 'g'), ` ${hex}`, `flag.${hex}`])(
    'refuses %j',
    (text) => {
      expect(parsePublicKey(text)).toBeUndefined()
    },
  )
})

describe('parseNumericId', () => {
  test.each([
    ['0', 0],
    ['42', 42],
    ['0042', 42],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('reads %s', (text, id) => {
    expect(parseNumericId(text)).toBe(id)
  })

  test.each(['', 'abc', '-1', '+1', '1.5', '1e3', ' 1', '0x10', '٣', '9007199254740992', '1'.repeat(400)])(
    'refuses %j',
    (text) => {
      expect(parseNumericId(text)).toBeUndefined()
    },
  )
})
