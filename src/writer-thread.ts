/** The other thread: owns the write handle and runs one transaction per batch. */
import { parentPort, workerData } from 'node:worker_threads'
import { openDropBudget } from './ingest/dropped-items.ts'
import { type Arrival, type KnownFacts, type Persisted, persist } from './ingest/persist.ts'
import { openFlush } from './store/flush.ts'
import { type BatchAnswer, type BatchMessage, type Parcel, unpack } from './store/writer.ts'

export interface WriterThreadData {
  readonly databaseFile: string
}

const port = parentPort
if (port === null) throw new Error('writer-thread.ts runs as a worker thread only')

const handle = openFlush((workerData as WriterThreadData).databaseFile)
const budget = openDropBudget()
let known: KnownFacts = new Set()
/** Bounds the memory of facts; forgetting them only costs a few statements that change nothing. */
const KNOWN_LIMIT = 50_000

function commit(parcels: readonly Parcel<Arrival>[]): Persisted[] {
  try {
    if (known.size > KNOWN_LIMIT) known = new Set()
    return handle.transaction((flush) => persist(flush, parcels, known, budget))
  } catch (error) {
    known = new Set()
    throw error
  }
}

/** Commits the batch; if that fails, each entry alone, so that one bad entry does not fail its neighbours. */
function answer(message: BatchMessage): BatchAnswer<Persisted> {
  const parcels = unpack<Arrival>(message)
  const { batch, bytes } = message
  try {
    return { batch, bytes, results: commit(parcels) }
  } catch (error) {
    if (parcels.length === 1) return { batch, bytes, results: [null], error: String(error) }
    let lastError = error
    const results = parcels.map((parcel) => {
      try {
        return commit([parcel])[0] ?? null
      } catch (inner) {
        lastError = inner
        return null
      }
    })
    return { batch, bytes, results, error: String(lastError) }
  }
}

port.on('message', (message: BatchMessage) => {
  const answered = answer(message)
  port.postMessage(answered, [answered.bytes.buffer])
})
port.postMessage('ready')
