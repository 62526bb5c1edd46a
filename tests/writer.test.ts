/** The writer: the real thread on a real file, and threads that wait or die when the test says so. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Arrival, Persisted } from '../src/ingest/persist.ts'
import { newKey } from '../src/protocol/ids.ts'
import { accepted } from '../src/protocol/outcome.ts'
import { type Database, openDatabase } from '../src/store/database.ts'
import { sumOutcomes } from '../src/store/stats.ts'
import { openWriter, type Parcel, WriteFailed, type Writer, WriterOverloaded } from '../src/store/writer.ts'
import { eventOf, itemOf, startAt, startBucket } from './store.fixtures.ts'

/** Everything that is due in this turn of the event loop has run. */
const settled = () => new Promise(setImmediate)

/** What has become of these promises after one turn of the event loop. */
async function states(promises: readonly Promise<unknown>[]): Promise<string[]> {
  const found = promises.map(() => 'pending')
  promises.forEach((promise, index) => {
    const note = (state: unknown) => {
      found[index] = String(state)
    }
    promise.then(note, note)
  })
  await settled()
  return found
}

describe('with the real thread', () => {
  interface Open extends AsyncDisposable {
    readonly writer: Writer<Arrival, Persisted>
    /** Handles of their own on the file, as another process has them. */
    readonly db: Database
    titles(): Promise<string[]>
    /** The sum of accepted errors. */
    counted(): Promise<number>
  }

  async function openAll(): Promise<Open> {
    await using opened = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'vedette-writer-'))
    opened.defer(() => rm(folder, { recursive: true, force: true }))
    const databaseFile = join(folder, 'vedette.sqlite')
    const db = opened.use(await openDatabase(databaseFile))
    const thread = new URL('../src/writer-thread.ts', import.meta.url)
    const writer = opened.use(await openWriter<Arrival, Persisted>(thread, { databaseFile }))
    const lifetime = opened.move()
    return {
      writer,
      db,
      async titles() {
        const rows = await db.read.selectFrom('event').select('title').orderBy('id').execute()
        return rows.map(({ title }) => title)
      },
      async counted() {
        const range = { from: startBucket, to: startBucket + 10, resolution: 10 }
        const sums = await sumOutcomes(db.read, { projectId: 7, range, categories: [1], outcomes: [0] })
        return sums[0]?.sum ?? 0
      },
      [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
    }
  }

  /** An event of project 7, counted as one error. */
  function eventParcel(title: string, more: Partial<Arrival['event'] & object> = {}): Parcel<Arrival> {
    const { projectId, keyId, receivedAt, payload, ...columns } = eventOf(7, { title })
    const event = {
      ...columns,
      payload: 0,
      quantities: [{ category: 'error', quantity: 1 } as const],
      ...more,
    }
    return {
      entry: { projectId, keyId, receivedAt, event, attachments: [], items: [], settled: [] },
      payloads: [payload],
    }
  }

  test('what it resolves is committed: others see it at once', async () => {
    await using open = await openAll()
    expect(await open.writer.submit(eventParcel('first'))).toBe('stored')
    expect([await open.titles(), await open.counted()]).toEqual([['first'], 1])
    expect(open.writer.backlog()).toEqual({ parcels: 0, bytes: 0 })
  })

  test('it resolves nothing while somebody else holds the database', async () => {
    await using open = await openAll()
    let submitted: Promise<Persisted> | undefined
    await open.db.write(async () => {
      submitted = open.writer.submit(eventParcel('patient'))
      for (let turn = 0; turn < 50; turn++) await settled()
      expect(await states([submitted])).toEqual(['pending'])
      expect(open.writer.backlog()).toMatchObject({ parcels: 1 })
      expect(await open.titles()).toEqual([])
    })
    expect(await submitted).toBe('stored')
    expect(await open.titles()).toEqual(['patient'])
  })

  test('an event that comes again is a duplicate, in the same batch or in a later one', async () => {
    await using open = await openAll()
    const eventId = newKey()
    const send = () => open.writer.submit(eventParcel('once', { eventId }))
    expect(await Promise.all([send(), send()])).toEqual(['stored', 'duplicate'])
    expect(await send()).toBe('duplicate')
    expect([await open.titles(), await open.counted()]).toEqual([['once'], 1])
  })

  test('an entry that cannot be committed fails alone, and its neighbours are stored and counted once', async () => {
    await using open = await openAll()
    const bad = eventParcel('bad', { payload: 5 })
    const submitted = [eventParcel('before'), bad, eventParcel('after')].map((parcel) =>
      open.writer.submit(parcel),
    )
    const [before, failed, after] = await Promise.allSettled(submitted)
    expect([before, after]).toEqual([
      { status: 'fulfilled', value: 'stored' },
      { status: 'fulfilled', value: 'stored' },
    ])
    expect(failed).toEqual({
      status: 'rejected',
      reason: new WriteFailed('RangeError: The parcel has no payload 5'),
    })
    expect([await open.titles(), await open.counted()]).toEqual([['before', 'after'], 2])
    // What was noted in the transaction that was rolled back has been noted again.
    expect(await open.db.read.selectFrom('environment').select('name').execute()).toEqual([
      { name: 'production' },
    ])
    // Alone in its batch it fails too, and the writer goes on.
    await expect(open.writer.submit(bad)).rejects.toThrow(WriteFailed)
    expect(await open.writer.submit(eventParcel('later'))).toBe('stored')
  })

  test('those who watch see what is committed, and nothing of what is not', async () => {
    await using open = await openAll()
    const seen: string[] = []
    const stop = open.writer.watch((committed) => {
      for (const { entry, result } of committed) seen.push(`${entry.event?.title} ${result}`)
    })
    const again = eventParcel('again', { eventId: 'a'.repeat(32) })
    const bad = eventParcel('bad', { payload: 5 })
    await Promise.allSettled([again, bad, again].map((parcel) => open.writer.submit(parcel)))
    expect(seen).toEqual(['again stored', 'again duplicate'])
    stop()
    await open.writer.submit(eventParcel('later'))
    expect(seen).toHaveLength(2)
  })

  test('payloads arrive to the byte, in batches that grow and shrink', async () => {
    await using open = await openAll()
    const texts = [
      ['a'.repeat(300_000), '', 'b'],
      ['c'],
      ['d'.repeat(2_000_000), 'e'],
      ['f', 'g'.repeat(70_000)],
    ]
    for (const batch of texts) {
      await Promise.all(
        batch.map((text) => {
          const { projectId, receivedAt, payload, ...item } = itemOf(7, { type: 'log' })
          const entry: Arrival = {
            projectId,
            keyId: 1,
            receivedAt,
            attachments: [],
            items: [{ ...item, payload: 0, boundToEvent: false }],
            settled: [{ category: 'log_byte', quantity: text.length, fate: accepted, at: startAt }],
          }
          return open.writer.submit({ entry, payloads: [new TextEncoder().encode(text)] })
        }),
      )
    }
    const rows = await open.db.read.selectFrom('stored_item').select('payload').orderBy('id').execute()
    const stored = rows.map(({ payload }) => zstdDecompressSync(payload).toString())
    expect(stored).toEqual(texts.flat())
  })

  test('closing it commits what waits first, and then it takes nothing more', async () => {
    await using open = await openAll()
    const titles = Array.from({ length: 20 }, (_, n) => `event ${n}`)
    const first = open.writer.submit(eventParcel(titles[0] ?? ''))
    await settled()
    const others = titles.slice(1).map((title) => open.writer.submit(eventParcel(title)))
    await open.writer[Symbol.asyncDispose]()
    expect(await states([first, ...others])).toEqual(titles.map(() => 'stored'))
    expect(await open.titles()).toEqual(titles)
    await expect(open.writer.submit(eventParcel('late'))).rejects.toThrow(
      new WriteFailed('The server is shutting down'),
    )
    expect(await open.counted()).toBe(20)
  })
})

