import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  maxSlugLength,
  organizationSlugProblem,
  projectSlugProblem,
  reservedNameText,
  reservedProjectSlugs,
  reservedSlugText,
  slugify,
  teamSlugProblem,
  uniqueSlug,
  usedProjectSlugText,
  usedSlugText,
} from './slugs.ts'

const wrongSlug =
  'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.'
const wrongOrganizationSlug =
  'Enter a valid slug consisting of letters, numbers, or hyphens. It cannot be entirely numeric or start/end with a hyphen.'

describe.each([
  ['project', projectSlugProblem, 100],
  ['team', teamSlugProblem, 50],
] as const)('the slug of a %s', (kind, problem, max) => {
  test.each(['a', 'web', 'my-app_2', '-', '_', '1a', '12-34', 'teams', 'a'.repeat(max)])(
    'may be %s',
    (slug) => {
      expect(problem(slug)).toBeUndefined()
    },
  )

  test.each(['', '1', '1234', 'Web', 'a b', 'a.b', 'a/b', 'é', ' a', 'a\n', '$all'])(
    'may not be %j',
    (slug) => {
      expect(problem(slug)).toBe(wrongSlug)
    },
  )

  test(`has ${max} characters at most`, () => {
    expect(maxSlugLength[kind]).toBe(max)
    expect(problem('a'.repeat(max + 1))).toBe(`Ensure this field has no more than ${max} characters.`)
  })
})

describe('the slug of an organization', () => {
  test.each(['acme', 'a-1', '123a', 'a--b', 'a'.repeat(50)])('may be %s', (slug) => {
    expect(organizationSlugProblem(slug)).toBeUndefined()
  })

  test.each([
    ['', wrongOrganizationSlug],
    ['1234', wrongOrganizationSlug],
    ['-acme', wrongOrganizationSlug],
    ['acme-', wrongOrganizationSlug],
    ['a_b', wrongOrganizationSlug],
    ['a b', wrongOrganizationSlug],
    ['é', wrongOrganizationSlug],
    ['ab', 'This slug "ab" is too short. Minimum of 3 characters.'],
    ['Acme', 'This slug "Acme" should not contain uppercase symbols.'],
    ['api', 'This slug "api" is reserved and not allowed.'],
    ['settings', 'This slug "settings" is reserved and not allowed.'],
    ['a'.repeat(51), 'Ensure this field has no more than 50 characters.'],
  ])('may not be %j', (slug, problem) => {
    expect(organizationSlugProblem(slug)).toBe(problem)
  })
})

test('the slugs that a project may not be renamed to are those of the addresses below it', () => {
  const reserved =
    '$all api-keys audit-log auth members projects rate-limits repos settings teams billing payments legal subscription support integrations developer-settings usage'
  expect([...reservedProjectSlugs].sort()).toEqual(reserved.split(' ').sort())
})

test('says in the words that clients know that a slug or name is not to be had', () => {
  expect([
    reservedSlugText('teams'),
    reservedNameText('teams'),
    usedSlugText('web'),
    usedProjectSlugText('Web'),
  ]).toEqual([
    'The slug "teams" is reserved and not allowed.',
    'The name "teams" is reserved and not allowed.',
    'The slug "web" is already in use.',
    'Another project (Web) is already using that slug',
  ])
})

describe('slugify', () => {
  test.each([
    ['My App', 'my-app'],
    ['  My   App  ', 'my-app'],
    ['my_app', 'my_app'],
    ['a - b', 'a-b'],
    ['a--b', 'a-b'],
    ['--a--', 'a'],
    ['__a__', 'a'],
    ['Café Österreich', 'cafe-osterreich'],
    ['C++ & C#', 'c-c'],
    ['ﬁne', 'fine'],
    ['$all', 'all'],
    ['日本', ''],
    ['!?', ''],
    ['', ''],
    ['1234', '1234'],
  ])('makes of %j %j', (name, slug) => {
    expect(slugify(name)).toBe(slug)
  })

  test('makes of any name a slug, the same again of that, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const slug = slugify(name)
        expect(slug).toMatch(/^(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)?$/)
        expect(slugify(slug)).toBe(slug)
      }),
    )
  })
})

describe('uniqueSlug', () => {
  const free = () => false
  const taken =
    (...slugs: string[]) =>
    (slug: string) =>
      slugs.includes(slug)
  /** Takes every slug until one is long enough. */
  const takenBelow = (length: number) => (slug: string) => slug.length < length

  test.each([
    ['My App', 'my-app'],
    [`${'a'.repeat(60)}`, 'a'.repeat(50)],
    [`${'a'.repeat(49)}-b`, 'a'.repeat(49)],
  ])('makes of %j %j if it is free', async (name, slug) => {
    expect(await uniqueSlug(name, free)).toBe(slug)
  })

  test.each(['', '日本', 'teams', 'Rate Limits'])('makes 12 random digits of %j', async (name) => {
    // Digits alone would be a number, and get a suffix.
    expect(await uniqueSlug(name, free)).toMatch(/^[0-9a-f]{12}$|^\d{12}-[a-z0-9]{2}$/)
    expect(await uniqueSlug(name, free)).not.toBe(await uniqueSlug(name, free))
  })

  test('reserves the names it is told to', async () => {
    expect(await uniqueSlug('Teams', free, new Set())).toBe('teams')
    expect(await uniqueSlug('acme', free, new Set(['acme']))).toMatch(/^[0-9a-f]{12}/)
  })

  test('puts two characters behind a slug that is taken', async () => {
    expect(await uniqueSlug('My App', taken('my-app'))).toMatch(/^my-app-[a-z0-9]{2}$/)
  })

  test('puts two characters behind a number, even if it is free', async () => {
    expect(await uniqueSlug('1234', free)).toMatch(/^1234-[a-z0-9]{2}$/)
  })

  test.each([3, 5, 12])(
    'goes on to a suffix of %d characters when shorter ones are taken',
    async (length) => {
      expect(await uniqueSlug('app', takenBelow('app-'.length + length))).toMatch(
        new RegExp(`^app-[a-z0-9]{${length}}$`),
      )
    },
  )

  test('stays within 50 characters with its suffix', async () => {
    const long = 'a'.repeat(50)
    expect(await uniqueSlug(long, taken(long))).toMatch(/^a{47}-[a-z0-9]{2}$/)
  })

  test('waits for whoever has to look it up', async () => {
    expect(await uniqueSlug('app', async (slug) => slug === 'app')).toMatch(/^app-[a-z0-9]{2}$/)
  })

  test('makes of any name a slug that a project may have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.boolean(), async (name, isTaken) => {
        const refused = isTaken ? slugify(name).slice(0, 50) : undefined
        const slug = await uniqueSlug(name, (candidate) => candidate === refused)
        expect(projectSlugProblem(slug)).toBeUndefined()
        expect(slug.length).toBeLessThanOrEqual(50)
      }),
    )
  })
})
