/** What every DSN endpoint does: find out who sends to which project, let its items in, count what is refused. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { accept, type IngestDeps, type Reception, refuse, sizedQuantitiesOf } from '../ingest/accept.ts'
import { admit, type KnownKey } from '../ingest/gate.ts'
import { limitedItems } from '../ingest/limits.ts'
import { type Credentials, credentialsOfDsn, missingCredentials, readCredentials } from '../protocol/auth.ts'
import type { RequestHeaders } from '../protocol/browser-reports.ts'
import type { Envelope, RawItem } from '../protocol/envelope.ts'
import { type EventId, newEventId, parseNumericId } from '../protocol/ids.ts'
import { checkItemLimits, isEventBound, itemTypeOf } from '../protocol/items.ts'
import { isObject, parseJson } from '../protocol/json.ts'
import { requestOrigin } from '../protocol/origins.ts'
import { drop, type Fate, type Quantity, withDetail } from '../protocol/outcome.ts'
import type { RateLimit } from '../protocol/rate-limits.ts'
import type { PlainOperation } from './endpoint.ts'
import { authError, IngestError, rateLimited, tooLarge } from './ingest-errors.ts'

/** `key` is there on the routes that carry the public key in their path. */
export type DsnParameters = Readonly<Partial<Record<'project' | 'key' | 'event' | 'monitor', string>>>
export type DsnRequest = FastifyRequest<{ Params: DsnParameters }>

/** What the endpoints share. */
export interface Ingest {
  readonly app: App
  readonly deps: IngestDeps
}

/** One path of a DSN, in both spellings, and what it takes. */
export interface Door {
  /** Without the slash at its end; it is there with and without. */
  readonly path: string
  readonly operations: { readonly [method in 'GET' | 'POST']?: DoorOperation }
}

export interface DoorOperation {
  readonly documentation: PlainOperation
  readonly take: (ingest: Ingest, request: DsnRequest, reply: FastifyReply) => Promise<FastifyReply>
}

/** Query parameters of every endpoint, for the API document. */
export const credentialsInQuery = {
  sentry_key: { description: 'The public key of a DSN, when no header states it' },
  sentry_version: { description: 'Protocol version, at most 7', schema: { type: 'integer' } },
  sentry_client: { description: 'Name and version of the SDK' },
}

/** What every endpoint finds out before it looks at the body. */
export interface Asking {
  /** Undefined on the legacy path that states none. */
  projectId: number | undefined
  credentials: Credentials | undefined
  readonly origin: string | undefined
  readonly receivedAt: number
  readonly clientIp: string
  readonly headers: RequestHeaders
}

