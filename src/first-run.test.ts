import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { passwordMatches } from './api/passwords.ts'
import { openApp } from './app.ts'
import { readConfig } from './config.ts'
import { firstRun, welcome } from './first-run.ts'
import { silentLog } from './log.ts'
import { userByEmail } from './store/accounts.ts'

const folder = await mkdtemp(join(tmpdir(), 'vedette-first-run-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['made up by the server is printed, and known as one that nobody has chosen', undefined],
  ['that the operator chose is neither', 'correct horse battery'],
])('a first password %s', async (_, chosen) => {
  const data = await mkdtemp(join(folder, 'data-'))
  const env = chosen === undefined ? {} : { VEDETTE_ADMIN_PASSWORD: chosen }
  await using app = await openApp(readConfig({ data }, env), silentLog)
  const made = await firstRun(app)
  if (made === undefined) throw new Error('This was no first run')
  const user = await userByEmail(app.db.read, made.email)
  expect(user?.hasGeneratedPassword).toBe(chosen === undefined)
  expect(await passwordMatches(chosen ?? made.password ?? '', user?.passwordHash ?? null)).toBe(true)
  const printed = chosen === undefined ? `admin@localhost / ${made.password}` : '(the password you set)'
  expect(welcome(made, app.baseUrl)).toContain(printed)
  expect(welcome(made, app.baseUrl)).not.toContain('correct horse battery')
})
