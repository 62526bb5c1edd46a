/** What an event is called: the line that stands for it in a list, and where it happened. */
import { cutTo, exceptionsOf, fieldOf, lenientText, maxLength, valuesOf } from './event-fields.ts'
import { isObject, type JsonObject, jsonText, textOf } from './json.ts'
import { formatMessage } from './message.ts'

/**
 * The raised exception as `Type: value`, else the message, else what the type offers; the first line of it.
 */
export function titleOf(payload: JsonObject): string {
  const title = exceptionTitle(payload) ?? messageOf(payload) ?? cspTitle(payload) ?? feedbackTitle(payload)
  return cutTo(
    firstLine(title ?? lenientText(payload.transaction) ?? '') || '<unlabeled event>',
    maxLength.title,
  )
}

function firstLine(text: string): string {
  return (
    text
      .trimStart()
      .split(/[\r\n\u2028\u2029]/, 1)[0]
      ?.trimEnd() ?? ''
  )
}

function exceptionTitle(payload: JsonObject): string | undefined {
  const raised = exceptionsOf(payload).at(-1)
  if (raised === undefined) return undefined
  const type = lenientText(raised.type)
  const value = firstLine(valueText(raised.value) ?? '')
  if (type === undefined) return value || undefined
  return value === '' ? type : `${type}: ${value}`
}

/** An exception's value as text, whatever JSON it is. */
export function valueText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? undefined : jsonText(value)
}

/** The final text of the event's message. */
export function messageOf(payload: JsonObject): string | undefined {
  return formatMessage(fieldOf(payload, 'logentry'))?.formatted
}

function cspTitle(payload: JsonObject): string | undefined {
  const csp = fieldOf(payload, 'csp')
  if (!isObject(csp)) return undefined
  const directive = textOf(csp.effective_directive) ?? textOf(csp.violated_directive)?.split(' ', 1)[0]
  return directive === undefined
    ? undefined
    : `Blocked '${directive}' from '${textOf(csp.blocked_uri) ?? 'self'}'`
}

function feedbackTitle(payload: JsonObject): string | undefined {
  const contexts = fieldOf(payload, 'contexts')
  const feedback = isObject(contexts) ? contexts.feedback : undefined
  return isObject(feedback) ? textOf(feedback.message) : undefined
}

/**
 * Where an event happened: as sent, else the transaction, else the innermost frame of the application, else the
 * address that was asked for. Synthetic exceptions, made for their stack only, have none.
 *
 * Source: https://github.com/getsentry/sentry/blob/24.1.0/src/sentry/culprit.py
 */
export function culpritOf(payload: JsonObject): string | undefined {
  const culprit =
    lenientText(payload.culprit) ?? lenientText(payload.transaction) ?? generatedCulprit(payload)
  return culprit === undefined ? undefined : cutTo(culprit, maxLength.culprit)
}

function generatedCulprit(payload: JsonObject): string | undefined {
  const exceptions = exceptionsOf(payload)
  const { mechanism } = exceptions.at(-1) ?? {}
  if (isObject(mechanism) && mechanism.synthetic === true) return undefined
  const stacks =
    exceptions.length > 0 ? exceptions.map(({ stacktrace }) => stacktrace) : [fieldOf(payload, 'stacktrace')]
  const frames = stacks.map(framesOf).findLast((list) => list.length > 0) ?? []
  const own = frames.findLast((frame) => frame.in_app === true && frameCulprit(frame, payload) !== undefined)
  const frame = own ?? frames.at(-1)
  const request = fieldOf(payload, 'request')
  return (frame && frameCulprit(frame, payload)) ?? (isObject(request) ? textOf(request.url) : undefined)
}

function framesOf(stacktrace: unknown): JsonObject[] {
  return isObject(stacktrace) ? valuesOf(stacktrace.frames).filter(isObject) : []
}

function frameCulprit(frame: JsonObject, payload: JsonObject): string | undefined {
  const platform = textOf(frame.platform) ?? payload.platform
  const name = textOf(frame.function) ?? '?'
  if (platform === 'objc' || platform === 'cocoa' || platform === 'native') return name
  const place = textOf(frame.module) ?? textOf(frame.filename)
  if (place === undefined) return undefined
  return platform === 'javascript' || platform === 'node' ? `${name} (${place})` : `${place} in ${name}`
}
