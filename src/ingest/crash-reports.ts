/** Crash reports in an envelope: dumps, Apple's reports, Unreal's containers → the event of the crash, and files. */
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import type { RawItem } from '../protocol/envelope.ts'
import type { EventId } from '../protocol/ids.ts'
import {
  checkItemLimits,
  defaultItemLimits,
  isEventBound,
  itemTypeOf,
  makesEvent,
} from '../protocol/items.ts'
import { isObject, type JsonObject, jsonText, parseJson } from '../protocol/json.ts'
import { mergeInto } from '../protocol/json-merge.ts'
import { writeAppleReport, writeMinidump } from '../protocol/minidump.ts'
import { mergeBreadcrumbs, readMsgpackBreadcrumbs, readMsgpackEvent } from '../protocol/msgpack-event.ts'
import { drop, type Fate, isFate } from '../protocol/outcome.ts'
import {
  addBreadcrumbs,
  breadcrumbsOfLog,
  eventOfContext,
  readUnrealContext,
  type UnrealContext,
  userReportOfContext,
  writeUnrealContext,
  writeUnrealUser,
} from '../protocol/unreal-context.ts'
import { readUnrealCrash, type UnrealFileType } from '../protocol/unreal-crash.ts'

/** Items on their way in, and the fates of those that have met theirs. */
export interface Arriving {
  readonly items: readonly RawItem[]
  readonly fates: ReadonlyMap<RawItem, Fate>
}

/** Whether an envelope has anything for `expandCrashReports`; most have not. */
export function hasCrashReport(items: readonly RawItem[]): boolean {
  return items.some(isOfCrash)
}

/** Attachments that say what the event is. */
const crashFiles: ReadonlySet<unknown> = new Set([
  'event.minidump',
  'event.applecrashreport',
  'event.payload',
  'event.breadcrumbs',
])

function isOfCrash(item: RawItem): boolean {
  return item.type === 'unreal_report' || crashFiles.has(attachmentType(item))
}

function attachmentType({ type, header }: RawItem): unknown {
  return type === 'attachment' ? header.attachment_type : undefined
}

/**
 * Makes the event of a crash report, or completes the one that came with it. Unreal's containers are unpacked;
 * parts of the event that came as files of their own are no files any more.
 *
 * Shape: what cannot be read takes everything with it that is bound to the event: all of it has a fate then.
 * Source: ingest protocol 3.6, 3.8 and 9.3 to 9.5.
 */
export async function expandCrashReports(arriving: Arriving, eventId: EventId): Promise<Arriving> {
  const { items, fates } = arriving
  const maker = items.find(({ type }) => makesEvent(itemTypeOf(type) ?? 'client_report'))
  const isOfOther = maker !== undefined && maker.type !== 'event' && maker.type !== 'unreal_report'
  const isDecided = items.some((item) => fates.has(item) && (item === maker || isOfCrash(item)))
  const event = maker?.type === 'event' ? parseJson(maker.payload) : {}
  // A broken event goes its way, and takes with it what is bound to it.
  if (isOfOther || isDecided || !isObject(event)) return arriving

  const unpacked = maker?.type === 'unreal_report' ? await unpack(maker) : []
  const files = isFate(unpacked) ? unpacked : [...items.filter((item) => item !== maker), ...unpacked]
  const made = isFate(files)
    ? files
    : await complete(event, { files, userId: maker?.header.user_id, eventId })
  if (!isFate(made)) {
    const header = maker?.type === 'event' ? maker.header : { type: 'event' }
    return { fates, items: [{ type: 'event', header, payload: made.payload }, ...made.files] }
  }
  // The event that was not made counts, and all that was bound to it.
  const all =
    maker === undefined ? [{ type: 'event', header: {}, payload: new Uint8Array(0) }, ...items] : items
  const bound = all.filter(({ type }) => isEventBound(itemTypeOf(type) ?? 'client_report'))
  return { items: all, fates: new Map([...bound.map((item) => [item, made] as const), ...fates]) }
}

interface Crash {
  /** With items of other types among them. */
  readonly files: readonly RawItem[]
  /** As Unreal's crash reporter states it. */
  readonly userId: unknown
  readonly eventId: EventId
}

