/** One member of an organization: what others see of them, and who may change or remove them. */
import { afterAll, describe, expect, test } from 'vitest'
import { allScopes, type OrganizationRole } from '../../src/protocol/scopes.ts'
import { entriesOf, trailOf } from './audit-trail.ts'
import {
  addPerson,
  addTeam,
  apiKeyOf,
  type Caller,
  enrol,
  type Founded,
  found,
  openInstallation,
  type Person,
  sessionOf,
  tokenOf,
} from './installation.ts'
import { unreadableFields } from './unreadable.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const roles = ['member', 'admin', 'manager', 'owner'] as const
const listOf = ({ organization }: Pick<Founded, 'organization'>) =>
  `/organizations/${organization.slug}/members/`
const at = (place: Pick<Founded, 'organization'>, member: Person | 'me' | string) =>
  `${listOf(place)}${typeof member === 'string' ? member : member.memberId}/`

interface Member {
  readonly id: string
  readonly email: string
  readonly orgRole: string
  readonly teamRoles: readonly { readonly teamSlug: string; readonly role: string }[]
  readonly isOnlyOwner: boolean
  readonly orgRoleList: readonly { readonly id: string; readonly isAllowed: boolean }[]
}

async function memberOf(place: Founded, member: Person | string): Promise<Member> {
  return (await vedette.get<Member>(at(place, member), place.owner.caller)).body
}

/** Somebody of this role in the organization, in no team. */
function somebody({ organization }: Pick<Founded, 'organization'>, role: OrganizationRole = 'member') {
  return addPerson(vedette, { organization, role })
}

async function invite(place: Founded, email: string, caller: Caller = place.owner.caller): Promise<string> {
  const { body } = await vedette.post<{ id: string }>(listOf(place), caller, { email })
  return body.id
}

describe('reading a member', () => {
  test('shows their teams, and the roles that the caller may give', async () => {
    const place = await found(vedette)
    const { organization, team } = place
    const person = await addPerson(vedette, { organization, teams: { [team.id]: 'admin' } })
    const allowed: Record<string, string[]> = {}
    for (const role of roles) {
      const { caller } = await somebody(place, role)
      const { body } = await vedette.get<Member>(at(place, person), caller)
      allowed[role] = body.orgRoleList.filter(({ isAllowed }) => isAllowed).map(({ id }) => id)
    }
    expect(allowed).toEqual({
      member: [],
      admin: [],
      manager: ['member', 'admin', 'manager'],
      owner: ['member', 'admin', 'manager', 'owner'],
    })
    expect(await memberOf(place, person)).toMatchObject({
      id: String(person.memberId),
      email: person.email,
      user: { id: String(person.userId) },
      orgRole: 'member',
      teams: ['crew'],
      teamRoles: [{ teamSlug: 'crew', role: 'admin' }],
      isOnlyOwner: false,
      invite_link: null,
      teamRoleList: [{ id: 'contributor' }, { id: 'admin' }],
    })
  })

  test('the caller is `me`; who is no member has none', async () => {
    const place = await found(vedette)
    const person = await somebody(place)
    for (const caller of [person.caller, await sessionOf(vedette, person)]) {
      expect(await vedette.get(at(place, 'me'), caller)).toMatchObject({
        status: 200,
        body: { id: String(person.memberId) },
      })
    }
    const key = await apiKeyOf(vedette, place.organization, allScopes)
    const superuser = await addPerson(vedette, { isSuperuser: true })
    for (const caller of [key, superuser.caller]) {
      expect((await vedette.get(at(place, 'me'), caller)).status).toBe(404)
    }
  })

  test('knows nobody of another organization, and nothing that is no number', async () => {
    const [place, other] = [await found(vedette), await found(vedette)]
    for (const name of [String(other.owner.memberId), '0', '-1', '99999999999999999999', 'you', '1.0']) {
      const { status, body } = await vedette.get(at(place, name), place.owner.caller)
      expect({ status, body }).toEqual({
        status: 404,
        body: { detail: 'The requested resource does not exist' },
      })
    }
  })

  test('tells the only owner from one of two', async () => {
    const place = await found(vedette)
    expect((await memberOf(place, place.owner)).isOnlyOwner).toBe(true)
    const second = await somebody(place, 'owner')
    expect((await memberOf(place, place.owner)).isOnlyOwner).toBe(false)
    await vedette.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('id', '=', second.userId).execute(),
    )
    expect((await memberOf(place, place.owner)).isOnlyOwner).toBe(true)
  })

  test('shows an invitation', async () => {
    const place = await found(vedette)
    const id = await invite(place, 'later@example.net')
    expect(await memberOf(place, id)).toMatchObject({ email: 'later@example.net', user: null, pending: true })
  })
})

