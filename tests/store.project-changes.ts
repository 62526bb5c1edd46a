/** The store's contract: what changes a project, its environments and ownership rules, and what removes it. */
import { expect } from 'vitest'
import {
  environmentsByName,
  hideEnvironments,
  listEnvironments,
  type Visibility,
} from '../src/store/environments.ts'
import { ownerIds, ownershipOf, saveOwnership } from '../src/store/ownership.ts'
import {
  copySettings,
  nameOfSlugHolder,
  recordRedirect,
  setBookmark,
  updateProject,
} from '../src/store/project-changes.ts'
import { projectExtras } from '../src/store/project-extras.ts'
import { projectOptions, setProjectOptions } from '../src/store/project-options.ts'
import { addProjectTeam, removeProjectTeam, teamIdsOfProject } from '../src/store/project-teams.ts'
import { projectById, projectByOldSlug } from '../src/store/projects.ts'
import {
  deleteProjectPart,
  hasEvents,
  listRemovedProjects,
  removeProject,
} from '../src/store/removed-projects.ts'
import { isUniqueViolation } from '../src/store/sqlite.ts'
import {
  addMember,
  addOrganization,
  addProject,
  addProjectOfItsOwn,
  addTeam,
  addUser,
  attachmentOf,
  type Behaviours,
  countOf,
  dropOf,
  eventOf,
  facetsOf,
  itemOf,
  type OpenStore,
  startAt,
  storeEvents,
} from './store.fixtures.ts'

const rules = {
  raw: '*.js #crew',
  fallthrough: false,
  autoAssignment: 'Turn off Auto-Assignment',
  codeownersAutoSync: true,
  createdAt: startAt,
  updatedAt: startAt + 1,
}

async function environments({ db }: OpenStore, projectId: number, visibility: Visibility = 'all') {
  const listed = await listEnvironments(db.read, { projectId, visibility })
  return listed.map(({ name, isHidden }) => [name, isHidden])
}

/** Deletes a removed project part by part; answers how many parts it took and the files that nobody needs. */
async function deleteAll({ db }: OpenStore, projectId: number, limit: number) {
  const orphans: string[] = []
  for (let parts = 0; ; parts++) {
    const part = await db.write((tx) => deleteProjectPart(tx, { projectId, limit }))
    if (part.deleted === 0) return { parts, orphans }
    orphans.push(...part.orphans)
  }
}

