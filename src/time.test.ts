import { expect, test } from 'vitest'
import { heldClock, systemClock } from './time.ts'

test('a held clock moves when told to and not otherwise', () => {
  const clock = heldClock(1000)
  expect(clock.now()).toBe(1000)
  clock.advance(500)
  expect(clock.now()).toBe(1500)
  clock.set(200)
  expect(clock.now()).toBe(200)
})

test('a held clock runs what becomes due on its way, in order, each at its own time', () => {
  const clock = heldClock(0)
  const ran: string[] = []
  const note = (name: string) => () => void ran.push(`${name} at ${clock.now()}`)
  clock.after(30, note('third'))
  clock.after(10, () => {
    note('first')()
    clock.after(5, note('second'))
  })
  clock.after(41, note('later'))
  const callOff = clock.after(20, note('called off'))
  callOff()
  clock.advance(40)
  expect(ran).toEqual(['first at 10', 'second at 15', 'third at 30'])
  expect(clock.now()).toBe(40)
  clock.set(100)
  expect(ran.slice(3)).toEqual(['later at 41'])
})

test('the system clock tells the time of day, and can be told to call something off', async () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
  const ran: string[] = []
  systemClock.after(1, () => ran.push('called off'))()
  // Both are due at once, and the first to be set is the first to run.
  await new Promise<void>((resolve) => systemClock.after(1, resolve))
  expect(ran).toEqual([])
})
