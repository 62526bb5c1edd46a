import { expect, test } from 'vitest'
import { versionInfo } from './event-release.ts'

const hash = 'a'.repeat(40)

test.each([
  ['shop@1.2.3', 'shop', '1.2.3', null],
  ['shop@1.2.3.4', 'shop', '1.2.3.4', null],
  ['@1.2', null, '@1.2', null],
  ['1.2', null, '1.2', null],
  ['shop@1.2.3-rc.1', 'shop', '1.2.3-rc.1', null],
  ['shop@1.2.3b2', 'shop', '1.2.3-b2', null],
  ['shop@1.2.3+571', 'shop', '1.2.3 (571)', null],
  ['com.shop.App@2.0-beta+20', 'com.shop.App', '2.0-beta (20)', null],
  [`shop@${hash}`, 'shop', 'a'.repeat(12), hash],
  [hash, null, 'a'.repeat(12), hash],
  ['shop@1.2.3.4.5', 'shop', '1.2.3.4.5', null],
  ['shop@main', 'shop', 'main', null],
  ['nightly', null, 'nightly', null],
  ['shop@', null, 'shop@', null],
])('reads %s', (release, name, description, buildHash) => {
  expect(versionInfo(release)).toMatchObject({ package: name, description, buildHash })
})

test('takes a version apart', () => {
  expect(versionInfo('shop@1.2-rc.1+b7').version).toEqual({
    raw: '1.2-rc.1+b7',
    major: 1,
    minor: 2,
    patch: 0,
    pre: 'rc.1',
    buildCode: 'b7',
    components: 2,
  })
  expect(versionInfo('shop@main').version).toEqual({ raw: 'main' })
})
