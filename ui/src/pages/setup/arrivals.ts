/** What has come in since somebody began to watch. */
import type { LiveSecond } from '../../api/live.ts'
import { amountOf, categoryWords, compareCategories } from '../../words/categories.ts'
import { type Outcome, outcomes, outcomeWords, parseOutcome } from '../../words/outcomes.ts'

/** By category what was accepted, by outcome how many items were not. */
export interface Arrivals {
  readonly accepted: Readonly<Record<string, number>>
  readonly dropped: Readonly<Partial<Record<Outcome, number>>>
}

export const noArrivals: Arrivals = { accepted: {}, dropped: {} }

export function addSecond(arrivals: Arrivals, { counts }: LiveSecond): Arrivals {
  let { accepted, dropped } = arrivals
  for (const [name, categories] of Object.entries(counts)) {
    const outcome = parseOutcome(name)
    for (const [category, quantity] of Object.entries(categories)) {
      if (!isItem(category) || outcome === undefined) continue
      if (outcome === 'accepted') {
        accepted = { ...accepted, [category]: (accepted[category] ?? 0) + quantity }
      } else {
        dropped = { ...dropped, [outcome]: (dropped[outcome] ?? 0) + quantity }
      }
    }
  }
  return accepted === arrivals.accepted && dropped === arrivals.dropped ? arrivals : { accepted, dropped }
}

/** Some items are counted twice: in bytes as well, or as what is stored of them. */
function isItem(category: string): boolean {
  return categoryWords(category).unit === 'number' && !/_(indexed|processed)$/.test(category)
}

/** SDKs report sessions by themselves. That is a sign of life, but nothing that anybody has waited for. */
export function onlySessions({ accepted }: Arrivals): boolean {
  const names = Object.keys(accepted)
  return names.length > 0 && names.every((name) => name === 'session')
}

/** Whether something has come that is no event, such as spans and logs. */
export function hasTelemetry({ accepted }: Arrivals): boolean {
  return Object.keys(accepted).some((name) => name !== 'session')
}

/** `2 spans and 1 log`. Empty when nothing was accepted. */
export function acceptedInWords({ accepted }: Arrivals): string {
  const amounts = Object.entries(accepted)
    .filter(([name], _, all) => name !== 'session' || all.length === 1)
    .sort(([one], [other]) => compareCategories(one, other))
    .map(([name, quantity]) => amountOf(quantity, categoryWords(name)))
  return new Intl.ListFormat('en').format(amounts)
}

/** `Filtered: 2. Rate limited: 1.` Empty when nothing was dropped. */
export function droppedInWords({ dropped }: Arrivals): string {
  return outcomes
    .filter((outcome) => (dropped[outcome] ?? 0) > 0)
    .map((outcome) => `${outcomeWords[outcome].label}: ${dropped[outcome]}.`)
    .join(' ')
}
