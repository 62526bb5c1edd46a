/**
 * A change that is committed is in force for the next request, whoever made it; only the front door, which
 * remembers keys, may take a quarter of a second to see what another process has changed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { openDatabase, type Tx } from '../../src/store/database.ts'
import { setProjectOptions } from '../../src/store/project-options.ts'
import { type Founded, found, type Installation, openInstallation, sessionOf } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Writer {
  write(own: Installation, work: (tx: Tx) => Promise<unknown>): Promise<unknown>
  /** How long the front door may take to see what was written. */
  readonly patienceMs: number
}

const writers: readonly (readonly [string, Writer])[] = [
  ['this server', { write: (own, work) => own.write(work), patienceMs: 0 }],
  [
    'another handle on the same file',
    {
      async write(own, work) {
        await using other = await openDatabase(own.file)
        await other.write(work)
      },
      patienceMs: 2000,
    },
  ],
]

/** The status of an answer to one event, sent with the project's key as an SDK would. */
async function knock({ project, key }: Founded, headers: Record<string, string> = {}): Promise<number> {
  const path = `/api/${project.id}/store/?sentry_key=${key.publicKey}`
  const body = { message: 'The lamp went out' }
  return (await vedette.send('POST', path, undefined, { headers, body })).status
}

describe.each(writers)('a change made by %s', (_, { write, patienceMs }) => {
  async function expectAtDoor(place: Founded, status: number, headers?: Record<string, string>) {
    const look = async () => expect(await knock(place, headers)).toBe(status)
    await (patienceMs === 0 ? look() : vi.waitFor(look, { timeout: patienceMs, interval: 20 }))
  }

  test('to a key shows in its project, and at the front door', async () => {
    const place = await found(vedette)
    const path = `/projects/${place.organization.slug}/web/keys/`
    for (const is_active of [1, 0, 1] as const) {
      await write(vedette, (tx) =>
        tx.updateTable('client_key').set({ is_active }).where('id', '=', place.key.id).execute(),
      )
      expect((await vedette.get(path, place.owner.caller)).body).toMatchObject([
        { isActive: is_active === 1 },
      ])
      await expectAtDoor(place, is_active === 1 ? 200 : 403)
    }
  })

  test('to a project’s options shows in it, and at the front door', async () => {
    const place = await found(vedette)
    const path = `/projects/${place.organization.slug}/web/`
    const origin = { origin: 'https://b.example' }
    for (const [origins, status] of [
      [['*'], 200],
      [['a.example'], 403],
      [['a.example', 'b.example'], 200],
    ] as const) {
      await write(vedette, (tx) =>
        setProjectOptions(tx, { projectId: place.project.id, options: { 'sentry:origins': origins } }),
      )
      expect((await vedette.get(path, place.owner.caller)).body).toMatchObject({ allowedDomains: origins })
      await expectAtDoor(place, status, origin)
    }
  })

  test('to a project’s name and slug shows under its new address', async () => {
    const place = await found(vedette)
    const org = place.organization.slug
    expect((await vedette.get(`/projects/${org}/web/`, place.owner.caller)).status).toBe(200)
    await write(vedette, (tx) =>
      tx
        .updateTable('project')
        .set({ slug: 'bridge', name: 'Bridge' })
        .where('id', '=', place.project.id)
        .execute(),
    )
    expect((await vedette.get(`/projects/${org}/web/`, place.owner.caller)).status).toBe(404)
    const { body } = await vedette.get(`/projects/${org}/bridge/`, place.owner.caller)
    expect(body).toMatchObject({ name: 'Bridge', slug: 'bridge' })
  })

  test('that deletes a project hides it and closes its front door', async () => {
    const place = await found(vedette)
    await expectAtDoor(place, 200)
    await write(vedette, (tx) =>
      tx
        .updateTable('project')
        .set({ status: 'pending_deletion' })
        .where('id', '=', place.project.id)
        .execute(),
    )
    const path = `/projects/${place.organization.slug}/web/`
    expect((await vedette.get(path, place.owner.caller)).status).toBe(404)
    await expectAtDoor(place, 403)
  })

  test('that revokes a token or a session ends what it may do', async () => {
    const { owner } = await found(vedette)
    const session = await sessionOf(vedette, owner)
    for (const caller of [owner.caller, session]) {
      expect((await vedette.get('/projects/', caller)).status).toBe(200)
    }
    await write(vedette, async (tx) => {
      await tx.deleteFrom('user_token').where('user_id', '=', owner.userId).execute()
      await tx.deleteFrom('session').where('user_id', '=', owner.userId).execute()
    })
    for (const caller of [owner.caller, session]) {
      expect((await vedette.get('/projects/', caller)).status).toBe(401)
    }
  })
})

test('an operator command beside the server is seen by it', async () => {
  await using own = await openInstallation()
  const { organization, owner } = await found(own)
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const command = ['project', 'create', '--org', organization.slug, '--team', 'crew', '--name', 'Bridge']
  const child = spawn(process.execPath, ['src/cli/main.ts', ...command], {
    cwd: root,
    env: { VEDETTE_DATA: dirname(own.file), PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  expect(await once(child, 'exit')).toEqual([0, null])
  const { status, body } = await own.get(`/projects/${organization.slug}/bridge/`, owner.caller)
  expect({ status, body }).toMatchObject({ status: 200, body: { name: 'Bridge', team: { slug: 'crew' } } })
})
