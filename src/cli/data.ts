/** Operator commands for the data folder: migrate, backup, prune. */
import { existsSync } from 'node:fs'
import { mkdtemp, open, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Command } from 'commander'
import { databaseFile } from '../app.ts'
import { prune } from '../jobs/retention.ts'
import { type Blobs, openBlobs } from '../store/blobs.ts'
import { systemClock } from '../time.ts'
import { type CommonOptions, commonOptions, OperatorError, openOperator, print } from './operator.ts'

export function dataCommands(program: Command): void {
  commonOptions(program.command('migrate'))
    .description('Bring the database of the data folder up to date; `serve` does the same')
    .action(async (options: CommonOptions) => {
      await using operator = await openOperator(options, { create: true })
      print(options, { database: databaseFile(operator.config), status: 'up to date' })
    })

  commonOptions(program.command('backup'))
    .description('Copy everything the server keeps, consistently, while it runs')
    .requiredOption('--to <file>', 'file to write; large attachments go to <file>.blobs beside it')
    .action(backup)

  commonOptions(program.command('prune'))
    .description('Delete what is past its retention now; the server does the same every hour')
    .action(async (options: CommonOptions) => {
      await using operator = await openOperator(options)
      const { db, config } = operator
      const blobs = openBlobs(join(config.dataDir, 'blobs'))
      print(options, { ...(await prune({ db, blobs, config, now: systemClock.now() })) })
    })
}

/** Under its name a backup is whole: it is made in a folder beside it and moved there at the end. */
async function backup(options: CommonOptions & { to: string }): Promise<void> {
  const target = resolve(options.to)
  const blobTarget = `${target}.blobs`
  for (const path of [target, blobTarget]) {
    if (existsSync(path))
      throw new OperatorError(`--to: ${path} exists already; a backup never overwrites one`)
  }
  if (!existsSync(dirname(target))) throw new OperatorError(`--to: there is no folder ${dirname(target)}`)
  await using operator = await openOperator(options)
  await using made = new AsyncDisposableStack()
  const draft = await mkdtemp(`${target}.`)
  made.defer(() => rm(draft, { recursive: true, force: true }))

  const blobs = openBlobs(join(operator.config.dataDir, 'blobs'))
  const copies = openBlobs(join(draft, 'blobs'))
  // Before the database, for what may be pruned meanwhile; after it, for what has arrived.
  await copyBlobs(blobs, copies)
  await copyDatabase(databaseFile(operator.config), join(draft, 'database'))
  const hasBlobs = await copyBlobs(blobs, copies)

  if (hasBlobs) await rename(join(draft, 'blobs'), blobTarget)
  await rename(join(draft, 'database'), target)
  print(options, { backup: target, ...(hasBlobs ? { blobs: blobTarget } : {}) })
}

async function copyDatabase(source: string, target: string): Promise<void> {
  const database = new DatabaseSync(source, { readOnly: true, timeout: 10_000 })
  try {
    database.prepare('VACUUM INTO ?').run(target)
  } finally {
    database.close()
  }
  await using file = await open(target, 'r+')
  await file.chmod(0o600)
  await file.sync()
}

/** False when there are none. What goes while we look at it is not missed. */
async function copyBlobs(blobs: Blobs, copies: Blobs): Promise<boolean> {
  for (const sha256 of await blobs.list()) {
    const content = await blobs.get(sha256).catch((error) => {
      if (error.code !== 'ENOENT') throw error
    })
    if (content !== undefined) await copies.put(sha256, content)
  }
  return (await copies.list()).length > 0
}
