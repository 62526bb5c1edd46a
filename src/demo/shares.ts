/** Who sends what: which releases are in use at a moment, and which keys. */
import type { DemoEnvironment, DemoProject, DemoRelease } from './project.ts'

export interface ReleaseShare {
  readonly version: string
  readonly share: number
}

/** Below this nobody has it. */
const LEAST_SHARE = 0.004

/**
 * The releases that are in use in an environment, newest first. Each takes over what older ones have; its share is
 * that of the senders who have moved to it.
 */
export function releasesAt(
  releases: readonly DemoRelease[],
  { leadMs }: Pick<DemoEnvironment, 'leadMs'>,
  at: number,
): readonly ReleaseShare[] {
  let left = 1
  const shares: ReleaseShare[] = []
  for (const { version, at: releasedAt, adoptionMs } of releases.toReversed()) {
    const age = at + leadMs - releasedAt
    if (age < 0) continue
    const isOldest = version === releases[0]?.version
    const share = isOldest ? left : left * (1 - Math.exp(-age / adoptionMs))
    left -= share
    if (share >= LEAST_SHARE) shares.push({ version, share })
  }
  return shares
}

/** How much of what came through the old key comes through its successor. */
export function movedShare({ handover }: DemoProject, at: number): number {
  if (handover === undefined) return 0
  const { begin, end } = handover
  const passed = Math.min(1, Math.max(0, (at - begin) / (end - begin)))
  return 1 - (1 - passed) ** 2
}
