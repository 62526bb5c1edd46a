/** Ownership rules of a project: read, change. */
import { afterAll, describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/time.ts'
import {
  addPerson,
  type Caller,
  type Founded,
  found,
  openInstallation,
  sessionOf,
  tokenOf,
} from './installation.ts'
import { recorded } from './recorded-changes.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const at = ({ organization }: Founded) => `/projects/${organization.slug}/web/ownership/`

async function read(place: Founded): Promise<unknown> {
  return (await vedette.get(at(place), place.owner.caller)).body
}

function write(place: Founded, sent: unknown, caller: Caller = place.owner.caller) {
  return vedette.put(at(place), caller, sent)
}

const unset = {
  raw: null,
  fallthrough: true,
  dateCreated: null,
  lastUpdated: null,
  isActive: true,
  autoAssignment: 'Auto Assign to Issue Owner',
  codeownersAutoSync: true,
  schema: null,
}

test('a project has no rules until some are written', async () => {
  expect(await read(await found(vedette))).toEqual(unset)
})

test('rules are kept to the letter, and read back with the ids of whom they name', async () => {
  const place = await found(vedette)
  const { owner, team } = place
  const raw = `# ours\r\npath:src/* ${owner.email.toUpperCase()}  #crew\nurl:*/checkout who@else.example #none\n`
  const { status, body } = await write(place, { raw })
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      ...unset,
      raw,
      dateCreated: '2026-01-05T09:30:00Z',
      lastUpdated: '2026-01-05T09:30:00Z',
      schema: {
        $version: 1,
        rules: [
          {
            matcher: { type: 'path', pattern: 'src/*' },
            owners: [
              { type: 'user', name: owner.email.toUpperCase(), id: String(owner.userId) },
              { type: 'team', name: 'crew', id: String(team.id) },
            ],
          },
          {
            matcher: { type: 'url', pattern: '*/checkout' },
            owners: [
              { type: 'user', name: 'who@else.example' },
              { type: 'team', name: 'none' },
            ],
          },
        ],
      },
    },
  })
  expect(await read(place)).toEqual(body)
})

test('each part changes by itself', async () => {
  await using own = await openInstallation()
  const place = await found(own)
  let expected: Record<string, unknown> = {
    ...unset,
    dateCreated: '2026-01-05T09:30:00Z',
    lastUpdated: '2026-01-05T09:30:00Z',
  }
  const schema = {
    $version: 1,
    rules: [
      {
        matcher: { type: 'path', pattern: '*.js' },
        owners: [{ type: 'team', name: 'crew', id: String(place.team.id) }],
      },
    ],
  }
  const steps = [
    [{ fallthrough: false }],
    [{ autoAssignment: 'Auto Assign to Suspect Commits' }],
    [{ raw: '*.js #crew' }, { schema }],
    [{ autoAssignment: 'Turn off Auto-Assignment', codeownersAutoSync: false }],
    [{ fallthrough: true }],
    [{ raw: ' \n' }, { raw: null, schema: null }],
    [{}],
  ] as const
  for (const [step, [sent, more = {}]] of steps.entries()) {
    const lastUpdated = `2026-01-05T09:3${step}:00Z`
    expected = { ...expected, ...sent, ...more, lastUpdated }
    const { status, body } = await own.put(at(place), place.owner.caller, sent)
    expect({ status, body }).toEqual({ status: 200, body: expected })
    expect((await own.get(at(place), place.owner.caller)).body).toEqual(expected)
    own.clock.advance(MINUTE)
  }
})

test('rules may name as many owners as fit', async () => {
  const place = await found(vedette)
  const owners = Array.from({ length: 30_000 }, (_, n) => `#${String.fromCodePoint(0x4e00 + n)}`)
  const { status } = await write(place, { raw: `* ${owners.join(' ')}` })
  expect(status).toBe(200)
})

test('rules may be as long as that, and no longer', async () => {
  const place = await found(vedette)
  const rule = '*.js #crew\n'
  const longest = rule.repeat(9090) + ' '.repeat(100_000 - 9090 * rule.length)
  expect((await write(place, { raw: longest })).status).toBe(200)
  const { status, body } = await write(place, { raw: `${longest} ` })
  expect({ status, body }).toEqual({
    status: 400,
    body: { raw: ['Raw needs to be <= 100000 characters in length'] },
  })
})

describe('a change is refused whole', () => {
  test.each([
    [
      { raw: '*.js #crew\n*.py\n' },
      { raw: ['Parse error: expected an owner: an e-mail address, or a team as #slug (line 2, column 5)'] },
    ],
    [
      { raw: '*.js nobody' },
      { raw: ['Parse error: expected an owner: an e-mail address, or a team as #slug (line 1, column 6)'] },
    ],
    [
      { raw: 'codeowners:*.js #crew' },
      { raw: ['Codeowner type paths can only be added by importing CODEOWNER files'] },
    ],
    [{ raw: ['*.js #crew'] }, { raw: ['Not a valid string.'] }],
    [{ fallthrough: 'perhaps' }, { fallthrough: ['Must be a valid boolean.'] }],
    [{ fallthrough: null }, { fallthrough: ['This field may not be null.'] }],
    [{ autoAssignment: 'Ask' }, { autoAssignment: ['"Ask" is not a valid choice.'] }],
    [{ codeownersAutoSync: {} }, { codeownersAutoSync: ['Must be a valid boolean.'] }],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ])('%j', async (sent, errors) => {
    const place = await found(vedette)
    const good = { autoAssignment: 'Turn off Auto-Assignment', fallthrough: false }
    const { status, body } = await write(place, Array.isArray(sent) ? sent : { ...good, ...sent })
    expect({ status, body }).toEqual({ status: 400, body: errors })
    expect(await read(place)).toEqual(unset)
    expect(await recorded(vedette, place.organization)).toEqual([])
  })
})

describe('those who only read the project', () => {
  async function readers(place: Founded): Promise<readonly Caller[]> {
    const { organization, team } = place
    const member = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    return [
      member.caller,
      await sessionOf(vedette, member),
      await tokenOf(vedette, place.owner, ['project:read']),
    ]
  }

  test('may write the rules', async () => {
    const place = await found(vedette)
    for (const caller of await readers(place)) {
      expect(await write(place, { raw: '*.js #crew' }, caller)).toMatchObject({
        status: 200,
        body: { raw: '*.js #crew' },
      })
      expect((await write(place, { raw: 'nonsense' }, caller)).status).toBe(400)
    }
  })

  test.each([{}, { fallthrough: false }, { raw: '*.js #crew', fallthrough: true }])(
    'may not write %j',
    async (sent) => {
      const place = await found(vedette)
      for (const caller of await readers(place)) {
        const { status, body } = await write(place, sent, caller)
        expect({ status, body }).toEqual({
          status: 403,
          body: { detail: 'You do not have permission to perform this action.' },
        })
      }
      expect(await read(place)).toEqual(unset)
    },
  )
})

test('what was changed is recorded', async () => {
  const place = await found(vedette)
  await write(place, { raw: '*.js #crew', fallthrough: true })
  await write(place, { raw: '*.js #crew' })
  await write(place, { fallthrough: false, codeownersAutoSync: false })
  expect(await recorded(vedette, place.organization)).toEqual([
    ['project.ownership-rule.edit', { slug: 'web', changed: ['raw'] }],
    ['project.ownership-rule.edit', { slug: 'web', changed: ['fallthrough', 'codeownersAutoSync'] }],
  ])
})
