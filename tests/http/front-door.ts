/** A project's front door: its key, its ingest paths, and what became of the data that came in there. */
import { randomBytes } from 'node:crypto'
import { type Ledger, openLedger, resolutions } from '../../e2e/ledger.ts'
import type { ClientKey } from '../../src/store/client-keys.ts'
import { unrealCrash } from '../crash-files.ts'
import { type Answer, type Founded, found, type Installation, type Sending } from './installation.ts'

/** A line of JSON, and the payload that follows it. */
export interface Item {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Uint8Array
}

/** `payload` is sent as it is when it is text or bytes, as JSON otherwise. The header states its length. */
export function item(type: string, payload: unknown, header: Readonly<Record<string, unknown>> = {}): Item {
  const isRaw = typeof payload === 'string' || payload instanceof Uint8Array
  const bytes = Buffer.from(isRaw ? payload : JSON.stringify(payload))
  return { header: { type, length: bytes.byteLength, ...header }, payload: bytes }
}

export function envelope(header: Readonly<Record<string, unknown>>, ...items: readonly Item[]): Buffer {
  const line = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`)
  return Buffer.concat([
    line(header),
    ...items.flatMap(({ header, payload }) => [line(header), payload, Buffer.from('\n')]),
  ])
}

export function newId(): string {
  return randomBytes(16).toString('hex')
}

/** An envelope with one small error event. */
export function eventEnvelope(eventId: string = newId()): Buffer {
  return envelope({ event_id: eventId }, item('event', { message: 'The lamp went out' }))
}

/** Items that nothing is wrong with, by type. Only a replay's event needs company: its recording. */
export const soundItems: Readonly<Record<string, Item>> = {
  event: item('event', { message: 'The lamp went out' }),
  transaction: item('transaction', {
    type: 'transaction',
    start_timestamp: 1_767_605_390,
    timestamp: 1_767_605_391,
    contexts: { trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) } },
  }),
  security: item('security', {
    csp: { effective_directive: 'img-src', blocked_uri: 'https://evil.example' },
  }),
  feedback: item('feedback', { contexts: { feedback: { message: 'Too dark' } } }),
  attachment: item('attachment', 'twelve bytes', { filename: 'a.txt' }),
  user_report: item('user_report', { event_id: 'c'.repeat(32), comments: 'Too dark' }),
  session: item('session', { sid: 'd'.repeat(32), status: 'ok' }),
  sessions: item('sessions', { aggregates: [] }),
  client_report: item('client_report', { discarded_events: [] }),
  profile: item('profile', { version: '1' }, { platform: 'node' }),
  profile_chunk: item('profile_chunk', { version: '2' }, { platform: 'python' }),
  profile_chunk_ui: item('profile_chunk_ui', { version: '2' }),
  replay_event: item('replay_event', { type: 'replay_event' }),
  replay_recording: item('replay_recording', '{"segment_id":0}\n[]'),
  replay_video: item('replay_video', 'a video'),
  check_in: item('check_in', { monitor_slug: 'nightly', status: 'ok' }),
  log: item('log', { items: [{ body: 'a' }, { body: 'b' }] }, { item_count: 2 }),
  trace_metric: item('trace_metric', { items: [{}, {}, {}] }, { item_count: 3 }),
  span: item('span', { span_id: 'b'.repeat(16) }),
  'span container': item(
    'span',
    { items: [{}, {}] },
    { item_count: 2, content_type: 'application/vnd.sentry.items.span.v2+json' },
  ),
  statsd: item('statsd', 'lamps:1|c'),
  metric_buckets: item('metric_buckets', []),
  raw_security: item('raw_security', { 'csp-report': { 'effective-directive': 'img-src' } }),
  form_data: item('form_data', 'a=b'),
  unreal_report: item('unreal_report', unrealCrash([])),
  nel: item('nel', { type: 'network-error', body: { type: 'tcp.refused' } }),
  otel_span: item('otel_span', {}),
  otel_traces_data: item('otel_traces_data', 'protobuf'),
}

export function soundItem(name: string): Item {
  const found = soundItems[name]
  if (found === undefined) throw new Error(`No item ${name}`)
  return found
}

export interface FrontDoor extends Founded {
  readonly projectId: number
  /** `/api/{project}/envelope/` and `/api/{project}/store/` */
  readonly envelopePath: string
  readonly storePath: string
  /** Names the key in X-Sentry-Auth. */
  readonly auth: Readonly<Record<string, string>>
  readonly dsn: string
  /** Posts with `auth`; headers of `sending` win over it. */
  post(path: string, body: string | Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** Posts an envelope. */
  deliver(body: string | Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** What was counted for the project, which must be the same at every resolution. */
  counts(): Record<string, number>
  /** Reads what is in the database at this moment. */
  look<T>(read: (ledger: Ledger, projectId: number) => T): T
}

/** A project that nobody has sent anything to. */
export async function openFrontDoor(
  vedette: Installation,
  input: { platform?: string } = {},
): Promise<FrontDoor> {
  const founded = await found(vedette, input)
  const { project, key } = founded
  const projectId = project.id
  const auth = authOf(key)

  function look<T>(read: (ledger: Ledger, projectId: number) => T): T {
    using ledger = openLedger(vedette.app.config.dataDir)
    return read(ledger, projectId)
  }
  const post = (path: string, body: string | Uint8Array, headers: Sending['headers'] = {}) =>
    vedette.send('POST', path, { headers: auth }, { body, headers })

  return {
    ...founded,
    projectId,
    envelopePath: `/api/${projectId}/envelope/`,
    storePath: `/api/${projectId}/store/`,
    auth,
    dsn: `https://${key.publicKey}@localhost/${projectId}`,
    post,
    deliver: (body, headers) => post(`/api/${projectId}/envelope/`, body, headers),
    counts: () => look(countsAtEveryResolution),
    look,
  }
}

function authOf({ publicKey }: Pick<ClientKey, 'publicKey'>): Readonly<Record<string, string>> {
  return { 'x-sentry-auth': `Sentry sentry_version=7, sentry_key=${publicKey}` }
}

/** Errors: when the resolutions disagree. */
export function countsAtEveryResolution(ledger: Ledger, projectId: number): Record<string, number> {
  const [first, ...others] = resolutions.map((resolution) => ledger.counts(projectId, resolution))
  for (const other of others) {
    if (JSON.stringify(sorted(other)) !== JSON.stringify(sorted(first ?? {})))
      throw new Error(`The resolutions disagree: ${JSON.stringify([first, ...others])}`)
  }
  return first ?? {}
}

function sorted(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))
}

export async function disableKey(vedette: Installation, key: ClientKey): Promise<void> {
  await vedette.write((tx) =>
    tx.updateTable('client_key').set({ is_active: 0 }).where('id', '=', key.id).execute(),
  )
}

export async function allowOrigins(
  vedette: Installation,
  projectId: number,
  origins: readonly string[],
): Promise<void> {
  await vedette.write((tx) =>
    tx
      .insertInto('project_option')
      .values({ project_id: projectId, name: 'sentry:origins', value: JSON.stringify(origins) })
      .onConflict((conflict) =>
        conflict.columns(['project_id', 'name']).doUpdateSet({ value: JSON.stringify(origins) }),
      )
      .execute(),
  )
}
