/** What the files beside an Unreal Engine's dump say: who played what on which machine, and the last of the log. */
import { isObject, type JsonObject, parseJson } from './json.ts'
import { setPath } from './json-merge.ts'

/** Elements by the section that they stand in, each with its text. */
export interface UnrealContext {
  readonly runtime: ReadonlyMap<string, string>
  readonly engine: ReadonlyMap<string, string>
  readonly game: ReadonlyMap<string, string>
}

/** A context file has some tens of kilobytes. */
const MAX_CONTEXT_BYTES = 1024 * 1024

/** Reads what it can of `CrashContext.runtime-xml`: elements with nothing but text in them. Never throws. */
export function readUnrealContext(file: Uint8Array): UnrealContext {
  const xml = decodeText(file.subarray(0, MAX_CONTEXT_BYTES))
  return {
    runtime: elementsOf(section(xml, 'RuntimeProperties')),
    engine: elementsOf(section(xml, 'EngineData')),
    game: elementsOf(section(xml, 'GameData')),
  }
}

/** Text as Unreal Engine saves it: UTF-16 with a mark when it has more than ASCII, UTF-8 otherwise. */
function decodeText(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

function section(xml: string, name: string): string {
  const start = xml.indexOf(`<${name}>`)
  const end = start < 0 ? -1 : xml.indexOf(`</${name}>`, start)
  return end < 0 ? '' : xml.slice(start + name.length + 2, end)
}

function elementsOf(xml: string): ReadonlyMap<string, string> {
  const elements = [...xml.matchAll(/<([A-Za-z_][\w.-]*)>([^<]*)<\/([\w.-]+)>/g)]
  return new Map(
    elements.flatMap(([, name, text = '', end]) =>
      name !== undefined && name === end && text.trim() !== '' ? [[name, unescaped(text.trim())]] : [],
    ),
  )
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole
  })
}

/** The event that a game put into its context itself. */
export function eventOfContext({ game }: UnrealContext): JsonObject | undefined {
  const event = parseJson(game.get('__sentry') ?? '')
  return isObject(event) ? event : undefined
}

/** Completes an event by what the context says. Source: the reference's processing of Unreal crashes. */
export function writeUnrealContext(event: JsonObject, { runtime, engine, game }: UnrealContext): void {
  const say = (path: readonly string[], value: string | number | undefined) =>
    value === undefined || Number.isNaN(value) || setPath(event, path, value)
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))

  const message = runtime.get('ErrorMessage')
  if (message !== undefined && event.message === undefined) say(['logentry', 'formatted'], message)
  say(['user', 'username'], runtime.get('UserName'))
  say(['user', 'id'], runtime.get('LoginId'))
  say(['contexts', 'device', 'memory_size'], number(runtime.get('MemoryStats.TotalPhysical')))
  say(['contexts', 'os', 'raw_description'], runtime.get('Misc.OSVersionMajor'))
  say(['contexts', 'gpu', 'name'], engine.get('RHI.AdapterName') ?? runtime.get('Misc.PrimaryGPUBrand'))
  say(['contexts', 'gpu', 'id'], engine.get('RHI.DeviceId'))
  say(['contexts', 'gpu', 'vendor_name'], engine.get('RHI.GPUVendor'))
  say(['contexts', 'gpu', 'version'], engine.get('RHI.UserDriverVersion'))
  say(['contexts', 'gpu', 'api_type'], engine.get('RHI.RHIName'))
  say(['contexts', 'gpu', 'graphics_shader_level'], engine.get('RHI.FeatureLevel'))
  if (isTrue(runtime.get('IsAssert'))) say(['level'], 'error')
  if (isTrue(runtime.get('IsEnsure'))) say(['level'], 'warning')
  const version = runtime.get('CrashReportClientVersion') ?? '0.0.0'
  setPath(event, ['sdk'], { name: 'unreal.crashreporter', version })
  for (const [name, text] of game) if (name !== '__sentry') say(['contexts', 'game', name], text)
  for (const [name, text] of runtime)
    if (!saidElsewhere.has(name)) say(['contexts', 'unreal', keyOf(name)], text)
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true' || text === '1'
}

