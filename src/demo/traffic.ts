/**
 * What comes to a project, hour by hour, and what becomes of it. Of what is lost of late each item is told, so that
 * it can be listed; everything else is only counted.
 */
import type { Arrival } from '../ingest/persist.ts'
import { allowance } from '../protocol/drop-words.ts'
import { accepted, categoryNumber, drop, type Fate, outcomeNumber, withDetail } from '../protocol/outcome.ts'
import type { ClientKey } from '../store/client-keys.ts'
import type { Flush } from '../store/flush.ts'
import { HOUR } from '../time.ts'
import { type Coming, openComings } from './comings.ts'
import { bucketOf, openDescribed } from './described.ts'
import type { FoundedProject } from './founding.ts'
import { type Flow, quantitiesOfKind } from './project.ts'
import type { Random } from './random.ts'
import { movedShare } from './shares.ts'

export interface Traffic {
  /** Writes the counts of the hour that begins then; answers what was lost in it, if that is to be listed. */
  writeHour(flush: Flush, from: number): readonly Arrival[]
}

/** Items that are listed of a project, roughly: somewhat more than the server keeps. */
const LISTED = 1100

export function openTraffic(story: {
  readonly founded: FoundedProject
  readonly organizationId: number
  readonly random: Random
  readonly now: number
  /** From then on by tens of seconds, before by hours. Epoch milliseconds, at a full hour. */
  readonly fineSince: number
}): Traffic {
  const { founded, random, now, fineSince } = story
  const { id: projectId, project, keys } = founded
  const { flows, handover, rhythm, sdks } = project
  const listedSince = Math.max(fineSince, now - listedHours(flows) * HOUR)
  const comings = openComings({ ...story, rhythm })
  const described = openDescribed({ projectId, project, random, now })
  const keyUses = new Map<number, number>()

  const keyOf = ({ key }: Flow) => (key === undefined ? undefined : keys.get(key))

  /** Divides what comes between a key and its successor. */
  function byKey(flow: Flow, at: number, quantity: number): (readonly [ClientKey | undefined, number])[] {
    const key = keyOf(flow)
    const successor = flow.key === handover?.from ? keys.get(handover?.to ?? '') : undefined
    if (successor === undefined) return [[key, quantity]]
    const moved = movedShare(project, at)
    const [stayed = 0, gone = 0] = random.split(quantity, [1 - moved, moved])
    return [
      [key, stayed],
      [successor, gone],
    ]
  }

  /** Items of a kind are of all sizes; what was too large was so every time. */
  function bytesOf({ bytes = 0, fate }: Flow, items: number): number {
    if (bytes === 0) return 0
    const size = bytes * (fate === undefined ? 0.85 + 0.3 * random.next() : 0.96 + random.next())
    return Math.max(items, Math.round(items * size))
  }

  /** Hours that are not fine are counted at their beginning. */
  function momentOf({ at, until }: Coming): number {
    return at < fineSince ? at : Math.floor(at + random.next() * (until - at))
  }

  function count(flush: Flush, flow: Flow, keyId: number, at: number, items: number, fate: Fate): void {
    for (const { category, quantity } of quantitiesOfKind(flow.kind, items, bytesOf(flow, items))) {
      flush.addOutcomes({
        projectId,
        keyId,
        category: categoryNumber(category),
        outcome: outcomeNumber(fate.outcome),
        reason: fate.reason ?? '',
        bucket: bucketOf(at),
        quantity,
      })
    }
  }

  function lossOf(flow: Flow, keyId: number, receivedAt: number, items: number, fate: Fate): Arrival {
    const { name, version } = random.weighted(sdks, ({ share }) => share)
    const bytes = bytesOf(flow, items)
    // Reports do not say how large it was.
    const size = fate.outcome !== 'client_discard' && bytes > 0 ? { sizeBytes: bytes } : {}
    const settled = quantitiesOfKind(flow.kind, items, bytes).map((quantity) => ({
      ...quantity,
      fate,
      ...size,
    }))
    return { projectId, keyId, receivedAt, client: `${name}/${version}`, attachments: [], items: [], settled }
  }

  /** Counts what was lost, or tells it: each item, or the report that speaks of many. */
  function lose(
    flush: Flush,
    flow: Flow,
    key: ClientKey | undefined,
    coming: Coming,
    lost: { readonly quantity: number; readonly fate: Fate; readonly details: readonly string[] },
  ): readonly Arrival[] {
    const { quantity, fate, details } = lost
    const keyId = key?.id ?? 0
    if (coming.at < listedSince) {
      count(flush, flow, keyId, momentOf(coming), quantity, fate)
      return []
    }
    const isReport = (flow.together ?? 1) > 1
    return Array.from({ length: isReport ? 1 : quantity }, () => {
      const detail = details.length === 0 ? undefined : random.pick(details)
      return lossOf(flow, keyId, momentOf(coming), isReport ? quantity : 1, withDetail(fate, detail))
    })
  }

  function writeFlow(flush: Flush, flow: Flow, from: number): readonly Arrival[] {
    const { fate, details = [] } = flow
    const flowKey = keyOf(flow)
    const lost: Arrival[] = []
    for (const coming of comings.ofHour(flow, flowKey, from)) {
      for (const [key, quantity] of byKey(flow, coming.at, coming.quantity)) {
        if (quantity === 0) continue
        if (key !== undefined) keyUses.set(key.id, Math.max(keyUses.get(key.id) ?? 0, coming.until - 1))
        if (fate !== undefined) {
          const drops = { quantity, fate: drop(fate.outcome, fate.reason), details }
          lost.push(...lose(flush, flow, key, coming, drops))
          continue
        }
        const at = momentOf(coming)
        count(flush, flow, key?.id ?? 0, at, quantity, accepted)
        described.add(flush, flow.kind, at, quantity)
      }
      if (coming.limited > 0 && flowKey?.rateLimit != null) {
        const drops = { quantity: coming.limited, fate: overLimit, details: [allowance(flowKey.rateLimit)] }
        lost.push(...lose(flush, flow, flowKey, coming, drops))
      }
    }
    return lost
  }

  return {
    writeHour(flush, from) {
      const lost = flows.flatMap((flow) => writeFlow(flush, flow, from))
      described.writeTo(flush, from)
      for (const [keyId, at] of keyUses) flush.noteKeyUse(keyId, at)
      keyUses.clear()
      return lost
    },
  }
}

const overLimit = drop('rate_limited', 'key_quota')

/** For how many hours losses are told one by one, until there are enough of them. */
function listedHours(flows: readonly Flow[]): number {
  const perHour = flows.reduce(
    (sum, { fate, perHour: items, together = 1 }) => (fate === undefined ? sum : sum + items / together),
    0,
  )
  return Math.ceil(LISTED / Math.max(1, perHour))
}
