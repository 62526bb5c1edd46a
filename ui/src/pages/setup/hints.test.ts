import { expect, test } from 'vitest'
import { hintsFor } from './hints.ts'

const local = 'http://abc@localhost:9000/42'
const plain = 'http://abc@vedette.example/42'
const secure = 'https://abc@vedette.example/42'

test.each([
  ['android', 'phone', local, [/10\.0\.2\.2:9000/, /usesCleartextTraffic/]],
  ['android', 'phone', plain, [/usesCleartextTraffic/]],
  ['android', 'phone', secure, []],
  ['apple-ios', 'phone', local, [/simulator reaches `localhost`/]],
  ['apple-ios', 'phone', plain, [/App Transport Security/]],
  ['flutter', 'phone', local, [/10\.0\.2\.2:9000.*simulator/, /usesCleartextTraffic/]],
  ['flutter', 'phone', plain, [/usesCleartextTraffic/, /App Transport Security/]],
  ['javascript', 'browser', plain, [/served over https/]],
  ['javascript', 'browser', local, []],
  ['javascript', 'browser', secure, []],
  ['node-awslambda', 'cloud', local, [/VEDETTE_URL/]],
  ['python', 'machine', local, []],
  ['python', 'machine', 'http://abc@127.0.0.1:9000/42', []],
  ['python', 'machine', 'no address', []],
] as const)('%s (%s) with %s is told what it has to know, and no more', (id, place, dsn, expected) => {
  const hints = hintsFor({ id, place }, dsn)
  expect(hints).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
})