describe('changing a role', () => {
  test.each<[OrganizationRole, OrganizationRole, readonly OrganizationRole[]]>([
    ['owner', 'member', ['admin', 'manager', 'owner']],
    ['owner', 'owner', ['member', 'admin', 'manager']],
    ['manager', 'member', ['admin', 'manager']],
    ['manager', 'manager', ['member', 'admin']],
    ['manager', 'owner', []],
    ['admin', 'member', []],
    ['member', 'member', []],
  ])('%s may make a %s %j', async (role, from, expected) => {
    const place = await found(vedette)
    const { caller } = await somebody(place, role)
    const made: OrganizationRole[] = []
    for (const orgRole of roles.filter((each) => each !== from)) {
      const person = await somebody(place, from)
      const { status } = await vedette.put(at(place, person), caller, { orgRole })
      expect([200, 400, 403]).toContain(status)
      if (status === 200) made.push(orgRole)
      expect((await memberOf(place, person)).orgRole).toBe(status === 200 ? orgRole : from)
    }
    expect(made).toEqual(expected)
  })

  test('says why it is refused', async () => {
    const place = await found(vedette)
    const manager = await somebody(place, 'manager')
    const member = await somebody(place)
    const put = async (whom: Person, input: object, caller = manager.caller) => {
      const { status, body } = await vedette.put(at(place, whom), caller, input)
      return [status, body]
    }
    const above = 'You do not have permission to assign a role to the given user.'
    const notHeld = ['You do not have permission to set that org-level role']
    expect([
      await put(member, { orgRole: 'owner' }),
      await put(member, { role: 'owner' }),
      await put(place.owner, { orgRole: 'member' }),
      await put(manager, { orgRole: 'member' }),
      await put(member, { orgRole: 'manager' }, member.caller),
    ]).toEqual([
      [400, { orgRole: notHeld }],
      [400, { role: notHeld }],
      [403, { role: above, detail: above }],
      [400, { detail: 'You cannot make changes to your own role.' }],
      [403, { detail: 'You do not have permission to perform this action.' }],
    ])
  })

  test('works in the older spelling, for invitations, and by superusers', async () => {
    const place = await found(vedette)
    const { caller } = await addPerson(vedette, { isSuperuser: true })
    const id = await invite(place, 'promoted@example.net')
    expect(await vedette.put(at(place, id), caller, { role: 'owner' })).toMatchObject({
      status: 200,
      body: { orgRole: 'owner', role: 'owner', roleName: 'Owner', pending: true },
    })
  })

  test('never takes the last owner', async () => {
    const place = await found(vedette)
    const { caller } = await addPerson(vedette, { isSuperuser: true })
    // An invitation of an owner is no owner yet.
    await vedette.put(at(place, await invite(place, 'heir@example.net')), caller, { orgRole: 'owner' })
    const demote = async () => {
      const { status, body } = await vedette.put(at(place, place.owner), caller, { orgRole: 'manager' })
      return [status, status === 200 ? 'done' : body]
    }
    const refused = { detail: 'You cannot demote the only remaining owner of the organization.' }
    expect(await demote()).toEqual([403, refused])
    expect((await memberOf(place, place.owner)).orgRole).toBe('owner')
    await somebody(place, 'owner')
    expect(await demote()).toEqual([200, 'done'])
  })

  test('an API key gives what it holds, and the least', async () => {
    const place = await found(vedette)
    const given: Record<string, string[]> = {}
    for (const [name, scopes] of [
      ['every scope', allScopes],
      ['all but org:admin', allScopes.filter((scope) => scope !== 'org:admin')],
      ['member:admin', ['member:admin']],
    ] as const) {
      const key = await apiKeyOf(vedette, place.organization, scopes)
      given[name] = []
      for (const orgRole of roles) {
        const person = await somebody(place, 'member')
        const input = orgRole === 'member' ? {} : { orgRole }
        const { status } = await vedette.put(at(place, person), key, input)
        if (status === 200) given[name].push(orgRole)
      }
    }
    expect(given).toEqual({
      'every scope': ['member', 'admin', 'manager', 'owner'],
      'all but org:admin': ['member', 'admin', 'manager'],
      'member:admin': ['member'],
    })
  })

  test('a token passes on no more than the least without member:admin, whoever holds it', async () => {
    const place = await found(vedette)
    const { owner, organization } = place
    const path = `/organizations/${organization.slug}/members/`
    const given: Record<string, unknown[]> = {}
    for (const scope of ['member:write', 'member:admin'] as const) {
      const token = await tokenOf(vedette, owner, [scope])
      given[scope] = []
      for (const orgRole of roles) {
        const { email } = await addPerson(vedette)
        const { status: added } = await vedette.post(path, token, { email, orgRole })
        const { status: changed } = await vedette.put(at(place, await somebody(place)), token, { orgRole })
        given[scope].push([orgRole, added, changed])
      }
    }
    expect(given).toEqual({
      'member:write': [
        ['member', 201, 200],
        ['admin', 400, 400],
        ['manager', 400, 400],
        ['owner', 400, 400],
      ],
      'member:admin': roles.map((role) => [role, 201, 200]),
    })
  })

  test('takes effect at once', async () => {
    const place = await found(vedette)
    const person = await somebody(place)
    const rename = () =>
      vedette.put(`/organizations/${place.organization.slug}/`, person.caller, { name: 'X' })
    expect((await rename()).status).toBe(403)
    await vedette.put(at(place, person), place.owner.caller, { orgRole: 'manager' })
    expect((await rename()).status).toBe(200)
  })
})

