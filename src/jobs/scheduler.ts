/** The list of periodic jobs. Each runs alone: a run that takes long delays its own next one only. */
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Blobs } from '../store/blobs.ts'
import type { Database } from '../store/database.ts'
import { type Clock, HOUR, MINUTE } from '../time.ts'
import { purgeRemovedProjects } from './removed-projects.ts'
import { prune } from './retention.ts'

export interface JobDeps {
  readonly db: Database
  readonly blobs: Blobs
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
}

export interface Job {
  readonly name: string
  readonly firstAfterMs: number
  /** From the end of one run to the start of the next. */
  readonly everyMs: number
  /** Ends early, between two of its steps, when `signal` is aborted. */
  readonly run: (deps: JobDeps, signal: AbortSignal) => Promise<void>
}

const periodicJobs: readonly Job[] = [
  {
    name: 'retention',
    firstAfterMs: MINUTE,
    everyMs: HOUR,
    run: async ({ db, blobs, config, clock, log }, signal) => {
      const pruned = await prune({ db, blobs, config, now: clock.now(), signal })
      log.debug('Pruned', { ...pruned })
    },
  },
  {
    name: 'removed projects',
    firstAfterMs: 2 * MINUTE,
    everyMs: 10 * MINUTE,
    run: async ({ db, blobs, clock, log }, signal) => {
      const rows = await purgeRemovedProjects({ db, blobs, now: clock.now(), signal })
      if (rows > 0) log.debug('Deleted what was left of removed projects', { rows })
    },
  },
]

/** Starts every job; the answer stops them and waits for those that are running. */
export function startJobs(deps: JobDeps, jobs: readonly Job[] = periodicJobs): () => Promise<void> {
  const { clock, log } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  const running = new Set<Promise<void>>()

  function schedule(job: Job, afterMs: number): void {
    if (signal.aborted) return
    const callOff = clock.after(afterMs, () => {
      signal.removeEventListener('abort', callOff)
      const run = job
        .run(deps, signal)
        .catch((error) => log.error(`The job ${job.name} failed`, error))
        .finally(() => {
          running.delete(run)
          schedule(job, job.everyMs)
        })
      running.add(run)
    })
    signal.addEventListener('abort', callOff)
  }
  for (const job of jobs) schedule(job, job.firstAfterMs)

  return async () => {
    stopping.abort()
    await Promise.all(running)
  }
}
