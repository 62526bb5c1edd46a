import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressMatcher } from './ip-ranges.ts'

test.each<[entry: string, on: string[], off: string[]]>([
  ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7'], ['192.0.2.8', '::1', '']],
  ['192.0.2.0/24', ['192.0.2.0', '192.0.2.255', '::ffff:192.0.2.9'], ['192.0.3.0', '192.0.1.255']],
  ['192.0.2.77/24', ['192.0.2.0'], ['192.0.3.77']],
  ['192.0.2.7/32', ['192.0.2.7'], ['192.0.2.6']],
  ['0.0.0.0/0', ['192.0.2.7', '0.0.0.0', '255.255.255.255'], ['2001:db8::1', 'unix:']],
  ['2001:db8::1', ['2001:db8::1', '2001:0DB8:0:0::0001'], ['2001:db8::2', '192.0.2.7']],
  ['2001:db8::/32', ['2001:db8:ffff::1'], ['2001:db9::1']],
  ['2001:db8::/33', ['2001:db8:7fff::1'], ['2001:db8:8000::1']],
  ['::/0', ['2001:db8::1', '::'], []],
  [' ::1 ', ['::1'], ['127.0.0.1']],
])('%s is on the list with those that belong to it', (entry, on, off) => {
  const matcher = addressMatcher([entry])
  expect(on.filter((address) => !matcher?.(address))).toEqual([])
  expect(off.filter((address) => matcher?.(address))).toEqual([])
})

const unreadable = [
  '',
  'a.example',
  '192.0.2',
  '192.0.2.256',
  '192.0.2.7/',
  '192.0.2.7/33',
  '192.0.2.7/-1',
  '192.0.2.7/2.5',
  '192.0.2.7/24/8',
  '/24',
  '2001:db8::/129',
  '192.0.2.*',
  '192.0.2.1-192.0.2.9',
]

test.each(unreadable)('what cannot be read is passed over: %j', (entry) => {
  expect(addressMatcher([entry])).toBeUndefined()
  const matcher = addressMatcher([entry, '203.0.113.9'])
  expect(['203.0.113.9', '192.0.2.7'].map((address) => matcher?.(address))).toEqual([true, false])
})

test('an address is in a range when the bits of its prefix are the same', () => {
  const number = fc.integer({ min: 0, max: 0xffff_ffff })
  // Near to each other, or no range but the widest would ever hold both.
  const pair = fc
    .tuple(number, fc.integer({ min: 0, max: 31 }))
    .map(([a, bit]) => [a, (a ^ (1 << bit)) >>> 0])
  fc.assert(
    fc.property(pair, fc.integer({ min: 0, max: 32 }), ([a = 0, b = 0], prefix) => {
      const bits = (address: number) => address.toString(2).padStart(32, '0').slice(0, prefix)
      expect(addressMatcher([`${dotted(a)}/${prefix}`])?.(dotted(b))).toBe(bits(a) === bits(b))
    }),
  )
})

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.')
}
