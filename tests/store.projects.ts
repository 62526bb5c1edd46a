/** The store's contract: projects, their options, teams, bookmarks and redirects, and their client keys. */
import { expect } from 'vitest'
import { newKey } from '../src/protocol/ids.ts'
import {
  defaultLoaderOptions,
  deleteKey,
  insertKey,
  type KeyChanges,
  keyByPublicKey,
  keyConfig,
  listKeys,
  projectExists,
  takenHalves,
  updateKey,
} from '../src/store/client-keys.ts'
import { projectExtras } from '../src/store/project-extras.ts'
import {
  countProjects,
  listProjectsByAge,
  listProjectsBySlug,
  type ProjectFilter,
} from '../src/store/project-lists.ts'
import { projectOptions, setProjectOptions } from '../src/store/project-options.ts'
import { addProjectTeam, projectTeamLinks, teamIdsOfProject } from '../src/store/project-teams.ts'
import {
  isProjectSlugTaken,
  projectById,
  projectByIdOrSlug,
  projectByOldSlug,
} from '../src/store/projects.ts'
import { isUniqueViolation } from '../src/store/sqlite.ts'
import { addTeamMember } from '../src/store/teams.ts'
import {
  addMember,
  addOrganization,
  addProject,
  addProjectOfItsOwn,
  addTeam,
  addUser,
  type Behaviours,
  eventOf,
  type OpenStore,
  startAt,
  storeEvents,
  wholeKeyPage,
} from './store.fixtures.ts'

const slugs = (found: { rows: readonly { slug: string }[] }) => found.rows.map(({ slug }) => slug)

function giveUp({ db }: OpenStore, table: 'organization' | 'project' | 'team', id: number): Promise<unknown> {
  return db.write((tx) =>
    tx.updateTable(table).set({ status: 'pending_deletion' }).where('id', '=', id).execute(),
  )
}

function addBookmark({ db }: OpenStore, projectId: number, userId: number): Promise<unknown> {
  return db.write((tx) =>
    tx.insertInto('project_bookmark').values({ project_id: projectId, user_id: userId }).execute(),
  )
}

