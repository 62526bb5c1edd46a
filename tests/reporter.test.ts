import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { root, run } from '../e2e/server.ts'

let folder = ''
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs vitest with our reporter on one test file, and hands back the last line it prints. */
async function lastLine(testFile: string): Promise<string | undefined> {
  folder = mkdtempSync(join(tmpdir(), 'reporter-'))
  writeFileSync(join(folder, 'one.test.mjs'), testFile)
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `import { ClosingLine } from ${JSON.stringify(join(root, 'tests/reporter.ts'))}
     export default { test: { globals: true, include: ['*.test.mjs'], reporters: ['default', new ClosingLine()] } }`,
  )
  const { stdout } = await run(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder],
    {},
  )
  return stdout.trimEnd().split('\n').at(-1)
}

test('the last line of a run says how many passed and failed', async () => {
  expect(await lastLine("test('a', () => {}); test('b', () => {})")).toBe('2 passed, 0 failed')
})

test('it says how many were skipped, if any', async () => {
  const file =
    "test('a', () => {}); test('b', () => { throw new Error('no') }); test.skip('c', () => {}); test.todo('d')"
  expect(await lastLine(file)).toBe('1 passed, 1 failed, 2 skipped')
})

test('a file that cannot be loaded has failed', async () => {
  expect(await lastLine("throw new Error('not today')")).toBe('0 passed, 1 failed')
})

test('a rejection that nobody handles has failed', async () => {
  expect(await lastLine("test('a', () => { Promise.reject(new Error('unseen')) })")).toBe(
    '1 passed, 1 failed',
  )
})
