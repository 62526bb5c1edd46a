/** Whose event it is and where it ran, in the API's spelling: user, contexts, SDK, modules. */
import { fieldOf, lenientText } from './event-fields.ts'
import { autoIp, remoteAddress } from './event-request.ts'
import { freeObject, textOrNull } from './event-values.ts'
import { isObject, type JsonObject } from './json.ts'

export interface UserJson {
  readonly id: string | null
  readonly email: string | null
  readonly username: string | null
  readonly ip_address: string | null
  readonly name: string | null
  readonly geo: Readonly<Record<string, string>> | null
  readonly data: JsonObject | null
}

/** Null if nothing is known of the user, not even an address. */
export function userJson(payload: JsonObject, clientIp: string | null): UserJson | null {
  const field = fieldOf(payload, 'user')
  const { id, email, username, ip_address: _, name, geo, data, ...others } = isObject(field) ? field : {}
  const user = {
    id: textOrNull(id),
    email: textOrNull(email),
    username: textOrNull(username),
    ip_address: userAddress(payload, clientIp),
    name: textOrNull(name),
    geo: geoOf(geo),
    // Keys that have no meaning of their own count as data.
    data: freeObject({ ...others, ...(isObject(data) ? data : {}) }),
  }
  return Object.values(user).every((value) => value === null) ? null : user
}

/** Platforms whose SDKs run at the user's, so that the sender's address is the user's. */
const platformsOfUsers: ReadonlySet<unknown> = new Set(['javascript', 'cocoa', 'objc'])

/** The address of the user: as sent, or the sender's when the SDK runs at the user's. */
export function userAddress(payload: JsonObject, clientIp: string | null): string | null {
  const user = fieldOf(payload, 'user')
  const stated = isObject(user) ? lenientText(user.ip_address) : undefined
  const address = stated ?? remoteAddress(payload)
  if (address !== undefined) return address === autoIp ? clientIp : address
  const { sdk } = payload
  const choice = isObject(sdk) && isObject(sdk.settings) ? sdk.settings.infer_ip : undefined
  const isInferred = choice === 'auto' || (choice !== 'never' && platformsOfUsers.has(payload.platform))
  return isInferred ? clientIp : null
}

function geoOf(geo: unknown): UserJson['geo'] {
  if (!isObject(geo)) return null
  const places = Object.entries(geo).flatMap(([name, value]) => {
    const place = lenientText(value)
    return place === undefined ? [] : [[name, place] as const]
  })
  return places.length === 0 ? null : Object.fromEntries(places)
}

/** Each context with its type, which is its name when it states none; without what is empty. */
export function contextsOf(payload: JsonObject): Readonly<Record<string, JsonObject>> {
  const contexts = fieldOf(payload, 'contexts')
  if (!isObject(contexts)) return {}
  return Object.fromEntries(
    Object.entries(contexts).flatMap(([name, context]) => {
      const present = isObject(context)
        ? Object.entries(context).filter(([, value]) => value !== null && value !== '')
        : []
      const known = freeObject(Object.fromEntries(present))
      return known === null ? [] : [[name, { ...known, type: lenientText(known.type) ?? name }]]
    }),
  )
}

export function sdkJson({ sdk }: JsonObject): { name: string | null; version: string | null } | null {
  if (!isObject(sdk)) return null
  const named = { name: textOrNull(sdk.name), version: textOrNull(sdk.version) }
  return named.name === null && named.version === null ? null : named
}

/** Versions of what the program is made of, by name. */
export function packagesOf({ modules }: JsonObject): Readonly<Record<string, string | null>> {
  if (!isObject(modules)) return {}
  return Object.fromEntries(Object.entries(modules).map(([name, version]) => [name, textOrNull(version)]))
}
