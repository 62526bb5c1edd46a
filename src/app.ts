/** Opens what has a lifetime, closes it in reverse. */
import { join } from 'node:path'
import type { Config } from './config.ts'
import { type Gate, openGate } from './ingest/gate.ts'
import { type Limits, openLimits } from './ingest/limits.ts'
import { type Live, openLive } from './ingest/live.ts'
import type { Arrival, Persisted } from './ingest/persist.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { type Blobs, openBlobs } from './store/blobs.ts'
import { type Database, openDatabase } from './store/database.ts'
import { listRateLimitUses } from './store/rate-limit-uses.ts'
import { openWriter, type Writer } from './store/writer.ts'
import { type Clock, systemClock } from './time.ts'

export interface App extends AsyncDisposable {
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly db: Database
  readonly writer: Writer<Arrival, Persisted>
  readonly gate: Gate
  readonly limits: Limits
  readonly blobs: Blobs
  readonly live: Live
  /** Undefined unless somebody may read them: then nothing is measured. */
  readonly metrics: Metrics | undefined
  /** Public base URL without trailing slash. With port 0 it is known once the server listens. */
  baseUrl: string
}

export function databaseFile(config: Config): string {
  return join(config.dataDir, 'vedette.sqlite')
}

export function defaultBaseUrl(config: Config, port: number): string {
  return config.url ?? `http://localhost:${port}`
}

async function metricsOf({ metrics: { token, allow } }: Config): Promise<Metrics | undefined> {
  if (token === undefined && allow.length === 0) return undefined
  // Loaded by those who use it: it costs time and memory at the start.
  const { openMetrics } = await import('./metrics.ts')
  return openMetrics()
}

/** Everything the server needs to run, ready to use. `clock` is held in tests. */
export async function openApp(config: Config, log: Log, clock: Clock = systemClock): Promise<App> {
  const file = databaseFile(config)
  await using opened = new AsyncDisposableStack()
  const db = opened.use(await openDatabase(file))
  const metrics = await metricsOf(config)
  const writer = opened.use(
    await openWriter<Arrival, Persisted>(
      new URL('./writer-thread.ts', import.meta.url),
      { databaseFile: file },
      metrics?.noteBatch,
    ),
  )
  const live = opened.use(openLive(writer, clock))
  const limits = openLimits(clock, await listRateLimitUses(db.read, clock.now() / 1000))
  const lifetime = opened.move()
  return {
    config,
    log,
    clock,
    db,
    writer,
    gate: openGate(db),
    limits,
    blobs: openBlobs(join(config.dataDir, 'blobs')),
    live,
    metrics,
    baseUrl: defaultBaseUrl(config, config.port),
    [Symbol.asyncDispose]: () => lifetime[Symbol.asyncDispose](),
  }
}