describe('changing teams', () => {
  async function withTeams() {
    const place = await found(vedette)
    const teams = { gunners: await addTeam(vedette, place.organization, 'gunners') }
    const person = await addPerson(vedette, {
      organization: place.organization,
      teams: { [place.team.id]: 'contributor' },
    })
    return { ...place, ...teams, person }
  }

  test('puts the member into those that are named and takes them out of others', async () => {
    const place = await withTeams()
    const { owner, person } = place
    const put = async (input: object) =>
      (await vedette.put<Member>(at(place, person), owner.caller, input)).body.teamRoles
    const crew = (role: string) => ({ teamSlug: 'crew', role })
    const gunners = { teamSlug: 'gunners', role: 'admin' }
    expect(await put({ teamRoles: [crew('admin'), gunners] })).toEqual([crew('admin'), gunners])
    expect(await put({ orgRole: 'manager' })).toEqual([crew('admin'), gunners])
    expect(await put({ teamRoles: null })).toEqual([crew('admin'), gunners])
    expect(await put({ teamRoles: [{ teamSlug: 'crew' }] })).toEqual([crew('contributor')])
    expect(await put({ teams: ['gunners'] })).toEqual([{ ...gunners, role: 'contributor' }])
    expect(await put({ teamRoles: [] })).toEqual([])
  })

  test('is recorded move by move', async () => {
    const place = await withTeams()
    const { owner, person, gunners } = place
    const path = at(place, person)
    const { email } = person
    await vedette.put(path, owner.caller, {
      orgRole: 'manager',
      teamRoles: [{ teamSlug: 'gunners', role: 'admin' }],
    })
    await vedette.put(path, owner.caller, { teamRoles: [{ teamSlug: 'gunners', role: 'contributor' }] })
    await vedette.put(path, owner.caller, { orgRole: 'manager', teams: ['gunners'] })
    const edited = (changed: string[]) => ({ email, role: 'manager', changed })
    expect(await trailOf(vedette, place)).toEqual([
      ['member.edit', edited(['orgRole', 'teamRoles'])],
      ['member.leave-team', { email, team_slug: 'crew' }],
      ['member.join-team', { email, team_slug: 'gunners' }],
      ['member.edit', edited(['teamRoles'])],
    ])
    const [first] = await entriesOf(vedette, place)
    expect(first).toMatchObject({
      targetObject: person.memberId,
      targetUser: { id: String(person.userId) },
      note: `edited member ${email} (orgRole, teamRoles)`,
    })
    expect(gunners.slug).toBe('gunners')
  })

  test('of somebody above the caller is possible, their role is not', async () => {
    const place = await withTeams()
    const manager = await somebody(place, 'manager')
    const put = (input: object) => vedette.put<Member>(at(place, place.owner), manager.caller, input)
    expect(await put({ teams: ['gunners'], orgRole: 'owner' })).toMatchObject({
      status: 200,
      body: { orgRole: 'owner', teams: ['gunners'] },
    })
    expect((await put({ teams: [], orgRole: 'member' })).status).toBe(403)
    expect(await memberOf(place, place.owner)).toMatchObject({ teams: ['gunners'] })
  })

  test('an API key makes Team Admins only if it could be one', async () => {
    const place = await withTeams()
    const statuses = []
    for (const scope of ['member:admin', 'team:admin', 'org:write'] as const) {
      const key = await apiKeyOf(vedette, place.organization, ['member:admin', scope])
      const input = { teamRoles: [{ teamSlug: 'crew', role: 'admin' }] }
      statuses.push((await vedette.put(at(place, place.person), key, input)).status)
      await vedette.put(at(place, place.person), place.owner.caller, { teams: ['crew'] })
    }
    expect(statuses).toEqual([400, 200, 200])
  })
})

