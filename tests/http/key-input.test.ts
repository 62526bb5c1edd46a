/** What is wrong with the body for a client key is said field by field, and nothing comes of it. */
import { afterAll, describe, expect, test } from 'vitest'
import { type Caller, type Founded, found, openInstallation } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const keysOf = ({ organization }: Founded) => `/projects/${organization.slug}/web/keys/`

/** Everything about the project's keys. */
async function stateOf(place: Founded): Promise<unknown> {
  return (await vedette.get(keysOf(place), place.owner.caller)).body
}

const notText = ['Not a valid string.']
const notNull = ['This field may not be null.']
const notInteger = ['A valid integer is required.']
const notBoolean = ['Must be a valid boolean.']
const notMatching = ['This value does not match the required pattern.']
const required = ['This field is required.']
const notObject = (type: string) => ({
  non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`],
})
const noChoice = (value: string) => [`"${value}" is not a valid choice.`]

/** In both POST and PUT. */
const shared: readonly (readonly [unknown, unknown])[] = [
  [{ name: 'x'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
  [{ name: '🦭'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
  [{ name: 'a\0b' }, { name: ['Null characters are not allowed.'] }],
  [{ name: {} }, { name: notText }],
  [{ name: true }, { name: notText }],
  [{ name: ['x'] }, { name: notText }],
  [{ rateLimit: 'fast' }, { rateLimit: notObject('str') }],
  [{ rateLimit: [] }, { rateLimit: notObject('list') }],
  [{ rateLimit: 10 }, { rateLimit: notObject('int') }],
  [{ rateLimit: { count: 10 } }, { rateLimit: { window: required } }],
  [{ rateLimit: { window: 60 } }, { rateLimit: { count: required } }],
  [{ rateLimit: { count: null } }, { rateLimit: { window: required } }],
  [
    { rateLimit: { count: -1, window: 60 } },
    { rateLimit: { count: ['Ensure this value is greater than or equal to 0.'] } },
  ],
  [
    { rateLimit: { count: 10, window: -1 } },
    { rateLimit: { window: ['Ensure this value is greater than or equal to 0.'] } },
  ],
  [
    { rateLimit: { count: 10, window: 86_401 } },
    { rateLimit: { window: ['Ensure this value is less than or equal to 86400.'] } },
  ],
  [{ rateLimit: { count: 'many', window: {} } }, { rateLimit: { count: notInteger, window: notInteger } }],
  [{ rateLimit: { count: 1.5, window: 1e300 } }, { rateLimit: { count: notInteger, window: notInteger } }],
  [{ rateLimit: { count: true, window: 60 } }, { rateLimit: { count: notInteger } }],
  [{ browserSdkVersion: '3.x' }, { browserSdkVersion: noChoice('3.x') }],
  [{ browserSdkVersion: '' }, { browserSdkVersion: noChoice('') }],
  [{ browserSdkVersion: 10 }, { browserSdkVersion: noChoice('10') }],
  [{ browserSdkVersion: null }, { browserSdkVersion: notNull }],
  [{ dynamicSdkLoaderOptions: 'on' }, { dynamicSdkLoaderOptions: notObject('str') }],
  [{ dynamicSdkLoaderOptions: true }, { dynamicSdkLoaderOptions: notObject('bool') }],
  [
    { dynamicSdkLoaderOptions: { hasReplay: 'perhaps', hasDebug: true } },
    { dynamicSdkLoaderOptions: { hasReplay: notBoolean } },
  ],
  [{ dynamicSdkLoaderOptions: { hasDebug: null } }, { dynamicSdkLoaderOptions: { hasDebug: notNull } }],
  [
    { name: 7, rateLimit: 'fast', browserSdkVersion: '3.x' },
    { rateLimit: notObject('str'), browserSdkVersion: noChoice('3.x') },
  ],
  [[], notObject('list')],
  [[{ name: 'x' }], notObject('list')],
]

const ofNewKeys: readonly (readonly [unknown, unknown])[] = [
  [{ rateLimit: null }, { rateLimit: notNull }],
  [{ public: 'xyz' }, { public: notMatching }],
  [{ public: 'A'.repeat(32) }, { public: notMatching }],
  [{ public: 'a'.repeat(33) }, { public: notMatching }],
  [{ public: `${'a'.repeat(32)}.1` }, { public: notMatching }],
  [{ public: '' }, { public: ['This field may not be blank.'] }],
  [{ public: [] }, { public: notText }],
  [
    { secret: 'g'.repeat(32), public: 12 },
    { secret: notMatching, public: notMatching },
  ],
  [{ useCase: 'spying' }, { useCase: noChoice('spying') }],
  [{ useCase: null }, { useCase: notNull }],
]

const ofChanges: readonly (readonly [unknown, unknown])[] = [
  [{ isActive: 'perhaps' }, { isActive: notBoolean }],
  [{ isActive: 2 }, { isActive: notBoolean }],
  [{ isActive: {} }, { isActive: notBoolean }],
  [{ isActive: null }, { isActive: notNull }],
  // What is right beside it is not done either.
  [{ name: 'Renamed', isActive: false, browserSdkVersion: '3.x' }, { browserSdkVersion: noChoice('3.x') }],
  [{ name: 'Renamed', rateLimit: { count: 10 } }, { rateLimit: { window: required } }],
]

describe.each([
  ['POST', [...shared, ...ofNewKeys]],
  ['PUT', [...shared, ...ofChanges]],
] as const)('%s', async (method, table) => {
  const place = await found(vedette)
  const path = `/api/0${keysOf(place)}${method === 'PUT' ? `${place.key.publicKey}/` : ''}`
  const caller: Caller = place.owner.caller
  const before = await stateOf(place)

  test.each(table)('%j', async (body, errors) => {
    const answer = await vedette.send(method, path, caller, { body })
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: errors })
    expect(await stateOf(place)).toEqual(before)
  })

  test.each<[string, string, string, number]>([
    ['text', 'text/plain', 'name=x', 415],
    ['XML', 'application/xml', '<name>x</name>', 415],
    ['JSON cut short', 'application/json', '{"name": "x"', 400],
    ['a JSON string', 'application/json', '"name"', 400],
    ['a form cut short', 'multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form', 400],
    ['two megabytes', 'application/json', JSON.stringify({ name: 'x'.repeat(2_000_000) }), 413],
  ])('refuses %s', async (_, type, body, status) => {
    const answer = await vedette.send<{ detail: unknown }>(method, path, caller, {
      body,
      headers: { 'content-type': type },
    })
    expect(answer.status).toBe(status)
    if (status !== 400) expect(answer.body.detail).toBeTypeOf('string')
    expect(await stateOf(place)).toEqual(before)
  })
})