export const projectChanges: Behaviours = {
  'a project changes in the parts that are named': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    await addProject(store, organization, 'other', { name: 'Other One' })
    const update = (change: Parameters<typeof updateProject>[1]['change']) =>
      store.db.write((tx) => updateProject(tx, { projectId: project.id, change }))
    await update({})
    await update({ name: 'Shop', slug: 'shop' })
    await update({ platform: 'python' })
    const changed = { ...project, name: 'Shop', slug: 'shop', platform: 'python' }
    expect(await projectById(store.db.read, project.id)).toEqual(changed)
    await expect(update({ slug: 'other' })).rejects.toSatisfy(isUniqueViolation)
    const holder = (slug: string) =>
      nameOfSlugHolder(store.db.read, { organizationId: organization.id, slug, except: project.id })
    expect([await holder('other'), await holder('shop'), await holder('web')]).toEqual([
      'Other One',
      undefined,
      undefined,
    ])
  },

  'an old slug leads to the project that had it last': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const other = await addProject(store, organization, 'other')
    const organizationId = organization.id
    for (const { id } of [other, project]) {
      await store.db.write((tx) => recordRedirect(tx, { organizationId, slug: 'old', projectId: id }))
    }
    expect(await projectByOldSlug(store.db.read, { organizationId, slug: 'old' })).toEqual(project)
  },

  'bookmarks are set once, and taken off one by one': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    const [ada, bob] = [await addUser(store, 'ada@example.net'), await addUser(store, 'bob@example.net')]
    const set = (userId: number, isBookmarked: boolean) =>
      store.db.write((tx) => setBookmark(tx, { projectId: project.id, userId, isBookmarked }))
    const shown = async (userId: number) =>
      (await projectExtras(store.db.read, { projectIds: [project.id], userId })).get(project.id)?.isBookmarked
    for (const userId of [ada, ada, bob]) await set(userId, true)
    await set(ada, false)
    await set(ada, false)
    expect([await shown(ada), await shown(bob)]).toEqual([false, true])
  },

  'linking a project and a team says whether that is new, and so does unlinking': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const link = { projectId: project.id, teamId: (await addTeam(store, organization, 'crew')).id }
    const said: boolean[] = []
    for (const change of [addProjectTeam, addProjectTeam, removeProjectTeam, removeProjectTeam]) {
      said.push(await store.db.write((tx) => change(tx, link)))
    }
    expect(said).toEqual([true, false, true, false])
  },

  'environments are found by name and visibility, and hidden together': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const other = await addProject(store, organization, 'other')
    await store.flush((flush) => {
      for (const name of ['b', '', 'a', 'c']) flush.noteEnvironment(project.id, name, startAt)
      flush.noteEnvironment(other.id, 'a', startAt)
    })
    const named = (names: readonly string[]) =>
      environmentsByName(store.db.read, { projectId: project.id, names })
    const ids = (await named(['c', '', 'a', 'z'])).map(({ id }) => id)
    expect(ids.length).toBe(3)
    await store.db.write((tx) => hideEnvironments(tx, { ids, isHidden: true }))
    expect(await environments(store, project.id)).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ])
    expect(await environments(store, project.id, 'visible')).toEqual([['b', false]])
    expect((await environments(store, project.id, 'hidden')).length).toBe(2)
    expect(await environments(store, other.id)).toEqual([['a', false]])
    await store.db.write((tx) => hideEnvironments(tx, { ids: [], isHidden: false }))
    expect([await named([]), (await named([''])).map(({ isHidden }) => isHidden)]).toEqual([[], [true]])
  },

  'ownership rules are kept once per project, with the time of their first': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    const projectId = project.id
    expect(await ownershipOf(store.db.read, projectId)).toBeUndefined()
    await store.db.write((tx) => saveOwnership(tx, { projectId, ownership: rules }))
    expect(await ownershipOf(store.db.read, projectId)).toEqual(rules)
    const later = { ...rules, raw: null, fallthrough: true, createdAt: startAt + 9, updatedAt: startAt + 9 }
    await store.db.write((tx) => saveOwnership(tx, { projectId, ownership: later }))
    expect(await ownershipOf(store.db.read, projectId)).toEqual({ ...later, createdAt: startAt })
  },

  'owners are people and teams of the organization': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    const ada = await addMember(store, acme, 'ada@example.net')
    await addMember(store, bolt, 'bob@example.net')
    await addMember(store, acme, 'eve@example.net', { isInvited: true })
    const crew = await addTeam(store, acme, 'crew')
    await addTeam(store, bolt, 'theirs')
    const find = (emails: readonly string[], slugs: readonly string[]) =>
      ownerIds(store.db.read, { organizationId: acme.id, emails, slugs })
    const everybody = ['Ada@example.net', 'bob@example.net', 'eve@example.net']
    expect(await find(everybody, ['crew', 'theirs'])).toEqual({
      users: new Map([['ada@example.net', ada.userId]]),
      teams: new Map([['crew', crew.id]]),
    })
    expect(await find([], [])).toEqual({ users: new Map(), teams: new Map() })
  },

  'settings are copied over what a project has, which keeps its own environments': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const source = await addProject(store, organization, 'source')
    const [crew, bridge] = [
      await addTeam(store, organization, 'crew'),
      await addTeam(store, organization, 'bridge'),
    ]
    await store.flush((flush) => {
      for (const name of ['a', 'own']) flush.noteEnvironment(project.id, name, startAt)
      for (const name of ['a', 'b']) flush.noteEnvironment(source.id, name, startAt)
    })
    await store.db.write(async (tx) => {
      await setProjectOptions(tx, { projectId: project.id, options: { 'test:own': 1, 'test:both': 1 } })
      await setProjectOptions(tx, { projectId: source.id, options: { 'test:both': [2] } })
      await addProjectTeam(tx, { projectId: project.id, teamId: crew.id })
      await addProjectTeam(tx, { projectId: source.id, teamId: bridge.id })
      await saveOwnership(tx, { projectId: source.id, ownership: rules })
      const [a] = await environmentsByName(tx, { projectId: source.id, names: ['a'] })
      await hideEnvironments(tx, { ids: a ? [a.id] : [], isHidden: true })
    })
    const copy = (from: number) =>
      store.db.write((tx) => copySettings(tx, { from, to: project.id, now: startAt }))
    await copy(source.id)
    // Copying from itself changes nothing.
    await copy(project.id)
    const options = (await projectOptions(store.db.read, [project.id])).get(project.id)
    expect(options).toMatchObject({ 'test:own': 1, 'test:both': [2] })
    expect(await teamIdsOfProject(store.db.read, project.id)).toEqual([bridge.id])
    expect(await teamIdsOfProject(store.db.read, source.id)).toEqual([bridge.id])
    expect(await ownershipOf(store.db.read, project.id)).toEqual(rules)
    expect(await environments(store, project.id)).toEqual([
      ['a', true],
      ['b', false],
      ['own', false],
    ])
  },

  'a removed project gives its slug away, and is listed once enough time has gone by': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const remove = () => store.db.write((tx) => removeProject(tx, { projectId: project.id, now: startAt }))
    expect([await remove(), await remove()]).toEqual([true, false])
    expect(await projectById(store.db.read, project.id)).toBeUndefined()
    await addProject(store, organization, 'web')
    expect(await listRemovedProjects(store.db.read, startAt)).toEqual([])
    expect(await listRemovedProjects(store.db.read, startAt + 1)).toEqual([project.id])
  },

  'a removed project goes part by part, the files that only it had too': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const other = await addProject(store, organization, 'other')
    const file = (letter: string) => ({ sha256: letter.repeat(64), content: null })
    await store.flush((flush) => {
      for (const { id } of [project, other]) {
        storeEvents(flush, eventOf(id), eventOf(id), eventOf(id))
        flush.insertItem(itemOf(id))
        flush.insertAttachment(attachmentOf(id, file('a')))
        flush.addOutcomes(countOf(id))
        flush.addEventFacets(facetsOf(id))
        flush.listDropped(id, [dropOf()], 0)
        flush.noteEnvironment(id, 'production', startAt)
        flush.noteRelease(id, '1.0', startAt)
        flush.noteSeen(id, 'platform:python', startAt)
      }
      flush.insertAttachment(attachmentOf(project.id, file('b')))
      flush.insertAttachment(attachmentOf(project.id))
    })
    expect(await hasEvents(store.db.read, project.id)).toBe(true)
    const gone = await deleteAll(store, project.id, 2)
    expect(gone.orphans).toEqual(['b'.repeat(64)])
    expect(gone.parts).toBeGreaterThan(8)
    expect(await hasEvents(store.db.read, project.id)).toBe(false)
    expect(await deleteAll(store, project.id, 2)).toEqual({ parts: 0, orphans: [] })
    for (const table of [
      'attachment',
      'client_key',
      'dropped_item',
      'environment',
      'event',
      'event_chunk',
      'event_facet_count',
      'outcome_count',
      'outcome_total',
      'project_option',
      'project_seen',
      'release',
      'stored_item',
    ] as const) {
      const rows = await store.db.read.selectFrom(table).select('project_id').distinct().execute()
      expect(rows, table).toEqual([{ project_id: other.id }])
    }
  },
}
