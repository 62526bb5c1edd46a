/** The list of periodic jobs. Each runs alone: a run that takes long delays its own next one only. */
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Blobs } from '../store/blobs.ts'
import type { Database } from '../store/database.ts'
import { type Clock, HOUR, MINUTE } from '../time.ts'
import { prune } from './retention.ts'

export interface JobDeps {
  readonly db: Database
  readonly blobs: Blobs
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
}

interface Job {
  readonly name: string
  readonly firstAfterMs: number
  readonly everyMs: number
  readonly run: (deps: JobDeps) => Promise<void>
}

const jobs: readonly Job[] = [
  {
    name: 'retention',
    firstAfterMs: MINUTE,
    everyMs: HOUR,
    run: async ({ db, blobs, config, clock, log }) => {
      const pruned = await prune({ db, blobs, config, now: clock.now() })
      log.debug('Pruned', { ...pruned })
    },
  },
]

/** Starts every job; the answer stops them and waits for those that are running. */
export function startJobs(deps: JobDeps): () => Promise<void> {
  const timers = new Set<NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  let isStopped = false

  function schedule(job: Job, afterMs: number): void {
    if (isStopped) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      const run = job
        .run(deps)
        .catch((error) => deps.log.error(`The job ${job.name} failed`, error))
        .finally(() => {
          running.delete(run)
          schedule(job, job.everyMs)
        })
      running.add(run)
    }, afterMs)
    timer.unref()
    timers.add(timer)
  }
  for (const job of jobs) schedule(job, job.firstAfterMs)

  return async () => {
    isStopped = true
    for (const timer of timers) clearTimeout(timer)
    await Promise.all(running)
  }
}
