import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { credentialsOfDsn, missingCredentials, readCredentials } from './auth.ts'

const key = '0123456789abcdef0123456789abcdef'
const basic = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`

/** Credentials of a request that carries nothing but this. */
const read = (input: Partial<Parameters<typeof readCredentials>[0]>) =>
  readCredentials({ query: '', ...input })

const multiple = { status: 401, detail: 'multiple authorization payloads detected' }
const badHeader = (cause: string) => ({ status: 401, detail: 'bad x-sentry-auth header', causes: [cause] })
const missingKey = badHeader('missing public key in auth header')
const invalidVersion = badHeader('invalid value for version')
const badKey = { status: 400, detail: 'bad sentry DSN public key' }

describe('readCredentials', () => {
  test.each([
    ['X-Sentry-Auth', { xSentryAuth: `Sentry sentry_key=${key}` }],
    ['Authorization with the scheme Sentry', { authorization: `Sentry sentry_key=${key}` }],
    ['Authorization with the scheme Basic', { authorization: basic(`${key}:`) }],
    ['Authorization with the scheme Basic and a password', { authorization: basic(`${key}:secret:more`) }],
    ['the query', { query: `sentry_key=${key}` }],
    ['the path', { pathKey: key }],
    ['the query beside an X-Sentry-Auth that is empty', { xSentryAuth: '', query: `sentry_key=${key}` }],
    ['the query beside a bearer token', { authorization: 'Bearer abc', query: `sentry_key=${key}` }],
    [
      'X-Sentry-Auth beside a bearer token',
      { authorization: 'Bearer a', xSentryAuth: `sentry sentry_key=${key}` },
    ],
    ['X-Sentry-Auth beside another query', { query: 'a=1', xSentryAuth: `Sentry sentry_key=${key}` }],
  ])('finds the key in %s', (_, input) => {
    expect(read(input)).toEqual({ publicKey: key, version: 7 })
  })

  test.each([
    ['nothing at all', {}],
    ['an empty X-Sentry-Auth', { xSentryAuth: '' }],
    ['the scheme alone', { xSentryAuth: 'Sentry' }],
    ['another scheme', { xSentryAuth: `Centry sentry_key=${key}` }],
    ['a bearer token', { authorization: 'Bearer abc' }],
    ['a user without a colon', { authorization: basic(key) }],
    ['a user that is not UTF-8', { authorization: basic(Buffer.from([0xff, 0xfe, 0x3a])) }],
    ['a query about something else', { query: 'a=1&b=2' }],
  ])('takes %s as no credentials', (_, input) => {
    expect(read(input)).toBeUndefined()
  })

  const sources = [
    { xSentryAuth: `Sentry sentry_key=${key}` },
    { authorization: `Sentry sentry_key=${key}` },
    { authorization: basic(`${key}:`) },
    { query: `sentry_key=${key}` },
    { pathKey: key },
  ]
  const pairs = sources.flatMap((one) =>
    sources
      .filter((other) => Object.keys(one).join() < Object.keys(other).join())
      .map((other) => ({ ...one, ...other })),
  )
  test('refuses any two sources, even if they agree', () => {
    // Five sources make ten pairs, less the one of two that are the same header.
    expect(pairs).toHaveLength(9)
    for (const pair of pairs) expect(read(pair), JSON.stringify(pair)).toEqual(multiple)
  })

  test('counts any query with sentry_ in it as a source', () => {
    expect(read({ xSentryAuth: `Sentry sentry_key=${key}`, query: 'sentry_release=1' })).toEqual(multiple)
    expect(read({ xSentryAuth: `Sentry sentry_key=${key}`, query: 'a=my_sentry_page' })).toEqual(multiple)
    expect(read({ query: 'sentry_release=1' })).toEqual(missingKey)
  })

  test.each([
    ['a lower-case scheme and no version', `sentry sentry_key=${key}`, { version: 7 }],
    ['no blanks', `Sentry sentry_version=7,sentry_key=${key}`, { version: 7 }],
    ['many blanks', `Sentry   sentry_version = 7 ,  sentry_key =  ${key}  `, { version: 7 }],
    [
      'client, secret and time',
      `Sentry sentry_version=7, sentry_client=sentry.python/1.45.0, sentry_timestamp=1.5, sentry_key=${key}, sentry_secret=wrong`,
      { version: 7, client: 'sentry.python/1.45.0' },
    ],
    ['an item without =', `Sentry nonsense, sentry_key=${key}`, { version: 7 }],
    ['an unknown name', `Sentry sentry_colour=red, sentry_key=${key}`, { version: 7 }],
    ['a value up to the next =', `Sentry sentry_key=${key}=more`, { version: 7 }],
    ['the last of two keys', `Sentry sentry_key=${'f'.repeat(32)}, sentry_key=${key}`, { version: 7 }],
    ['an upper-case key', `Sentry sentry_key=${key.toUpperCase()}`, { version: 7 }],
    ['flags after the key', `Sentry sentry_key=${key}.flag`, { version: 7 }],
    ['version 2', `Sentry sentry_version=2, sentry_key=${key}`, { version: 2 }],
    ['version 6', `Sentry sentry_version=6, sentry_key=${key}`, { version: 6 }],
    ['version 7.1', `Sentry sentry_version=7.1, sentry_key=${key}`, { version: 7 }],
  ])('reads a header with %s', (_, xSentryAuth, expected) => {
    expect(read({ xSentryAuth })).toEqual({ publicKey: key, ...expected })
  })

  test.each([
    ['no key', 'Sentry sentry_version=7', missingKey],
    ['an empty key', 'Sentry sentry_key=', missingKey],
    ['nothing', 'Sentry ', missingKey],
    ['a version that is no number', `Sentry sentry_version=abc, sentry_key=${key}`, invalidVersion],
    ['a negative version', `Sentry sentry_version=-7, sentry_key=${key}`, invalidVersion],
    ['an empty version', `Sentry sentry_version=, sentry_key=${key}`, invalidVersion],
    [
      'version 8',
      `Sentry sentry_version=8, sentry_key=${key}`,
      { status: 400, detail: 'unsupported protocol version (8)' },
    ],
    ['a key of 31 digits', `Sentry sentry_key=${key.slice(1)}`, badKey],
    ['a key of 33 digits', `Sentry sentry_key=${key}0`, badKey],
    ['a key with another letter', `Sentry sentry_key=${key.replace('a', 'g')}`, badKey],
  ])('refuses a header with %s', (_, xSentryAuth, fault) => {
    expect(read({ xSentryAuth })).toEqual(fault)
  })

  test('reads the same names from the query, with form decoding', () => {
    expect(
      read({
        query: `sentry_version=6&sentry_client=raven-js%2F3.2+x&sentry_key=${'f'.repeat(32)}&sentry_key=${key}&sentry_secret=`,
      }),
    ).toEqual({ publicKey: key, version: 6, client: 'raven-js/3.2 x' })
  })

  test('holds key and version of every source to the same rules', () => {
    expect(read({ authorization: basic(':') })).toEqual(missingKey)
    expect(read({ authorization: basic('xyz:') })).toEqual(badKey)
    expect(read({ pathKey: 'xyz' })).toEqual(badKey)
    expect(read({ query: `sentry_key=${key}&sentry_version=x` })).toEqual(invalidVersion)
  })

  test('reads the items of a header in any order, with any blanks around names and values', () => {
    const items = ['sentry_version=5', 'sentry_client=a/1', `sentry_key=${key}`, 'sentry_secret=x', 'y']
    const order = fc.shuffledSubarray(items, { minLength: items.length })
    const blanks = fc.constantFrom('', ' ', '  ', '\t')
    fc.assert(
      fc.property(order, blanks, blanks, (shuffled, before, after) => {
        const spread = shuffled.map((item) => before + item.replace('=', `${before}=${after}`) + after)
        expect(read({ xSentryAuth: `Sentry ${spread.join()}` })).toEqual({
          publicKey: key,
          version: 5,
          client: 'a/1',
        })
      }),
    )
  })

  test('answers credentials, a fault or nothing for whatever it is given', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `Sentry ${rest}`),
      fc.string().map((rest) => `Basic ${rest}`),
      fc.string().map((rest) => `sentry_key=${rest}`),
    )
    const input = fc.record(
      { xSentryAuth: text, authorization: text, query: text, pathKey: text },
      { requiredKeys: ['query'] },
    )
    fc.assert(
      fc.property(input, (given) => {
        const result = readCredentials(given)
        if (result === undefined) return
        if ('status' in result) expect([400, 401]).toContain(result.status)
        else expect(result.publicKey).toMatch(/^[0-9a-f]{32}$/)
      }),
    )
  })
})

describe('credentialsOfDsn', () => {
  test('takes key and project from the DSN', () => {
    expect(credentialsOfDsn(`https://${key}@host/42`)).toEqual({
      publicKey: key,
      projectId: 42,
      version: 7,
      dsn: { scheme: 'https', publicKey: key, host: 'host', path: '', projectId: 42 },
    })
  })

  test.each([undefined, '', 'nonsense', 'https://key@host/42'])('refuses %j', (dsn) => {
    expect(credentialsOfDsn(dsn)).toEqual({ status: 401, detail: 'bad envelope authentication header' })
  })
})

test('says that nothing was found', () => {
  expect(missingCredentials).toEqual({ status: 401, detail: 'missing authorization information' })
})
