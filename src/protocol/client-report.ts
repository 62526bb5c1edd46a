/** Client reports: what an SDK says it dropped before sending. */
import { isObject, type JsonObject, parseJson } from './json.ts'
import { type DataCategory, drop, type Fate, parseDataCategory } from './outcome.ts'
import { clockDrift, isTooFarAhead, isTooOld, parseTimestamp } from './timestamps.ts'

export interface Loss {
  readonly fate: Fate
  readonly category: DataCategory
  readonly quantity: number
}

export interface ClientReport {
  /** Epoch milliseconds, with the sender's clock corrected. */
  readonly timestamp: number
  readonly losses: readonly Loss[]
}

/** Characters. */
const MAX_REASON_LENGTH = 200
/** The largest quantity of one entry: 32 bits, so that no sum of them overflows a counter. */
const MAX_QUANTITY = 0xffff_ffff

type FateOf = (reason: string | undefined) => Fate | undefined

/** SDKs fill the first list; the others come from relays in front of us. */
const lists: Readonly<Record<string, FateOf>> = {
  discarded_events: (reason) => drop('client_discard', reason),
  filtered_events: (reason) => drop('filtered', reason),
  filtered_sampling_events: (reason) =>
    reason !== undefined && /^Sampled:\d+(,\d+)*$/.test(reason) ? drop('filtered', reason) : undefined,
  rate_limited_events: (reason) => drop('rate_limited', reason),
}

/**
 * Reads a client report; entries that make no sense are ignored.
 *
 * Shape: one loss per list, reason and category.
 * Units: epoch milliseconds; attachments and logs are counted in bytes where the category is.
 * Errors: undefined for a report that is dropped silently: broken JSON, or too old or too far ahead.
 * Source: https://develop.sentry.dev/sdk/foundations/transport/client-reports/
 */
export function readClientReport(
  payload: Uint8Array,
  context: { receivedAt: number; sentAt?: number | undefined; retentionDays: number },
): ClientReport | undefined {
  const report = parseJson(payload)
  if (!isObject(report)) return undefined
  const { receivedAt, sentAt, retentionDays } = context
  const stated = parseTimestamp(report.timestamp)
  const timestamp = stated === undefined ? receivedAt : Math.floor(stated + clockDrift(receivedAt, sentAt))
  if (isTooFarAhead(timestamp, receivedAt) || isTooOld(timestamp, receivedAt, retentionDays)) return undefined
  return { timestamp, losses: sumLosses(report) }
}

function sumLosses(report: JsonObject): Loss[] {
  const sums = new Map<string, Loss>()
  for (const [list, fateOf] of Object.entries(lists)) {
    const entries = report[list]
    if (!Array.isArray(entries)) continue
    for (const entry of entries) {
      const loss = readEntry(entry, fateOf)
      if (loss === undefined) continue
      const name = `${list} ${loss.category} ${loss.fate.reason ?? ''}`
      const quantity = loss.quantity + (sums.get(name)?.quantity ?? 0)
      sums.set(name, { ...loss, quantity })
    }
  }
  return [...sums.values()]
}

function readEntry(entry: unknown, fateOf: FateOf): Loss | undefined {
  if (!isObject(entry)) return undefined
  const { reason, quantity } = entry
  const category = parseDataCategory(entry.category)
  if (category === undefined || !isQuantity(quantity)) return undefined
  if (reason === undefined || reason === null || reason === '')
    return withFate(fateOf(undefined), category, quantity)
  if (typeof reason !== 'string' || reason.length > MAX_REASON_LENGTH) return undefined
  return withFate(fateOf(reason), category, quantity)
}

function withFate(fate: Fate | undefined, category: DataCategory, quantity: number): Loss | undefined {
  return fate && { fate, category, quantity }
}

function isQuantity(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_QUANTITY
}
