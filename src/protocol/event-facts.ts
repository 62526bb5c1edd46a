/** What the server noted of an event when it came, as far as showing the event depends on it. */
import type { EventType, Level } from './event-fields.ts'
import { clockDrift, parseTimestamp } from './timestamps.ts'

export interface EventFacts {
  readonly type: EventType
  readonly level: Level
  readonly platform: string
  readonly title: string
  readonly culprit: string | null
  readonly release: string | null
  readonly dist: string | null
  readonly environment: string | null
  readonly transactionName: string | null
  /** After the sender's clock was corrected. */
  readonly timestampAt: number
  readonly receivedAt: number
  readonly sentAt: number | null
  readonly clientIp: string | null
}

/** What was done about an event's clock when it came. */
export interface TimeCorrection {
  /** To be added to every time in the payload, in milliseconds. */
  readonly shiftMs: number
  /** Whether the sender's clock was wrong. */
  readonly hasDrift: boolean
  /** On which side of what is kept the event's time lay. */
  readonly outlier: 'future_timestamp' | 'past_timestamp' | undefined
}

/** Reads it off the time that was stored: what is too old depends on how long events were kept at that time. */
export function timeCorrection(timestamp: unknown, facts: EventFacts): TimeCorrection {
  const { receivedAt, sentAt, timestampAt } = facts
  const driftMs = clockDrift(receivedAt, sentAt ?? undefined)
  const stated = parseTimestamp(timestamp)
  const corrected = { shiftMs: driftMs, hasDrift: driftMs !== 0, outlier: undefined }
  if (stated === undefined || Math.floor(stated + driftMs) === timestampAt) return corrected
  const outlier = stated + driftMs > timestampAt ? 'future_timestamp' : 'past_timestamp'
  return { ...corrected, shiftMs: receivedAt - stated, outlier }
}