describe('with a thread that answers when it is let', () => {
  /** What the gate tells the thread to do. */
  const orders = { wait: 0, answer: 1, end: 2, fail: 3 } as const

  /** Answers each entry with the number of its batch and its size in bytes, as the gate allows. */
  const thread = `
    import { parentPort, workerData } from 'node:worker_threads'
    parentPort.on('message', ({ batch, entries, payloadCounts, bytes }) => {
      Atomics.wait(workerData, 0, ${orders.wait})
      if (workerData[0] === ${orders.end}) process.exit(7)
      if (workerData[0] === ${orders.fail}) throw new Error('disk full')
      const results = JSON.parse(entries).map((entry) => entry + ' in batch ' + batch)
      parentPort.postMessage({ batch, results, bytes }, [bytes.buffer])
    })
    parentPort.postMessage('ready')`

  const urlOf = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`)

  async function openHeld() {
    const gate = new Int32Array(new SharedArrayBuffer(4))
    const writer = await openWriter<string, string>(urlOf(thread), gate)
    return {
      writer,
      submit: (entry: string, ...payloads: Uint8Array[]) => writer.submit({ entry, payloads }),
      let: (order: keyof typeof orders) => {
        Atomics.store(gate, 0, orders[order])
        Atomics.notify(gate, 0)
      },
      async [Symbol.asyncDispose]() {
        this.let('answer')
        await writer[Symbol.asyncDispose]()
      },
    }
  }

  test('what comes in one turn travels together, and what comes meanwhile waits for the next batch', async () => {
    await using held = await openHeld()
    const first = [held.submit('a'), held.submit('b')]
    await settled()
    const second = [held.submit('c')]
    await settled()
    second.push(held.submit('d'))
    expect(await states([...first, ...second])).toEqual(['pending', 'pending', 'pending', 'pending'])
    held.let('answer')
    expect(await Promise.all([...first, ...second])).toEqual([
      'a in batch 1',
      'b in batch 1',
      'c in batch 2',
      'd in batch 2',
    ])
  })

  test('a batch takes a thousand parcels or 16 MiB, but always one', async () => {
    await using held = await openHeld()
    const mib = (n: number) => new Uint8Array(n * 1024 * 1024)
    const first = held.submit('first')
    await settled()
    const many = Array.from({ length: 1001 }, () => held.submit('x'))
    const large = [held.submit('l', mib(10)), held.submit('l', mib(5)), held.submit('l', mib(2))]
    const huge = held.submit('h', mib(20))
    held.let('answer')
    const batches = async (results: readonly Promise<string>[]) =>
      Object.entries(Object.groupBy(await Promise.all(results), (text) => text)).map(
        ([text, all]) => `${all?.length} ${text}`,
      )
    expect(await batches([first, ...many, ...large, huge])).toEqual([
      '1 first in batch 1',
      '1000 x in batch 2',
      '1 x in batch 3',
      '2 l in batch 3',
      '1 l in batch 4',
      '1 h in batch 5',
    ])
  })

  test('turns parcels away when 64 MiB wait, and takes them again when there is room', async () => {
    await using held = await openHeld()
    const payload = new Uint8Array(20 * 1024 * 1024)
    const taken = [held.submit('a', payload)]
    await settled()
    for (const name of ['b', 'c', 'd']) taken.push(held.submit(name, payload))
    await expect(held.submit('e', payload)).rejects.toThrow(new WriterOverloaded('The write queue is full'))
    // What is small still fits.
    taken.push(held.submit('f'))
    expect(held.writer.backlog().parcels).toBe(5)
    expect(held.writer.backlog().bytes).toBeGreaterThan(60 * 1024 * 1024)
    held.let('answer')
    expect(await Promise.all(taken)).toHaveLength(5)
    expect(held.writer.backlog()).toEqual({ parcels: 0, bytes: 0 })
    expect(await held.submit('e', payload)).toContain('e in batch')
  })

  test('a parcel larger than the queue is taken when nothing waits', async () => {
    await using held = await openHeld()
    held.let('answer')
    expect(await held.submit('huge', new Uint8Array(65 * 1024 * 1024))).toBe('huge in batch 1')
  })

  test.each([
    ['end', 'The writer thread ended with code 7', undefined],
    ['fail', 'The writer thread failed', new Error('disk full')],
  ] as const)(
    'when the thread comes to its end (%s), everybody who waits is told',
    async (order, message, cause) => {
      await using held = await openHeld()
      const flying = held.submit('flying')
      await settled()
      const waiting = [held.submit('waiting'), held.submit('waiting too')]
      held.let(order)
      const told = new WriteFailed(message, { cause })
      for (const promise of [flying, ...waiting]) await expect(promise).rejects.toThrow(told)
      await expect(held.submit('late')).rejects.toThrow(told)
      expect(held.writer.backlog()).toEqual({ parcels: 0, bytes: 0 })
    },
  )

  test('closing it does not wait for a thread that dies meanwhile', async () => {
    await using held = await openHeld()
    const flying = held.submit('flying')
    await settled()
    const closed = held.writer[Symbol.asyncDispose]()
    held.let('end')
    await expect(flying).rejects.toThrow(WriteFailed)
    await closed
  })

  test.each([
    ["throw new Error('no such file')", 'no such file'],
    ['process.exit(3)', 'The writer thread ended with code 3 at its start'],
  ])('a thread that does not come up is said: %s', async (source, message) => {
    await expect(openWriter(urlOf(source), undefined)).rejects.toThrow(message)
  })
})
