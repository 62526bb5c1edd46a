import { expect, test } from 'vitest'
import { isConsolePlatform, isKnownPlatform } from '../../../../src/protocol/platforms.ts'
import { isConsole, platformOf, platforms, popularPlatforms, searchPlatforms } from './platforms.ts'

const ids = (found: readonly { id: string }[]) => found.map(({ id }) => id)

test('every platform on the list is one that the server accepts, and is on it once', () => {
  expect(ids(platforms).filter((id) => !isKnownPlatform(id))).toEqual([])
  expect(new Set(ids(platforms)).size).toBe(platforms.length)
})

test('knows which platforms are consoles', () => {
  expect(ids(platforms).filter(isConsole)).toEqual(ids(platforms).filter(isConsolePlatform))
})

test('offers the popular ones without a double', () => {
  expect(popularPlatforms).toHaveLength(20)
  expect(new Set(popularPlatforms).size).toBe(20)
})

test.each([
  ['python', 'python'],
  ['pyth', 'python'],
  ['golang', 'go'],
  ['c#', 'dotnet'],
  ['ror', 'ruby-rails'],
  ['next', 'javascript-nextjs'],
  ['ios', 'apple-ios'],
  ['swift', 'apple-ios'],
  ['dump', 'minidump'],
  ['spring boot', 'java-spring-boot'],
  ['boot spring', 'java-spring-boot'],
  ['otlp', 'other'],
  ['C++', 'native'],
])('finds for %j first %s', (query, id) => {
  expect(searchPlatforms(query)[0]?.id).toBe(id)
})

test('finds what belongs to a language by its name', () => {
  const found = ids(searchPlatforms('python'))
  expect(found).toEqual(expect.arrayContaining(['python-django', 'python-flask', 'python-fastapi']))
  expect(found).not.toContain('ruby')
})

test('finds nothing where a word fits nothing, and everything without a word', () => {
  expect(searchPlatforms('python cobol')).toEqual([])
  expect(searchPlatforms('  ')).toBe(platforms)
})

test.each([
  ['python-django', 'python-django', 'Django'],
  ['csharp', 'dotnet', '.NET'],
  ['python-something', 'python-something', 'python-something'],
  ['cobol', 'cobol', 'cobol'],
  ['', 'other', 'Other'],
  [null, 'other', 'Other'],
])('shows a project of platform %j as %s', (platform, id, name) => {
  expect(platformOf(platform)).toMatchObject({ id, name })
})

test('shows what it does not know in the colours of its family', () => {
  expect(platformOf('python-something').colour).toBe(platformOf('python').colour)
  expect(platformOf('cobol').colour).toBe(platformOf('other').colour)
})
