/** Chance that can be repeated: the same seed tells the same story. */

export interface Random {
  /** From 0 to below 1. */
  next(): number
  /** A whole number from 0 to below `end`. */
  below(end: number): number
  /** True with this chance, from 0 to 1. */
  chance(share: number): boolean
  pick<T>(choices: readonly T[]): T
  /** Picks in proportion to the weights, which need not add up to 1. */
  weighted<T>(choices: readonly T[], weightOf: (choice: T) => number): T
  /** How often something happens that happens `mean` times on average. */
  poisson(mean: number): number
  /** Divides a whole number by chance, in proportion to the weights. */
  split(total: number, weights: readonly number[]): number[]
  /** Lower-case hex digits. */
  hex(length: number): string
}

/** Mulberry32 on a hash of the seed: small, quick, and good enough for a story. */
export function randomOf(seed: string): Random {
  let state = hash(seed)
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number) => Math.floor(next() * end)

  /** Box and Muller's. */
  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  }

  /** Above this mean a Poisson distribution is as good as normal. */
  const LARGE_MEAN = 30
  function poisson(mean: number): number {
    if (mean > LARGE_MEAN) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = next(); product > limit; product *= next()) count++
    return count
  }

  /** Up to this many are asked one by one. */
  const FEW = 30
  function binomial(total: number, share: number): number {
    if (share <= 0 || total === 0) return 0
    if (share >= 1) return total
    if (total > FEW) {
      const guess = Math.round(total * share + Math.sqrt(total * share * (1 - share)) * normal())
      return Math.min(total, Math.max(0, guess))
    }
    let count = 0
    for (let left = total; left > 0; left--) if (next() < share) count++
    return count
  }

  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (choices) => chosen(choices[below(choices.length)]),
    weighted(choices, weightOf) {
      let left = next() * choices.reduce((sum, choice) => sum + weightOf(choice), 0)
      const hit = choices.find((choice) => {
        left -= weightOf(choice)
        return left < 0
      })
      return chosen(hit ?? choices.at(-1))
    },
    poisson,
    split(total, weights) {
      let left = total
      let weight = weights.reduce((sum, each) => sum + each, 0)
      return weights.map((each, index) => {
        const part = index === weights.length - 1 ? left : binomial(left, weight > 0 ? each / weight : 0)
        left -= part
        weight -= each
        return part
      })
    },
    hex: (length) => Array.from({ length }, () => below(16).toString(16)).join(''),
  }
}

function chosen<T>(choice: T | undefined): T {
  if (choice === undefined) throw new RangeError('There is nothing to pick from')
  return choice
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193)
  return value >>> 0
}
