import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test, vi } from 'vitest'
import { found, openInstallation } from '../../tests/http/installation.ts'
import { databaseFile } from '../app.ts'
import { newKey } from '../protocol/ids.ts'
import { drop } from '../protocol/outcome.ts'
import { openDatabase } from '../store/database.ts'
import { admit, openGate } from './gate.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())
const gate = openGate(vedette.app.db)

test('knows a key, its project and what the project lets in', async () => {
  const { project, organization, key } = await found(vedette)
  expect(await gate.keyOf(key.publicKey)).toMatchObject({
    keyId: key.id,
    projectId: project.id,
    organizationId: organization.id,
    isActive: true,
    rateLimit: null,
    allowedOrigins: ['*'],
  })
  expect(await gate.keyOf(newKey())).toBeUndefined()
})

test('looks a key up once, however many ask at the same time', async () => {
  const { key } = await found(vedette)
  const [first, second] = await Promise.all([gate.keyOf(key.publicKey), gate.keyOf(key.publicKey)])
  expect(first).toBe(second)
  expect(await gate.keyOf(key.publicKey)).toBe(first)
})

test('knows of a committed change at the next call, of a key that was unknown before, too', async () => {
  const { key } = await found(vedette)
  const renamed = newKey()
  expect([(await gate.keyOf(key.publicKey))?.isActive, await gate.keyOf(renamed)]).toEqual([true, undefined])
  await vedette.write((tx) =>
    tx
      .updateTable('client_key')
      .set({ is_active: 0, public_key: renamed })
      .where('id', '=', key.id)
      .execute(),
  )
  expect([await gate.keyOf(key.publicKey), (await gate.keyOf(renamed))?.isActive]).toEqual([undefined, false])
})

test('knows soon of a change that another process has made', async () => {
  const { key } = await found(vedette)
  expect((await gate.keyOf(key.publicKey))?.isActive).toBe(true)
  await using other = await openDatabase(databaseFile(vedette.app.config))
  await other.write((tx) =>
    tx.updateTable('client_key').set({ is_active: 0 }).where('id', '=', key.id).execute(),
  )
  await vi.waitFor(async () => expect((await gate.keyOf(key.publicKey))?.isActive).toBe(false), {
    timeout: 10_000,
  })
})

test.each([
  ['project', 'pending_deletion'],
  ['organization', 'pending_deletion'],
] as const)('a key is not active while its %s is %s', async (table, status) => {
  const { key, project, organization } = await found(vedette)
  const id = table === 'project' ? project.id : organization.id
  await vedette.write((tx) => tx.updateTable(table).set({ status }).where('id', '=', id).execute())
  expect((await gate.keyOf(key.publicKey))?.isActive).toBe(false)
})

test('a look-up that failed is not remembered', async () => {
  await using broken = await openInstallation()
  const { key } = await found(broken)
  const gate = openGate(broken.app.db)
  const other = new DatabaseSync(broken.file)
  other.exec('alter table project_option rename to elsewhere')
  await expect(gate.keyOf(key.publicKey)).rejects.toThrow('project_option')
  other.exec('alter table elsewhere rename to project_option')
  other.close()
  expect((await gate.keyOf(key.publicKey))?.keyId).toBe(key.id)
})

test('forgets what it knows when more keys ask than it remembers, and still answers', async () => {
  const { key } = await found(vedette)
  const first = await gate.keyOf(key.publicKey)
  for (let asked = 0; asked < 10_000; asked++) await gate.keyOf(newKey())
  expect(await gate.keyOf(key.publicKey)).toEqual(first)
  expect(await gate.keyOf(key.publicKey)).not.toBe(first)
})

test('admits a key to its own project only, stated or not', async () => {
  const [home, other] = [await found(vedette), await found(vedette)]
  const known = await gate.keyOf(home.key.publicKey)
  const ask = (publicKey: string, projectId: number | undefined) =>
    admit(gate, { publicKey, projectId, origin: undefined })
  const refused = (projectId: number | undefined, why: string) => ({
    kind: 'refused',
    reason: 'ProjectId',
    fate: { ...drop('invalid', 'project_id'), detail: why },
    projectId,
    keyId: 0,
  })
  const { publicKey } = home.key
  expect([
    await ask(publicKey, home.project.id),
    await ask(publicKey, undefined),
    await ask(publicKey, other.project.id),
    await ask(publicKey, 9_999_999),
    await ask(newKey(), home.project.id),
    await ask(newKey(), undefined),
  ]).toEqual([
    { kind: 'admitted', key: known },
    { kind: 'admitted', key: known },
    refused(other.project.id, 'the key is that of another project'),
    refused(undefined, 'the key is that of another project'),
    refused(home.project.id, 'there is no such key'),
    refused(undefined, 'there is no such key'),
  ])
})

test('asks for the origin before the state of the key, and counts both on the key', async () => {
  const { key, project } = await found(vedette)
  await vedette.write(async (tx) => {
    await tx.updateTable('client_key').set({ is_active: 0 }).where('id', '=', key.id).execute()
    await tx
      .insertInto('project_option')
      .values({ project_id: project.id, name: 'sentry:origins', value: '["a.example"]' })
      .onConflict((conflict) =>
        conflict.columns(['project_id', 'name']).doUpdateSet({ value: '["a.example"]' }),
      )
      .execute()
  })
  const ask = (origin: string | undefined) =>
    admit(gate, { publicKey: key.publicKey, projectId: project.id, origin })
  const where = { kind: 'refused', projectId: project.id, keyId: key.id }
  const off = { ...drop('invalid', 'project_id'), detail: 'the key is switched off' }
  expect([await ask('https://b.example'), await ask('https://a.example'), await ask(undefined)]).toEqual([
    { ...where, reason: 'Cors', fate: { ...drop('invalid', 'cors'), detail: 'https://b.example' } },
    { ...where, reason: 'ProjectId', fate: off },
    { ...where, reason: 'ProjectId', fate: off },
  ])
})
