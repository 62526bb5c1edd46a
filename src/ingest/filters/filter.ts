/** What an inbound filter is, and what it looks at. */
import type { EventSummary } from '../../protocol/event.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { StoredOptions } from '../../protocol/project-options.ts'

export interface EventSubject {
  readonly payload: JsonObject
  readonly summary: EventSummary
  readonly clientIp: string | undefined
}

/** One log record or metric of a container. */
export interface ElementSubject {
  readonly element: JsonObject
  readonly clientIp: string | undefined
}

/** True for what is not wanted. */
export type Run<Subject> = (subject: Subject) => boolean

export interface Filter<Subject> {
  /** Also the reason that is counted. */
  readonly id: string
  /** Made ready for a project; undefined when there is nothing that it could filter. */
  readonly compile: (options: StoredOptions) => Run<Subject> | undefined
}
