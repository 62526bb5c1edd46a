import { expect, test } from 'vitest'
import { slugOf, twinOf } from './names.ts'

test.each([
  ['Web shop', 'web-shop'],
  ['  Café – Zürich ', 'cafe-zurich'],
  ['a__b', 'a__b'],
  ['!!!', ''],
])('%s is addressed as %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})

test('a twin has the same name or the same address', () => {
  const projects = [
    { name: 'Web shop', slug: 'shop' },
    { name: 'API', slug: 'api' },
  ]
  expect(twinOf('web SHOP', projects)?.slug).toBe('shop')
  expect(twinOf('Api', projects)?.slug).toBe('api')
  expect(twinOf('api!', projects)?.slug).toBe('api')
  expect(twinOf('', projects)).toBeUndefined()
  expect(twinOf('other', projects)).toBeUndefined()
})
