import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { silentLog } from '../log.ts'
import { openBlobs } from '../store/blobs.ts'
import { openDatabase } from '../store/database.ts'
import { createProject } from '../store/new-project.ts'
import { insertOrganization } from '../store/organizations.ts'
import { removeProject } from '../store/removed-projects.ts'
import { heldClock, MINUTE } from '../time.ts'
import { startJobs } from './scheduler.ts'

test('the server deletes projects some time after they were removed, looking every ten minutes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vedette-removed-'))
  await using opened = new AsyncDisposableStack()
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const db = opened.use(await openDatabase(join(folder, 'vedette.sqlite')))
  const clock = heldClock(Date.UTC(2026, 0, 5, 9, 30))
  await db.write(async (tx) => {
    const now = clock.now()
    const { id: organizationId } = await insertOrganization(tx, { slug: 'acme', name: 'Acme', now })
    const basics = { organizationId, teamId: undefined, platform: null, now }
    await createProject(tx, { ...basics, name: 'kept' })
    const { id: projectId } = await createProject(tx, { ...basics, name: 'removed' })
    await removeProject(tx, { projectId, now })
  })

  const said = new EventEmitter()
  const log = { ...silentLog, debug: (message: string) => void said.emit(message) }
  const blobs = openBlobs(join(folder, 'blobs'))
  const stop = startJobs({ db, blobs, config: readConfig({ data: folder }, {}), clock, log })
  const left = async () => (await db.read.selectFrom('project').select('name').execute()).map((p) => p.name)

  // The first look comes too early for a project that was removed just now.
  clock.advance(2 * MINUTE)
  expect(await left()).toEqual(['kept', 'removed'])
  const deleted = once(said, 'Deleted what was left of removed projects')
  await new Promise(setImmediate)
  clock.advance(10 * MINUTE)
  await deleted
  expect(await left()).toEqual(['kept'])
  await stop()
})
