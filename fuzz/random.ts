/** Chance that can be repeated: the same seed makes the same run. */
export interface Random {
  /** A whole number from 0 to below `end`. */
  below(end: number): number
  /** True with this chance, from 0 to 1. */
  chance(share: number): boolean
  pick<T>(choices: readonly T[]): T
  bytes(length: number): Buffer
}

/** Mulberry32: small, quick, and good enough to break things. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number) => Math.floor(next() * end)
  return {
    below,
    chance: (share) => next() < share,
    pick<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError('There is nothing to pick from')
      return choices[below(choices.length)] as T
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  }
}
