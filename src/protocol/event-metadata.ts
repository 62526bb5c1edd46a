/** The few words that stand for an event in a list, by its type; and where it happened. */

import { blockedSource } from './csp-report.ts'
import type { EventFacts } from './event-facts.ts'
import { cutTo, exceptionsOf, fieldOf, lenientText, valuesOf } from './event-fields.ts'
import { framePaths, framesOf } from './event-frames.ts'
import { messageOf, valueText } from './event-title.ts'
import { defined, isObject, type JsonObject } from './json.ts'

const maxLength = { type: 128, value: 1024 } as const

/**
 * Source: https://github.com/getsentry/sentry/tree/24.1.0/src/sentry/eventtypes
 */
export function metadataOf(payload: JsonObject, facts: EventFacts): Readonly<Record<string, unknown>> {
  switch (facts.type) {
    case 'error':
      return errorMetadata(payload)
    case 'csp':
      return cspMetadata(payload, facts)
    case 'hpkp':
    case 'expectct':
    case 'expectstaple':
      return defined({ origin: hostnameOf(fieldOf(payload, facts.type)), message: messageOr(payload, facts) })
    case 'feedback':
      return feedbackMetadata(payload, facts)
    case 'transaction':
      return { title: facts.title, location: facts.transactionName }
    case 'default':
    case 'nel':
      return { title: facts.title }
    default:
      return facts.type satisfies never
  }
}

/** Where an event happened, next to its title: a file, a blocked address, a transaction. */
export function locationOf(facts: EventFacts, metadata: Readonly<Record<string, unknown>>): string | null {
  const { filename, uri, origin, location } = metadata
  return lenientText(facts.type === 'error' ? filename : (uri ?? origin ?? location)) ?? null
}

function errorMetadata(payload: JsonObject): Readonly<Record<string, unknown>> {
  const raised = exceptionsOf(payload).at(-1) ?? {}
  const frame = crashFrame(payload)
  // Synthetic exceptions are made for their stack only; their type says nothing.
  const isSynthetic = isObject(raised.mechanism) && raised.mechanism.synthetic === true
  return defined({
    type: isSynthetic ? undefined : cutTo(lenientText(raised.type) ?? 'Error', maxLength.type),
    value: cutTo(valueText(raised.value) ?? '', maxLength.value),
    filename: (frame && framePaths(frame).filename) ?? undefined,
    function: frame && lenientText(frame.function),
  })
}

const namelessFunctions: ReadonlySet<unknown> = new Set([undefined, '<redacted>', '<unknown>'])

/** The innermost named frame, of the application if it has one. */
function crashFrame(payload: JsonObject): JsonObject | undefined {
  const threads = valuesOf(fieldOf(payload, 'threads')).filter(isObject)
  const stacks = [
    exceptionsOf(payload).at(-1)?.stacktrace,
    fieldOf(payload, 'stacktrace'),
    threads.find((thread) => thread.crashed === true)?.stacktrace,
  ]
  const frames = (stacks.map(framesOf).find((list) => list.length > 0) ?? []).filter(
    (frame) => !namelessFunctions.has(lenientText(frame.function)),
  )
  return frames.findLast((frame) => frame.in_app === true) ?? frames.at(-1)
}

function cspMetadata(payload: JsonObject, facts: EventFacts): Readonly<Record<string, unknown>> {
  const csp = fieldOf(payload, 'csp')
  if (!isObject(csp)) return {}
  const violated = lenientText(csp.violated_directive)?.split(' ', 1)[0]
  return defined({
    directive: lenientText(csp.effective_directive) ?? violated,
    uri: blockedSource(lenientText(csp.blocked_uri) ?? ''),
    message: messageOr(payload, facts),
  })
}

function hostnameOf(report: unknown): string | undefined {
  return isObject(report) ? lenientText(report.hostname) : undefined
}

function feedbackMetadata(payload: JsonObject, facts: EventFacts): Readonly<Record<string, unknown>> {
  const contexts = fieldOf(payload, 'contexts')
  const feedback = isObject(contexts) && isObject(contexts.feedback) ? contexts.feedback : {}
  return defined({
    title: facts.title,
    message: lenientText(feedback.message),
    contact_email: lenientText(feedback.contact_email),
    name: lenientText(feedback.name),
    source: lenientText(feedback.source),
  })
}

function messageOr(payload: JsonObject, { title }: EventFacts): string {
  return messageOf(payload) ?? title
}
