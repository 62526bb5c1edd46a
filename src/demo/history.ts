/** Writes what has happened to the projects, from the first hour to now: counts, lost items, events. */
import type { Config } from '../config.ts'
import { openDropBudget } from '../ingest/dropped-items.ts'
import { openGate } from '../ingest/gate.ts'
import { type Arrival, persist } from '../ingest/persist.ts'
import { openBlobs } from '../store/blobs.ts'
import type { Database } from '../store/database.ts'
import { openFlush } from '../store/flush.ts'
import type { Parcel } from '../store/writer.ts'
import { DAY, delay, HOUR, SECOND } from '../time.ts'
import { openDeliveries } from './deliveries.ts'
import type { Founding } from './founding.ts'
import { occurrencesOf } from './occurrences.ts'
import { randomOf } from './random.ts'
import type { Timeline } from './timeline.ts'
import { openTraffic } from './traffic.ts'

/** Hours per transaction, of those that are counted as a whole and of the others: some milliseconds of the lock. */
const COARSE_HOURS = 48
const FINE_HOURS = 2
/** Room between two transactions, in which a running server has the lock for itself. */
const PAUSE_MS = 5
/** How far back tens of seconds are told apart, even if they are kept longer. */
const FINE_MS = 2 * DAY

export interface History {
  readonly db: Database
  readonly databaseFile: string
  readonly blobFolder: string
  readonly config: Pick<Config, 'statsRetentionDays' | 'eventRetentionDays'>
  readonly founding: Founding
  readonly time: Timeline
  readonly seed: string
}

/** Answers how many events are stored. */
export async function writeHistory(history: History): Promise<number> {
  const { db, config, founding, time, seed } = history
  const { organizationId, projects } = founding
  const { statsRetentionDays: retention, eventRetentionDays } = config
  const since = (days: number) => (days === 0 ? Number.NEGATIVE_INFINITY : (time.now - days * DAY) / SECOND)
  const keptSince = new Map([
    [10, since(retention.seconds10)],
    [3600, since(retention.hours)],
    [86_400, since(retention.days)],
  ])
  const fineSince = Math.max(time.now - FINE_MS, (keptSince.get(10) ?? 0) * SECOND)
  const firstFineHour = Math.max(time.start, Math.floor(fineSince / HOUR) * HOUR)

  using handle = openFlush(
    history.databaseFile,
    (resolution, bucket) => bucket >= (keptSince.get(resolution) ?? 0),
  )
  const gate = openGate(db)
  const blobs = openBlobs(history.blobFolder)
  const budget = openDropBudget()
  const known = new Set<string>()
  let stored = 0

  for (const founded of projects) {
    const { project } = founded
    const random = (what: string) => randomOf(`${seed} ${project.slug} ${what}`)
    const eventsSince = time.now - eventRetentionDays * DAY
    const occurrences = occurrencesOf(project, {
      time,
      random: random('occurrences'),
      keptSince: eventsSince,
    })
    const traffic = openTraffic({
      founded,
      organizationId,
      random: random('traffic'),
      now: time.now,
      fineSince: firstFineHour,
    })
    const deliveries = openDeliveries({
      founded,
      random: random('events'),
      gate,
      blobs,
      retentionDays: eventRetentionDays,
    })
    for (const { from, to } of slicesOf(time, firstFineHour)) {
      const parcels = await deliveries.parcelsOf(occurrences.filter(({ at }) => at >= from && at < to))
      stored += handle.transaction((flush) => {
        const lost: Parcel<Arrival>[] = []
        for (let hour = from; hour < to && hour <= time.now; hour += HOUR) {
          lost.push(...traffic.writeHour(flush, hour).map((entry) => ({ entry, payloads: [] })))
        }
        const all = [...parcels, ...lost].sort((a, b) => a.entry.receivedAt - b.entry.receivedAt)
        persist(flush, all, known, budget)
        return parcels.filter(({ entry }) => entry.event !== undefined).length
      })
      await delay(PAUSE_MS)
    }
  }
  return stored
}

/** Stretches of whole hours, the last of them up to now. */
function* slicesOf({ start, now }: Timeline, firstFineHour: number): Generator<{ from: number; to: number }> {
  for (let from = start; from <= now; ) {
    const isCoarse = from < firstFineHour
    const end = from + (isCoarse ? COARSE_HOURS : FINE_HOURS) * HOUR
    const to = isCoarse ? Math.min(end, firstFineHour) : end
    yield { from, to }
    from = to
  }
}
