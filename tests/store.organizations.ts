/** The store's contract: organizations, their members and teams. */
import { expect } from 'vitest'
import {
  insertMember,
  linkInvitations,
  listMembers,
  type MemberFilter,
  memberByEmail,
  memberOfUser,
  membershipsOf,
  ownerCounts,
} from '../src/store/members.ts'
import {
  insertOrganization,
  isOrganizationSlugTaken,
  listOrganizations,
  listOrganizationsBySize,
  type OrganizationFilter,
  organizationByIdOrSlug,
  organizationsById,
  updateOrganization,
} from '../src/store/organizations.ts'
import type { KeyPosition } from '../src/store/page.ts'
import { addProjectTeam } from '../src/store/project-teams.ts'
import { isUniqueViolation } from '../src/store/sqlite.ts'
import {
  addTeamMember,
  isTeamSlugTaken,
  listTeams,
  memberCounts,
  type TeamFilter,
  teamByIdOrSlug,
  teamRolesOf,
  teamRolesOfMembers,
} from '../src/store/teams.ts'
import {
  addMember,
  addOrganization,
  addProject,
  addTeam,
  addUser,
  type Behaviours,
  type OpenStore,
  startAt,
  wholeKeyPage,
  wholePage,
} from './store.fixtures.ts'

const slugs = (found: { rows: readonly { slug: string }[] }) => found.rows.map(({ slug }) => slug)
const emails = (found: { rows: readonly { email: string }[] }) => found.rows.map(({ email }) => email)

function giveUp({ db }: OpenStore, table: 'organization' | 'team', id: number): Promise<unknown> {
  return db.write((tx) =>
    tx.updateTable(table).set({ status: 'pending_deletion' }).where('id', '=', id).execute(),
  )
}

