/** What became of data, as people see it: one name, one sentence, one colour and one pattern each. */

/** A colour in light and in dark surroundings. */
export interface SchemeColor {
  readonly light: string
  readonly dark: string
}

/** What tells areas apart for those who do not see their colours. */
export const patterns = ['solid', 'hatch', 'dots', 'cross', 'lines'] as const
export type Pattern = (typeof patterns)[number]

/** In the order of stacked bars from the bottom up, and of every list. */
export const outcomes = ['accepted', 'filtered', 'rate_limited', 'invalid', 'client_discard'] as const
export type Outcome = (typeof outcomes)[number]

export interface OutcomeWords {
  readonly label: string
  /** One sentence on what it means. */
  readonly explanation: string
  readonly color: SchemeColor
  readonly pattern: Pattern
}

/** The colours stay apart for colour-blind eyes: https://jfly.uni-koeln.de/color/ */
export const outcomeWords: Readonly<Record<Outcome, OutcomeWords>> = {
  accepted: {
    label: 'Accepted',
    explanation: 'Stored, and shown among the events of its project.',
    color: { light: '#0072B2', dark: '#56B4E9' },
    pattern: 'solid',
  },
  filtered: {
    label: 'Filtered',
    explanation: 'Taken out by an inbound filter of the project.',
    color: { light: '#999999', dark: '#B3B3B3' },
    pattern: 'hatch',
  },
  rate_limited: {
    label: 'Rate limited',
    explanation: 'Refused because a key or a project had used up what its limit allows.',
    color: { light: '#E69F00', dark: '#F0B429' },
    pattern: 'dots',
  },
  invalid: {
    label: 'Invalid',
    explanation: 'Refused because it was malformed or too large, or its key or origin may not send.',
    color: { light: '#D55E00', dark: '#FF7A45' },
    pattern: 'cross',
  },
  client_discard: {
    label: 'Discarded by the client',
    explanation: 'Never sent: the SDK reports that it dropped it inside the application.',
    color: { light: '#CC79A7', dark: '#E3A1C4' },
    pattern: 'lines',
  },
}

/** Everything that was not accepted, where there is no room for its outcomes one by one. */
export const droppedWords: OutcomeWords = {
  label: 'Dropped',
  explanation:
    'Everything that was not accepted: filtered, rate limited, invalid, or discarded by the client.',
  color: { light: '#3B4252', dark: '#E5E9F0' },
  pattern: 'hatch',
}

/** Outcomes that the API names besides; both are limits. */
const limits: ReadonlySet<string> = new Set(['abuse', 'cardinality_limited'])

/** The outcome that a name of the API stands for; undefined for one that is not known yet. */
export function parseOutcome(name: unknown): Outcome | undefined {
  if (typeof name !== 'string') return undefined
  return limits.has(name) ? 'rate_limited' : outcomes.find((each) => each === name)
}

/** For style sheets and attributes, where the browser picks the one that fits. */
export function cssColor({ light, dark }: SchemeColor): string {
  return `light-dark(${light}, ${dark})`
}
