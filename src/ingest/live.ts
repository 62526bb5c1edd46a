/** The fates of a project second by second, for those who watch: told as they are committed, and kept nowhere. */
import { type DataCategory, type OutcomeKind, statedCategory } from '../protocol/outcome.ts'
import type { Writer } from '../store/writer.ts'
import { type Clock, SECOND } from '../time.ts'
import { type Arrival, type Persisted, settledOf } from './persist.ts'

/** Only what there was. */
export type FateCounts = {
  readonly [outcome in OutcomeKind]?: { readonly [category in DataCategory]?: number }
}

export interface LiveSecond {
  /** Epoch seconds: when it began. */
  readonly at: number
  readonly counts: FateCounts
}

export interface Listener {
  /** Called at the end of each second, also when there was nothing in it. */
  readonly onSecond: (second: LiveSecond) => void
  /** Called once, when there is nothing more to hear. */
  readonly onEnd: () => void
}

export interface Live extends Disposable {
  /** Answers a function that ends it; undefined when as many as may are listening already. */
  listen(projectId: number, listener: Listener): (() => void) | undefined
  /** Ends it for everybody, those who come later included. */
  [Symbol.dispose](): void
}

export const LISTENERS_LIMIT = 100

type Counting = { [outcome in OutcomeKind]?: { [category in DataCategory]?: number } }

interface Channel {
  readonly listeners: Set<Listener>
  counts: Counting
}

/** While nobody listens, it costs nothing. */
export function openLive(writer: Pick<Writer<Arrival, Persisted>, 'watch'>, clock: Clock): Live {
  const channels = new Map<number, Channel>()
  let listening = 0
  let isClosed = false
  let stop: (() => void) | undefined

  function start(): void {
    const unwatch = writer.watch((committed) => {
      for (const { entry, result } of committed) {
        const channel = channels.get(entry.projectId)
        if (channel !== undefined) count(channel.counts, entry, result)
      }
    })
    let second = Math.floor(clock.now() / SECOND)
    let callOff = clock.after((second + 1) * SECOND - clock.now(), tick)
    stop = () => {
      unwatch()
      callOff()
      stop = undefined
    }

    function tick(): void {
      const ended = { at: second }
      // Timers may be early by a little, and late by a lot.
      second = Math.max(second + 1, Math.floor(clock.now() / SECOND))
      callOff = clock.after((second + 1) * SECOND - clock.now(), tick)
      for (const channel of channels.values()) {
        const { counts } = channel
        channel.counts = {}
        for (const { onSecond } of [...channel.listeners]) onSecond({ ...ended, counts })
      }
    }
  }

  return {
    listen(projectId, listener) {
      if (isClosed || listening >= LISTENERS_LIMIT) return undefined
      listening++
      const channel = channels.get(projectId) ?? { listeners: new Set(), counts: {} }
      channels.set(projectId, channel)
      channel.listeners.add(listener)
      if (stop === undefined) start()
      return () => {
        if (!channel.listeners.delete(listener)) return
        listening--
        if (channel.listeners.size === 0) channels.delete(projectId)
        if (listening === 0) stop?.()
      }
    },
    [Symbol.dispose]() {
      isClosed = true
      for (const { listeners } of [...channels.values()]) for (const { onEnd } of [...listeners]) onEnd()
    },
  }
}

function count(counts: Counting, arrival: Arrival, persisted: Persisted): void {
  for (const { fate, category, quantity } of settledOf(arrival, persisted)) {
    const ofOutcome = counts[fate.outcome] ?? {}
    counts[fate.outcome] = ofOutcome
    const stated = statedCategory(category)
    ofOutcome[stated] = (ofOutcome[stated] ?? 0) + quantity
  }
}
