import { expect, test } from 'vitest'
import { readProblem } from './errors.ts'

const nothing = { status: 400, detail: '', fields: {}, code: undefined, retryAfterSeconds: undefined }

test.each([
  ['a sentence', { detail: 'There is none.' }, { detail: 'There is none.' }],
  ['fields', { name: ['Too long.', 'Too odd.'] }, { fields: { name: 'Too long. Too odd.' } }],
  [
    'fields inside fields',
    { rateLimit: { count: ['Must be a number.'] }, teams: [{}, { slug: ['Unknown.'] }] },
    { fields: { 'rateLimit.count': 'Must be a number.', 'teams.1.slug': 'Unknown.' } },
  ],
  [
    'what concerns no field',
    { non_field_errors: ['Name or slug is required'] },
    { detail: 'Name or slug is required' },
  ],
  [
    'a refused sign-in',
    { detail: 'Login attempt failed', errors: { __all__: ['Please enter a correct password.'] } },
    { detail: 'Please enter a correct password.' },
  ],
  [
    'a code',
    { detail: { code: 'sudo-required', message: 'Account verification required.', extra: {} } },
    { code: 'sudo-required', detail: 'Account verification required.' },
  ],
  ['a text', 'Invalid origin', { detail: 'Invalid origin' }],
  ['nothing', undefined, {}],
])('reads %s', (_, body, expected) => {
  expect(readProblem(400, body, null)).toEqual({ ...nothing, ...expected })
})

test('says how long to wait when the server does', () => {
  expect(readProblem(429, { detail: 'Too many.' }, '17').retryAfterSeconds).toBe(17)
  expect(readProblem(429, { detail: 'Too many.' }, null).retryAfterSeconds).toBeUndefined()
})
