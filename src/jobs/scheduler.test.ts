import { expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import { heldClock, MINUTE } from '../time.ts'
import { type Job, type JobDeps, startJobs } from './scheduler.ts'

/** Everything that is due in this turn of the event loop has run. */
const settled = () => new Promise(setImmediate)

/** A job whose runs end when the test says so, in a world of nothing but a clock and a log. */
function heldJob(more: Partial<Job> = {}) {
  const clock = heldClock(0)
  const errors: string[] = []
  const runs: { startedAt: number; signal: AbortSignal; end: PromiseWithResolvers<void> }[] = []
  const job: Job = {
    name: 'sweep',
    firstAfterMs: MINUTE,
    everyMs: 10 * MINUTE,
    run: (_, signal) => {
      const end = Promise.withResolvers<void>()
      runs.push({ startedAt: clock.now(), signal, end })
      return end.promise
    },
    ...more,
  }
  const log = {
    ...silentLog,
    error: (message: string, cause?: unknown) => void errors.push(`${message}: ${cause}`),
  }
  return { job, clock, errors, runs, deps: { clock, log } as unknown as JobDeps }
}

test('a job runs after its first wait, and then so long after each end', async () => {
  const { job, clock, runs, deps } = heldJob()
  const stop = startJobs(deps, [job])
  clock.advance(MINUTE - 1)
  expect(runs).toHaveLength(0)
  clock.advance(1)
  expect(runs).toHaveLength(1)
  // While it runs it does not start again, however late it gets.
  clock.advance(60 * MINUTE)
  runs[0]?.end.resolve()
  await settled()
  clock.advance(10 * MINUTE)
  expect(runs.map(({ startedAt }) => startedAt / MINUTE)).toEqual([1, 71])
  runs[1]?.end.resolve()
  await stop()
})

test('a job that fails is logged and runs again', async () => {
  const { job, clock, runs, errors, deps } = heldJob()
  const stop = startJobs(deps, [job])
  clock.advance(MINUTE)
  runs[0]?.end.reject(new Error('disk full'))
  await settled()
  expect(errors).toEqual(['The job sweep failed: Error: disk full'])
  clock.advance(10 * MINUTE)
  expect(runs).toHaveLength(2)
  runs[1]?.end.resolve()
  await stop()
})

test('one job does not wait for another', async () => {
  const { job, clock, runs, deps } = heldJob()
  const stop = startJobs(deps, [job, { ...job, firstAfterMs: 2 * MINUTE }])
  clock.advance(2 * MINUTE)
  expect(runs.map(({ startedAt }) => startedAt / MINUTE)).toEqual([1, 2])
  for (const { end } of runs) end.resolve()
  await stop()
})

test('stopping tells a running job to end, waits for it, and starts nothing more', async () => {
  const { job, clock, runs, deps } = heldJob()
  const stop = startJobs(deps, [job, { ...job, firstAfterMs: 5 * MINUTE }])
  clock.advance(MINUTE)
  let isStopped = false
  const stopped = stop().then(() => {
    isStopped = true
  })
  expect(runs[0]?.signal.aborted).toBe(true)
  await settled()
  expect(isStopped).toBe(false)
  runs[0]?.end.resolve()
  await stopped
  clock.advance(60 * MINUTE)
  expect(runs).toHaveLength(1)
})