export const projects: Behaviours = {
  'a new project has a key called Default, its initial options and its team': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const crew = await addTeam(store, acme, 'crew')
    const project = await addProject(store, acme, 'web', {
      name: 'Web Shop',
      platform: 'javascript',
      teamId: crew.id,
    })
    expect(project).toEqual({
      id: project.id,
      organizationId: acme.id,
      slug: 'web',
      name: 'Web Shop',
      platform: 'javascript',
      status: 'active',
      createdAt: startAt,
      firstEventAt: null,
    })
    const { rows } = await listKeys(store.db.read, { projectIds: [project.id] }, wholeKeyPage)
    expect(rows).toEqual([
      {
        id: rows[0]?.id,
        projectId: project.id,
        publicKey: expect.stringMatching(/^[0-9a-f]{32}$/),
        secretKey: expect.stringMatching(/^[0-9a-f]{32}$/),
        label: 'Default',
        isActive: true,
        useCase: 'user',
        rateLimit: null,
        browserSdkVersion: null,
        loaderOptions: defaultLoaderOptions,
        createdAt: startAt,
        lastUsedAt: null,
        rotatedFrom: null,
        rotatedTo: null,
      },
    ])
    expect((await projectOptions(store.db.read, [project.id])).get(project.id)).toMatchObject({
      'sentry:token': expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(await teamIdsOfProject(store.db.read, project.id)).toEqual([crew.id])
  },

  'a slug that nobody chose is made from the name, and differs from those that are taken': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const make = (name: string) => addProject(store, acme, name, { name, slug: undefined })
    expect((await make('Web Shop')).slug).toBe('web-shop')
    expect((await make('WEB shop')).slug).toMatch(/^web-shop-[a-z0-9]{2,}$/)
    const bolt = await addOrganization(store, 'bolt')
    expect((await addProject(store, bolt, '', { name: 'Web Shop', slug: undefined })).slug).toBe('web-shop')
  },

  'a project carried over keeps id and keys, and later ones get other ids': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const [publicKey, secretKey] = [newKey(), newKey()]
    const moved = await addProject(store, acme, 'moved', { id: 4_500_000_000_000, publicKey, secretKey })
    expect(moved.id).toBe(4_500_000_000_000)
    expect(await keyByPublicKey(store.db.read, publicKey)).toMatchObject({ projectId: moved.id, secretKey })
    const small = await addProject(store, acme, 'small', { id: 7 })
    const next = await addProject(store, acme, 'next')
    expect([small.id, next.id === 7 || next.id === moved.id]).toEqual([7, false])
  },

  'a slug, an id and each half of a key belong to one project, and a refused one leaves nothing': async (
    store,
  ) => {
    const { organization, project, key } = await addProjectOfItsOwn(store)
    const { publicKey, secretKey } = key
    for (const clash of [{ slug: 'web' }, { id: project.id }, { publicKey }, { secretKey }]) {
      const attempt = addProject(store, organization, 'other', clash)
      await expect(attempt, JSON.stringify(clash)).rejects.toSatisfy(isUniqueViolation)
    }
    expect(await countProjects(store.db.read, { statuses: [] })).toBe(1)
    const tables = ['client_key', 'project_option'] as const
    for (const table of tables) {
      const rows = await store.db.read.selectFrom(table).select('project_id').distinct().execute()
      expect(rows, table).toEqual([{ project_id: project.id }])
    }
    // The same slug in another organization is another project.
    await addProject(store, await addOrganization(store, 'bolt'), 'web')
  },

  'digits address a project by id, anything else by slug, within its organization': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const bolt = await addOrganization(store, 'bolt')
    const find = (organizationId: number, idOrSlug: string) =>
      projectByIdOrSlug(store.db.read, { organizationId, idOrSlug })
    expect(await find(organization.id, 'web')).toEqual(project)
    expect(await find(organization.id, String(project.id))).toEqual(project)
    expect(await find(bolt.id, 'web')).toBeUndefined()
    expect(await find(bolt.id, String(project.id))).toBeUndefined()
    expect(await projectById(store.db.read, project.id)).toEqual(project)
  },

  'a project that is being deleted is not found, but exists and keeps its slug': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const organizationId = organization.id
    await giveUp(store, 'project', project.id)
    expect(await projectById(store.db.read, project.id)).toBeUndefined()
    expect(await projectByIdOrSlug(store.db.read, { organizationId, idOrSlug: 'web' })).toBeUndefined()
    expect(await projectExists(store.db.read, project.id)).toBe(true)
    expect(await projectExists(store.db.read, project.id + 1)).toBe(false)
    const taken = (slug: string) => isProjectSlugTaken(store.db.read, { organizationId, slug })
    expect([await taken('WEB'), await taken('web-2')]).toEqual([true, false])
  },

  'a slug that a project had before leads to it while it is active': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const organizationId = organization.id
    await store.db.write((tx) =>
      tx
        .insertInto('project_redirect')
        .values({ organization_id: organizationId, slug: 'old', project_id: project.id })
        .execute(),
    )
    const find = (slug: string) => projectByOldSlug(store.db.read, { organizationId, slug })
    expect(await find('old')).toEqual(project)
    expect(await find('web')).toBeUndefined()
    await giveUp(store, 'project', project.id)
    expect(await find('old')).toBeUndefined()
  },

  'lists and counts projects by each filter, by slug': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const bolt = await addOrganization(store, 'bolt')
    const crew = await addTeam(store, acme, 'crew')
    const staff = await addTeam(store, acme, 'staff')
    const web = await addProject(store, acme, 'web', { name: 'Web Shop', teamId: crew.id })
    const api = await addProject(store, acme, 'api', { teamId: staff.id })
    const lone = await addProject(store, bolt, 'lone')
    await giveUp(store, 'project', (await addProject(store, acme, 'gone')).id)
    const ada = await addMember(store, acme, 'ada@example.net')
    await store.db.write((tx) => addTeamMember(tx, { teamId: crew.id, memberId: ada.id, role: 'admin' }))
    await store.flush((flush) => flush.noteSeen(api.id, 'platform:python', startAt))
    const { rows } = await listKeys(store.db.read, { projectIds: [lone.id] }, wholeKeyPage)
    const publicKeys = rows.map(({ publicKey }) => publicKey)

    const wanted: [ProjectFilter, string[]][] = [
      [{}, ['api', 'lone', 'web']],
      [{ organizationId: acme.id }, ['api', 'web']],
      [{ organizationIds: [bolt.id, acme.id] }, ['api', 'lone', 'web']],
      [{ organizationIds: [] }, []],
      [{ memberUserId: ada.userId ?? 0 }, ['web']],
      [{ statuses: ['pending_deletion'] }, ['gone']],
      [{ statuses: [], organizationId: acme.id }, ['api', 'gone', 'web']],
      [{ ids: [web.id, lone.id] }, ['lone', 'web']],
      [{ ids: [] }, []],
      [{ slugs: ['WEB', 'lone'] }, ['lone', 'web']],
      [{ names: ['web shop'] }, ['web']],
      [{ platforms: ['python'] }, ['api']],
      [{ publicKeys }, ['lone']],
      [{ teamIds: [crew.id, staff.id] }, ['api', 'web']],
      [{ withoutTeamIds: [crew.id] }, ['api', 'lone']],
      [{ text: 'sHOP' }, ['web']],
      [{ text: 'ap' }, ['api']],
    ]
    for (const [filter, expected] of wanted) {
      const description = JSON.stringify(filter)
      expect(slugs(await listProjectsBySlug(store.db.read, filter)), description).toEqual(expected)
      expect(await countProjects(store.db.read, filter), description).toBe(expected.length)
    }
    await giveUp(store, 'team', crew.id)
    expect(await countProjects(store.db.read, { memberUserId: ada.userId ?? 0 })).toBe(0)
  },

  'bookmarks of the one who asks come first, and pages follow that order': async (store) => {
    const acme = await addOrganization(store, 'acme')
    const [a, b, c] = [
      await addProject(store, acme, 'a'),
      await addProject(store, acme, 'b'),
      await addProject(store, acme, 'c'),
    ]
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    await addBookmark(store, c.id, ada)
    await addBookmark(store, b.id, bob)
    await expect(addBookmark(store, b.id, bob)).rejects.toSatisfy(isUniqueViolation)
    expect(slugs(await listProjectsBySlug(store.db.read, {}, undefined, ada))).toEqual(['c', 'a', 'b'])
    expect(await listProjectsBySlug(store.db.read, {}, { limit: 2, offset: 1 }, ada)).toEqual({
      rows: [a, b],
      hasPrevious: true,
      hasNext: false,
    })
    expect(await listProjectsBySlug(store.db.read, {}, { limit: 2, offset: 0 })).toEqual({
      rows: [a, b],
      hasPrevious: false,
      hasNext: true,
    })
  },

  'lists projects by age, newest first': async (store) => {
    const acme = await addOrganization(store, 'acme')
    await addProject(store, acme, 'second', { now: startAt + 1 })
    await addProject(store, acme, 'first', { now: startAt })
    await addProject(store, acme, 'third', { now: startAt + 2 })
    const first = await listProjectsByAge(store.db.read, {}, { ...wholeKeyPage, limit: 2 })
    expect([slugs(first), first.hasPrevious, first.hasNext]).toEqual([['third', 'second'], false, true])
    const second = await listProjectsByAge(
      store.db.read,
      {},
      { limit: 2, position: first.next, backwards: false },
    )
    expect([slugs(second), second.hasPrevious, second.hasNext]).toEqual([['first'], true, false])
  },

  'an option is set, replaced and removed; null is a value of its own': async (store) => {
    const { project, organization } = await addProjectOfItsOwn(store)
    const other = await addProject(store, organization, 'other')
    const set = (options: Record<string, unknown>) =>
      store.db.write((tx) => setProjectOptions(tx, { projectId: project.id, options }))
    const stored = async () => {
      const all = (await projectOptions(store.db.read, [project.id])).get(project.id) ?? {}
      return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('test:')))
    }
    await set({ 'test:list': ['a', { b: 1 }], 'test:null': null, 'test:off': false, 'test:text': 'ß' })
    expect(await stored()).toEqual({
      'test:list': ['a', { b: 1 }],
      'test:null': null,
      'test:off': false,
      'test:text': 'ß',
    })
    await set({ 'test:list': [], 'test:null': undefined, 'test:unknown': undefined })
    expect(await stored()).toEqual({ 'test:list': [], 'test:off': false, 'test:text': 'ß' })

    const both = await projectOptions(store.db.read, [project.id, other.id])
    expect([both.get(other.id)?.['test:list'], both.get(project.id)?.['test:list']]).toEqual([undefined, []])
    expect(await projectOptions(store.db.read, [])).toEqual(new Map())
  },

  'a project and a team can be linked twice, and a team that is being deleted does not count': async (
    store,
  ) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const crew = await addTeam(store, organization, 'crew')
    const gone = await addTeam(store, organization, 'gone')
    for (const teamId of [crew.id, crew.id, gone.id]) {
      await store.db.write((tx) => addProjectTeam(tx, { projectId: project.id, teamId }))
    }
    await giveUp(store, 'team', gone.id)
    expect(await teamIdsOfProject(store.db.read, project.id)).toEqual([crew.id])
    expect(await projectTeamLinks(store.db.read, [crew.id, 999])).toEqual(
      new Map([[crew.id, new Set([project.id])]]),
    )
    expect(await projectTeamLinks(store.db.read, [])).toEqual(new Map())
  },

  'gathers what a list of projects shows: teams, bookmark, what was seen, environments, release': async (
    store,
  ) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const quiet = await addProject(store, organization, 'quiet')
    const crew = await addTeam(store, organization, 'crew', 'The Crew')
    await store.db.write((tx) => addProjectTeam(tx, { projectId: project.id, teamId: crew.id }))
    const ada = await addUser(store, 'ada@example.net')
    await addBookmark(store, project.id, ada)
    await store.flush((flush) => {
      for (const what of ['platform:python', 'item:session']) flush.noteSeen(project.id, what, startAt)
      for (const name of ['staging', '', 'production', 'hidden']) {
        flush.noteEnvironment(project.id, name, startAt)
      }
      for (const version of ['2.0', '1.0']) flush.noteRelease(project.id, version, startAt)
    })
    await store.db.write((tx) =>
      tx.updateTable('environment').set({ is_hidden: 1 }).where('name', '=', 'hidden').execute(),
    )
    const extras = await projectExtras(store.db.read, { projectIds: [project.id, quiet.id], userId: ada })
    expect(extras).toEqual(
      new Map([
        [
          project.id,
          {
            teams: [{ id: crew.id, slug: 'crew', name: 'The Crew' }],
            isBookmarked: true,
            seen: new Set(['platform:python', 'item:session']),
            environments: ['production', 'staging'],
            latestRelease: '1.0',
          },
        ],
        [
          quiet.id,
          { teams: [], isBookmarked: false, seen: new Set(), environments: [], latestRelease: null },
        ],
      ]),
    )
    const forNobody = await projectExtras(store.db.read, { projectIds: [project.id], userId: undefined })
    expect(forNobody.get(project.id)?.isBookmarked).toBe(false)
    expect(await projectExtras(store.db.read, { projectIds: [], userId: ada })).toEqual(new Map())
  },
}