describe('what is wrong is said, and nothing comes of it', () => {
  const notList = (type: string) => [`Expected a list of items but got type "${type}".`]

  test.each<[object, unknown]>([
    [{ orgRole: 'king' }, { orgRole: ['"king" is not a valid choice.'] }],
    [{ orgRole: null }, { orgRole: ['This field may not be null.'] }],
    [{ role: 7 }, { role: ['"7" is not a valid choice.'] }],
    [{ teamRoles: 'crew' }, { teamRoles: notList('str') }],
    [{ teamRoles: [{}] }, { teamRoles: [{ teamSlug: ['This field is required.'] }] }],
    [
      { teamRoles: [{ teamSlug: 'crew', role: 'captain' }] },
      { teamRoles: [{ role: ['"captain" is not a valid choice.'] }] },
    ],
    [{ teamRoles: [{ teamSlug: 'no-such' }] }, { teamRoles: ['Invalid teams'] }],
    [{ teams: ['crew', 'no-such'] }, { teams: ['Invalid teams'] }],
    [{ teams: {} }, { teams: notList('dict') }],
    [{ orgRole: 'owner', teams: ['no-such'] }, { teams: ['Invalid teams'] }],
  ])('%j', async (input, errors) => {
    const place = await found(vedette)
    const person = await somebody(place)
    const before = await memberOf(place, person)
    const answer = await vedette.put(at(place, person), place.owner.caller, { orgRole: 'manager', ...input })
    expect(answer).toMatchObject({ status: 400, body: errors })
    expect(await memberOf(place, person)).toEqual(before)
    expect(await trailOf(vedette, place)).toEqual([])
  })

  test.each(unreadableFields)('$name', async ({ sending, answer }) => {
    const place = await found(vedette)
    const path = `/api/0${at(place, place.owner)}`
    expect(await vedette.send('PUT', path, place.owner.caller, sending)).toMatchObject(answer)
  })
})

