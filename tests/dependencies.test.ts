import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

test('every dependency has its sentence in the record of decisions, and no sentence lacks its dependency', () => {
  const page = readFileSync(new URL('../docs/adr/0008-dependencies.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const described = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  )
  const used = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  expect(described.sort()).toEqual(used.sort())
})