export const organizations: Behaviours = {
  'digits address an organization by id, anything else by slug': async (store) => {
    const acme = await addOrganization(store, 'acme', 'Acme')
    expect(acme).toEqual({
      id: acme.id,
      slug: 'acme',
      name: 'Acme',
      status: 'active',
      options: {},
      createdAt: startAt,
    })
    expect(await organizationByIdOrSlug(store.db.read, 'acme')).toEqual(acme)
    expect(await organizationByIdOrSlug(store.db.read, String(acme.id))).toEqual(acme)
    expect(await organizationByIdOrSlug(store.db.read, 'ACME')).toBeUndefined()
    expect(await organizationByIdOrSlug(store.db.read, '999')).toBeUndefined()
  },

  'an organization that is being deleted is not found, but its slug stays taken': async (store) => {
    const { id } = await addOrganization(store, 'acme')
    await giveUp(store, 'organization', id)
    expect(await organizationByIdOrSlug(store.db.read, 'acme')).toBeUndefined()
    expect(await organizationByIdOrSlug(store.db.read, String(id))).toBeUndefined()
    expect(await isOrganizationSlugTaken(store.db.read, 'ACME')).toBe(true)
    expect(await isOrganizationSlugTaken(store.db.read, 'acme-2')).toBe(false)
    await expect(addOrganization(store, 'acme')).rejects.toSatisfy(isUniqueViolation)
  },

  'finds organizations by their ids': async (store) => {
    const acme = await addOrganization(store, 'acme')
    await addOrganization(store, 'bolt')
    expect(await organizationsById(store.db.read, [acme.id, 999])).toEqual(new Map([[acme.id, acme]]))
    expect(await organizationsById(store.db.read, [])).toEqual(new Map())
  },

  'lists organizations by each filter, newest first': async (store) => {
    const acme = await addOrganization(store, 'acme', 'Acme & Sons')
    const bolt = await addOrganization(store, 'bolt', 'Bolt')
    const corp = await addOrganization(store, 'corp', 'Corp')
    const ada = await addMember(store, acme, 'ada@example.net')
    await addMember(store, bolt, 'bob@example.net', { isInvited: true })
    const project = await addProject(store, corp, 'web')
    await store.flush((flush) => flush.noteSeen(project.id, 'platform:python', startAt))
    await giveUp(store, 'organization', (await addOrganization(store, 'gone')).id)

    const wanted: [OrganizationFilter, string[]][] = [
      [{}, ['corp', 'bolt', 'acme']],
      [{ ids: [acme.id, corp.id] }, ['corp', 'acme']],
      [{ ids: [] }, []],
      [{ slugs: ['bolt'] }, ['bolt']],
      [{ statuses: ['pending_deletion'] }, ['gone']],
      [{ memberUserId: ada.userId ?? 0 }, ['acme']],
      [{ memberIds: [ada.id] }, ['acme']],
      [{ memberEmails: ['bob@example.net', 'ada@example.net'] }, ['bolt', 'acme']],
      [{ platforms: ['python', 'ruby'] }, ['corp']],
      [{ text: 'SONS' }, ['acme']],
      [{ text: 'bol' }, ['bolt']],
      [{ text: 'ada@' }, ['acme']],
      [{ text: 'nothing' }, []],
    ]
    for (const [filter, expected] of wanted) {
      const found = await listOrganizations(store.db.read, filter, wholeKeyPage)
      expect(slugs(found), JSON.stringify(filter)).toEqual(expected)
    }
  },

  'text is found without case in any alphabet, and its wildcards mean themselves': async (store) => {
    await addOrganization(store, 'one', 'Éclair 100%')
    await addOrganization(store, 'two', 'ЯБЛОКО 100x')
    await addOrganization(store, 'three', 'under_score back\\slash')
    await addOrganization(store, 'four', 'underXscore')
    const wanted: [string, string[]][] = [
      ['éclair', ['one']],
      ['ÉCLAIR', ['one']],
      ['яблоко', ['two']],
      ['100%', ['one']],
      ['er_sc', ['three']],
      ['k\\s', ['three']],
    ]
    for (const [text, expected] of wanted) {
      expect(slugs(await listOrganizations(store.db.read, { text }, wholeKeyPage)), text).toEqual(expected)
    }
  },

  'lists organizations by members or projects, most first': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    await addMember(store, bolt, 'ada@example.net')
    await addProject(store, acme, 'web')
    await addProject(store, acme, 'api')
    await addOrganization(store, 'corp')
    const list = (by: 'members' | 'projects', offset = 0, limit = 10) =>
      listOrganizationsBySize(store.db.read, {}, by, { offset, limit })
    expect(slugs(await list('members'))).toEqual(['bolt', 'acme', 'corp'])
    expect(slugs(await list('projects'))).toEqual(['acme', 'bolt', 'corp'])
    expect(await list('projects', 1, 1)).toEqual({
      rows: [expect.objectContaining({ slug: 'bolt' })],
      hasPrevious: true,
      hasNext: true,
    })
    expect(await list('projects', 2, 1)).toMatchObject({ hasPrevious: true, hasNext: false })
  },

  'a list by age can be walked to its end and back, through rows of one age': async ({ db }) => {
    // From newest to oldest: one, then five of the same instant, then one.
    for (const [slug, now] of [
      ['oldest', startAt],
      ...['e', 'd', 'c', 'b', 'a'].map((slug) => [slug, startAt + 1] as const),
      ['newest', startAt + 2],
    ] as const) {
      await db.write((tx) => insertOrganization(tx, { slug, name: slug, now }))
    }
    const whole = ['newest', 'a', 'b', 'c', 'd', 'e', 'oldest']
    const page = (position: KeyPosition | undefined, backwards: boolean) =>
      listOrganizations(db.read, {}, { limit: 2, position, backwards })

    const forwards = [await page(undefined, false)]
    for (let last = forwards.at(-1); last?.hasNext; last = forwards.at(-1)) {
      forwards.push(await page(last.next, false))
    }
    expect(forwards.flatMap(slugs)).toEqual(whole)
    expect(forwards.map(({ hasPrevious }) => hasPrevious)).toEqual([false, true, true, true])

    const backwards = forwards.slice(-1)
    for (let last = backwards[0]; last?.hasPrevious; last = backwards[0]) {
      backwards.unshift(await page(last.first, true))
    }
    expect(backwards.map(slugs)).toEqual(forwards.map(slugs))
    // From a page that was reached backwards the way on is the same.
    expect(backwards.map(({ next }) => next)).toEqual(forwards.map(({ next }) => next))
  },

  'an address is a member of an organization once, and so is a user': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    const ada = await addMember(store, acme, 'Ada@Example.net', { role: 'owner' })
    expect(ada).toEqual({
      id: ada.id,
      organizationId: acme.id,
      userId: ada.userId,
      email: 'ada@example.net',
      role: 'owner',
      inviterId: null,
      createdAt: startAt,
      inviteHash: null,
      inviteExpiresAt: null,
    })
    const join = (organizationId: number, userId: number | null, email: string) =>
      store.db.write((tx) =>
        insertMember(tx, { organizationId, userId, email, role: 'member', inviterId: ada.userId, now: 0 }),
      )
    await expect(join(acme.id, null, 'ADA@example.net')).rejects.toSatisfy(isUniqueViolation)
    await expect(join(acme.id, ada.userId, 'other@example.net')).rejects.toSatisfy(isUniqueViolation)
    const elsewhere = await join(bolt.id, ada.userId, 'ada@example.net')

    const userId = ada.userId ?? 0
    expect(await memberOfUser(store.db.read, { organizationId: acme.id, userId })).toEqual(ada)
    expect(await memberByEmail(store.db.read, { organizationId: bolt.id, email: 'ADA@example.net' })).toEqual(
      elsewhere,
    )
    expect(await membershipsOf(store.db.read, userId)).toEqual([ada, elsewhere])
    // Many may be invited: they have no user yet.
    await join(acme.id, null, 'bob@example.net')
    await join(acme.id, null, 'eve@example.net')
  },

  'invitations become memberships of the user who comes with their address': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    await addMember(store, acme, 'ada@example.net', { isInvited: true })
    await addMember(store, bolt, 'ada@example.net', { isInvited: true })
    await addMember(store, bolt, 'bob@example.net', { isInvited: true })
    const userId = await addUser(store, 'ada@example.net')
    await store.db.write((tx) => linkInvitations(tx, { userId, email: 'Ada@example.net' }))
    const joined = await membershipsOf(store.db.read, userId)
    expect(joined.map(({ organizationId }) => organizationId)).toEqual([acme.id, bolt.id])
    expect(
      await memberByEmail(store.db.read, { organizationId: bolt.id, email: 'bob@example.net' }),
    ).toMatchObject({ userId: null })
  },

  'lists members by each filter, in the order they came': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const ada = await addMember(store, acme, 'ada@example.net', { role: 'owner' })
    const bob = await addMember(store, acme, 'bob@example.net')
    const eve = await addMember(store, acme, 'eve@example.net', { isInvited: true })
    await addMember(store, await addOrganization(store, 'bolt'), 'zoe@example.net')
    const team = await addTeam(store, acme, 'crew')
    await store.db.write((tx) => addTeamMember(tx, { teamId: team.id, memberId: bob.id, role: 'admin' }))
    await store.db.write((tx) =>
      tx.updateTable('user').set({ name: 'Ada Lovelace' }).where('id', '=', ada.userId).execute(),
    )

    const wanted: [Omit<MemberFilter, 'organizationId'>, string[]][] = [
      [{}, ['ada@example.net', 'bob@example.net', 'eve@example.net']],
      [{ ids: [eve.id, ada.id] }, ['ada@example.net', 'eve@example.net']],
      [{ ids: [] }, []],
      [{ userIds: [bob.userId ?? 0] }, ['bob@example.net']],
      [{ emails: ['eve@example.net', 'zoe@example.net'] }, ['eve@example.net']],
      [{ roles: ['owner'] }, ['ada@example.net']],
      [{ isInvited: true }, ['eve@example.net']],
      [{ isInvited: false }, ['ada@example.net', 'bob@example.net']],
      [{ teamIds: [team.id] }, ['bob@example.net']],
      [{ text: 'LOVELACE' }, ['ada@example.net']],
      [{ text: 'eve@' }, ['eve@example.net']],
    ]
    for (const [filter, expected] of wanted) {
      const found = await listMembers(store.db.read, { organizationId: acme.id, ...filter }, wholePage)
      expect(emails(found), JSON.stringify(filter)).toEqual(expected)
    }
    const second = await listMembers(store.db.read, { organizationId: acme.id }, { limit: 1, offset: 1 })
    expect(second).toEqual({ rows: [bob], hasPrevious: true, hasNext: true })
  },

  'counts as owners only those who have taken up their invitation': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    await addMember(store, acme, 'ada@example.net', { role: 'owner' })
    await addMember(store, acme, 'bob@example.net', { role: 'manager' })
    await addMember(store, acme, 'eve@example.net', { role: 'owner', isInvited: true })
    expect(await ownerCounts(store.db.read, [acme.id, bolt.id])).toEqual(new Map([[acme.id, 1]]))
    expect(await ownerCounts(store.db.read, [])).toEqual(new Map())
  },

  'a team is found by id or slug within its organization': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    const crew = await addTeam(store, acme, 'crew', 'The Crew')
    const other = await addTeam(store, bolt, 'crew')
    expect(crew).toEqual({
      id: crew.id,
      organizationId: acme.id,
      slug: 'crew',
      name: 'The Crew',
      createdAt: startAt,
    })
    const find = (organizationId: number, idOrSlug: string) =>
      teamByIdOrSlug(store.db.read, { organizationId, idOrSlug })
    expect(await find(acme.id, 'crew')).toEqual(crew)
    expect(await find(bolt.id, String(other.id))).toEqual(other)
    expect(await find(bolt.id, String(crew.id))).toBeUndefined()

    await giveUp(store, 'team', crew.id)
    expect(await find(acme.id, 'crew')).toBeUndefined()
    const taken = (slug: string) => isTeamSlugTaken(store.db.read, { organizationId: acme.id, slug })
    expect([await taken('CREW'), await taken('staff')]).toEqual([true, false])
    await expect(addTeam(store, acme, 'crew')).rejects.toSatisfy(isUniqueViolation)
  },

  'lists the teams of an organization by each filter': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const crew = await addTeam(store, acme, 'crew', 'Zebras')
    const staff = await addTeam(store, acme, 'staff', 'Ants')
    await addTeam(store, await addOrganization(store, 'bolt'), 'crew')
    await giveUp(store, 'team', (await addTeam(store, acme, 'gone')).id)
    const project = await addProject(store, acme, 'web', { teamId: staff.id })

    const wanted: [Omit<TeamFilter, 'organizationId'>, string[]][] = [
      [{}, ['crew', 'staff']],
      [{ ids: [crew.id] }, ['crew']],
      [{ ids: [] }, []],
      [{ slugs: ['staff', 'gone'] }, ['staff']],
      [{ projectId: project.id }, ['staff']],
      [{ text: 'zEB' }, ['crew']],
      [{ text: 'taf' }, ['staff']],
    ]
    for (const [filter, expected] of wanted) {
      const found = await listTeams(store.db.read, { organizationId: acme.id, ...filter }, wholePage)
      expect(slugs(found), JSON.stringify(filter)).toEqual(expected)
    }
    const byName = await listTeams(
      store.db.read,
      { organizationId: acme.id },
      { limit: 1, offset: 0 },
      'name',
    )
    expect(byName).toEqual({ rows: [staff], hasPrevious: false, hasNext: true })
  },

  'joining a team twice changes the role': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const crew = await addTeam(store, acme, 'crew')
    const staff = await addTeam(store, acme, 'staff')
    const gone = await addTeam(store, acme, 'gone')
    const ada = await addMember(store, acme, 'ada@example.net')
    const join = (teamId: number, role: string) =>
      store.db.write((tx) => addTeamMember(tx, { teamId, memberId: ada.id, role }))
    await join(staff.id, 'contributor')
    await join(crew.id, 'contributor')
    await join(crew.id, 'admin')
    await join(gone.id, 'admin')
    await giveUp(store, 'team', gone.id)
    expect(await teamRolesOf(store.db.read, ada.id)).toEqual(
      new Map([
        [crew.id, 'admin'],
        [staff.id, 'contributor'],
      ]),
    )
    expect(await teamRolesOfMembers(store.db.read, [ada.id, 999])).toEqual(
      new Map([
        [
          ada.id,
          [
            { memberId: ada.id, team: crew, role: 'admin' },
            { memberId: ada.id, team: staff, role: 'contributor' },
          ],
        ],
      ]),
    )
    expect(await teamRolesOfMembers(store.db.read, [])).toEqual(new Map())
  },

  'counts the members of a team who can sign in': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const crew = await addTeam(store, acme, 'crew')
    const empty = await addTeam(store, acme, 'empty')
    const members = [
      await addMember(store, acme, 'ada@example.net'),
      await addMember(store, acme, 'bob@example.net'),
      await addMember(store, acme, 'eve@example.net', { isInvited: true }),
    ]
    for (const { id } of members) {
      await store.db.write((tx) => addTeamMember(tx, { teamId: crew.id, memberId: id, role: 'admin' }))
    }
    await store.db.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('email', '=', 'bob@example.net').execute(),
    )
    expect(await memberCounts(store.db.read, [crew.id, empty.id])).toEqual(new Map([[crew.id, 1]]))
    expect(await memberCounts(store.db.read, [])).toEqual(new Map())
  },

  'an organization is changed in what is given alone': async (store) => {
    const acme = await addOrganization(store, 'acme', 'Acme')
    await addOrganization(store, 'bolt')
    const change = (input: Parameters<typeof updateOrganization>[2]) =>
      store.db.write((tx) => updateOrganization(tx, acme.id, input))
    expect(await change({ options: { openMembership: false } })).toEqual({
      ...acme,
      options: { openMembership: false },
    })
    const renamed = { ...acme, slug: 'acme-2', name: 'Acme Two', options: { openMembership: false } }
    expect(await change({ slug: 'acme-2', name: 'Acme Two' })).toEqual(renamed)
    expect(await organizationByIdOrSlug(store.db.read, 'acme-2')).toEqual(renamed)
    await expect(change({ slug: 'bolt' })).rejects.toSatisfy(isUniqueViolation)
  },

  'what belongs to an organization goes with it': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const crew = await addTeam(store, acme, 'crew')
    const ada = await addMember(store, acme, 'ada@example.net')
    const project = await addProject(store, acme, 'web', { teamId: crew.id })
    await store.db.write(async (tx) => {
      await addTeamMember(tx, { teamId: crew.id, memberId: ada.id, role: 'admin' })
      await addProjectTeam(tx, { projectId: project.id, teamId: crew.id })
    })
    await store.db.write((tx) => tx.deleteFrom('organization').where('id', '=', acme.id).execute())
    for (const table of [
      'organization_member',
      'team',
      'team_member',
      'project',
      'project_option',
      'project_team',
      'client_key',
    ] as const) {
      expect(await store.db.read.selectFrom(table).selectAll().execute(), table).toEqual([])
    }
    expect(await membershipsOf(store.db.read, ada.userId ?? 0)).toEqual([])
  },
}
