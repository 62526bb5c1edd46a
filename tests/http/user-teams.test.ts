/** The caller's own teams in an organization. */
import { afterAll, expect, test } from 'vitest'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Caller,
  type Founded,
  found,
  openInstallation,
  sessionOf,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

/** The slugs of the teams, or the status when there is no list. */
async function ownTeams({ organization }: Pick<Founded, 'organization'>, caller: Caller) {
  const { status, body } = await vedette.get<{ slug: string }[]>(
    `/organizations/${organization.slug}/user-teams/`,
    caller,
  )
  return status === 200 ? body.map(({ slug }) => slug) : status
}

test('the teams of the caller are listed by slug, with role and projects', async () => {
  const { organization, team } = await found(vedette)
  const other = await addTeam(vedette, organization, 'anchor')
  await addTeam(vedette, organization, 'strangers')
  await addProject(vedette, organization, { slug: 'api', teams: [other] })
  const teams = { [team.id]: 'contributor', [other.id]: 'admin' } as const
  const { caller } = await addPerson(vedette, { organization, teams })
  const { body, headers } = await vedette.get(`/organizations/${organization.slug}/user-teams/`, caller)
  expect(body).toMatchObject([
    { slug: 'anchor', isMember: true, teamRole: 'admin', projects: [{ slug: 'api' }], externalTeams: [] },
    { slug: 'crew', isMember: true, teamRole: 'contributor', projects: [{ slug: 'web' }], externalTeams: [] },
  ])
  expect(headers.link).toBeUndefined()
})

test('whoever may see every team is listed no team that is not theirs', async () => {
  const place = await found(vedette)
  await addTeam(vedette, place.organization, 'strangers')
  expect(await ownTeams(place, place.owner.caller)).toEqual(['crew'])
  expect(await ownTeams(place, await sessionOf(vedette, place.owner))).toEqual(['crew'])
  const outsider = await addPerson(vedette, { organization: place.organization, role: 'manager' })
  expect(await ownTeams(place, outsider.caller)).toEqual([])
})

test('a key that nobody stands behind has no teams', async () => {
  const place = await found(vedette)
  expect(await ownTeams(place, await apiKeyOf(vedette, place.organization, ['org:read']))).toEqual([])
})

test('a scope on the organization is needed, and membership', async () => {
  const place = await found(vedette)
  expect(await ownTeams(place, await tokenOf(vedette, place.owner, ['team:read']))).toBe(403)
  expect(await ownTeams(place, (await addPerson(vedette)).caller)).toBe(403)
})
