/** One event in front of the filters of a project. */
import { expect } from 'vitest'
import { compileFilters, filterFate } from '../src/ingest/filters/index.ts'
import { summarizeEvent } from '../src/protocol/event.ts'
import { newEventId } from '../src/protocol/ids.ts'
import type { JsonObject } from '../src/protocol/json.ts'
import { isFate } from '../src/protocol/outcome.ts'
import type { StoredOptions } from '../src/protocol/project-options.ts'

export const allOff: StoredOptions = {
  'filters:react-hydration-errors': '0',
  'filters:chunk-load-error': '0',
  'filters:filtered-transaction': '0',
  'sentry:csp_ignored_sources_defaults': false,
}

const receivedAt = Date.UTC(2026, 0, 5, 9, 30)

export const transaction = {
  type: 'transaction',
  start_timestamp: receivedAt / 1000 - 1,
  timestamp: receivedAt / 1000,
  contexts: { trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) } },
}

/** The reason for which an event is filtered; undefined if it is not. */
export function reasonOf(options: StoredOptions, payload: JsonObject, clientIp?: string): string | undefined {
  const context = { eventId: newEventId(), receivedAt, retentionDays: 90, itemType: 'event' }
  const summary = summarizeEvent(payload, context)
  if (isFate(summary)) throw new Error(`The event is ${summary.outcome} anyway: ${summary.reason}`)
  return filterFate(compileFilters(options).ofEvents, { payload, summary, clientIp })?.reason
}

export const on = (name: string) => ({ ...allOff, [`filters:${name}`]: '1' })
export const thrown = (...exceptions: JsonObject[]) => ({ exception: { values: exceptions } })
export const requested = (request: JsonObject) => ({ message: 'The lamp went out', request })
export const byAgent = (userAgent: unknown) => requested({ headers: { 'User-Agent': userAgent } })

/** Tells of each payload whether the one filter that is on takes it. */
export function takes(options: StoredOptions, id: string, payload: JsonObject, clientIp?: string): boolean {
  const reason = reasonOf(options, payload, clientIp)
  expect([id, undefined]).toContain(reason)
  return reason === id
}
