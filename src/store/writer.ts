/**
 * This thread's end of the writer: collects parcels while a flush is under way, then sends all of them as one
 * batch. So the size of a batch follows the load, and a lone request waits for nothing but its own commit.
 */
import { Worker } from 'node:worker_threads'
import { monotonicMs } from '../time.ts'

/** One unit of work: a record of plain JSON, and the bytes it speaks of. */
export interface Parcel<Entry> {
  readonly entry: Entry
  readonly payloads: readonly Uint8Array[]
}

/**
 * What travels to the thread: all payloads laid end to end in one buffer, which is handed over, not copied. It
 * comes back with the answer and is used again, so that the load leaves no trail of buffers to collect.
 */
export interface BatchMessage {
  readonly batch: number
  /** A list of entries as JSON, which is cheaper to copy than objects are to clone. */
  readonly entries: string
  /** How many payloads each entry has. */
  readonly payloadCounts: readonly number[]
  readonly payloadSizes: readonly number[]
  /** May be longer than what it holds. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What comes back: one result per entry, in order. `error` speaks of the entries whose result is null. */
export interface BatchAnswer<Result> {
  readonly batch: number
  readonly results: readonly (Result | null)[]
  readonly error?: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The queue is full: nothing was stored, and the sender should come back later. */
export class WriterOverloaded extends Error {
  override name = 'WriterOverloaded'
}

/** The entry could not be committed; nothing of it was stored. */
export class WriteFailed extends Error {
  override name = 'WriteFailed'
}

export interface Writer<Entry, Result> extends AsyncDisposable {
  /**
   * Resolves after the transaction that holds the parcel is committed and synced to disk.
   *
   * Errors: WriterOverloaded at once if the queue is full; WriteFailed if the commit failed.
   */
  submit(parcel: Parcel<Entry>): Promise<Result>
  /** Bytes and parcels waiting, for health and metrics. */
  backlog(): { parcels: number; bytes: number }
  /** Shows `watcher` what each batch has committed, as long as the answer is not called. */
  watch(watcher: Watcher<Entry, Result>): () => void
}

export interface Committed<Entry, Result> {
  readonly entry: Entry
  readonly result: Result
}

export type Watcher<Entry, Result> = (committed: readonly Committed<Entry, Result>[]) => void

interface Waiting<Entry, Result> extends Parcel<Entry> {
  readonly sizeBytes: number
  resolve(result: Result): void
  reject(error: Error): void
}

/** Bytes that may wait for the thread before senders are turned away. */
const QUEUE_LIMIT_BYTES = 64 * 1024 * 1024
/** The most one flush takes, so that no transaction grows without bound. */
const BATCH_LIMIT_PARCELS = 1000
const BATCH_LIMIT_BYTES = 16 * 1024 * 1024
/** What a record costs beside its payloads, roughly. */
const RECORD_BYTES = 500
/** A buffer up to this size is kept for the next batch; a larger one was an exception. */
const KEPT_BUFFER_BYTES = 1024 * 1024

/**
 * Starts the thread at `entryFile` with `workerData` and speaks BatchMessage and BatchAnswer with it. `onBatch` is
 * told the size of each answered batch, and the time from sending it to its answer.
 */
export async function openWriter<Entry, Result>(
  entryFile: URL,
  workerData: unknown,
  onBatch?: (parcels: number, tookMs: number) => void,
): Promise<Writer<Entry, Result>> {
  const worker = new Worker(entryFile, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 4 } })
  const queue: Waiting<Entry, Result>[] = []
  const watchers = new Set<Watcher<Entry, Result>>()
  let queuedBytes = 0
  let batch = 0
  let sentAtMs = 0
  let inFlight: readonly Waiting<Entry, Result>[] | undefined
  let broken: Error | undefined
  let idle: (() => void) | undefined
  let spare: Uint8Array<ArrayBuffer> | undefined

  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve())
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`The writer thread ended with code ${code} at its start`)))
  })

  function flush(): void {
    if (inFlight !== undefined) return
    if (queue.length === 0) {
      idle?.()
      return
    }
    const taken = takeBatch()
    inFlight = taken
    const message = pack(++batch, taken, spare)
    spare = undefined
    sentAtMs = monotonicMs()
    worker.postMessage(message, [message.bytes.buffer])
  }

  function takeBatch(): Waiting<Entry, Result>[] {
    let bytes = 0
    let count = 0
    for (const waiting of queue) {
      if (count === BATCH_LIMIT_PARCELS || (count > 0 && bytes + waiting.sizeBytes > BATCH_LIMIT_BYTES)) break
      bytes += waiting.sizeBytes
      count++
    }
    queuedBytes -= bytes
    return queue.splice(0, count)
  }

  worker.on('message', (answer: BatchAnswer<Result>) => {
    const settled = inFlight ?? []
    inFlight = undefined
    onBatch?.(settled.length, monotonicMs() - sentAtMs)
    if (answer.bytes.byteLength <= KEPT_BUFFER_BYTES) spare = answer.bytes
    flush()
    settled.forEach((waiting, index) => {
      const result = answer.results[index]
      if (result == null) waiting.reject(new WriteFailed(answer.error ?? 'The write failed'))
      else waiting.resolve(result)
    })
    if (watchers.size > 0) show(settled, answer.results)
  })

  function show(settled: readonly Waiting<Entry, Result>[], results: readonly (Result | null)[]): void {
    const committed = settled.flatMap(({ entry }, index) => {
      const result = results[index]
      return result == null ? [] : [{ entry, result }]
    })
    for (const watcher of watchers) watcher(committed)
  }

  // The thread only ends by itself when it is broken; whoever waits must hear of it.
  worker.on('error', (cause) => fail(new WriteFailed('The writer thread failed', { cause })))
  worker.on('exit', (code) => fail(new WriteFailed(`The writer thread ended with code ${code}`)))

  function fail(error: Error): void {
    broken ??= error
    for (const waiting of [...(inFlight ?? []), ...queue.splice(0)]) waiting.reject(error)
    inFlight = undefined
    queuedBytes = 0
    idle?.()
  }

  return {
    submit(parcel) {
      if (broken !== undefined) return Promise.reject(broken)
      const sizeBytes = parcel.payloads.reduce((sum, payload) => sum + payload.byteLength, RECORD_BYTES)
      if (queuedBytes > 0 && queuedBytes + sizeBytes > QUEUE_LIMIT_BYTES) {
        return Promise.reject(new WriterOverloaded('The write queue is full'))
      }
      return new Promise((resolve, reject) => {
        queue.push({ ...parcel, sizeBytes, resolve, reject })
        queuedBytes += sizeBytes
        // After this turn of the event loop, so that requests read together travel together.
        if (inFlight === undefined && queue.length === 1) setImmediate(flush)
      })
    },
    backlog: () => ({ parcels: queue.length + (inFlight?.length ?? 0), bytes: queuedBytes }),
    watch(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    async [Symbol.asyncDispose]() {
      if (broken === undefined && (inFlight !== undefined || queue.length > 0)) {
        await new Promise<void>((resolve) => {
          idle = resolve
        })
      }
      broken ??= new WriteFailed('The server is shutting down')
      await worker.terminate()
    },
  }
}

