/** Errors of browser extensions and of what else puts scripts into other people's pages. */
import { exceptionsOf, lenientText } from '../../protocol/event-fields.ts'
import { framesOf } from '../../protocol/event-frames.ts'
import { valueText } from '../../protocol/event-title.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { type StoredOptions, switchOf } from '../../protocol/project-options.ts'
import type { EventSubject, Run } from './filter.ts'

/** A dot stands for any character. Source: ingest protocol 7.4. */
const values = anyOf(
  'top\\.GLOBALS',
  'originalCreateNotification',
  'canvas.contentDocument',
  'MyApp_RemoveAllHighlights',
  'http://tt\\.epicplay\\.com',
  "Can't find variable: ZiteReader",
  "Can't find variable: gmo",
  'jigsaw is not defined',
  'ComboSearch is not defined',
  'http://loading\\.retry\\.widdit\\.com/',
  'atomicFindClose',
  'conduitPage',
  "null is not an object \\(evaluating 'elt.parentNode'\\)",
  'plugin\\.setSuspendState is not a function',
  'Extension context invalidated',
  'webkit-masked-url:',
  "can't access dead object",
  'fb_xd_fragment',
  'bmi_SafeAddOnload',
  'EBCallBackMessageReceived',
  '_gCrWeb',
)

const sources = anyOf(
  'graph\\.facebook\\.com',
  'connect\\.facebook\\.net',
  'eatdifferent\\.com\\.woopra-ns\\.com',
  'static\\.woopra\\.com/js/woopra\\.js',
  '^chrome://',
  '^chrome-extension://',
  '^moz-extension://',
  '^safari-extension://',
  '^safari-web-extension://',
  'webkit-masked-url',
  '127\\.0\\.0\\.1:4001/isrunning',
  'webappstoolbarba\\.texthelp\\.com/',
  'metrics\\.itunes\\.apple\\.com\\.edgesuite\\.net/',
  'kaspersky-labs\\.com',
)

function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join('|'), 'i')
}

/** Only the first exception counts, the oldest cause. */
const run: Run<EventSubject> = ({ payload }) => {
  const [exception] = exceptionsOf(payload)
  if (exception === undefined) return false
  const value = valueText(exception.value)
  if (value !== undefined && values.test(value)) return true
  const source = sourceOf(exception.stacktrace)
  return source !== undefined && sources.test(source)
}

const placeless: ReadonlySet<unknown> = new Set(['<anonymous>', '[native code]'])

/** Where the innermost frame lies that has a place; undefined if one further in says nothing of it. */
function sourceOf(stacktrace: unknown): string | undefined {
  const frame = framesOf(stacktrace).findLast((frame) => !placeless.has(pathOf(frame)))
  return frame && pathOf(frame)
}

/** A frame without a path has that of its file. */
function pathOf({ abs_path, filename }: JsonObject): string | undefined {
  return lenientText(abs_path) ?? lenientText(filename)
}

export function browserExtensions(options: StoredOptions): Run<EventSubject> | undefined {
  return switchOf(options, 'filters:browser-extensions') ? run : undefined
}