describe('removing a member', () => {
  const remove = async (place: Founded, whom: Person | string, caller: Caller) => {
    const { status, body } = await vedette.delete<{ detail?: string }>(at(place, whom), caller)
    return status === 204 ? 204 : [status, body.detail]
  }
  const lacking = [400, 'You are missing the member:admin scope.']

  test.each<[OrganizationRole, readonly OrganizationRole[], unknown]>([
    ['owner', ['member', 'admin', 'manager', 'owner'], undefined],
    [
      'manager',
      ['member', 'admin', 'manager'],
      [400, 'You cannot remove a member who has more access than you.'],
    ],
    ['admin', [], lacking],
    ['member', [], lacking],
  ])('%s may remove %j', async (role, expected, refusal) => {
    const place = await found(vedette)
    const { caller } = await somebody(place, role)
    const removed: OrganizationRole[] = []
    for (const each of roles) {
      const answer = await remove(place, await somebody(place, each), caller)
      if (answer === 204) removed.push(each)
      else expect(answer).toEqual(refusal)
    }
    expect(removed).toEqual(expected)
  })

  test('ends what they could do, and leaves their account', async () => {
    const place = await found(vedette)
    const person = await addPerson(vedette, {
      organization: place.organization,
      teams: { [place.team.id]: 'admin' },
    })
    const project = `/projects/${place.organization.slug}/web/`
    expect((await vedette.get(project, person.caller)).status).toBe(200)
    expect(await remove(place, person, place.owner.caller)).toBe(204)
    expect((await vedette.get(project, person.caller)).status).toBe(403)
    expect((await vedette.get('/', person.caller)).status).toBe(200)
    expect(await remove(place, person, place.owner.caller)).toEqual([
      404,
      'The requested resource does not exist',
    ])
    expect(await entriesOf(vedette, place)).toMatchObject([
      {
        event: 'member.remove',
        actor: { id: String(place.owner.userId) },
        targetObject: person.memberId,
        targetUser: { id: String(person.userId) },
        data: { email: person.email },
      },
    ])
  })

  test('everybody may leave, with the least of scopes, but for the last owner', async () => {
    const place = await found(vedette)
    for (const role of roles) {
      const person = await somebody(place, role)
      const whom = role === 'admin' ? 'me' : person
      expect(await remove(place, whom, await tokenOf(vedette, person, ['member:read']))).toBe(204)
    }
    const refused = [403, 'You cannot remove the only remaining owner of the organization.']
    const superuser = await addPerson(vedette, { isSuperuser: true })
    expect(await remove(place, 'me', place.owner.caller)).toEqual(refused)
    expect(await remove(place, place.owner, superuser.caller)).toEqual(refused)
    expect((await memberOf(place, place.owner)).orgRole).toBe('owner')
  })

  test('takes along the invitations that they sent and nobody took up', async () => {
    const place = await found(vedette)
    const inviter = await somebody(place, 'manager')
    const joined = await addPerson(vedette)
    await invite(place, joined.email, inviter.caller)
    await invite(place, 'orphan@example.net', inviter.caller)
    await invite(place, 'kept@example.net')
    expect(await remove(place, inviter, place.owner.caller)).toBe(204)
    const { body } = await vedette.get<Member[]>(listOf(place), place.owner.caller)
    expect(body.map(({ email }) => email)).toEqual([place.owner.email, joined.email, 'kept@example.net'])
    const removals = (await trailOf(vedette, place)).filter(([event]) => event === 'member.remove')
    expect(removals.map(([, data]) => data)).toEqual([
      { email: inviter.email },
      { email: 'orphan@example.net' },
    ])
  })

  test('those who may only invite withdraw their own invitations, where they may invite', async () => {
    const place = await found(vedette)
    const inviter = await somebody(place)
    const own = await invite(place, 'own@example.net', inviter.caller)
    const foreign = await invite(place, 'foreign@example.net')
    const organization = `/organizations/${place.organization.slug}/`
    await vedette.put(organization, place.owner.caller, { allowMemberInvite: false })
    expect(await remove(place, own, inviter.caller)).toEqual(lacking)
    await vedette.put(organization, place.owner.caller, { allowMemberInvite: true })
    expect([
      await remove(place, foreign, inviter.caller),
      await remove(place, place.owner, inviter.caller),
      await remove(place, own, inviter.caller),
    ]).toEqual([[400, 'You cannot modify invitations sent by someone else.'], lacking, 204])
  })

  test('an API key removes whom it could have added', async () => {
    const place = await found(vedette)
    await somebody(place, 'owner')
    const [weak, strong] = [
      await apiKeyOf(vedette, place.organization, ['member:admin']),
      await apiKeyOf(vedette, place.organization, allScopes),
    ]
    const more = [400, 'You cannot remove a member who has more access than you.']
    expect([
      await remove(place, await somebody(place), weak),
      await remove(place, place.owner, weak),
      await remove(place, place.owner, strong),
    ]).toEqual([204, more, 204])
  })
})

