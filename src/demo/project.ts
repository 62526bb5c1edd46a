/** What a project of the demo is made of, and what comes to it. */
import type { JsonObject } from '../protocol/json.ts'
import type { DataCategory, OutcomeKind, Quantity } from '../protocol/outcome.ts'
import type { RateLimit } from '../store/client-keys.ts'
import type { Random } from './random.ts'
import type { Episode, Rhythm } from './rhythm.ts'

export interface DemoProject {
  readonly slug: string
  readonly name: string
  readonly platform: string
  /** What its events say they come from. */
  readonly runtime: 'javascript' | 'node' | 'python' | 'java' | 'cocoa' | 'go'
  /** The first is the one it was created for. */
  readonly teams: readonly string[]
  /** The first is the one that every project has, called Default. */
  readonly keys: readonly DemoKey[]
  readonly handover?: Handover
  /** Settings that differ from those of a new project. */
  readonly options: Readonly<Record<string, unknown>>
  readonly rhythm: Rhythm
  readonly environments: readonly DemoEnvironment[]
  /** Oldest first. */
  readonly releases: readonly DemoRelease[]
  readonly sdks: readonly DemoSdk[]
  readonly flows: readonly Flow[]
  readonly stored: StoredEvents
}

export interface DemoKey {
  /** Names it in flows. */
  readonly id: string
  readonly label: string
  /** Epoch milliseconds; with the project when absent. */
  readonly createdAt?: number
  readonly rateLimit?: RateLimit & { readonly since: number }
  readonly offSince?: number
}

/** One key takes over from another: applications move from day to day, until none uses the old one. */
export interface Handover {
  readonly from: string
  readonly to: string
  /** Epoch milliseconds: of the rotation, and of the last application that moves. */
  readonly begin: number
  readonly end: number
}

export interface DemoEnvironment {
  readonly name: string
  readonly share: number
  /** How much earlier a release gets there. */
  readonly leadMs: number
}

export interface DemoRelease {
  readonly version: string
  /** Epoch milliseconds. */
  readonly at: number
  /** How long until two thirds of all senders use it. */
  readonly adoptionMs: number
}

export interface DemoSdk {
  readonly name: string
  readonly version: string
  readonly share: number
}

/** What there is of something, by the item it comes in. Categories are counted as ingestion counts such items. */
export type Kind =
  | 'default'
  | 'error'
  | 'security'
  | 'transaction'
  | 'feedback'
  | 'session'
  | 'span'
  | 'log'
  | 'monitor'
  | 'replay'
  | 'profile'
  | 'attachment'

/** Data of one kind that meets one fate. */
export interface Flow {
  /** One of the project's keys; none when it came without a known one. */
  readonly key: string | undefined
  readonly kind: Kind
  /** Accepted when absent. */
  readonly fate?: { readonly outcome: Exclude<OutcomeKind, 'accepted'>; readonly reason: string }
  /** In an hour of an average day. */
  readonly perHour: number
  /** How much of it comes together, in one item or one report. */
  readonly together?: number
  /** Of one item, on average. */
  readonly bytes?: number
  /** The project's when absent. */
  readonly rhythm?: Rhythm
  readonly episodes?: readonly Episode[]
  /** Epoch milliseconds. */
  readonly since?: number
  readonly until?: number
  /** Since then no more comes in than the limit of its key allows. */
  readonly limitedSince?: number
  /** What in particular it was, for the list of lost items: one of them. */
  readonly details?: readonly string[]
}

export const filtered = (reason: string) => ({ outcome: 'filtered', reason }) as const
export const invalid = (reason: string) => ({ outcome: 'invalid', reason }) as const
export const discarded = (reason: string) => ({ outcome: 'client_discard', reason }) as const

/** The events that can be looked at one by one: some of those that are counted, most of them of late. */
export interface StoredEvents {
  readonly errors: number
  readonly transactions: number
  /** How long ago the last one came. */
  readonly lastMs: number
  readonly issues: readonly Issue[]
  readonly transactionNames: readonly TransactionName[]
  /** Items of other kinds, as they would be in an envelope. */
  readonly others: readonly OtherItem[]
}

/** When and where an event happens. */
export interface Occasion {
  /** Epoch milliseconds. */
  readonly at: number
  readonly random: Random
  readonly release: string
  readonly environment: string
}

export interface Issue {
  /** How often it happens compared with the others. */
  readonly weight: number
  /** Epoch milliseconds. */
  readonly since?: number
  readonly until?: number
  /** Further events, all of them within a short time. */
  readonly burst?: { readonly from: number; readonly to: number; readonly count: number }
  /** How the SDK names itself; the project's first when absent. */
  readonly sdk?: DemoSdk
  readonly make: (occasion: Occasion) => JsonObject
  readonly files?: (occasion: Occasion) => readonly File[]
}

export interface File {
  readonly name: string
  readonly contentType: string
  readonly type?: string
  readonly content: Uint8Array
}

export interface TransactionName {
  readonly name: string
  readonly op: string
  /** Milliseconds, on average. */
  readonly lasting: number
  readonly spans: readonly (readonly [op: string, description: string, share: number])[]
}

export interface OtherItem {
  readonly type: string
  readonly count: number
  readonly header?: Readonly<Record<string, unknown>>
  readonly make: (occasion: Occasion) => unknown
  /** Of the request that brings it. */
  readonly requestHeaders?: Readonly<Record<string, string>>
}

/** What items of a kind count as, in the order in which ingestion counts them. */
export function quantitiesOfKind(kind: Kind, items: number, bytes: number): Quantity[] {
  const count = (category: DataCategory, quantity = items) => ({ category, quantity })
  switch (kind) {
    case 'attachment':
      return [count('attachment', bytes), count('attachment_item')]
    case 'log':
      return [count('log_item'), count('log_byte', bytes)]
    case 'span':
      return [count('span'), count('span_indexed')]
    default:
      return [count(kind)]
  }
}
