/** Transactions that only ask whether a server lives. */
import { globMatcher } from '../../protocol/glob.ts'
import { type StoredOptions, switchOf } from '../../protocol/project-options.ts'
import type { EventSubject, Run } from './filter.ts'

const isHealthCheck = globMatcher([
  '*healthcheck*',
  '*heartbeat*',
  '*/health',
  '*/healthy',
  '*/healthz',
  '*/live',
  '*/livez',
  '*/ready',
  '*/readyz',
  '*/ping',
])

const run: Run<EventSubject> = ({ summary: { type, transaction } }) =>
  type === 'transaction' && transaction !== undefined && isHealthCheck?.(transaction) === true

export function healthChecks(options: StoredOptions): Run<EventSubject> | undefined {
  return switchOf(options, 'filters:filtered-transaction') ? run : undefined
}
