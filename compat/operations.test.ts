import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { operations } from './operations.ts'

const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, unknown>>
}

/** Names of parameters do not matter. */
function shapeOf(operation: string): string {
  return operation.replace(/\{\w+\}/g, '{}')
}

const ours = new Set(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => shapeOf(`${method.toUpperCase()} ${path}`)),
  ),
)

test('every operation that is said to be answered has a route, and the others have none', () => {
  const answered = operations.filter(({ operation }) => ours.has(shapeOf(operation)))
  const claimed = operations.filter(({ answer }) => answer !== 'no')
  expect(answered.map(({ operation }) => operation)).toEqual(claimed.map(({ operation }) => operation))
})

test('what is answered partly or not at all says what differs', () => {
  expect(operations.filter(({ answer, differs }) => answer !== 'yes' && !differs)).toEqual([])
})

const place = '../shared/spec/public-openapi.json'
const file = fileURLToPath(new URL(`../${place}`, import.meta.url))
if (!existsSync(file))
  console.warn(`Skipped: the list is not compared with the public document, ${place} is absent`)

test.skipIf(!existsSync(file))('the list is complete: it has every operation of the public document', () => {
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Record<string, { tags?: string[] }>>
  }
  const published = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags !== undefined)
      .map(([method, { tags }]) => `${tags?.[0]}: ${method.toUpperCase()} ${path}`),
  )
  expect(operations.map(({ chapter, operation }) => `${chapter}: ${operation}`).sort()).toEqual(
    published.sort(),
  )
})
