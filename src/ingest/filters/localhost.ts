/** Events of programs under development: of a page or server on the developer's own machine. */
import { userAddress } from '../../protocol/event-context.ts'
import { fieldOf, lenientText } from '../../protocol/event-fields.ts'
import { isObject, type JsonObject } from '../../protocol/json.ts'
import { type StoredOptions, switchOf } from '../../protocol/project-options.ts'
import { requestHeader } from '../../protocol/request-headers.ts'
import type { EventSubject, Run } from './filter.ts'

const localAddresses: ReadonlySet<unknown> = new Set(['127.0.0.1', '::1'])
const localHosts: ReadonlySet<unknown> = new Set(['127.0.0.1', 'localhost'])

/** A file, or a host that is or ends in one of the two; user and port do not matter. */
const localUrl =
  /^(?:file:|[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?(?:[^/?#:@]*\.)?(?:localhost|127\.0\.0\.1)(?:[:/?#]|$))/i

const run: Run<EventSubject> = ({ payload, clientIp }) =>
  localAddresses.has(userAddress(payload, clientIp ?? null)) ||
  localAddresses.has(requestHeader(payload, 'x-forwarded-for')) ||
  isLocalPlace(payload)

/** Headers tell only when there is no URL that could. */
function isLocalPlace(payload: JsonObject): boolean {
  const request = fieldOf(payload, 'request')
  const url = isObject(request) ? lenientText(request.url) : undefined
  if (url !== undefined && localUrl.test(url)) return true
  const isNamed = ['host', 'x-forwarded-host'].some((name) =>
    localHosts.has(requestHeader(payload, name)?.split(':', 1)[0]?.toLowerCase()),
  )
  return isNamed && (url === undefined || !URL.canParse(url))
}

export function localhost(options: StoredOptions): Run<EventSubject> | undefined {
  return switchOf(options, 'filters:localhost') ? run : undefined
}