/** Writes into `event` what the files say of it; answers it as JSON, with the files that remain files. */
async function complete(
  event: JsonObject,
  { files, userId, eventId }: Crash,
): Promise<{ payload: Uint8Array; files: readonly RawItem[] } | Fate> {
  const ofType = (type: string) => files.filter((file) => attachmentType(file) === type)
  const context = ofType('unreal.context').map(({ payload }) => readUnrealContext(payload))[0]
  const fault = await mergeParts(event, context, ofType)
  if (fault !== undefined) return fault
  if (typeof userId === 'string') writeUnrealUser(event, userId)
  for (const { payload } of ofType('unreal.logs').slice(0, 1))
    addBreadcrumbs(event, breadcrumbsOfLog(payload))
  if (context !== undefined) writeUnrealContext(event, context)

  const [dump] = ofType('event.minidump')
  if (dump !== undefined) writeMinidump(event, dump.payload)
  else if (ofType('event.applecrashreport').length > 0) writeAppleReport(event)

  const json = jsonText(event)
  if (json === undefined) return drop('invalid', 'invalid_json')
  const words = context && userReportOfContext(context)
  const kept = files.filter((file) => !eventParts.has(attachmentType(file)))
  return {
    payload: Buffer.from(json),
    files: words === undefined ? kept : [...kept, userReport({ ...words, email: '', event_id: eventId })],
  }
}

/** Files that are no files any more when the event has what is in them. */
const eventParts: ReadonlySet<unknown> = new Set(['event.payload', 'event.breadcrumbs'])

/** Event and breadcrumbs in MessagePack, and what a game says in Unreal's context. Errors: a fate for a bad one. */
async function mergeParts(
  event: JsonObject,
  context: UnrealContext | undefined,
  ofType: (type: string) => readonly RawItem[],
): Promise<Fate | undefined> {
  mergeInto(event, (context && eventOfContext(context)) ?? {})
  const [payload] = ofType('event.payload')
  if (payload !== undefined) {
    if (isTooLarge(payload)) return drop('invalid', 'too_large:attachment:event_payload')
    const said = await readMsgpackEvent(payload.payload)
    if (said === undefined) return invalidMsgpack
    mergeInto(event, said)
  }
  const [first, second] = ofType('event.breadcrumbs')
  if (first === undefined) return undefined
  if (isTooLarge(first) || (second !== undefined && isTooLarge(second)))
    return drop('invalid', 'too_large:attachment:breadcrumbs')
  const one = await readMsgpackBreadcrumbs(first.payload)
  const other = second === undefined ? [] : await readMsgpackBreadcrumbs(second.payload)
  if (one === undefined || other === undefined) return invalidMsgpack
  const values = mergeBreadcrumbs(one, other)
  if (values.length > 0) event.breadcrumbs = { values }
  return undefined
}

const invalidMsgpack = drop('invalid', 'invalid_msgpack')

/** They become parts of the event, so they may be as large as one. */
function isTooLarge({ payload }: RawItem): boolean {
  return payload.byteLength > defaultItemLimits.event.one
}

const inflateAsync = promisify(inflate)

/** The files of an Unreal container. Errors: a fate for one that cannot be unpacked, or holds too much. */
async function unpack({ payload }: RawItem): Promise<readonly RawItem[] | Fate> {
  let container: Uint8Array
  try {
    container = await inflateAsync(payload, { maxOutputLength: defaultItemLimits.attachment.sum })
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return drop('invalid', isFull ? 'too_large:unreal_report' : 'invalid_unreal_report')
  }
  const files = readUnrealCrash(container)?.map(({ name, type, content }) => ({
    type: 'attachment',
    header: {
      type: 'attachment',
      filename: name,
      attachment_type: type,
      content_type: contentTypes[type],
    },
    payload: content,
  }))
  if (files === undefined) return drop('invalid', 'invalid_unreal_report')
  const excess = checkItemLimits(files)
  return excess === undefined ? files : drop('invalid', excess.reason)
}

const contentTypes: Readonly<Record<UnrealFileType, string>> = {
  'event.minidump': 'application/x-dmp',
  'event.applecrashreport': 'text/plain',
  'event.payload': 'application/x-msgpack',
  'event.breadcrumbs': 'application/x-msgpack',
  'unreal.context': 'text/xml',
  'unreal.logs': 'text/plain',
  'event.attachment': 'application/octet-stream',
}

function userReport(report: JsonObject): RawItem {
  const payload = Buffer.from(JSON.stringify(report))
  return { type: 'user_report', header: { type: 'user_report' }, payload }
}
