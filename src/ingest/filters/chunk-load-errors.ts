/** Parts of a web page that could not be loaded, mostly because a newer version was deployed meanwhile. */
import { exceptionsOf, lenientText } from '../../protocol/event-fields.ts'
import { valueText } from '../../protocol/event-title.ts'
import { globMatcher } from '../../protocol/glob.ts'
import { type StoredOptions, switchOf } from '../../protocol/project-options.ts'
import type { EventSubject, Run } from './filter.ts'

const texts: readonly (readonly [type: string, value: string])[] = [
  ['ChunkLoadError', 'Loading chunk *'],
  ['*Uncaught *', 'ChunkLoadError: Loading chunk *'],
  ['ChunkLoadError', 'Failed to load chunk *'],
  ['*Uncaught *', 'ChunkLoadError: Failed to load chunk *'],
  ['Error', 'Uncaught (in promise): ChunkLoadError*'],
]

const kinds = [...Map.groupBy(texts, ([type]) => type)].map(([type, pairs]) => ({
  isType: globMatcher([type]),
  isValue: globMatcher(pairs.map(([, value]) => value)),
}))

/** None of the values goes without it, and nearly all that is not meant does. */
const mention = /chunk/i

const run: Run<EventSubject> = ({ payload }) =>
  exceptionsOf(payload).some((exception) => {
    const value = valueText(exception.value)
    if (value === undefined || !mention.test(value)) return false
    const type = lenientText(exception.type)
    if (type === undefined) return false
    return kinds.some(({ isType, isValue }) => isType?.(type) && isValue?.(value))
  })

export function chunkLoadErrors(options: StoredOptions): Run<EventSubject> | undefined {
  return switchOf(options, 'filters:chunk-load-error') ? run : undefined
}
