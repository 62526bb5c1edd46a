/** Which projects a question to a whole organization is about, as its client keys show. */
import { afterAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Caller,
  found,
  openInstallation,
  type Person,
  setOrganizationOptions,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

/**
 * Projects `web` of team `crew`, `api` of both teams, `docs` of team `other`, `lone` of none; `gone` is being
 * deleted. The member contributes to `other`.
 */
async function furnish() {
  const place = await found(vedette)
  const { organization, team } = place
  const other = await addTeam(vedette, organization, 'other')
  const projects = {
    web: place.project,
    api: await addProject(vedette, organization, { slug: 'api', teams: [team, other] }),
    docs: await addProject(vedette, organization, { slug: 'docs', teams: [other] }),
    lone: await addProject(vedette, organization, { slug: 'lone' }),
    gone: await addProject(vedette, organization, { slug: 'gone', teams: [team, other] }),
  }
  await vedette.write((tx) =>
    tx
      .updateTable('project')
      .set({ status: 'pending_deletion' })
      .where('id', '=', projects.gone.id)
      .execute(),
  )
  const member = await addPerson(vedette, { organization, teams: { [other.id]: 'contributor' } })
  return { ...place, other, projects, member }
}

type Place = Awaited<ReturnType<typeof furnish>>

/** The slugs of the projects whose keys are listed, or the status when there is no list. */
async function ask(place: Place, query: string, { caller }: Pick<Person, 'caller'>) {
  const path = `/organizations/${place.organization.slug}/project-keys/${query}`
  const { status, body } = await vedette.get<{ projectId: number }[]>(path, caller)
  if (status !== 200) return status
  const { projects } = place
  return body.map(({ projectId }) => Object.values(projects).find(({ id }) => id === projectId)?.slug)
}

describe('open membership', async () => {
  const place = await furnish()
  const { web, api, docs, gone } = place.projects
  const foreign = (await found(vedette)).project

  test.each<[string, unknown]>([
    ['', ['docs', 'api']],
    ['?project=', ['docs', 'api']],
    ['?project=-1', ['lone', 'docs', 'api', 'web']],
    ['?projectSlug=$all', ['lone', 'docs', 'api', 'web']],
    [`?project=-1&project=${web.id}`, ['lone', 'docs', 'api', 'web']],
    [`?project=${web.id}`, ['web']],
    [`?project=0${web.id}`, ['web']],
    ['?project=web', ['web']],
    [`?project=${web.id}&project=${docs.id}`, ['docs', 'web']],
    [`?project=${web.id}&projectSlug=api`, ['api', 'web']],
    ['?projectSlug=web&projectSlug=lone', ['lone', 'web']],
    [`?project=${gone.id}`, 403],
    ['?projectSlug=gone', 403],
    ['?projectSlug=no-such', 403],
    ['?project=no-such', 400],
    ['?project=1.5', 400],
    ['?project=-2', 403],
    ['?projectSlug=web&projectSlug=no-such', 403],
    ['?projectSlug=Web', 403],
    ['?project=99999999999999999999999', 403],
    [`?project=${foreign.id}`, 403],
    ['?project=-1&team=crew', ['api', 'web']],
    ['?team=crew', ['api']],
    [`?team=${place.other.id}`, ['docs', 'api']],
    ['?team=', ['docs', 'api']],
    [`?team=crew&project=${api.id}&project=${docs.id}`, ['api']],
    ['?team=no-such', 404],
    ['?team=99999999999999999999999', 404],
  ])('%s is about %j', async (query, expected) => {
    expect(await ask(place, query, place.member)).toEqual(expected)
  })
})

test('in a closed organization only the projects of the caller’s teams can be named', async () => {
  const place = await furnish()
  await setOrganizationOptions(vedette, place.organization, { openMembership: false })
  expect(await ask(place, '?project=-1', place.member)).toEqual(['docs', 'api'])
  expect(await ask(place, '?projectSlug=docs', place.member)).toEqual(['docs'])
  expect(await ask(place, '?projectSlug=web', place.member)).toBe(403)
  expect(await ask(place, '?projectSlug=docs&projectSlug=web', place.member)).toBe(403)
  const loner = await addPerson(vedette, { organization: place.organization })
  expect(await ask(place, '', loner)).toEqual([])
  expect(await ask(place, '?project=-1', loner)).toEqual([])
})

test('superusers and API keys have all projects for their own', async () => {
  const place = await furnish()
  await setOrganizationOptions(vedette, place.organization, { openMembership: false })
  const admin = await addPerson(vedette, { isSuperuser: true })
  const key: Caller = await apiKeyOf(vedette, place.organization, ['org:read'])
  for (const caller of [admin.caller, key]) {
    expect(await ask(place, '', { caller })).toEqual(['lone', 'docs', 'api', 'web'])
    expect(await ask(place, '?projectSlug=lone', { caller })).toEqual(['lone'])
  }
})

test('keys of a whole organization are for holders of org:read, not of project:read', async () => {
  const place = await furnish()
  expect(await ask(place, '', { caller: await tokenOf(vedette, place.owner, ['project:admin']) })).toBe(403)
  expect(await ask(place, '', { caller: await tokenOf(vedette, place.owner, ['org:read']) })).toEqual([
    'api',
    'web',
  ])
  expect(await ask(place, '', await addPerson(vedette))).toBe(403)
})
