/** What events are put together from: frames with their source, exceptions, breadcrumbs. */
import type { JsonObject } from '../../protocol/json.ts'
import type { DemoSdk, Occasion } from '../project.ts'

export interface Place {
  readonly file: string
  readonly fn: string
  readonly line: number
  readonly col?: number
  readonly module?: string
  readonly absPath?: string
  readonly package?: string
  /** Of the application itself, unless it says otherwise. */
  readonly inApp?: boolean
  readonly vars?: Readonly<Record<string, unknown>>
}

/**
 * A frame of a stack. In `source` the line that runs begins with `>`; all others begin with a blank in its place.
 */
export function frame(place: Place, source?: string): JsonObject {
  const { file, fn, line, col, module, absPath, inApp = true, vars } = place
  return {
    filename: file,
    function: fn,
    lineno: line,
    in_app: inApp,
    ...(col === undefined ? {} : { colno: col }),
    ...(module === undefined ? {} : { module }),
    ...(absPath === undefined ? {} : { abs_path: absPath }),
    ...(place.package === undefined ? {} : { package: place.package }),
    ...(vars === undefined ? {} : { vars }),
    ...(source === undefined ? {} : contextOf(source)),
  }
}

function contextOf(source: string): JsonObject {
  const lines = source.replace(/^\n/, '').trimEnd().split('\n')
  const at = lines.findIndex((line) => line.startsWith('>'))
  if (at < 0) throw new Error(`No line of the source is marked: ${source}`)
  const texts = lines.map((line) => line.replace(/^>/, ' ').slice(2))
  return { pre_context: texts.slice(0, at), context_line: texts[at], post_context: texts.slice(at + 1) }
}

/** The oldest call comes first. */
export function exception(
  type: string,
  value: string,
  frames: readonly JsonObject[],
  mechanism: Readonly<Record<string, unknown>> = { type: 'generic', handled: true },
  more: Readonly<Record<string, unknown>> = {},
): JsonObject {
  return { type, value, mechanism, stacktrace: { frames }, ...more }
}

type Crumb = readonly [
  secondsBefore: number,
  category: string,
  message: string | undefined,
  more?: Readonly<Record<string, unknown>>,
]

/** What happened before, oldest first. `at` is epoch milliseconds. */
export function breadcrumbs(at: number, crumbs: readonly Crumb[]): JsonObject {
  return {
    values: crumbs.map(([secondsBefore, category, message, more = {}]) => ({
      timestamp: at / 1000 - secondsBefore,
      category,
      level: 'info',
      ...(message === undefined ? {} : { message }),
      ...more,
    })),
  }
}

/** A request that a breadcrumb tells of. */
export function fetched(method: string, url: string, status: number): Readonly<Record<string, unknown>> {
  return {
    type: 'http',
    data: { method, url, status_code: status },
    level: status >= 500 ? 'error' : status >= 400 ? 'warning' : 'info',
  }
}

/** What every event has, and what is special about this one. */
export function eventOf(
  { at, random, release, environment }: Occasion,
  { sdk, ...parts }: { readonly sdk: Pick<DemoSdk, 'name' | 'version'> } & Readonly<Record<string, unknown>>,
): JsonObject {
  const { name, version } = sdk
  return {
    // It takes a moment from the event to its arrival.
    timestamp: (at - 40 - random.below(1800)) / 1000,
    level: 'error',
    release,
    environment,
    sdk: { name, version },
    ...parts,
  }
}
