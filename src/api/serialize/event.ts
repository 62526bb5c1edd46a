/** Stored event → Sentry JSON: a line of a list, and the whole of it. */
import { type Static, type TSchema, Type } from 'typebox'
import { lenientText } from '../../protocol/event-fields.ts'
import { eventBody, eventOutline, transactionBody } from '../../protocol/event-json.ts'
import { versionInfo } from '../../protocol/event-release.ts'
import { isObject, type JsonObject, parseJson } from '../../protocol/json.ts'
import type { Neighbours, Release, StoredEvent, UserReport } from '../../store/events.ts'
import { DateTime, isoDate } from './dates.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const NullableText = nullable(Type.String())
const FreeObject = Type.Record(Type.String(), Type.Unknown())

const TagJson = Type.Object({ key: Type.String(), value: Type.String(), query: Type.Optional(Type.String()) })

const EventUserJson = Type.Object({
  id: NullableText,
  email: NullableText,
  username: NullableText,
  ip_address: NullableText,
  name: NullableText,
  geo: nullable(Type.Record(Type.String(), Type.String())),
  data: nullable(FreeObject),
})

const outlineFields = {
  id: Type.String(),
  'event.type': Type.String(),
  /** Issues are not kept. */
  groupID: Type.Null(),
  eventID: Type.String(),
  projectID: Type.String(),
  message: Type.String(),
  title: Type.String(),
  location: NullableText,
  culprit: NullableText,
  user: nullable(EventUserJson),
  tags: Type.Array(TagJson),
  platform: Type.String(),
  dateCreated: DateTime,
  crashFile: Type.Null(),
  metadata: FreeObject,
}

export const EventOutlineJson = Type.Object(outlineFields, { title: 'EventOutline' })

const MeasurementJson = Type.Object({ value: Type.Number(), unit: NullableText })
const MeasurementsJson = Type.Record(Type.String(), MeasurementJson)

const bodyFields = {
  ...outlineFields,
  type: Type.String(),
  size: Type.Integer(),
  dist: NullableText,
  dateReceived: DateTime,
  entries: Type.Array(Type.Object({ type: Type.String(), data: Type.Unknown() })),
  contexts: Type.Record(Type.String(), FreeObject),
  sdk: nullable(Type.Object({ name: NullableText, version: NullableText })),
  context: FreeObject,
  packages: Type.Record(Type.String(), NullableText),
  errors: Type.Array(Type.Object({ type: Type.String(), message: Type.String(), data: FreeObject })),
  occurrence: Type.Null(),
  fingerprints: Type.Array(Type.String()),
  groupingConfig: Type.Object({ id: Type.String(), enhancements: Type.String() }),
  startTimestamp: Type.Optional(Type.Number()),
  endTimestamp: Type.Optional(Type.Number()),
  measurements: Type.Optional(nullable(MeasurementsJson)),
  breakdowns: Type.Optional(nullable(Type.Record(Type.String(), MeasurementsJson))),
  _meta: Type.Object({
    entries: FreeObject,
    message: Type.Unknown(),
    user: Type.Unknown(),
    contexts: Type.Unknown(),
    sdk: Type.Unknown(),
    context: Type.Unknown(),
    packages: Type.Unknown(),
    tags: Type.Unknown(),
  }),
}

export const EventJson = Type.Object(bodyFields, { title: 'Event' })

const EventReleaseJson = Type.Object({
  id: Type.Integer(),
  version: Type.String(),
  versionInfo: Type.Object({
    package: NullableText,
    version: FreeObject,
    description: Type.String(),
    buildHash: NullableText,
  }),
  status: Type.Literal('open'),
  dateCreated: DateTime,
  dateReleased: Type.Null(),
  ref: Type.Null(),
  url: Type.Null(),
  userAgent: Type.Null(),
  data: FreeObject,
  commitCount: Type.Integer(),
  lastCommit: Type.Null(),
  deployCount: Type.Integer(),
  lastDeploy: Type.Null(),
})

const UserReportJson = Type.Object({
  id: Type.String(),
  eventID: Type.String(),
  name: NullableText,
  email: NullableText,
  comments: Type.String(),
  dateCreated: DateTime,
  user: Type.Null(),
  event: Type.Object({ id: Type.String(), eventID: Type.String() }),
})

