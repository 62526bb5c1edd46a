/** What React says when the page that the server rendered and the one in the browser differ. */
import { exceptionsOf } from '../../protocol/event-fields.ts'
import { valueText } from '../../protocol/event-title.ts'
import { globMatcher } from '../../protocol/glob.ts'
import { type StoredOptions, switchOf } from '../../protocol/project-options.ts'
import type { EventSubject, Run } from './filter.ts'

const numbers = '{418,419,421,422,423,425}'

const isHydrationError = globMatcher([
  // The question mark stands for one character, which is one.
  `*https://reactjs.org/docs/error-decoder.html?invariant=${numbers}*`,
  `*https://react.dev/errors/${numbers}*`,
])

const run: Run<EventSubject> = ({ payload }) =>
  exceptionsOf(payload).some(({ value }) => isHydrationError?.(valueText(value) ?? ''))

export function hydrationErrors(options: StoredOptions): Run<EventSubject> | undefined {
  return switchOf(options, 'filters:react-hydration-errors') ? run : undefined
}
