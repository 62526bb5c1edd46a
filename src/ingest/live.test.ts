import { expect, test } from 'vitest'
import { drop } from '../protocol/outcome.ts'
import type { Watcher } from '../store/writer.ts'
import { heldClock } from '../time.ts'
import { LISTENERS_LIMIT, type LiveSecond, openLive } from './live.ts'
import type { Arrival, Persisted } from './persist.ts'

const second = 1_767_605_400
/** Within that second. */
const startAt = second * 1000 + 250

/** Something that commits whatever it is told to. */
function openGround() {
  const clock = heldClock(startAt)
  const watchers = new Set<Watcher<Arrival, Persisted>>()
  const writer = {
    watch(watcher: Watcher<Arrival, Persisted>) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
  }
  const live = openLive(writer, clock)
  return {
    clock,
    live,
    watchers,
    commit: (...committed: readonly { entry: Arrival; result: Persisted }[]) => {
      for (const watcher of watchers) watcher(committed)
    },
    /** Listens, and keeps what it hears. */
    listen(projectId: number) {
      const heard: (LiveSecond | 'end')[] = []
      const leave = live.listen(projectId, {
        onSecond: (each) => void heard.push(each),
        onEnd: () => void heard.push('end'),
      })
      return { heard, leave }
    },
  }
}

function arrival(projectId: number, settled: Arrival['settled'], quantities?: Arrival['event']): Arrival {
  return {
    projectId,
    keyId: 1,
    receivedAt: startAt,
    attachments: [],
    items: [],
    settled,
    ...(quantities === undefined ? {} : { event: quantities }),
  }
}

const anEvent = { quantities: [{ category: 'error', quantity: 1 }] } as unknown as NonNullable<
  Arrival['event']
>

test('each second tells what was committed in it, by outcome and category, also when it was nothing', () => {
  const { listen, commit, clock } = openGround()
  const { heard } = listen(1)
  commit(
    {
      entry: arrival(1, [{ category: 'session', quantity: 3, fate: { outcome: 'accepted' } }], anEvent),
      result: 'stored',
    },
    { entry: arrival(1, [], anEvent), result: 'duplicate' },
    { entry: arrival(2, [], anEvent), result: 'stored' },
  )
  clock.advance(749)
  expect(heard).toEqual([])
  clock.advance(1)
  commit({
    entry: arrival(1, [
      { category: 'security', quantity: 1, fate: drop('filtered', 'invalid-csp') },
      { category: 'error', quantity: 2, fate: drop('filtered', 'localhost'), at: 0 },
    ]),
    result: 'stored',
  })
  clock.advance(2000)
  expect(heard).toEqual([
    { at: second, counts: { accepted: { error: 1, session: 3 }, invalid: { error: 1 } } },
    { at: second + 1, counts: { filtered: { error: 3 } } },
    { at: second + 2, counts: {} },
  ])
})

test('several may listen to one project, and each hears from when it came until it leaves', () => {
  const { listen, commit, clock } = openGround()
  const first = listen(1)
  clock.advance(1000)
  const other = listen(1)
  commit({ entry: arrival(1, [], anEvent), result: 'stored' })
  clock.advance(1000)
  first.leave?.()
  clock.advance(1000)
  expect(first.heard.map((each) => each !== 'end' && each.at)).toEqual([second, second + 1])
  expect(other.heard).toEqual([
    { at: second + 1, counts: { accepted: { error: 1 } } },
    { at: second + 2, counts: {} },
  ])
})

test('nothing is watched while nobody listens', () => {
  const { listen, watchers } = openGround()
  expect(watchers.size).toBe(0)
  const [one, two] = [listen(1), listen(2)]
  expect(watchers.size).toBe(1)
  one.leave?.()
  one.leave?.()
  expect(watchers.size).toBe(1)
  two.leave?.()
  expect(watchers.size).toBe(0)
  const again = listen(1)
  expect([watchers.size, again.leave === undefined]).toEqual([1, false])
})

test('no more than a hundred listen, and one who leaves makes room', () => {
  const { listen } = openGround()
  const all = Array.from({ length: LISTENERS_LIMIT }, (_, index) => listen(index))
  expect([LISTENERS_LIMIT, listen(1).leave]).toEqual([100, undefined])
  all[0]?.leave?.()
  expect([listen(1).leave === undefined, listen(1).leave]).toEqual([false, undefined])
})

test('a clock that jumps is followed, one second at a time', () => {
  const { listen, clock } = openGround()
  const { heard } = listen(1)
  clock.set(startAt + 5000)
  expect(heard.map((each) => each !== 'end' && each.at)).toEqual([0, 1, 2, 3, 4].map((more) => second + more))
})

test('at the end everybody is told, and nobody may come any more', () => {
  const { live, listen } = openGround()
  const { heard } = listen(1)
  live[Symbol.dispose]()
  expect([heard, listen(1).leave]).toEqual([['end'], undefined])
})
