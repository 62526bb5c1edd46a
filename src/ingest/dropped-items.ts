/** Which lost items are listed one by one, for those who ask why: all of them, or under a flood some. */
import {
  categoryNumber,
  type DataCategory,
  type Fate,
  isErrorCategory,
  outcomeNumber,
  type Quantity,
} from '../protocol/outcome.ts'
import type { Flush, NewDrop } from '../store/flush.ts'

/** Who sent what was lost. */
export interface Sender {
  readonly projectId: number
  /** 0 when the key is not known. */
  readonly keyId: number
  readonly receivedAt: number
  /** Name and version of the SDK. */
  readonly client?: string
  readonly event?: { readonly sdkName: string | null; readonly sdkVersion: string | null }
  /** Of the event's payload, when it is the event that was lost. */
  readonly eventBytes?: number
}

/** Data with its fate. */
export interface Fated extends Quantity {
  readonly fate: Fate
  /** Of the item; absent when it is not known. */
  readonly sizeBytes?: number
}

/** What is counted beside the same thing → under which category that thing is listed. */
const besides: Readonly<Partial<Record<DataCategory, DataCategory>>> = {
  attachment_item: 'attachment',
  log_byte: 'log_item',
  span_indexed: 'span',
}

/** What was lost of what a request brought: an entry for each item, in the order in which they were settled. */
export function dropsOf(sender: Sender, settled: readonly Fated[]): NewDrop[] {
  const { keyId, receivedAt, client, event, eventBytes } = sender
  const drops: NewDrop[] = []
  settled.forEach(({ category, quantity, fate, sizeBytes }, index) => {
    if (fate.outcome === 'accepted') return
    const previous = settled[index - 1]
    if (previous !== undefined && previous.category === besides[category] && isSame(previous, fate)) return
    const next = settled[index + 1]
    const bytes = next?.category === 'log_byte' && isSame(next, fate) ? next.quantity : undefined
    drops.push({
      receivedAt,
      keyId,
      client: (client ?? sdkOf(event))?.slice(0, MAX_CLIENT_LENGTH).toWellFormed() ?? null,
      category: categoryNumber(category),
      outcome: outcomeNumber(fate.outcome),
      reason: fate.reason ?? '',
      detail: fate.detail ?? null,
      quantity,
      sizeBytes: sizeBytes ?? bytes ?? sizeOf(category, quantity, eventBytes),
    })
  })
  return drops
}

/** Characters: SDKs say their name and version, and others whatever they like. */
const MAX_CLIENT_LENGTH = 100

function sizeOf(category: DataCategory, quantity: number, eventBytes: number | undefined): number | null {
  if (category === 'attachment') return quantity
  const isEvent = category === 'transaction' || isErrorCategory(category)
  return isEvent && eventBytes !== undefined ? eventBytes : null
}

function isSame({ fate }: Fated, { outcome, reason }: Fate): boolean {
  return fate.outcome === outcome && fate.reason === reason
}

function sdkOf(event: Sender['event']): string | null {
  const { sdkName = null, sdkVersion = null } = event ?? {}
  return sdkName === null || sdkVersion === null ? sdkName : `${sdkName}/${sdkVersion}`
}

/** How many items may be listed in one second. What is beyond it is counted as not listed. */
export interface DropBudget {
  /** `at` is epoch milliseconds. */
  take(projectId: number, at: number): boolean
}

const PROJECT_DROPS_PER_SECOND = 50
const DROPS_PER_SECOND = 300
/** A second this far back is not that of a request that took long, but of a clock that was set back. */
const CLOCK_SET_BACK_SECONDS = 600

/** Every project has one a second, whatever becomes of the others. */
export function openDropBudget(): DropBudget {
  let second = 0
  let taken = 0
  const takenOf = new Map<number, number>()
  return {
    take(projectId, at) {
      const now = Math.floor(at / 1000)
      if (now > second || now < second - CLOCK_SET_BACK_SECONDS) {
        second = now
        taken = 0
        takenOf.clear()
      }
      const own = takenOf.get(projectId) ?? 0
      if (own > 0 && (own >= PROJECT_DROPS_PER_SECOND || taken >= DROPS_PER_SECOND)) return false
      takenOf.set(projectId, own + 1)
      taken++
      return true
    },
  }
}

export interface DropList {
  add(sender: Sender, settled: readonly Fated[]): void
  writeTo(flush: Flush): void
}

/** Collects what a batch has lost, so that a flush turns to each project once. */
export function makeDropList(budget: DropBudget): DropList {
  const lists = new Map<number, { readonly listed: NewDrop[]; unlisted: number }>()
  return {
    add(sender, settled) {
      // Of most requests nothing is lost.
      if (!settled.some(({ fate }) => fate.outcome !== 'accepted')) return
      const { projectId, receivedAt } = sender
      const list = lists.get(projectId) ?? { listed: [], unlisted: 0 }
      lists.set(projectId, list)
      for (const drop of dropsOf(sender, settled)) {
        if (budget.take(projectId, receivedAt)) list.listed.push(drop)
        else list.unlisted++
      }
    },
    writeTo(flush) {
      for (const [projectId, { listed, unlisted }] of lists) flush.listDropped(projectId, listed, unlisted)
    },
  }
}
