/** How much comes of a flow, step by step, and what the limit of its key takes of it. */
import { windowEnd } from '../ingest/limits.ts'
import type { ClientKey } from '../store/client-keys.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts'
import type { Flow } from './project.ts'
import type { Random } from './random.ts'
import { factorOf, levelOf, type Rhythm } from './rhythm.ts'

/** Some of a flow. */
export interface Coming {
  /** Epoch milliseconds: the stretch of time that it lies in. */
  readonly at: number
  readonly until: number
  readonly quantity: number
  /** What a limit took beside it. */
  readonly limited: number
}

export interface Comings {
  /** What comes within the hour that begins then, none of it later than now. */
  ofHour(flow: Flow, key: ClientKey | undefined, from: number): readonly Coming[]
}

/** What is kept of errors comes at any second, everything else now and then, but for these last hours. */
const CLOSE = 4 * HOUR
const NOW_AND_THEN = 2 * MINUTE
/** Room in the windows of a limit for the events that are stored one by one. */
const RESERVED = 4

export function openComings(story: {
  readonly organizationId: number
  readonly rhythm: Rhythm
  readonly random: Random
  readonly now: number
  /** From then on by tens of seconds, before by hours. Epoch milliseconds, at a full hour. */
  readonly fineSince: number
}): Comings {
  const { organizationId, random, now, fineSince } = story
  /** What limits have let in, by key and end of the window in epoch seconds. */
  const windows = new Map<number, { readonly endsAt: number; used: number }>()
  const ofHour = openNoise(random, HOUR, 0.2)
  const ofDay = openNoise(random, DAY, 0.3)

  function stepOf({ kind, fate, limitedSince }: Flow, from: number): number {
    if (from < fineSince) return limitedSince === undefined ? HOUR : MINUTE
    const isClose = (kind === 'error' && fate === undefined) || from >= now - CLOSE
    return isClose ? 10 * SECOND : NOW_AND_THEN
  }

  /** A window lets in so many, and no more until it ends. */
  function throughLimit(flow: Flow, key: ClientKey | undefined, at: number, quantity: number) {
    const { limitedSince = Number.POSITIVE_INFINITY } = flow
    if (key?.rateLimit == null || at < limitedSince) return { quantity, limited: 0 }
    const { count, window } = key.rateLimit
    const endsAt = windowEnd({ window }, organizationId, at)
    const known = windows.get(key.id)
    const current = known?.endsAt === endsAt ? known : { endsAt, used: 0 }
    windows.set(key.id, current)
    const letIn = Math.min(quantity, Math.max(0, count - RESERVED - current.used))
    current.used += letIn
    return { quantity: letIn, limited: quantity - letIn }
  }

  return {
    ofHour(flow, key, from) {
      const { together = 1 } = flow
      const to = Math.min(from + HOUR, now)
      const step = stepOf(flow, from)
      const factor = ofHour(from) * ofDay(from)
      const comings: Coming[] = []
      for (let at = from; at < to; at += step) {
        const until = Math.min(at + step, to)
        const times = random.poisson((factor * expected(flow, story.rhythm, at, until)) / together)
        if (times === 0) continue
        const quantity = together === 1 ? times : Math.max(1, random.poisson(times * together))
        comings.push({ at, until, ...throughLimit(flow, key, at, quantity) })
      }
      return from < fineSince ? addedUp(comings, from, to) : comings
    },
  }
}

/** No two stretches of time are alike. Answers a factor around 1, the same for all moments of a stretch. */
function openNoise(random: Random, stretchMs: number, strength: number): (at: number) => number {
  let current = { number: -1, factor: 1 }
  return (at) => {
    const number = Math.floor(at / stretchMs)
    if (number !== current.number) {
      const chance = random.next() + random.next() + random.next() - 1.5
      current = { number, factor: Math.exp(strength * chance) }
    }
    return current.factor
  }
}

/** On average. The level at a few moments stands for that of a long stretch. */
function expected(flow: Flow, usual: Rhythm, from: number, to: number): number {
  const { perHour, rhythm = usual, episodes = [], since = 0, until = Number.POSITIVE_INFINITY } = flow
  const moments = to - from > NOW_AND_THEN ? 12 : 1
  let sum = 0
  for (let index = 0; index < moments; index++) {
    const at = from + ((index + 0.5) * (to - from)) / moments
    if (at >= since && at < until) sum += levelOf(rhythm, at) * factorOf(episodes, at)
  }
  return (perHour * (to - from) * sum) / moments / HOUR
}

function addedUp(comings: readonly Coming[], at: number, until: number): readonly Coming[] {
  if (comings.length === 0) return []
  const sum = (what: 'quantity' | 'limited') => comings.reduce((total, coming) => total + coming[what], 0)
  return [{ at, until, quantity: sum('quantity'), limited: sum('limited') }]
}
