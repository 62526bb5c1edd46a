/** Environments of a project: list, read, hide one or many. */
import { afterAll, describe, expect, test } from 'vitest'
import { addPerson, type Founded, flush, found, openInstallation, startAt } from './installation.ts'
import { recorded } from './recorded-changes.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Listed {
  readonly id: string
  readonly name: string
  readonly isHidden: boolean
}

const at = ({ organization }: Founded, rest = '') => `/projects/${organization.slug}/web/environments/${rest}`

/** A project whose events have named these environments. */
async function withEnvironments(...names: readonly string[]): Promise<Founded> {
  const place = await found(vedette)
  flush(vedette, (tx) => {
    for (const name of names) tx.noteEnvironment(place.project.id, name, startAt)
  })
  return place
}

/** Names of those that are listed, in order. */
async function listed(place: Founded, query = ''): Promise<readonly string[]> {
  const { body } = await vedette.get<Listed[]>(at(place, query), place.owner.caller)
  return body.map(({ name }) => name)
}

test('environments are listed by name, the one without a name left out', async () => {
  const place = await withEnvironments('staging', '', 'production')
  const { body, headers } = await vedette.get<Listed[]>(at(place), place.owner.caller)
  expect(body).toEqual([
    { id: expect.stringMatching(/^\d+$/), name: 'production', isHidden: false },
    { id: expect.stringMatching(/^\d+$/), name: 'staging', isHidden: false },
  ])
  expect(headers.link).toBeUndefined()
  expect(await listed(await withEnvironments())).toEqual([])
})

test('hidden environments are listed when asked for', async () => {
  const place = await withEnvironments('production', 'staging')
  await vedette.put(at(place, 'staging/'), place.owner.caller, { isHidden: true })
  expect(await listed(place)).toEqual(['production'])
  expect(await listed(place, '?visibility=visible')).toEqual(['production'])
  expect(await listed(place, '?visibility=hidden')).toEqual(['staging'])
  expect(await listed(place, '?visibility=all')).toEqual(['production', 'staging'])
  const { status, body } = await vedette.get(at(place, '?visibility=some'), place.owner.caller)
  expect({ status, body }).toEqual({
    status: 400,
    body: { detail: "Invalid value for 'visibility', valid values are: ['all', 'hidden', 'visible']" },
  })
})

test('a hidden environment is not shown with its project', async () => {
  const place = await withEnvironments('production', 'staging')
  await vedette.put(at(place, 'staging/'), place.owner.caller, { isHidden: true })
  const path = `/organizations/${place.organization.slug}/projects/`
  expect((await vedette.get(path, place.owner.caller)).body).toMatchObject([{ environments: ['production'] }])
})

describe('an environment', () => {
  test.each([
    ['production', 'production'],
    ['none', ''],
    ['a%2Fb', 'a/b'],
    ['a%252Fb', 'a/b'],
    ['Ü%20%25', 'Ü %'],
    ['100%2525', '100%'],
    ['50%2525', '50%25'],
  ])('%s is %j', async (segment, name) => {
    const place = await withEnvironments('production', '', 'a/b', 'Ü %', '100%', '50%', '50%25', 'none')
    const read = await vedette.get<Listed>(at(place, `${segment}/`), place.owner.caller)
    expect([read.status, read.body.name]).toEqual([200, name])
    const hidden = await vedette.put<Listed>(at(place, `${segment}/`), place.owner.caller, { isHidden: true })
    expect({ status: hidden.status, body: hidden.body }).toEqual({
      status: 200,
      body: { id: read.body.id, name, isHidden: true },
    })
    expect((await vedette.get<Listed>(at(place, `${segment}/`), place.owner.caller)).body).toEqual(
      hidden.body,
    )
  })

  test('that no event has named does not exist', async () => {
    const [place] = [await withEnvironments('production'), await withEnvironments('staging')]
    for (const method of ['GET', 'PUT'] as const) {
      for (const name of ['staging', 'Production', 'none']) {
        const path = `/api/0${at(place, `${name}/`)}`
        const { status, body } = await vedette.send(method, path, place.owner.caller, {
          body: { isHidden: true },
        })
        expect({ status, body }).toEqual({
          status: 404,
          body: { detail: 'The requested resource does not exist' },
        })
      }
    }
  })

  test('is hidden once, and that is recorded', async () => {
    const place = await withEnvironments('production')
    for (const isHidden of [true, true, 'false']) {
      expect((await vedette.put(at(place, 'production/'), place.owner.caller, { isHidden })).status).toBe(200)
    }
    expect(await recorded(vedette, place.organization)).toEqual([
      ['project.environment-edit', { slug: 'web', name: 'production', isHidden: true }],
      ['project.environment-edit', { slug: 'web', name: 'production', isHidden: false }],
    ])
  })
})

