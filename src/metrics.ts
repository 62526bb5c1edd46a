/**
 * What the server tells Prometheus about itself. Names and units follow its conventions: base units, `_total` for
 * what only rises. No label takes values that senders choose, so the number of series is bounded.
 *
 * Source: https://prometheus.io/docs/practices/naming/
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { dataCategories, outcomes } from './protocol/outcome.ts'
import type { Db } from './store/database.ts'
import { fileSizes } from './store/sqlite.ts'
import { estimateEvents, type FateTotal, listFateTotals } from './store/totals.ts'
import { version } from './version.ts'

/** Whose answer it is: that of a DSN, that of another address of ours, that of an address that is none. */
export type Area = 'ingest' | 'api' | 'pages' | 'unknown'
const areas: readonly Area[] = ['ingest', 'api', 'pages', 'unknown']

export interface Metrics {
  /** Of what `text` answers. */
  readonly contentType: string
  /** Counts an answer by its status. */
  countAnswer(area: Area, status: number): void
  /** Answers a function that notes how long an answer of this endpoint took. */
  answerTimes(endpoint: string): (status: number, tookMs: number) => void
  /** Notes how many parcels the writer committed together, and how long that took. */
  noteBatch(parcels: number, tookMs: number): void
  /** Everything in Prometheus' text format. What the database knows is read now, so it holds across restarts. */
  text(sources: {
    db: Db
    databaseFile: string
    backlog: { readonly parcels: number; readonly bytes: number }
  }): Promise<string>
}

const LATENCY_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const COMMIT_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** Up to the most parcels that the writer takes at once. */
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** NOTE: what is measured of the process is measured until it ends; a process opens one of these. */
export function openMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const build = new Gauge({
    name: 'vedette_build_info',
    help: 'Always 1; the label says which version is running.',
    labelNames: ['version'],
    registers,
  })
  build.set({ version }, 1)
  const times = new Histogram({
    name: 'vedette_ingest_request_duration_seconds',
    help: 'Requests to the endpoints of DSNs, from their head to their answer, waiting for the commit included.',
    labelNames: ['endpoint', 'status'],
    buckets: LATENCY_BUCKETS_S,
    registers,
  })
  const answered = Object.fromEntries(areas.map((area) => [area, [] as number[]])) as Record<Area, number[]>
  const answers = new Counter({
    name: 'vedette_http_responses_total',
    help: 'Answers to HTTP requests since the server started.',
    labelNames: ['area', 'code'],
    registers,
  })
  const queuedParcels = new Gauge({
    name: 'vedette_writer_queue_parcels',
    help: 'Requests whose data waits for its commit or is being committed.',
    registers,
  })
  const queuedBytes = new Gauge({
    name: 'vedette_writer_queue_bytes',
    help: 'Bytes that wait for the writer. Senders are turned away at 64 MiB.',
    registers,
  })
  const commits = new Histogram({
    name: 'vedette_writer_commit_duration_seconds',
    help: 'How long the writer took over a batch, until it was synced to disk.',
    buckets: COMMIT_BUCKETS_S,
    registers,
  })
  const batches = new Histogram({
    name: 'vedette_writer_batch_parcels',
    help: 'Requests whose data was committed together.',
    buckets: BATCH_BUCKETS,
    registers,
  })
  const databaseBytes = new Gauge({
    name: 'vedette_database_size_bytes',
    help: 'Size of the database file. It does not shrink; room of deleted data is used again.',
    registers,
  })
  const walBytes = new Gauge({
    name: 'vedette_database_wal_size_bytes',
    help: 'Size of the write-ahead log beside the database file.',
    registers,
  })
  const events = new Gauge({
    name: 'vedette_stored_events',
    help: 'Stored events, estimated from their ids.',
    registers,
  })

  return {
    contentType: registry.contentType,
    countAnswer(area, status) {
      const counts = answered[area]
      counts[status] = (counts[status] ?? 0) + 1
    },
    answerTimes(endpoint) {
      const byClass = [1, 2, 3, 4, 5].map((hundreds) => times.labels({ endpoint, status: `${hundreds}xx` }))
      return (status, tookMs) => byClass[Math.floor(status / 100) - 1]?.observe(tookMs / 1000)
    },
    noteBatch(parcels, tookMs) {
      batches.observe(parcels)
      commits.observe(tookMs / 1000)
    },
    async text({ db, databaseFile, backlog }) {
      const totals = await listFateTotals(db)
      const stored = await estimateEvents(db)
      answers.reset()
      for (const area of areas) {
        // Only the statuses that were sent are there to be visited.
        answered[area].forEach((count, code) => {
          answers.inc({ area, code }, count)
        })
      }
      const sizes = fileSizes(databaseFile)
      queuedParcels.set(backlog.parcels)
      queuedBytes.set(backlog.bytes)
      databaseBytes.set(sizes.databaseBytes)
      walBytes.set(sizes.walBytes)
      events.set(stored)
      return `${fateLines(totals)}\n${await registry.metrics()}`
    },
  }
}

/**
 * Not left to the registry, which takes ten times as long: with many projects this is nearly all of the text, and
 * requests wait while it is written. Slugs have no character that would have to be escaped.
 */
function fateLines(totals: readonly FateTotal[]): string {
  let lines = `# HELP vedette_fates_total Pieces of data by what became of them, since the project began; attachments and logs also in bytes.
# TYPE vedette_fates_total counter
`
  for (const { organization, project, category, outcome, quantity } of totals) {
    const kind = `category="${dataCategories[category] ?? category}",outcome="${outcomes[outcome] ?? outcome}"`
    lines += `vedette_fates_total{organization="${organization}",project="${project}",${kind}} ${quantity}\n`
  }
  return lines
}
