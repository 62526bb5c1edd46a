/** Removing a project: hidden at once, gone with all it held some time after. */
import { afterAll, describe, expect, test } from 'vitest'
import { purgeRemovedProjects } from '../../src/jobs/removed-projects.ts'
import { digest } from '../../src/store/blobs.ts'
import type { Schema } from '../../src/store/schema.ts'
import { HOUR, MINUTE } from '../../src/time.ts'
import { attachmentOf, countOf, dropOf, eventOf, facetsOf, itemOf, storeEvents } from '../store.fixtures.ts'
import {
  addPerson,
  apiKeyOf,
  type Founded,
  flush,
  found,
  type Installation,
  openInstallation,
  type Person,
  sessionOf,
  startAt,
  tokenOf,
} from './installation.ts'
import { recorded } from './recorded-changes.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const at = ({ organization }: Founded, project: string | number = 'web') =>
  `/projects/${organization.slug}/${project}/`

/** The status of an answer to one event, sent with the project's key. */
async function knock({ project, key }: Founded, own = vedette): Promise<number> {
  const path = `/api/${project.id}/store/?sentry_key=${key.publicKey}`
  return (await own.send('POST', path, undefined, { body: { message: 'The lamp went out' } })).status
}

function storeOne({ project }: Founded): void {
  flush(vedette, (tx) => void storeEvents(tx, eventOf(project.id)))
}

async function givePassword({ userId }: Person): Promise<void> {
  await vedette.write((tx) =>
    tx.updateTable('user').set({ password_hash: 'scrypt$…' }).where('id', '=', userId).execute(),
  )
}

describe('a removed project', () => {
  test('is hidden at once, everywhere', async () => {
    const place = await found(vedette)
    const { organization, owner, project } = place
    const removed = await vedette.delete(at(place), owner.caller)
    expect([removed.status, removed.text]).toEqual([204, ''])
    const gone = { status: 404, body: { detail: 'Project does not exist' } }
    for (const path of [at(place), at(place, project.id), `${at(place)}keys/`, `${at(place)}filters/`]) {
      expect(await vedette.get(path, owner.caller), path).toMatchObject(gone)
    }
    expect(await vedette.put(at(place), owner.caller, { name: 'Back' })).toMatchObject(gone)
    expect(await vedette.delete(at(place), owner.caller)).toMatchObject(gone)
    for (const path of [`/organizations/${organization.slug}/projects/`, '/projects/']) {
      expect((await vedette.get(path, owner.caller)).body, path).toEqual([])
    }
  })

  test('takes no more events', async () => {
    const place = await found(vedette)
    expect(await knock(place)).toBe(200)
    await vedette.delete(at(place), place.owner.caller)
    expect(await knock(place)).toBe(403)
  })

  test('frees its slug, and old ones lead nowhere', async () => {
    const place = await found(vedette)
    const { organization, owner } = place
    await vedette.put(at(place), owner.caller, { slug: 'shop' })
    await vedette.delete(at(place, 'shop'), owner.caller)
    expect((await vedette.get(at(place), owner.caller)).status).toBe(404)
    const again = await vedette.post(`/teams/${organization.slug}/crew/projects/`, owner.caller, {
      name: 'Shop',
      slug: 'shop',
    })
    expect(again).toMatchObject({ status: 201, body: { slug: 'shop' } })
  })

  test('is recorded, with where the wish came from', async () => {
    const place = await found(vedette)
    await vedette.delete(at(place), place.owner.caller, { origin: 'settings' })
    expect(await recorded(vedette, place.organization)).toEqual([
      ['project.remove', { slug: 'web', name: 'Web', origin: 'settings' }],
    ])
  })

  test('may be any, the first of the server too', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    expect(place.project.id).toBe(1)
    expect((await own.delete(at(place, 1), place.owner.caller)).status).toBe(204)
  })
})

describe('a project is not removed', () => {
  test.each([
    ['an admin of nothing', 'member', undefined],
    ['a contributor', 'member', 'contributor'],
  ] as const)('by %s', async (_, role, teamRole) => {
    const place = await found(vedette)
    const { organization, team } = place
    const teams = teamRole === undefined ? {} : { [team.id]: teamRole }
    const { caller } = await addPerson(vedette, { organization, role, teams })
    expect((await vedette.delete(at(place), caller)).status).toBe(403)
    expect((await vedette.get(at(place), caller)).status).toBe(200)
  })

  test.each([
    ['text/plain', 'origin=ui', 415],
    ['application/json', '{', 400],
    ['application/json', '{"origin": {}}', 400],
  ])('by a request of %s that says %j', async (type, body, expected) => {
    const place = await found(vedette)
    const { status } = await vedette.send('DELETE', `/api/0${at(place)}`, place.owner.caller, {
      headers: { 'content-type': type },
      body,
    })
    expect(status).toBe(expected)
    expect((await vedette.get(at(place), place.owner.caller)).status).toBe(200)
    expect(await recorded(vedette, place.organization)).toEqual([])
  })
})

