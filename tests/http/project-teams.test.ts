/** The teams of a project and their members: list, add, take away. */
import { afterAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  addTeam,
  apiKeyOf,
  type Caller,
  type Founded,
  found,
  openInstallation,
  setOrganizationOptions,
  tokenOf,
} from './installation.ts'
import { recorded } from './recorded-changes.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const at = ({ organization }: Founded, rest: string) => `/projects/${organization.slug}/web/${rest}`

interface WithTeams {
  readonly teams: readonly { readonly slug: string }[]
  readonly team?: { readonly slug: string }
}

async function teamsOf(place: Founded): Promise<readonly string[]> {
  const { body } = await vedette.get<{ slug: string }[]>(at(place, 'teams/'), place.owner.caller)
  return body.map(({ slug }) => slug)
}

describe('the teams of a project', () => {
  test('are listed by name, in pages', async () => {
    const place = await found(vedette)
    const { owner, organization } = place
    for (const [slug, name] of [
      ['a', 'Zulu'],
      ['b', 'Alfa'],
    ] as const) {
      await addTeam(vedette, organization, slug, name)
      await vedette.post(at(place, `teams/${slug}/`), owner.caller)
    }
    await addTeam(vedette, organization, 'elsewhere')
    expect(await teamsOf(place)).toEqual(['b', 'crew', 'a'])
    const { body, headers } = await vedette.get(at(place, 'teams/?per_page=1'), owner.caller)
    expect(body).toMatchObject([{ slug: 'b', name: 'Alfa', isMember: false, hasAccess: true }])
    expect(body).not.toMatchObject([{ projects: [] }])
    expect(headers.link).toContain('rel="next"; results="true"')
  })

  test.each(['slug', 'id'] as const)('take in a team by its %s, once', async (by) => {
    const place = await found(vedette)
    const team = await addTeam(vedette, place.organization, 'bridge')
    for (const _ of ['first', 'again']) {
      const answer = await vedette.post<WithTeams>(at(place, `teams/${team[by]}/`), place.owner.caller)
      expect(answer).toMatchObject({ status: 201, body: { slug: 'web', team: { slug: 'crew' } } })
      expect(answer.body.teams.map(({ slug }) => slug)).toEqual(['crew', 'bridge'])
    }
    expect(await recorded(vedette, place.organization)).toEqual([
      ['project-team.add', { slug: 'web', team_slug: 'bridge' }],
    ])
  })

  test('take in any team, also one that the caller cannot reach', async () => {
    const place = await found(vedette, { options: { openMembership: false } })
    const { organization, team } = place
    await addTeam(vedette, organization, 'bridge')
    const teamAdmin = await addPerson(vedette, { organization, teams: { [team.id]: 'admin' } })
    const contributor = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    expect((await vedette.post(at(place, 'teams/bridge/'), contributor.caller)).status).toBe(403)
    expect((await vedette.post(at(place, 'teams/bridge/'), teamAdmin.caller)).status).toBe(201)
  })

  test('may all be taken away', async () => {
    const place = await found(vedette)
    const answer = await vedette.delete<WithTeams>(at(place, 'teams/crew/'), place.owner.caller)
    expect(answer).toMatchObject({ status: 200, body: { slug: 'web', teams: [] } })
    expect(answer.body).not.toHaveProperty('team')
    expect(await teamsOf(place)).toEqual([])
    // A team that is not there is not taken away twice.
    expect((await vedette.delete(at(place, 'teams/crew/'), place.owner.caller)).status).toBe(200)
    expect(await recorded(vedette, place.organization)).toEqual([
      ['project-team.remove', { slug: 'web', team_slug: 'crew' }],
    ])
  })

  test('are taken away by those who administer them', async () => {
    const place = await found(vedette)
    const { organization, owner, team } = place
    const bridge = await addTeam(vedette, organization, 'bridge')
    await vedette.post(at(place, 'teams/bridge/'), owner.caller)
    const own = { [team.id]: 'admin', [bridge.id]: 'contributor' } as const
    const teamAdmin = await addPerson(vedette, { organization, teams: own })
    const { status, body } = await vedette.delete(at(place, 'teams/bridge/'), teamAdmin.caller)
    expect({ status, body }).toEqual({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    })
    expect(await teamsOf(place)).toEqual(['crew', 'bridge'])
    expect((await vedette.delete(at(place, 'teams/crew/'), teamAdmin.caller)).status).toBe(200)
  })

  test('may be changed with an API key', async () => {
    const place = await found(vedette)
    await addTeam(vedette, place.organization, 'bridge')
    const key = await apiKeyOf(vedette, place.organization, ['project:write'])
    expect((await vedette.post(at(place, 'teams/bridge/'), key)).status).toBe(201)
    expect((await vedette.delete(at(place, 'teams/crew/'), key)).status).toBe(200)
    expect(await teamsOf(place)).toEqual(['bridge'])
  })

  test.each(['POST', 'DELETE'] as const)('%s: must be of the organization', async (method) => {
    const [place, foreign] = [await found(vedette), await found(vedette)]
    await addTeam(vedette, foreign.organization, 'theirs')
    for (const team of ['theirs', 'no-such', String(foreign.team.id)]) {
      const path = `/api/0${at(place, `teams/${team}/`)}`
      const { status, body } = await vedette.send(method, path, place.owner.caller)
      expect({ status, body }, team).toEqual({ status: 404, body: { detail: 'Team does not exist.' } })
    }
  })
})

describe('the members of a project', () => {
  interface Listed {
    readonly email: string
  }
  const emails = async (place: Founded, caller: Caller = place.owner.caller, query = '') => {
    const { body } = await vedette.get<Listed[]>(at(place, `members/${query}`), caller)
    return body.map(({ email }) => email)
  }

  test('are those of its teams, each once, by id', async () => {
    const place = await found(vedette)
    const { organization, owner, team } = place
    const bridge = await addTeam(vedette, organization, 'bridge')
    await vedette.post(at(place, 'teams/bridge/'), owner.caller)
    const both = await addPerson(vedette, {
      organization,
      teams: { [team.id]: 'contributor', [bridge.id]: 'admin' },
    })
    const second = await addPerson(vedette, { organization, teams: { [bridge.id]: 'contributor' } })
    await addPerson(vedette, { organization })
    const invitation = { email: `invited-${organization.id}@example.net`, teams: ['crew'] }
    const invited = await vedette.post(
      `/organizations/${organization.slug}/members/`,
      owner.caller,
      invitation,
    )
    expect(invited.status).toBe(201)
    expect(await emails(place)).toEqual([owner.email, both.email, second.email])
    expect(await emails(place, owner.caller, '?per_page=1&cursor=1:1:0')).toEqual([both.email])
    const { body } = await vedette.get(
      at(place, 'members/'),
      await tokenOf(vedette, second, ['project:read']),
    )
    expect(body).toMatchObject([{ orgRole: 'owner', pending: false, user: { email: owner.email } }, {}, {}])
  })

  test('are nobody when it has no teams', async () => {
    const place = await found(vedette)
    await vedette.delete(at(place, 'teams/crew/'), place.owner.caller)
    expect(await emails(place)).toEqual([])
  })

  test('are not for those who cannot reach the project', async () => {
    const place = await found(vedette)
    await setOrganizationOptions(vedette, place.organization, { openMembership: false })
    const { caller } = await addPerson(vedette, { organization: place.organization })
    expect((await vedette.get(at(place, 'members/'), caller)).status).toBe(403)
  })
})
