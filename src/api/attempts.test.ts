import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../time.ts'
import { Attempts, networkOf } from './attempts.ts'

const rule = { limit: 3, windowMs: MINUTE }

test('allows so many attempts in a window, then says how long to wait', () => {
  const attempts = new Attempts(rule)
  const waits = [0, 10, 20, 30, 59].map((second) => attempts.take('ada', second * SECOND))
  expect(waits).toEqual([0, 0, 0, 30 * SECOND, SECOND])
})

test('starts anew when the window is over', () => {
  const attempts = new Attempts(rule)
  for (let time = 0; time < 5; time++) attempts.take('ada', time)
  expect(attempts.take('ada', MINUTE - 1)).toBe(1)
  expect(attempts.take('ada', MINUTE)).toBe(0)
})

test('counts each key by itself', () => {
  const attempts = new Attempts({ ...rule, limit: 1 })
  expect(['ada', 'bob', 'ada', 'bob'].map((key) => attempts.take(key, 0))).toEqual([0, 0, MINUTE, MINUTE])
})

test('does not count an attempt that is given back', () => {
  const attempts = new Attempts({ ...rule, limit: 1 })
  attempts.take('ada', 0)
  attempts.giveBack('ada')
  attempts.giveBack('nobody')
  expect([attempts.take('ada', 1), attempts.take('ada', 2)]).toEqual([0, MINUTE - 2])
})

test('remembers no more than ten thousand keys: those that are over go, then the oldest', () => {
  const attempts = new Attempts({ ...rule, limit: 1 })
  for (let n = 0; n < 5000; n++) attempts.take(`early-${n}`, 0)
  for (let n = 0; n < 5000; n++) attempts.take(`late-${n}`, MINUTE - 1)
  attempts.take('one too many', MINUTE - 1)
  expect(attempts.take('early-1', MINUTE - 1)).toBe(1)
  expect(attempts.take('early-0', MINUTE - 1)).toBe(0)
  expect(attempts.take('late-0', MINUTE)).toBe(MINUTE - 1)
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['2001::5:6:7:8:9', '2001:0:0:5::/64'],
  ['fe80::', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('takes all addresses of a network of IPv6 for one: %s is of %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network)
})
