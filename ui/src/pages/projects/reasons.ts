/** Why most of what a project lost was refused, in the few words that fit below its name. */
import type { UsageGroup } from '../../api/usage.ts'

const shortWords: Readonly<Record<string, string>> = {
  project_id: 'unknown or switched-off key',
  cors: 'domain that is not allowed',
  duplicate: 'events that were sent twice',
  key_quota: 'limit of a key',
  project_quota: 'limit of the project',
  org_quota: 'limit of the organization',
  smart_rate_limit: 'spike protection',
  spike_protection: 'spike protection',
}

/** Project's id → words. `groups` are by project, outcome and reason, the largest first. */
export function mainReasons(
  groups: readonly Pick<UsageGroup, 'by' | 'names'>[],
): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>()
  for (const { by, names } of groups) {
    const { project, reason } = by
    if (project && reason && !reasons.has(project)) reasons.set(project, inShort(reason, names.reason))
  }
  return reasons
}

/** The server's sentence begins with the outcome: `Invalid: it is not JSON of the expected form`. */
function inShort(reason: string, sentence: string | undefined): string {
  if (reason.startsWith('too_large')) return 'too large'
  return shortWords[reason] ?? sentence?.replace(/^[A-Z][a-z ]+: /, '') ?? reason
}