export const EventDetailsJson = Type.Object(
  {
    ...bodyFields,
    previousEventID: NullableText,
    nextEventID: NullableText,
    release: nullable(EventReleaseJson),
    userReport: nullable(UserReportJson),
    sdkUpdates: Type.Array(FreeObject),
    resolvedWith: Type.Array(Type.String()),
  },
  { title: 'EventDetails' },
)

/** The payload as JSON; empty if it is none. */
export function payloadOf(bytes: Uint8Array): JsonObject {
  const payload = parseJson(bytes)
  return isObject(payload) ? payload : {}
}

function ownFields(event: StoredEvent) {
  return {
    id: event.eventId,
    'event.type': event.type,
    groupID: null,
    eventID: event.eventId,
    projectID: String(event.projectId),
    title: event.title,
    culprit: event.culprit,
    platform: event.platform,
    dateCreated: isoDate(event.timestampAt),
    crashFile: null,
  }
}

export function eventOutlineJson(event: StoredEvent, payload: JsonObject): Static<typeof EventOutlineJson> {
  const { tags, ...outline } = eventOutline(payload, event)
  return { ...ownFields(event), ...outline, tags: [...tags] }
}

/** `groupingConfig` is the name that the project's settings show. */
export function eventJson(
  event: StoredEvent,
  payload: JsonObject,
  { groupingConfig }: { groupingConfig: string },
): Static<typeof EventJson> {
  const { entries, tags, errors, fingerprints, ...body } = eventBody(payload, event)
  return {
    ...ownFields(event),
    ...body,
    type: event.type,
    size: event.sizeBytes,
    dist: event.dist,
    dateReceived: isoDate(event.receivedAt),
    entries: [...entries],
    tags: [...tags],
    errors: [...errors],
    occurrence: null,
    fingerprints: [...fingerprints],
    groupingConfig: { id: groupingConfig, enhancements: '' },
    ...(event.type === 'transaction' ? transactionJson(event, payload) : {}),
  }
}

function transactionJson(event: StoredEvent, payload: JsonObject) {
  const { startTimestamp, endTimestamp, measurements, breakdowns } = transactionBody(payload, event)
  return {
    ...(startTimestamp === null ? {} : { startTimestamp }),
    ...(endTimestamp === null ? {} : { endTimestamp }),
    measurements,
    breakdowns,
  }
}

/** What is shown beside a single event. */
export interface EventSurroundings {
  readonly neighbours: Neighbours
  readonly release: Release | undefined
  readonly userReport: UserReport | undefined
}

export function eventDetailsJson(
  event: StoredEvent,
  json: Static<typeof EventJson>,
  { neighbours, release, userReport }: EventSurroundings,
): Static<typeof EventDetailsJson> {
  return {
    ...json,
    previousEventID: neighbours.previous,
    nextEventID: neighbours.next,
    release: release === undefined ? null : releaseJson(release),
    userReport: userReport === undefined ? null : userReportJson(event, userReport),
    sdkUpdates: [],
    resolvedWith: [],
  }
}

/** Commits and deploys of releases are not kept. */
function releaseJson({ id, version, createdAt }: Release): Static<typeof EventReleaseJson> {
  return {
    id,
    version,
    versionInfo: versionInfo(version),
    status: 'open',
    dateCreated: isoDate(createdAt),
    dateReleased: null,
    ref: null,
    url: null,
    userAgent: null,
    data: {},
    commitCount: 0,
    lastCommit: null,
    deployCount: 0,
    lastDeploy: null,
  }
}

function userReportJson({ eventId }: StoredEvent, report: UserReport): Static<typeof UserReportJson> {
  const { name, email, comments } = payloadOf(report.payload)
  return {
    id: String(report.id),
    eventID: eventId,
    name: lenientText(name) ?? null,
    email: lenientText(email) ?? null,
    comments: lenientText(comments) ?? '',
    dateCreated: isoDate(report.receivedAt),
    user: null,
    event: { id: eventId, eventID: eventId },
  }
}
