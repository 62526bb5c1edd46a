/** Spike protection: switched on and off, for some projects or for all. */
import { afterAll, describe, expect, test } from 'vitest'
import type { OrganizationRole, Scope, TeamRole } from '../../src/protocol/scopes.ts'
import { entriesOf, trailOf } from './audit-trail.ts'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Caller,
  type Founded,
  found,
  openInstallation,
} from './installation.ts'
import { unreadableFields } from './unreadable.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const option = 'quotas:spike-protection-disabled'
const at = ({ organization }: Pick<Founded, 'organization'>) =>
  `/organizations/${organization.slug}/spike-protections/`

const enable = (place: Founded, projects: unknown, caller: Caller = place.owner.caller) =>
  vedette.post(at(place), caller, { projects })
const disable = (place: Founded, projects: unknown, caller: Caller = place.owner.caller) =>
  vedette.delete(at(place), caller, { projects })

/** An organization with the projects `web`, `bridge` and `deck`. */
async function foundThree(): Promise<Founded> {
  const place = await found(vedette)
  for (const slug of ['bridge', 'deck']) {
    await addProject(vedette, place.organization, { slug, teams: [place.team] })
  }
  return place
}

/** What is stored for each project, as the list of projects shows it. */
async function storedIn(place: Founded): Promise<Record<string, unknown>> {
  const path = `/organizations/${place.organization.slug}/projects/?options=${option}`
  const { body } = await vedette.get<{ slug: string; options?: Record<string, unknown> }[]>(
    path,
    place.owner.caller,
  )
  return Object.fromEntries(body.map(({ slug, options }) => [slug, options?.[option]]))
}

test('is stored as a bool for the projects that are named, and shown in each', async () => {
  const place = await foundThree()
  const off = await disable(place, ['web', 'deck'])
  expect([off.status, off.body]).toEqual([200, { projects: ['deck', 'web'] }])
  expect(await storedIn(place)).toEqual({ bridge: undefined, deck: true, web: true })
  const on = await enable(place, ['web'])
  expect([on.status, on.body]).toEqual([201, { projects: ['web'] }])
  expect(await storedIn(place)).toEqual({ bridge: undefined, deck: true, web: false })
  const shown = async (slug: string) => {
    const path = `/projects/${place.organization.slug}/${slug}/`
    return (await vedette.get<{ options: Record<string, unknown> }>(path, place.owner.caller)).body.options[
      option
    ]
  }
  expect([await shown('web'), await shown('deck'), await shown('bridge')]).toEqual([false, true, false])
})

test('$all is every project of this organization', async () => {
  const [place, other] = [await foundThree(), await found(vedette)]
  expect((await disable(place, ['$all'])).status).toBe(200)
  expect(await storedIn(place)).toEqual({ bridge: true, deck: true, web: true })
  expect((await enable(place, ['$all', 'web'])).status).toBe(201)
  expect(await storedIn(place)).toEqual({ bridge: false, deck: false, web: false })
  expect(await storedIn(other)).toEqual({ web: undefined })
})

test('no projects are no change', async () => {
  const place = await found(vedette)
  expect([(await enable(place, [])).status, (await disable(place, [])).status]).toEqual([201, 200])
  expect(await storedIn(place)).toEqual({ web: undefined })
})

describe('what is wrong is said, and nothing comes of it', () => {
  const missing = (slug: string) => ({ projects: [`The project "${slug}" does not exist.`] })

  test.each<[unknown, unknown]>([
    [{}, { projects: ['This field is required.'] }],
    [{ projects: null }, { projects: ['This field may not be null.'] }],
    [{ projects: 'web' }, { projects: ['Expected a list of items but got type "str".'] }],
    [{ projects: ['web', {}] }, { projects: ['Not a valid string.'] }],
    [{ projects: ['web', ''] }, { projects: ['This field may not be blank.'] }],
    [{ projects: ['web', 'no-such'] }, missing('no-such')],
    [{ projects: ['WEB'] }, missing('WEB')],
    [{ projects: ['$all', 'no-such'] }, missing('no-such')],
  ])('%j', async (input, errors) => {
    const place = await found(vedette)
    for (const method of ['POST', 'DELETE'] as const) {
      const answer = await vedette.send(method, `/api/0${at(place)}`, place.owner.caller, { body: input })
      expect([answer.status, answer.body]).toEqual([400, errors])
    }
    expect(await storedIn(place)).toEqual({ web: undefined })
    expect(await trailOf(vedette, place)).toEqual([])
  })

  test.each(unreadableFields)('$name', async ({ sending, answer }) => {
    const place = await found(vedette)
    for (const method of ['POST', 'DELETE'] as const) {
      expect(await vedette.send(method, `/api/0${at(place)}`, place.owner.caller, sending)).toMatchObject(
        answer,
      )
    }
    expect(await storedIn(place)).toEqual({ web: undefined })
  })
})

describe('who may', () => {
  test.each<[string, OrganizationRole, TeamRole | undefined, number]>([
    ['a member', 'member', undefined, 403],
    ['a contributor to its team', 'member', 'contributor', 403],
    ['a Team Admin', 'member', 'admin', 201],
    ['an admin', 'admin', undefined, 201],
    ['a manager', 'manager', undefined, 201],
  ])('%s', async (_, role, teamRole, expected) => {
    const place = await found(vedette)
    const { organization, team } = place
    const teams = teamRole === undefined ? {} : { [team.id]: teamRole }
    const { caller } = await addPerson(vedette, { organization, role, teams })
    expect((await enable(place, ['web'], caller)).status).toBe(expected)
    expect(await storedIn(place)).toEqual({ web: expected === 201 ? false : undefined })
  })

  test('one project out of the caller’s hands keeps the others as they are', async () => {
    const place = await found(vedette)
    const { organization, team } = place
    const other = await addTeam(vedette, organization, 'other')
    await addProject(vedette, organization, { slug: 'theirs', teams: [other] })
    const { caller } = await addPerson(vedette, { organization, teams: { [team.id]: 'admin' } })
    for (const projects of [['web', 'theirs'], ['$all']]) {
      expect((await disable(place, projects, caller)).status).toBe(403)
    }
    expect(await storedIn(place)).toEqual({ theirs: undefined, web: undefined })
    expect((await disable(place, ['web'], caller)).status).toBe(200)
  })

  test.each<[Scope, number]>([
    ['project:read', 403],
    ['project:write', 201],
    ['project:admin', 201],
    ['org:admin', 403],
  ])('an API key with %s', async (scope, expected) => {
    const place = await found(vedette)
    const key = await apiKeyOf(vedette, place.organization, [scope])
    expect((await enable(place, ['web'], key)).status).toBe(expected)
  })

  test('nobody reads or puts there', async () => {
    const place = await found(vedette)
    const key = await apiKeyOf(vedette, place.organization, ['project:admin'])
    expect((await vedette.get(at(place), key)).status).toBe(403)
  })
})

test('each project that is switched is recorded', async () => {
  const place = await foundThree()
  await disable(place, ['web', 'deck'])
  await disable(place, ['$all'])
  await enable(place, ['web'])
  await enable(place, ['web'])
  expect(await trailOf(vedette, place)).toEqual([
    ['spike-protection.disable', { slug: 'deck' }],
    ['spike-protection.disable', { slug: 'web' }],
    ['spike-protection.disable', { slug: 'bridge' }],
    ['spike-protection.enable', { slug: 'web' }],
  ])
  const last = (await entriesOf(vedette, place)).at(-1)
  expect(last).toMatchObject({ targetObject: place.project.id, note: 'enabled spike protection for web' })
})
