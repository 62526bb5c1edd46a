/** The store's contract on SQLite, and what only a file can do. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { type Database, openDatabase } from '../src/store/database.ts'
import { openFlush } from '../src/store/flush.ts'
import { storeContract } from './store.contract.ts'
import type { OpenStore } from './store.fixtures.ts'

/** A folder that goes with the stack. */
async function temporaryFolder(opened: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vedette-store-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function openStore(): Promise<OpenStore> {
  await using opened = new AsyncDisposableStack()
  const file = join(await temporaryFolder(opened), 'vedette.sqlite')
  const open = async (): Promise<Database> => lifetime.use(await openDatabase(file))
  let lifetime = opened
  const db = await open()
  const handle = opened.use(openFlush(file))
  lifetime = opened.move()
  return {
    db,
    flush: async (work) => handle.transaction(work),
    another: open,
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  }
}

storeContract(openStore)

test('a fresh file can be opened by many at once', async () => {
  await using opened = new AsyncDisposableStack()
  const file = join(await temporaryFolder(opened), 'deep', 'er', 'vedette.sqlite')
  const databases = await Promise.all([1, 2, 3, 4].map(() => openDatabase(file)))
  for (const database of databases) opened.use(database)
  for (const database of databases) expect(database.configVersion()).toBe(1)
})

test('nothing is left beside the file when everybody has closed it', async () => {
  await using opened = new AsyncDisposableStack()
  const folder = await temporaryFolder(opened)
  const store = await openDatabase(join(folder, 'vedette.sqlite'))
  await store.write(async () => {})
  await store[Symbol.asyncDispose]()
  using database = new DatabaseSync(join(folder, 'vedette.sqlite'), { readOnly: true })
  expect(database.prepare('select version from config_version').all()).toEqual([{ version: 2 }])
})