function pack<Entry>(
  batch: number,
  parcels: readonly Parcel<Entry>[],
  spare: Uint8Array<ArrayBuffer> | undefined,
): BatchMessage {
  const payloads = parcels.flatMap((parcel) => parcel.payloads)
  const size = payloads.reduce((sum, payload) => sum + payload.byteLength, 0)
  const bytes = spare && spare.byteLength >= size ? spare : new Uint8Array(roundUp(size))
  let offset = 0
  for (const payload of payloads) {
    bytes.set(payload, offset)
    offset += payload.byteLength
  }
  return {
    batch,
    entries: JSON.stringify(parcels.map((parcel) => parcel.entry)),
    payloadCounts: parcels.map((parcel) => parcel.payloads.length),
    payloadSizes: payloads.map((payload) => payload.byteLength),
    bytes,
  }
}

/** The next power of two, so that a buffer fits the next batches too. */
function roundUp(size: number): number {
  return size > KEPT_BUFFER_BYTES ? size : 2 ** Math.ceil(Math.log2(Math.max(size, 64 * 1024)))
}

/** The thread's side of `pack`: each entry with views of its payloads. */
export function unpack<Entry>(message: BatchMessage): Parcel<Entry>[] {
  let next = 0
  let offset = 0
  return (JSON.parse(message.entries) as Entry[]).map((entry, index) => {
    const payloads: Uint8Array[] = []
    for (let left = message.payloadCounts[index] ?? 0; left > 0; left--) {
      const size = message.payloadSizes[next++] ?? 0
      payloads.push(message.bytes.subarray(offset, offset + size))
      offset += size
    }
    return { entry, payloads }
  })
}
