/** Operator commands for the data folder: migrate, backup, prune. */
import { cpSync, existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Command } from 'commander'
import { databaseFile } from '../app.ts'
import { prune } from '../jobs/retention.ts'
import { openBlobs } from '../store/blobs.ts'
import { type CommonOptions, commonOptions, OperatorError, openOperator, print } from './operator.ts'

export function dataCommands(program: Command): void {
  commonOptions(program.command('migrate'))
    .description('Bring the database of the data folder up to date; `serve` does the same')
    .action(async (options: CommonOptions) => {
      await using operator = await openOperator(options)
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
      const blobs = openBlobs(join(operator.config.dataDir, 'blobs'))
      print(options, {
        ...(await prune({ db: operator.db, blobs, config: operator.config, now: Date.now() })),
      })
    })
}

async function backup(options: CommonOptions & { to: string }): Promise<void> {
  const target = resolve(options.to)
  if (existsSync(target))
    throw new OperatorError(`--to: ${target} exists already; a backup never overwrites one`)
  await using operator = await openOperator(options)
  // Attachments first: the database copied after them names nothing that is missing.
  const source = join(operator.config.dataDir, 'blobs')
  if (existsSync(source)) cpSync(source, `${target}.blobs`, { recursive: true })
  const database = new DatabaseSync(databaseFile(operator.config), { readOnly: true, timeout: 10_000 })
  try {
    database.prepare('VACUUM INTO ?').run(target)
  } finally {
    database.close()
  }
  print(options, { backup: target })
}
