/** A member's place in a team: joined, left, given another role; and who may bring that about. */
import { afterAll, describe, expect, test } from 'vitest'
import type { OrganizationRole } from '../../src/protocol/scopes.ts'
import { trailOf } from './audit-trail.ts'
import {
  addPerson,
  apiKeyOf,
  type Caller,
  type Founded,
  found,
  openInstallation,
  type Person,
  tokenOf,
} from './installation.ts'
import { unreadableFields } from './unreadable.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const memberAt = ({ organization }: Pick<Founded, 'organization'>, member: Person | 'me') =>
  `/organizations/${organization.slug}/members/${member === 'me' ? member : member.memberId}/`

/** Somebody of this role in the organization, in no team. */
function somebody({ organization }: Pick<Founded, 'organization'>, role: OrganizationRole = 'member') {
  return addPerson(vedette, { organization, role })
}

describe('a place in a team', () => {
  const placeAt = (place: Pick<Founded, 'organization'>, member: Person | 'me', team = 'crew') =>
    `${memberAt(place, member)}teams/${team}/`
  const refused = { detail: "You do not have permission to edit that user's membership." }

  test('is joined with 201, and again with 204; it is left with 200', async () => {
    const place = await found(vedette)
    const { caller, email } = await somebody(place)
    const path = placeAt(place, 'me')
    const joined = await vedette.post(path, caller)
    expect(joined).toMatchObject({
      status: 201,
      body: { slug: 'crew', isMember: true, teamRole: 'contributor', memberCount: 2, hasAccess: true },
    })
    expect(await vedette.post(path, caller)).toMatchObject({ status: 204, text: '' })
    expect(await vedette.get(path, caller)).toMatchObject({
      status: 200,
      body: { isActive: true, teamRole: 'contributor' },
    })
    const left = { slug: 'crew', isMember: false, teamRole: null, memberCount: 1 }
    for (let time = 0; time < 2; time++) {
      expect(await vedette.delete(path, caller)).toMatchObject({ status: 200, body: left })
    }
    expect((await vedette.get(path, caller)).status).toBe(404)
    expect(await trailOf(vedette, place)).toEqual([
      ['member.join-team', { email, team_slug: 'crew' }],
      ['member.leave-team', { email, team_slug: 'crew' }],
    ])
  })

  test('is found by slug and by id', async () => {
    const place = await found(vedette)
    const person = await somebody(place)
    const byId = placeAt(place, person, String(place.team.id))
    expect((await vedette.post(byId, place.owner.caller)).status).toBe(201)
    for (const team of ['no-such', '999999']) {
      expect((await vedette.post(placeAt(place, person, team), place.owner.caller)).status).toBe(404)
    }
  })

  test.each<[string, OrganizationRole, 'crew' | 'none', boolean, number]>([
    ['a member, with open membership', 'member', 'none', true, 201],
    ['a member, with closed membership', 'member', 'none', false, 403],
    ['an admin of no team, with closed membership', 'admin', 'none', false, 403],
    ['a Team Admin of the team', 'member', 'crew', false, 201],
    ['an admin in the team', 'admin', 'crew', false, 201],
    ['a manager', 'manager', 'none', false, 201],
    ['an owner', 'owner', 'none', false, 201],
  ])('who adds others: %s', async (_, role, membership, openMembership, expected) => {
    const place = await found(vedette, { options: { openMembership } })
    const { organization, team } = place
    const teams = membership === 'crew' ? { [team.id]: 'admin' as const } : {}
    const { caller } = await addPerson(vedette, { organization, role, teams })
    const other = await somebody(place)
    const { status, body } = await vedette.post(placeAt(place, other), caller)
    expect(status).toBe(expected)
    if (expected === 403) {
      expect(body).toEqual({
        detail:
          'Membership of this organization is closed: an owner, a manager or a Team Admin of the team can add members to it.',
      })
      const member = await vedette.get(memberAt(place, other), place.owner.caller)
      expect(member.body).toMatchObject({ teamRoles: [] })
    }
  })

  test('an API key adds members; with closed membership it must manage teams', async () => {
    const statuses: Record<string, number> = {}
    for (const openMembership of [true, false]) {
      const place = await found(vedette, { options: { openMembership } })
      for (const scope of ['org:read', 'org:write', 'team:write'] as const) {
        const key = await apiKeyOf(vedette, place.organization, [scope])
        const { status } = await vedette.post(placeAt(place, await somebody(place)), key)
        statuses[`${openMembership ? 'open' : 'closed'} ${scope}`] = status
      }
    }
    expect(statuses).toEqual({
      'open org:read': 201,
      'open org:write': 201,
      'open team:write': 201,
      'closed org:read': 403,
      'closed org:write': 201,
      'closed team:write': 201,
    })
  })

  test('is taken from others by those above them', async () => {
    const place = await found(vedette)
    const { organization, team } = place
    const statuses: Record<string, number> = {}
    for (const [name, role, teamRole] of [
      ['a member', 'member', undefined],
      ['a contributor', 'member', 'contributor'],
      ['a Team Admin', 'member', 'admin'],
      ['an admin of no team', 'admin', undefined],
      ['a manager', 'manager', undefined],
      ['an owner', 'owner', undefined],
    ] as const) {
      const teams = teamRole === undefined ? {} : { [team.id]: teamRole }
      const { caller } = await addPerson(vedette, { organization, role, teams })
      const other = await addPerson(vedette, { organization, teams: { [team.id]: 'admin' } })
      const { status, body } = await vedette.delete(placeAt(place, other), caller)
      statuses[name] = status
      if (status === 400) expect(body).toEqual(refused)
    }
    expect(statuses).toEqual({
      'a member': 400,
      'a contributor': 400,
      'a Team Admin': 200,
      'an admin of no team': 400,
      'a manager': 200,
      'an owner': 200,
    })
  })

  test('a token of org:read takes its owner out, and nobody else', async () => {
    const place = await found(vedette)
    const caller = await tokenOf(vedette, place.owner, ['org:read'])
    const other = await addPerson(vedette, {
      organization: place.organization,
      teams: { [place.team.id]: 'contributor' },
    })
    expect((await vedette.delete(placeAt(place, other), caller)).status).toBe(400)
    expect((await vedette.delete(placeAt(place, 'me'), caller)).status).toBe(200)
  })

  test('has a role, which Team Admins and those above them change', async () => {
    const place = await found(vedette)
    const { organization, team, owner } = place
    const person = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    const { email } = person
    const put = async (teamRole: string, caller: Caller) => {
      const { status, body } = await vedette.put(placeAt(place, person), caller, { teamRole })
      return [status, body]
    }
    const captain = await addPerson(vedette, { organization, teams: { [team.id]: 'admin' } })
    expect([
      await put('admin', person.caller),
      await put('admin', captain.caller),
      await put('admin', captain.caller),
      await put('contributor', person.caller),
      await put('contributor', owner.caller),
    ]).toEqual([
      [400, refused],
      [200, { isActive: true, teamRole: 'admin' }],
      [200, { isActive: true, teamRole: 'admin' }],
      [200, { isActive: true, teamRole: 'contributor' }],
      [200, { isActive: true, teamRole: 'contributor' }],
    ])
    const edited = ['member.edit', { email, team_slug: 'crew', changed: ['teamRole'] }]
    expect(await trailOf(vedette, place)).toEqual([edited, edited])
  })

  test('its role is not changed by a bad body, nor for who is not in the team', async () => {
    const place = await found(vedette)
    const { owner } = place
    const path = placeAt(place, owner)
    const put = async (body: unknown) => {
      const answer = await vedette.put(path, owner.caller, body)
      return [answer.status, answer.body]
    }
    expect([await put({ teamRole: 'captain' }), await put({ teamRole: null }), await put({})]).toEqual([
      [400, { teamRole: ['"captain" is not a valid choice.'] }],
      [400, { teamRole: ['This field may not be null.'] }],
      [200, { isActive: true, teamRole: 'admin' }],
    ])
    for (const { sending, answer } of unreadableFields) {
      expect(await vedette.send('PUT', `/api/0${path}`, owner.caller, sending)).toMatchObject(answer)
    }
    const outsider = await somebody(place)
    expect((await vedette.put(placeAt(place, outsider), owner.caller, { teamRole: 'admin' })).status).toBe(
      404,
    )
    expect(await trailOf(vedette, place)).toEqual([])
  })
})
