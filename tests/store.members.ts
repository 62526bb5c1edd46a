/** The store's contract: members and teams that change and go. */
import { expect } from 'vitest'
import {
  deleteMembers,
  insertMember,
  invitationsBy,
  isOnlyOwner,
  listTeamMembers,
  memberById,
  setMemberRole,
} from '../src/store/members.ts'
import { teamIdsOfProject } from '../src/store/project-teams.ts'
import { isUniqueViolation } from '../src/store/sqlite.ts'
import {
  addTeamMember,
  deleteTeam,
  removeTeamMember,
  teamByIdOrSlug,
  teamRolesOf,
  teamsByIdOrSlug,
  updateTeam,
} from '../src/store/teams.ts'
import {
  addMember,
  addOrganization,
  addProject,
  addTeam,
  addUser,
  type Behaviours,
  startAt,
} from './store.fixtures.ts'

export const members: Behaviours = {
  'a team is renamed, and when it is deleted nothing is left of it': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const crew = await addTeam(store, acme, 'crew')
    await addTeam(store, acme, 'staff')
    const ada = await addMember(store, acme, 'ada@example.net')
    const project = await addProject(store, acme, 'web', { teamId: crew.id })
    await store.db.write((tx) => addTeamMember(tx, { teamId: crew.id, memberId: ada.id, role: 'admin' }))
    const change = (slug: string) =>
      store.db.write((tx) => updateTeam(tx, { ...crew, slug, name: 'The Crew' }))
    await change('hands')
    await expect(change('staff')).rejects.toSatisfy(isUniqueViolation)
    const find = () => teamByIdOrSlug(store.db.read, { organizationId: acme.id, idOrSlug: String(crew.id) })
    expect(await find()).toEqual({ ...crew, slug: 'hands', name: 'The Crew' })

    await store.db.write((tx) => deleteTeam(tx, crew.id))
    expect(await find()).toBeUndefined()
    expect(await teamRolesOf(store.db.read, ada.id)).toEqual(new Map())
    expect(await teamIdsOfProject(store.db.read, project.id)).toEqual([])
    await addTeam(store, acme, 'hands')
  },

  'finds teams by a mixture of ids and slugs': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const crew = await addTeam(store, acme, 'crew')
    const staff = await addTeam(store, acme, 'staff')
    const other = await addTeam(store, await addOrganization(store, 'bolt'), 'other')
    const gone = await addTeam(store, acme, 'gone')
    await store.db.write((tx) =>
      tx.updateTable('team').set({ status: 'pending_deletion' }).where('id', '=', gone.id).execute(),
    )
    const find = async (...idsOrSlugs: string[]) => {
      const found = await teamsByIdOrSlug(store.db.read, { organizationId: acme.id, idsOrSlugs })
      return found.map(({ slug }) => slug).sort()
    }
    expect([
      await find('crew', String(staff.id)),
      await find('crew', String(crew.id), 'crew'),
      await find(String(other.id), 'other', 'gone'),
      await find(String(crew.id)),
      await find(),
    ]).toEqual([['crew', 'staff'], ['crew'], [], ['crew'], []])
  },

  'lists the members of a team by email, but for invitations and deactivated users': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const crew = await addTeam(store, acme, 'crew')
    const zoe = await addMember(store, acme, 'zoe@example.net')
    const ada = await addMember(store, acme, 'ada@example.net')
    const bob = await addMember(store, acme, 'bob@example.net')
    const eve = await addMember(store, acme, 'eve@example.net', { isInvited: true })
    await addMember(store, acme, 'out@example.net')
    for (const { id } of [zoe, ada, bob, eve]) {
      const role = id === zoe.id ? 'contributor' : 'admin'
      await store.db.write((tx) => addTeamMember(tx, { teamId: crew.id, memberId: id, role }))
    }
    await store.db.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('email', '=', 'bob@example.net').execute(),
    )
    const list = (limit: number, offset: number) => listTeamMembers(store.db.read, crew.id, { limit, offset })
    expect(await list(1, 0)).toEqual({
      rows: [{ ...ada, teamRole: 'admin' }],
      hasPrevious: false,
      hasNext: true,
    })
    expect((await list(1, 1)).rows).toEqual([{ ...zoe, teamRole: 'contributor' }])

    await store.db.write((tx) => removeTeamMember(tx, { teamId: crew.id, memberId: zoe.id }))
    expect((await list(9, 0)).rows).toEqual([{ ...ada, teamRole: 'admin' }])
  },

  'a member is found by id, given another role, and deleted with their places in teams': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    const crew = await addTeam(store, acme, 'crew')
    const ada = await addMember(store, acme, 'ada@example.net')
    const bob = await addMember(store, acme, 'bob@example.net')
    await store.db.write((tx) => addTeamMember(tx, { teamId: crew.id, memberId: ada.id, role: 'admin' }))
    await store.db.write((tx) => setMemberRole(tx, { memberId: ada.id, role: 'manager' }))
    const find = ({ id }: typeof acme, memberId: number) =>
      memberById(store.db.read, { organizationId: id, memberId })
    expect(await find(acme, ada.id)).toEqual({ ...ada, role: 'manager' })
    expect(await find(acme, bob.id)).toEqual(bob)
    expect(await find(bolt, ada.id)).toBeUndefined()

    await store.db.write((tx) => deleteMembers(tx, []))
    await store.db.write((tx) => deleteMembers(tx, [ada.id]))
    expect([await find(acme, ada.id), await find(acme, bob.id)]).toEqual([undefined, bob])
    expect(await teamRolesOf(store.db.read, ada.id)).toEqual(new Map())
  },

  'knows the invitations that a user sent and nobody took up': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    const inviterId = await addUser(store, 'ada@example.net')
    const invite = (organizationId: number, email: string, userId: number | null, by: number | null) =>
      store.db.write((tx) =>
        insertMember(tx, { organizationId, userId, email, role: 'member', inviterId: by, now: startAt }),
      )
    const open = await invite(acme.id, 'open@example.net', null, inviterId)
    await invite(acme.id, 'taken@example.net', await addUser(store, 'taken@example.net'), inviterId)
    await invite(acme.id, 'other@example.net', null, null)
    await invite(bolt.id, 'elsewhere@example.net', null, inviterId)
    expect(await invitationsBy(store.db.read, { organizationId: acme.id, inviterId })).toEqual([open])
  },

  'the only owner is one without whom nobody could act as one': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const ada = await addMember(store, acme, 'ada@example.net', { role: 'owner' })
    const bob = await addMember(store, acme, 'bob@example.net', { role: 'manager' })
    const eve = await addMember(store, acme, 'eve@example.net', { role: 'owner', isInvited: true })
    await addMember(store, await addOrganization(store, 'bolt'), 'zoe@example.net', { role: 'owner' })
    const isOnly = (member: typeof ada) => isOnlyOwner(store.db.read, member)
    expect([await isOnly(ada), await isOnly(bob), await isOnly(eve)]).toEqual([true, false, false])
    const max = await addMember(store, acme, 'max@example.net', { role: 'owner' })
    expect([await isOnly(ada), await isOnly(max)]).toEqual([false, false])
    await store.db.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('email', '=', 'max@example.net').execute(),
    )
    expect(await isOnly(ada)).toBe(true)
  },
}
