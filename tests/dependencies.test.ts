import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import ui from '../ui/package.json' with { type: 'json' }

test('every dependency has its sentence in the record of decisions, and no sentence lacks its dependency', () => {
  const page = readFileSync(new URL('../docs/adr/0008-dependencies.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const described = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  )
  const used = [manifest, ui].flatMap(({ dependencies, devDependencies }) =>
    Object.keys({ ...dependencies, ...devDependencies }),
  )
  // The types of two versions of one compiler: the checker's own, and the one that generated types are printed with.
  expect(described.sort()).toEqual([...new Set(used)].sort())
})
