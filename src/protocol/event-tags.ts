/** Tags of an event: those that were sent, and those that Sentry makes of other fields so that they can be searched. */
import { contextsOf, type UserJson } from './event-context.ts'
import { mechanismType } from './event-exceptions.ts'
import type { EventFacts } from './event-facts.ts'
import { cutTo, exceptionsOf, lenientText, maxLength, tagEntries } from './event-fields.ts'
import type { RequestJson } from './event-request.ts'
import { isObject, type JsonObject } from './json.ts'

export interface TagJson {
  readonly key: string
  readonly value: string
  /** What to search for, where it is not simply `key:value`. */
  readonly query?: string
}

/** Names that only the server gives. */
const ownNames: ReadonlySet<string> = new Set([
  'release',
  'dist',
  'user',
  'filename',
  'function',
  'environment',
])

/** In the order of their keys. */
export function tagsOf(
  payload: JsonObject,
  facts: EventFacts,
  { user, request }: { user: UserJson | null; request: RequestJson | null },
): readonly TagJson[] {
  const tags = new Map<string, string>()
  const url = lenientText(request?.url)
  if (url !== undefined) tags.set('url', cutTo(url, maxLength.tag))
  for (const [key, value] of sentTags(payload.tags)) tags.set(key, value)
  for (const [key, value] of derivedTags(payload, facts, user)) {
    if (value !== undefined) tags.set(key, cutTo(value, maxLength.tag))
  }
  return [...tags]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => (key === 'user' ? { key, value, query: userQuery(value) } : { key, value }))
}

/** The first of a name counts; names and values that are empty or too long do not. */
function sentTags(tags: unknown): ReadonlyMap<string, string> {
  const sent = new Map<string, string>()
  for (const [name, content] of tagEntries(tags)) {
    const key = lenientText(name)
    const value = lenientText(content)
    if (key === undefined || value === undefined || ownNames.has(key) || sent.has(key)) continue
    if (key.length <= maxLength.tag && value.length <= maxLength.tag) sent.set(key, value)
  }
  return sent
}

type Derived = readonly [key: string, value: string | undefined]

function derivedTags(payload: JsonObject, facts: EventFacts, user: UserJson | null): readonly Derived[] {
  return [
    ...Object.entries(contextsOf(payload)).flatMap(([name, context]) => contextTags(name, context)),
    ...mechanismTags(payload),
    ['level', facts.level],
    ['logger', lenientText(payload.logger)?.replaceAll(/[\r\n]/g, '')],
    ['server_name', lenientText(payload.server_name)],
    ['site', lenientText(payload.site)],
    ['transaction', facts.transactionName ?? undefined],
    ['environment', facts.environment ?? undefined],
    ['release', facts.release ?? undefined],
    ['dist', facts.dist ?? undefined],
    ['user', userTag(user)],
  ]
}

/** What a type of context is searched by: suffix of the tag's name, and how its value is made. */
const contextValues: Readonly<
  Record<string, Readonly<Record<string, (context: JsonObject) => string | undefined>>>
> = {
  app: { '.device': (c) => lenientText(c.device_app_hash) },
  browser: {
    '': (c) => joined(c.name, c.version) ?? lenientText(c.name),
    '.name': (c) => lenientText(c.name),
  },
  device: { '': (c) => lenientText(c.model), '.family': (c) => lenientText(c.family) },
  gpu: { '.name': (c) => lenientText(c.name), '.vendor': (c) => lenientText(c.vendor_name) },
  monitor: { '.id': (c) => lenientText(c.id) },
  os: {
    '': (c) => joined(c.name, c.version) ?? lenientText(c.name),
    '.name': (c) => lenientText(c.name),
    '.rooted': (c) => (typeof c.rooted === 'boolean' ? yesOrNo(c.rooted) : undefined),
  },
  runtime: { '': (c) => joined(c.name, c.version), '.name': (c) => lenientText(c.name) },
}

function contextTags(name: string, context: JsonObject): readonly Derived[] {
  const type = String(context.type)
  const values = Object.hasOwn(contextValues, type) ? contextValues[type] : undefined
  return Object.entries(values ?? {}).map(([suffix, read]) => [name + suffix, read(context)])
}

function joined(first: unknown, second: unknown): string | undefined {
  const [one, two] = [lenientText(first), lenientText(second)]
  return one === undefined || two === undefined ? undefined : `${one} ${two}`
}

/** Of the exception that was raised. */
function mechanismTags(payload: JsonObject): readonly Derived[] {
  const { mechanism } = exceptionsOf(payload).at(-1) ?? {}
  if (!isObject(mechanism)) return []
  const { handled } = mechanism
  return [
    ['mechanism', mechanismType(mechanism)],
    ['handled', typeof handled === 'boolean' ? yesOrNo(handled) : undefined],
  ]
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no'
}

/** The first thing that tells the user from others: `id:17`, `email:ann@example.net`. */
function userTag(user: UserJson | null): string | undefined {
  if (user === null) return undefined
  const { id, username, email, ip_address: ip } = user
  const [found] = Object.entries({ id, username, email, ip }).filter(([, value]) => value !== null)
  return found?.join(':')
}

function userQuery(value: string): string {
  const colon = value.indexOf(':')
  return `user.${value.slice(0, colon)}:"${value.slice(colon + 1).replaceAll('"', '\\"')}"`
}