export const clientKeys: Behaviours = {
  'keeps everything about a key': async (store) => {
    const { project, key: first } = await addProjectOfItsOwn(store)
    const key = await store.db.write((tx) =>
      insertKey(tx, {
        projectId: project.id,
        publicKey: 'a'.repeat(32),
        secretKey: 'b'.repeat(32),
        label: 'Browser',
        rateLimit: { count: 100, window: 60 },
        browserSdkVersion: '9.x',
        loaderOptions: { hasDebug: true },
        useCase: 'profiling',
        rotatedFrom: first.id,
        now: startAt,
      }),
    )
    expect(key).toEqual({
      id: key.id,
      projectId: project.id,
      publicKey: 'a'.repeat(32),
      secretKey: 'b'.repeat(32),
      label: 'Browser',
      isActive: true,
      useCase: 'profiling',
      rateLimit: { count: 100, window: 60 },
      browserSdkVersion: '9.x',
      loaderOptions: { hasDebug: true },
      createdAt: startAt,
      lastUsedAt: null,
      rotatedFrom: first.publicKey,
      rotatedTo: null,
    })
    expect(await keyByPublicKey(store.db.read, 'a'.repeat(32))).toEqual(key)
    expect(await keyByPublicKey(store.db.read, 'A'.repeat(32))).toBeUndefined()
  },

  'lists keys newest first, by state, and internal ones on request only': async (store) => {
    const { project, organization } = await addProjectOfItsOwn(store)
    const other = await addProject(store, organization, 'other')
    const add = (label: string, useCase = 'user', projectId = project.id) =>
      store.db.write((tx) =>
        insertKey(tx, {
          projectId,
          publicKey: newKey(),
          secretKey: newKey(),
          label,
          useCase,
          loaderOptions: {},
          now: startAt,
        }),
      )
    const asleep = await add('Asleep')
    await add('Internal', 'profiling')
    await add('Elsewhere', 'user', other.id)
    await store.db.write((tx) =>
      tx.updateTable('client_key').set({ is_active: 0 }).where('id', '=', asleep.id).execute(),
    )
    const labels = async (filter: { isActive?: boolean; includeInternal?: boolean }) =>
      (await listKeys(store.db.read, { projectIds: [project.id], ...filter }, wholeKeyPage)).rows.map(
        ({ label }) => label,
      )
    expect(await labels({})).toEqual(['Asleep', 'Default'])
    expect(await labels({ isActive: true })).toEqual(['Default'])
    expect(await labels({ isActive: false })).toEqual(['Asleep'])
    expect(await labels({ includeInternal: true })).toEqual(['Internal', 'Asleep', 'Default'])
    const none = await listKeys(store.db.read, { projectIds: [] }, wholeKeyPage)
    expect([none.rows, none.hasPrevious, none.hasNext]).toEqual([[], false, false])
  },

  'a change to a key leaves alone what it does not name': async (store) => {
    const { key } = await addProjectOfItsOwn(store)
    const found = () => keyByPublicKey(store.db.read, key.publicKey)
    const change = (changes: KeyChanges) => store.db.write((tx) => updateKey(tx, { keyId: key.id, changes }))
    await change({})
    expect(await found()).toEqual(key)
    await change({ label: 'Renamed', rateLimit: { count: 10, window: 60 } })
    const limited = { ...key, label: 'Renamed', rateLimit: { count: 10, window: 60 } }
    expect(await found()).toEqual(limited)
    await change({ isActive: false, browserSdkVersion: '7.x', loaderOptions: { hasDebug: true } })
    const asleep = { isActive: false, browserSdkVersion: '7.x', loaderOptions: { hasDebug: true } }
    expect(await found()).toEqual({ ...limited, ...asleep })
    await change({ isActive: true, rateLimit: null })
    expect(await found()).toEqual({ ...limited, ...asleep, isActive: true, rateLimit: null })
  },

  'a key knows what it replaces and what replaces it, until that is deleted': async (store) => {
    const { project, key } = await addProjectOfItsOwn(store)
    const replace = (rotatedFrom: number) =>
      store.db.write((tx) =>
        insertKey(tx, {
          projectId: project.id,
          publicKey: newKey(),
          secretKey: newKey(),
          label: 'Default',
          loaderOptions: {},
          rotatedFrom,
          now: startAt,
        }),
      )
    const second = await replace(key.id)
    const third = await replace(second.id)
    const links = async () => {
      const { rows } = await listKeys(store.db.read, { projectIds: [project.id] }, wholeKeyPage)
      return rows.map(({ rotatedFrom, rotatedTo }) => [rotatedFrom, rotatedTo])
    }
    expect(await links()).toEqual([
      [second.publicKey, null],
      [key.publicKey, third.publicKey],
      [null, second.publicKey],
    ])
    // One successor at most, even if two are made at once.
    await expect(replace(key.id)).rejects.toThrow()
    await store.flush((flush) => flush.noteKeyUse(second.id, startAt))
    await store.db.write((tx) => deleteKey(tx, second.id))
    expect(await links()).toEqual([
      [null, null],
      [null, null],
    ])
    expect(await store.db.read.selectFrom('client_key_use').selectAll().execute()).toEqual([])
  },

  'tells which half of a key is taken': async (store) => {
    const { publicKey, secretKey } = (await addProjectOfItsOwn(store)).key
    const taken = (half: { publicKey?: string; secretKey?: string }) =>
      takenHalves(store.db.read, { publicKey: newKey(), secretKey: newKey(), ...half })
    expect(await taken({})).toEqual({ publicKey: false, secretKey: false })
    expect(await taken({ publicKey })).toEqual({ publicKey: true, secretKey: false })
    expect(await taken({ secretKey })).toEqual({ publicKey: false, secretKey: true })
    expect(await taken({ publicKey, secretKey })).toEqual({ publicKey: true, secretKey: true })
    expect(await taken({ publicKey: secretKey })).toEqual({ publicKey: false, secretKey: false })
  },

  'half a rate limit is none': async (store) => {
    const { key } = await addProjectOfItsOwn(store)
    const limit = async (count: number | null, window: number | null) => {
      await store.db.write((tx) =>
        tx
          .updateTable('client_key')
          .set({ rate_limit_count: count, rate_limit_window: window })
          .where('id', '=', key.id)
          .execute(),
      )
      const found = await keyByPublicKey(store.db.read, key.publicKey)
      const config = await keyConfig(store.db.read, key.publicKey)
      expect(config?.rateLimit).toEqual(found?.rateLimit)
      return found?.rateLimit
    }
    expect(await limit(10, 60)).toEqual({ count: 10, window: 60 })
    expect(await limit(10, null)).toBeNull()
    expect(await limit(null, 60)).toBeNull()
    expect(await limit(0, 0)).toBeNull()
  },

  'remembers the latest use of a key, in whatever order the flushes come': async (store) => {
    const { key } = await addProjectOfItsOwn(store)
    await store.flush((flush) => flush.noteKeyUse(key.id, startAt + 20))
    await store.flush((flush) => flush.noteKeyUse(key.id, startAt + 10))
    expect((await keyByPublicKey(store.db.read, key.publicKey))?.lastUsedAt).toBe(startAt + 20)
  },

  'tells ingestion of a key and its project in one look-up': async (store) => {
    const { organization, project, key } = await addProjectOfItsOwn(store)
    await store.db.write((tx) =>
      setProjectOptions(tx, { projectId: project.id, options: { 'sentry:origins': ['example.net'] } }),
    )
    const config = await keyConfig(store.db.read, key.publicKey)
    expect(config).toEqual({
      keyId: key.id,
      projectId: project.id,
      organizationId: organization.id,
      isActive: true,
      rateLimit: null,
      projectOptions: (await projectOptions(store.db.read, [project.id])).get(project.id),
    })
    expect(config?.projectOptions['sentry:origins']).toEqual(['example.net'])
    expect(await keyConfig(store.db.read, newKey())).toBeUndefined()
  },

  'a key is not active unless its project and organization are': async (store) => {
    const isActive = async (publicKey: string) => (await keyConfig(store.db.read, publicKey))?.isActive
    const first = await addProjectOfItsOwn(store, 'first')
    const second = await addProjectOfItsOwn(store, 'second')
    const third = await addProjectOfItsOwn(store, 'third')
    expect(await isActive(first.key.publicKey)).toBe(true)
    await store.db.write((tx) =>
      tx.updateTable('client_key').set({ is_active: 0 }).where('id', '=', first.key.id).execute(),
    )
    await giveUp(store, 'project', second.project.id)
    await giveUp(store, 'organization', third.organization.id)
    for (const { key } of [first, second, third]) expect(await isActive(key.publicKey)).toBe(false)
  },

  'a project remembers the time of its first event': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    await store.flush((flush) => {
      storeEvents(flush, eventOf(project.id))
      flush.noteFirstEvent(project.id, startAt + 5)
    })
    await store.flush((flush) => flush.noteFirstEvent(project.id, startAt + 1))
    expect((await projectById(store.db.read, project.id))?.firstEventAt).toBe(startAt + 5)
  },
}
