import { describe, expect, test } from 'vitest'
import {
  hideSymbolSecrets,
  replaceSymbolSources,
  type SymbolSource,
  storedSymbolSources,
} from './symbol-sources.ts'

const hidden = { 'hidden-secret': true }
const layout = { type: 'native' }
const http: SymbolSource = {
  id: 'one',
  type: 'http',
  name: 'Ours',
  layout,
  filetypes: ['pe'],
  url: 'https://symbols.example',
  username: 'ada',
  password: 'swordfish',
}
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)

const replace = (wanted: unknown, stored: readonly SymbolSource[] = []) =>
  replaceSymbolSources(JSON.stringify(wanted), stored)

describe('a source', () => {
  test.each([
    http,
    { id: 'b', type: 'http', url: 'https://s.example', layout: { type: 'symstore', casing: 'lowercase' } },
    { id: 'c', type: 's3', bucket: 'b', region: 'r', access_key: 'a', secret_key: 's', layout, prefix: 'p' },
    { id: 'd', type: 'gcs', bucket: 'b', client_email: 'e', private_key: 'k', layout },
  ])('that is new gets an id of the server: %j', (source) => {
    expect(replace([source])).toEqual([{ ...source, id: uuid }])
  })

  test('of App Store Connect keeps its id', () => {
    const source = {
      id: 'apple',
      type: 'appStoreConnect',
      name: 'Store',
      appconnectIssuer: 'i',
      appconnectKey: 'k',
      appconnectPrivateKey: 'secret',
      appName: 'App',
      appId: '1',
      bundleId: 'net.example.app',
    }
    expect(replace([source])).toEqual([source])
  })

  test('that is sent as it is stored stays as it is', () => {
    expect(replace([http], [http])).toEqual([http])
    expect(replace([{ ...http, password: hidden }], [http])).toEqual([http])
  })

  test('that changes keeps its secret, and gets a new id', () => {
    expect(replace([{ ...http, name: 'Theirs', password: hidden }], [http])).toEqual([
      { ...http, name: 'Theirs', id: uuid },
    ])
  })

  test('whose secret is hidden must be known by its id', () => {
    const fault = { message: 'Hidden symbol source secret is missing a value' }
    expect(replace([{ ...http, id: 'oops', password: hidden }], [http])).toEqual(fault)
    const other = {
      id: 'one',
      type: 's3',
      bucket: 'b',
      region: 'r',
      access_key: 'a',
      secret_key: hidden,
      layout,
    }
    expect(replace([other], [http])).toEqual(fault)
  })

  test.each([
    ['no list', {}, 'Sources must be a list of objects'],
    ['no object', [1], 'Sources must be a list of objects'],
    [
      'an id of the server’s own',
      [{ ...http, id: 'sentry:project' }],
      'Source ids must not start with "sentry:"',
    ],
    ['an id twice', [http, http], 'Duplicate source id: one'],
  ])('is refused: %s', (_, wanted, message) => {
    expect(replace(wanted)).toEqual({ message })
  })

  test.each([
    ['no id', { ...http, id: '' }],
    ['an unknown type', { ...http, type: 'ftp' }],
    ['no URL', { id: 'a', type: 'http', layout }],
    ['a number for text', { ...http, url: 1 }],
    ['an unknown property', { ...http, colour: 'red' }],
    ['an unknown layout', { ...http, layout: { type: 'heap' } }],
    ['a layout that says more', { ...http, layout: { ...layout, colour: 'red' } }],
    ['an unknown file type', { ...http, filetypes: ['exe'] }],
  ])('is refused without giving its secret away: %s', (_, source) => {
    const refused = replace([source])
    expect(refused).toEqual({ message: expect.stringMatching(/^Failed to validate source \{/) })
    expect(JSON.stringify(refused)).not.toContain('swordfish')
  })
})

test('text that is no JSON is refused, and blank text means none', () => {
  expect(replaceSymbolSources('[', [])).toEqual({ message: 'Sources are not valid serialised JSON' })
  expect(replaceSymbolSources(' ', [http])).toEqual([])
})

test('what is stored is shown without secrets', () => {
  const stored = storedSymbolSources(JSON.stringify([http]))
  expect(stored).toEqual([http])
  expect(JSON.parse(hideSymbolSecrets(stored))).toEqual([{ ...http, password: hidden }])
  expect(storedSymbolSources('')).toEqual([])
})
