/** Filters for which a project writes the list itself: addresses, and globs for releases, messages and names. */
import { cutTo, exceptionsOf, lenientText, maxLength } from '../../protocol/event-fields.ts'
import { messageOf, valueText } from '../../protocol/event-title.ts'
import { globMatcher } from '../../protocol/glob.ts'
import { addressMatcher } from '../../protocol/ip-ranges.ts'
import { isObject, type JsonObject, textOf } from '../../protocol/json.ts'
import { listOf, type ProjectOptionName, type StoredOptions } from '../../protocol/project-options.ts'
import type { ElementSubject, EventSubject, Run } from './filter.ts'

type Text = string | undefined

/** A filter by a text of its subject; who has none passes. */
function by<Subject>(textIn: (subject: Subject) => Text, matches: ((text: string) => boolean) | undefined) {
  if (matches === undefined) return undefined
  return (subject: Subject): boolean => {
    const text = textIn(subject)
    return text !== undefined && matches(text)
  }
}

const addresses = (options: StoredOptions) => addressMatcher(listOf(options, 'sentry:blacklisted_ips'))
const globs = (options: StoredOptions, name: ProjectOptionName) => globMatcher(listOf(options, name))

/** The address that the data came from, whatever it says of its user. */
export function eventAddress(options: StoredOptions): Run<EventSubject> | undefined {
  return by(({ clientIp }) => clientIp, addresses(options))
}

export function elementAddress(options: StoredOptions): Run<ElementSubject> | undefined {
  return by(({ clientIp }) => clientIp, addresses(options))
}

export function eventRelease(options: StoredOptions): Run<EventSubject> | undefined {
  return by(({ summary }) => summary.release, globs(options, 'sentry:releases'))
}

export function elementRelease(options: StoredOptions): Run<ElementSubject> | undefined {
  return by(({ element }) => attributeOf(element, 'sentry.release'), globs(options, 'sentry:releases'))
}

export function logMessage(options: StoredOptions): Run<ElementSubject> | undefined {
  return by(({ element }) => textOf(element.body), globs(options, 'sentry:log_messages'))
}

export function metricName(options: StoredOptions): Run<ElementSubject> | undefined {
  return by(({ element }) => textOf(element.name), globs(options, 'sentry:trace_metric_names'))
}

/** `{"attributes": {"name": {"value": …, "type": …}}}` */
function attributeOf({ attributes }: JsonObject, name: string): Text {
  const attribute = isObject(attributes) ? attributes[name] : undefined
  return isObject(attribute) ? lenientText(attribute.value) : undefined
}

/** The message of the event, and each of its exceptions as `type: value`. */
export function errorMessage(options: StoredOptions): Run<EventSubject> | undefined {
  const matches = globs(options, 'sentry:error_messages')
  if (matches === undefined) return undefined
  return ({ payload }) => {
    const message = messageOf(payload)
    if (message !== undefined && matches(message)) return true
    return exceptionsOf(payload).some(
      (exception) => !isOfDump(exception) && matches(exceptionText(exception)),
    )
  }
}

/** Filters do not look into dumps. Source: ingest protocol 7.1. */
function isOfDump({ mechanism }: JsonObject): boolean {
  const type = isObject(mechanism) ? mechanism.type : undefined
  return type === 'minidump' || type === 'applecrashreport'
}

function exceptionText(exception: JsonObject): string {
  const type = lenientText(exception.type)
  const value = valueText(exception.value) || undefined
  const text = type !== undefined && value !== undefined ? `${type}: ${value}` : (type ?? value ?? '')
  return cutTo(text, maxLength.message)
}
