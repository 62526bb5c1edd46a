/** What a filter found in an event, in a few words for people. Asked for when it has decided, so nobody else pays. */
import { browserOf } from '../../protocol/browsers.ts'
import { fieldOf, lenientText } from '../../protocol/event-fields.ts'
import { isObject, type JsonObject } from '../../protocol/json.ts'
import { requestHeader } from '../../protocol/request-headers.ts'
import type { EventSubject } from './filter.ts'
import { crawlerIn } from './web-crawlers.ts'

type Finding = (subject: EventSubject) => string | undefined

/** Addresses of people are not among them: they would outlive the event that was not wanted. */
const findings: Readonly<Record<string, Finding>> = {
  'release-version': ({ summary }) => summary.release,
  'error-message': ({ summary }) => summary.title,
  localhost: ({ payload }) => hostOf(payload),
  'legacy-browsers': ({ payload }) => {
    const browser = browserOf(requestHeader(payload, 'user-agent') ?? '')
    return browser && `${browser.family} ${browser.major}`
  },
  'web-crawlers': ({ payload }) => crawlerIn(requestHeader(payload, 'user-agent') ?? ''),
  'filtered-transaction': ({ summary }) => summary.transaction,
}

function hostOf(payload: JsonObject): string | undefined {
  const request = fieldOf(payload, 'request')
  const url = isObject(request) ? URL.parse(lenientText(request.url) ?? '') : null
  return url === null || url.host === '' ? undefined : url.host
}

/** Undefined when the filter's name says all. `id` is that of the filter. */
export function findingOf(id: string | undefined, subject: EventSubject): string | undefined {
  return id !== undefined && Object.hasOwn(findings, id) ? findings[id]?.(subject) : undefined
}
