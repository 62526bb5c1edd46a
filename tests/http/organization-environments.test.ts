/** The names of the environments in an organization. */
import { afterAll, expect, test } from 'vitest'
import {
  addPerson,
  addProject,
  addTeam,
  type Caller,
  type Founded,
  flush,
  found,
  openInstallation,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

type Place = Pick<Founded, 'organization'>

/** Project `web` of the owner's team and project `api` of another, which both have production. */
async function furnish() {
  const place = await found(vedette)
  const { organization } = place
  const other = await addTeam(vedette, organization, 'other')
  const api = await addProject(vedette, organization, { slug: 'api', teams: [other] })
  flush(vedette, (tx) => {
    for (const name of ['production', 'staging', '']) tx.noteEnvironment(place.project.id, name, startAt)
    for (const name of ['canary', 'production']) tx.noteEnvironment(api.id, name, startAt)
  })
  return { ...place, other, api }
}

/** The names, or the status and what was said when there is no list. */
async function names({ organization }: Place, query: string, caller: Caller) {
  const path = `/organizations/${organization.slug}/environments/${query}`
  const { status, body } = await vedette.get<{ name: string }[]>(path, caller)
  return status === 200 ? body.map(({ name }) => name) : { status, body }
}

test("the environments of the caller's projects are listed by name, each once", async () => {
  const place = await furnish()
  const path = `/organizations/${place.organization.slug}/environments/`
  const { body } = await vedette.get(path, place.owner.caller)
  const id = expect.stringMatching(/^\d+$/)
  expect(body).toEqual([
    { id, name: 'production' },
    { id, name: 'staging' },
  ])
  const both = { [place.team.id]: 'contributor', [place.other.id]: 'contributor' } as const
  const { caller } = await addPerson(vedette, { organization: place.organization, teams: both })
  expect(await names(place, '', caller)).toEqual(['canary', 'production', 'staging'])
})

test('projects can be named', async () => {
  const place = await furnish()
  const { caller } = place.owner
  expect(await names(place, '?project=api', caller)).toEqual(['canary', 'production'])
  expect(await names(place, `?project=${place.project.id}`, caller)).toEqual(['production', 'staging'])
  expect(await names(place, '?project=-1', caller)).toEqual(['canary', 'production', 'staging'])
  expect(await names(place, '?project=nowhere', caller)).toMatchObject({ status: 400 })
  expect(await names(place, '?project=999999', caller)).toMatchObject({ status: 403 })
})

test('what is hidden in every project is listed only when asked for', async () => {
  const place = await furnish()
  const { caller } = place.owner
  const hide = (project: string, environment: string) =>
    vedette.put(`/projects/${place.organization.slug}/${project}/environments/${environment}/`, caller, {
      isHidden: true,
    })
  await hide('web', 'production')
  await hide('web', 'staging')
  expect(await names(place, '?project=-1', caller)).toEqual(['canary', 'production'])
  expect(await names(place, '?project=-1&visibility=visible', caller)).toEqual(['canary', 'production'])
  expect(await names(place, '?project=-1&visibility=hidden', caller)).toEqual(['production', 'staging'])
  expect(await names(place, '?project=-1&visibility=all', caller)).toEqual([
    'canary',
    'production',
    'staging',
  ])
  expect(await names(place, '?visibility=some', caller)).toEqual({
    status: 400,
    body: { detail: "Invalid value for 'visibility', valid values are: ['all', 'hidden', 'visible']" },
  })
})

test('without projects there is nothing to list', async () => {
  const place = await furnish()
  const { caller } = await addPerson(vedette, { organization: place.organization })
  expect(await names(place, '', caller)).toEqual([])
})

test('a scope on the organization is needed, and membership', async () => {
  const place = await furnish()
  const underScoped = await tokenOf(vedette, place.owner, ['project:read'])
  expect(await names(place, '', underScoped)).toMatchObject({ status: 403 })
  expect(await names(place, '', (await addPerson(vedette)).caller)).toMatchObject({ status: 403 })
})