describe('adding a member', () => {
  test('is recorded: an invitation as one, an account as a member', async () => {
    const place = await found(vedette)
    const ada = await addPerson(vedette)
    await vedette.post(listOf(place), place.owner.caller, { email: 'New@example.net', teams: ['crew'] })
    await vedette.post(listOf(place), place.owner.caller, { email: ada.email, orgRole: 'manager' })
    expect(await entriesOf(vedette, place)).toMatchObject([
      {
        event: 'member.invite',
        data: { email: 'new@example.net', role: 'member', teams: ['crew'] },
        note: 'invited member new@example.net',
        targetUser: null,
      },
      {
        event: 'member.add',
        data: { email: ada.email, role: 'manager', teams: [] },
        targetUser: { id: String(ada.userId) },
      },
    ])
  })

  test('who may only invite puts nobody where they could not go, and makes no Team Admins', async () => {
    const place = await found(vedette, { options: { openMembership: false } })
    const { organization, team } = place
    await addTeam(vedette, organization, 'gunners')
    const inviter = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    const captain = await addPerson(vedette, { organization, teams: { [team.id]: 'admin' } })
    let count = 0
    const add = async ({ caller }: Person, teamSlug: string, role: string) => {
      count += 1
      const email = `invited-${count}@example.net`
      const { status, body } = await vedette.post<{ detail: string }>(listOf(place), caller, {
        email,
        teamRoles: [{ teamSlug, role }],
      })
      return status === 201 ? 201 : [status, body.detail]
    }
    expect([
      await add(inviter, 'crew', 'contributor'),
      await add(inviter, 'gunners', 'contributor'),
      await add(inviter, 'crew', 'admin'),
      await add(captain, 'crew', 'admin'),
    ]).toEqual([
      201,
      [400, 'You cannot assign members to teams you are not a member of.'],
      [400, refusedText],
      201,
    ])
    const { body } = await vedette.get<Member[]>(listOf(place), place.owner.caller)
    expect(body.length).toBe(5)
  })

  const refusedText = "You do not have permission to edit that user's membership."

  test('a member who belongs elsewhere too is a stranger here once removed', async () => {
    const [place, other] = [await found(vedette), await found(vedette)]
    const person = await somebody(place)
    await enrol(vedette, person, { organization: other.organization })
    await vedette.delete(at(place, person), place.owner.caller)
    expect((await vedette.get(listOf(place), person.caller)).status).toBe(403)
    expect((await vedette.get(listOf(other), person.caller)).status).toBe(200)
  })
})
