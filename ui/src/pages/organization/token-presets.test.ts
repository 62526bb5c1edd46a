import { expect, test } from 'vitest'
import { scopesInWords, tokenPresets } from './token-presets.ts'

test('the scopes of a preset go by its name', () => {
  const [read] = tokenPresets
  expect(scopesInWords([...(read?.scopes ?? [])].reverse())).toBe('Read only')
  expect(scopesInWords(['project:read'])).toBe('project:read')
  expect(scopesInWords([])).toBe('')
  expect(scopesInWords([...(tokenPresets[2]?.scopes ?? []), 'openid'])).toBe('Everything')
  expect(scopesInWords(['org:read', 'org:write', 'team:read', 'team:write'])).toBe('4 scopes')
})