describe('many environments', () => {
  test.each(['environmentNames', 'environment_names'])('are hidden at once by %s', async (spelling) => {
    const place = await withEnvironments('a', 'b', 'c')
    const { status, body } = await vedette.put<Listed[]>(at(place), place.owner.caller, {
      [spelling]: ['c', 'a', 'no-such'],
      isHidden: true,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject([
      { name: 'a', isHidden: true },
      { name: 'c', isHidden: true },
    ])
    expect(await listed(place)).toEqual(['b'])
    expect((await recorded(vedette, place.organization)).length).toBe(2)
  })

  test('may be none', async () => {
    const place = await withEnvironments('a')
    const nobody = { environmentNames: [], isHidden: true }
    expect((await vedette.put(at(place), place.owner.caller, nobody)).body).toEqual([])
  })
})

const required = 'This field is required.'
const noBool = 'Must be a valid boolean.'

describe('a change is refused', () => {
  test.each([
    [{}, { environmentNames: [required], isHidden: [required] }],
    [{ environmentNames: ['a'] }, { isHidden: [required] }],
    [
      { environmentNames: 'a', isHidden: true },
      { environmentNames: ['Expected a list of items but got type "str".'] },
    ],
    [{ environmentNames: null, isHidden: true }, { environmentNames: ['This field may not be null.'] }],
    [{ environmentNames: [{}], isHidden: true }, { environmentNames: ['Not a valid string.'] }],
    [
      { environmentNames: Array.from({ length: 1001 }, (_, n) => `e${n}`), isHidden: true },
      { environmentNames: ['Ensure this field has no more than 1000 elements.'] },
    ],
    [{ environmentNames: ['a'], isHidden: 'perhaps' }, { isHidden: [noBool] }],
  ])('of many: %j', async (sent, errors) => {
    const place = await withEnvironments('a')
    const { status, body } = await vedette.put(at(place), place.owner.caller, sent)
    expect({ status, body }).toEqual({ status: 400, body: errors })
    expect(await listed(place)).toEqual(['a'])
  })

  test.each([
    [{}, { isHidden: [required] }],
    [{ isHidden: null }, { isHidden: ['This field may not be null.'] }],
    [{ isHidden: 'perhaps' }, { isHidden: [noBool] }],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ])('of one: %j', async (sent, errors) => {
    const place = await withEnvironments('a')
    const { status, body } = await vedette.put(at(place, 'a/'), place.owner.caller, sent)
    expect({ status, body }).toEqual({ status: 400, body: errors })
    expect(await listed(place)).toEqual(['a'])
  })

  test('to those who only read the project', async () => {
    const place = await withEnvironments('a')
    const { organization, team } = place
    const { caller } = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    expect((await vedette.get(at(place, 'a/'), caller)).status).toBe(200)
    expect((await vedette.put(at(place, 'a/'), caller, { isHidden: true })).status).toBe(403)
    expect((await vedette.put(at(place), caller, { environmentNames: ['a'], isHidden: true })).status).toBe(
      403,
    )
    expect(await listed(place)).toEqual(['a'])
  })
})