/** Errors: IngestError for a path or credentials that cannot be read. */
export function ask({ app }: Ingest, request: DsnRequest): Asking {
  const { project, key } = request.params
  const projectId = project === undefined ? undefined : parseNumericId(project)
  if (project !== undefined && projectId === undefined)
    throw new IngestError(400, 'bad project path parameter')
  const { headers } = request
  const query = request.url.indexOf('?')
  const credentials = readCredentials({
    xSentryAuth: textOf(headers['x-sentry-auth']),
    authorization: headers.authorization,
    query: query < 0 ? '' : request.url.slice(query + 1),
    pathKey: key,
  })
  if (credentials !== undefined && 'status' in credentials) throw authError(credentials)
  return {
    projectId,
    credentials,
    origin: requestOrigin({ origin: headers.origin, referer: headers.referer }),
    receivedAt: app.clock.now(),
    clientIp: request.ip,
    headers,
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

/** A request without credentials has those of the DSN in the envelope's first line. */
export function introduce(body: Buffer, asking: Asking): void {
  const end = body.indexOf(10)
  const header = parseJson(end < 0 ? body : body.subarray(0, end))
  const stated = credentialsOfDsn(isObject(header) && typeof header.dsn === 'string' ? header.dsn : undefined)
  if ('status' in stated) throw authError(stated)
  asking.credentials = stated
  asking.projectId ??= stated.projectId
}

/** What a sender is told of what it sent. */
export interface Entered {
  /** Of the event, if the envelope has one. */
  readonly eventId: EventId | undefined
  /** In force for the sender's key from now on, for the header of the answer. */
  readonly limits: readonly RateLimit[]
}

/** Which losses to a limit a door answers with 429. Senders of crash dumps would come again for ever: none. */
export type LimitedAnswer = 'for any loss' | 'when nothing is left' | 'never'

/**
 * Steps 5 to 9 of the order of checks.
 *
 * Errors: IngestError 403, 413, 429, when what was refused is counted; those of `accept`.
 */
export async function enter(
  ingest: Ingest,
  asking: Asking,
  envelope: Envelope,
  refuse429: LimitedAnswer = 'when nothing is left',
): Promise<Entered> {
  const items = envelope.items.filter((item) => itemTypeOf(item.type) !== undefined)
  const isEvent = items.some((item) => isEventBound(itemTypeOf(item.type) ?? 'client_report'))
  const eventId = envelope.header.eventId ?? (isEvent ? newEventId() : undefined)
  if (items.length === 0) return { eventId, limits: [] }
  const { app, deps } = ingest
  const key = await admitted(ingest, asking, items)

  const inForce = deps.limits.inForce(key)
  const limitedFates = limitedItems(inForce, items)
  const left = limitedFates.size === 0 ? items : items.filter((item) => !limitedFates.has(item))
  const excess = checkItemLimits(left)
  const { limited, limits: ranInto } = await accept(deps, {
    key,
    eventId,
    items,
    fates: excess === undefined ? limitedFates : withFate(limitedFates, left, drop('invalid', excess.reason)),
    receivedAt: asking.receivedAt,
    sentAt: envelope.header.sentAt,
    clientIp: asking.clientIp,
    client: asking.credentials?.client ?? sdkOf(envelope),
    headers: asking.headers,
  })
  if (excess !== undefined) throw tooLarge(excess.type)
  const limits = ranInto.length === 0 ? inForce : [...inForce, ...ranInto]
  if (isRefused(limited, refuse429)) throw rateLimited(limits, app.clock.now())
  return { eventId, limits }
}

/** As credentials would state it. Behind a tunnel, the envelope alone says it. */
function sdkOf({ header: { sdk } }: Envelope): string | undefined {
  const { name, version } = isObject(sdk) ? sdk : {}
  return typeof name === 'string' && typeof version === 'string' ? `${name}/${version}` : undefined
}

function withFate(
  fates: ReadonlyMap<RawItem, Fate>,
  items: readonly RawItem[],
  fate: Fate,
): ReadonlyMap<RawItem, Fate> {
  return new Map([...fates, ...items.map((item) => [item, fate] as const)])
}

function isRefused(limited: Reception['limited'], answer: LimitedAnswer): boolean {
  if (answer === 'never' || limited === 'nothing') return false
  return answer === 'for any loss' || limited === 'everything'
}

/** Events of one request that wait for their commit at a time. */
const WAITING_EVENTS = 100

/**
 * Lets in items that came together and have nothing in common: each is an event of its own.
 *
 * Errors: those of `enter`; a refusal only when no item got in.
 */
export async function enterEach(ingest: Ingest, asking: Asking, items: readonly RawItem[]): Promise<void> {
  const refusals: IngestError[] = []
  for (let start = 0; start < items.length; start += WAITING_EVENTS) {
    const some = items.slice(start, start + WAITING_EVENTS)
    const entered = await Promise.allSettled(
      some.map((item) => enter(ingest, asking, { header: {}, items: [item] })),
    )
    for (const result of entered) {
      if (result.status === 'fulfilled') continue
      if (!(result.reason instanceof IngestError)) throw result.reason
      refusals.push(result.reason)
    }
  }
  const [refusal] = refusals
  if (refusal !== undefined && refusals.length === items.length) throw refusal
}

/** Errors: IngestError 403 after the refused items are counted on the project they were meant for. */
async function admitted({ app, deps }: Ingest, asking: Asking, items: readonly RawItem[]): Promise<KnownKey> {
  const { credentials, projectId, origin, receivedAt } = asking
  if (credentials === undefined) throw authError(missingCredentials)
  const admission = await admit(app.gate, { publicKey: credentials.publicKey, projectId, origin })
  if (admission.kind === 'admitted') return admission.key
  if (admission.projectId !== undefined) {
    const { fate, keyId } = admission
    const quantities = items.flatMap(sizedQuantitiesOf)
    const { client } = credentials
    await refuse(deps, { projectId: admission.projectId, keyId, quantities, fate, receivedAt, client })
  }
  throw new IngestError(403, `event submission rejected with_reason: ${admission.reason}`)
}

/** What is counted when nobody could tell what came. */
const unknownData: readonly Quantity[] = [{ category: 'default', quantity: 1 }]

/**
 * Runs a request; if it is refused before its items were known, counts what was refused as one piece of data
 * of no certain category, provided that key and project are known and agree.
 */
export async function counted<T>({ app, deps }: Ingest, asking: Asking, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof IngestError && error.fate !== undefined && asking.credentials !== undefined) {
      const { projectId, origin, receivedAt } = asking
      const admission = await admit(app.gate, { publicKey: asking.credentials.publicKey, projectId, origin })
      if (admission.kind === 'admitted') {
        const { key } = admission
        const quantities = error.items.length > 0 ? error.items.flatMap(sizedQuantitiesOf) : unknownData
        await refuse(deps, {
          projectId: key.projectId,
          keyId: key.keyId,
          quantities,
          fate: detailed(error.fate, error.causes),
          receivedAt,
          client: asking.credentials.client,
        })
      }
    }
    throw error
  }
}

/** What the sender is told of the cause is also for those who ask why. */
function detailed(fate: Fate, causes: readonly string[]): Fate {
  const cause = causes.find((text) => text !== fate.reason)
  return fate.detail === undefined ? withDetail(fate, cause) : fate
}