describe('in a browser session that gave its password an hour ago', () => {
  async function staleSession(own: Installation, owner: Person) {
    const session = await sessionOf(own, owner)
    own.clock.advance(HOUR)
    return session
  }

  test('a project with events is not removed without it', async () => {
    const place = await found(vedette)
    await givePassword(place.owner)
    storeOne(place)
    const session = await staleSession(vedette, place.owner)
    const { status, body } = await vedette.delete(at(place), session)
    expect({ status, body }).toEqual({
      status: 401,
      body: {
        detail: {
          code: 'sudo-required',
          message: 'Account verification required.',
          extra: { username: place.owner.email },
        },
      },
    })
    expect((await vedette.get(at(place), session)).status).toBe(200)
    // Signing in is giving it.
    const fresh = await sessionOf(vedette, place.owner)
    expect((await vedette.delete(at(place), fresh)).status).toBe(204)
  })

  test('a project without events is', async () => {
    const place = await found(vedette)
    await givePassword(place.owner)
    const session = await staleSession(vedette, place.owner)
    expect((await vedette.delete(at(place), session)).status).toBe(204)
  })

  test('a user who has no password needs none', async () => {
    const place = await found(vedette)
    storeOne(place)
    const session = await staleSession(vedette, place.owner)
    expect((await vedette.delete(at(place), session)).status).toBe(204)
  })

  test.each(['a user token', 'an API key'])('%s needs none', async (kind) => {
    const place = await found(vedette)
    await givePassword(place.owner)
    storeOne(place)
    const caller =
      kind === 'an API key'
        ? await apiKeyOf(vedette, place.organization, ['project:admin'])
        : await tokenOf(vedette, place.owner, ['project:admin'])
    expect((await vedette.delete(at(place), caller)).status).toBe(204)
  })
})

describe('what a removed project held', () => {
  const projectTables = [
    'attachment',
    'client_key',
    'dropped_item',
    'environment',
    'event',
    'event_chunk',
    'event_count',
    'event_facet_count',
    'outcome_count',
    'outcome_total',
    'project_bookmark',
    'project_option',
    'project_ownership',
    'project_redirect',
    'project_seen',
    'project_team',
    'project_use',
    'release',
    'stored_item',
  ] as const

  /** Everything that speaks of a project, in numbers. */
  async function remains({ project, key }: Founded, { app }: Installation) {
    const count = async (table: keyof Schema, column: string, value: number) => {
      const { n } = await app.db.read
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where(column as never, '=', value as never)
        .executeTakeFirstOrThrow()
      return [table, n] as const
    }
    return Object.fromEntries([
      await count('project', 'id', project.id),
      await count('client_key_use', 'key_id', key.id),
      ...(await Promise.all(projectTables.map((table) => count(table, 'project_id', project.id)))),
    ])
  }

  const [shared, own] = [Buffer.from('shared'), Buffer.from('own')]

  /** A project with something of everything, more events than one batch holds, and two large attachments. */
  async function fullProject(installation: Installation): Promise<Founded> {
    const place = await found(installation)
    const { project, owner, organization, key } = place
    const path = at(place)
    await installation.put(path, owner.caller, { slug: 'old', isBookmarked: true })
    await installation.put(at(place, 'old'), owner.caller, { slug: 'web' })
    await installation.put(`/projects/${organization.slug}/web/ownership/`, owner.caller, {
      raw: '*.js #crew',
    })
    flush(installation, (tx) => {
      storeEvents(tx, ...Array.from({ length: 450 }, () => eventOf(project.id)))
      tx.insertItem(itemOf(project.id))
      tx.insertAttachment(attachmentOf(project.id))
      for (const content of [shared, own]) {
        tx.insertAttachment(attachmentOf(project.id, { sha256: digest(content), content: null }))
      }
      tx.addOutcomes(countOf(project.id))
      tx.addStoredEvents({ projectId: project.id, environment: '', bucket: startAt / 1000, quantity: 1 })
      tx.addEventFacets(facetsOf(project.id))
      tx.listDropped(project.id, [dropOf()], 0)
      tx.noteSeen(project.id, 'platform:python', startAt)
      tx.noteEnvironment(project.id, 'production', startAt)
      tx.noteRelease(project.id, '1.0', startAt)
      tx.noteKeyUse(key.id, startAt)
      tx.noteProjectUse(project.id, startAt)
    })
    for (const content of [shared, own]) await installation.app.blobs.put(digest(content), content)
    return place
  }

  test('goes in the background, and nothing else does', async () => {
    await using installation = await openInstallation()
    const { app, clock } = installation
    const [place, other] = [await fullProject(installation), await fullProject(installation)]
    flush(installation, (tx) => {
      tx.insertAttachment(attachmentOf(other.project.id, { sha256: digest(shared), content: null }))
    })
    await installation.write((tx) =>
      tx
        .deleteFrom('attachment')
        .where('project_id', '=', other.project.id)
        .where('sha256', '=', digest(own))
        .execute(),
    )
    const kept = await remains(other, installation)
    expect(Object.entries(await remains(place, installation)).filter(([, n]) => n === 0)).toEqual([])

    await installation.delete(at(place), place.owner.caller)
    // A request that was let in before may still be writing.
    const purge = () => purgeRemovedProjects({ ...app, now: clock.now() })
    expect(await purge()).toBe(0)
    clock.advance(10 * MINUTE + 1)
    expect(await purge()).toBeGreaterThan(450)
    expect(Object.entries(await remains(place, installation)).filter(([, n]) => n !== 0)).toEqual([])
    expect(await remains(other, installation)).toEqual(kept)
    expect(await app.blobs.list()).toEqual([digest(shared)])
    expect(await purge()).toBe(0)
    // What was recorded about it stays.
    expect((await recorded(installation, place.organization)).map(([event]) => event)).toContain(
      'project.remove',
    )
    expect(await knock(place, installation)).toBe(403)
  })

  test('goes on going after an interruption', async () => {
    await using installation = await openInstallation()
    const place = await fullProject(installation)
    await installation.delete(at(place), place.owner.caller)
    installation.clock.advance(HOUR)
    const stopping = new AbortController()
    const input = { ...installation.app, now: installation.clock.now() }
    const running = purgeRemovedProjects({ ...input, signal: stopping.signal })
    stopping.abort()
    expect(await running).toBeLessThan(450)
    await purgeRemovedProjects(input)
    expect(Object.values(await remains(place, installation)).every((n) => n === 0)).toBe(true)
  })
})