/** Has a place of its own in the event, or is large and says no more than the dump. */
const saidElsewhere: ReadonlySet<string> = new Set([
  'ErrorMessage',
  'UserName',
  'UserDescription',
  'MemoryStats.TotalPhysical',
  'Misc.OSVersionMajor',
  'Misc.PrimaryGPUBrand',
  'Modules',
])

/** Names that the reference has other words for. */
const knownKeys: ReadonlyMap<string, string> = new Map([
  ['CallStack', 'legacy_call_stack'],
  ['PCallStack', 'portable_call_stack'],
  ['bAllowToBeContacted', 'allowed_to_be_contacted'],
  ['Misc.Is64bitOperatingSystem', 'misc_is_64bit'],
])

/** `MemoryStats.PageSize` → `memory_stats_page_size`, `CrashGUID` → `crash_guid`. */
function keyOf(name: string): string {
  const known = knownKeys.get(name)
  if (known !== undefined) return known
  return name
    .replaceAll('.', '_')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
}

/** What the player wrote about the crash, and who it is. */
export function userReportOfContext({
  runtime,
}: UnrealContext): { name: string; comments: string } | undefined {
  const comments = runtime.get('UserDescription')
  return comments === undefined ? undefined : { name: runtime.get('UserName') ?? 'unknown', comments }
}

/** `UserID` of the reporter's query: the sign-in, Epic's account, the machine. */
export function writeUnrealUser(event: JsonObject, userId: string): void {
  const [signIn, account, machine] = userId.split('|')
  if (signIn) setPath(event, ['user', 'id'], signIn)
  const tags = Object.entries({ epic_account_id: account, machine_id: machine }).filter(([, value]) => value)
  if (tags.length === 0) return
  if (Array.isArray(event.tags)) event.tags.push(...tags)
  else setPath(event, ['tags'], Object.fromEntries(tags))
}

/** Lines of the log that become breadcrumbs; the rest is in the file. */
const MAX_LOG_LINES = 40
const LOG_TAIL_BYTES = 64 * 1024

/** The last lines of a log. Those before the engine knows the time have none. */
export function breadcrumbsOfLog(file: Uint8Array): JsonObject[] {
  const start = Math.max(0, file.byteLength - LOG_TAIL_BYTES)
  const lines = decodeText(file.subarray(start)).split(/\r?\n/)
  // The first is a heading, or the rest of a line that began before.
  const last = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .slice(-MAX_LOG_LINES)
  return last.map((line) => {
    const [, date, time, millisecond = '000', category, message] = logLine.exec(line) ?? []
    const timestamp =
      date && time && `${date.replaceAll('.', '-')}T${time.replaceAll('.', ':')}.${millisecond}Z`
    return {
      ...(timestamp ? { timestamp } : {}),
      ...(category === undefined ? {} : { category }),
      message: message ?? line,
    }
  })
}

/** `[2018.11.20-11.47.15:510][  0]LogWindows: message`; the stamp and the category may be missing. */
const logLine = /^(?:\[(\d{4}\.\d\d\.\d\d)-(\d\d\.\d\d\.\d\d):(\d{3})\]\[\s*\d+\])?(?:(\w{1,64}): )?(.*)$/s

/** Adds to the breadcrumbs that an event has. */
export function addBreadcrumbs(event: JsonObject, breadcrumbs: readonly JsonObject[]): void {
  if (breadcrumbs.length === 0) return
  const present = isObject(event.breadcrumbs) ? event.breadcrumbs.values : event.breadcrumbs
  event.breadcrumbs = { values: [...(Array.isArray(present) ? present : []), ...breadcrumbs] }
}
