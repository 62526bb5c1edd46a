/** How often somebody may try something that can be guessed. Counted in memory: a restart forgives. */

/** Keys that are remembered at once; the oldest are forgotten first. */
const MOST_KEYS = 10_000

interface Tries {
  readonly since: number
  count: number
}

/** At most `limit` attempts for a key within `windowMs` of its first. */
export class Attempts {
  readonly #limit: number
  readonly #windowMs: number
  readonly #tries = new Map<string, Tries>()

  constructor({ limit, windowMs }: { limit: number; windowMs: number }) {
    this.#limit = limit
    this.#windowMs = windowMs
  }

  /** Counts an attempt. Answers 0 when it may be made, else the milliseconds until the next one may. */
  take(key: string, now: number): number {
    const known = this.#tries.get(key)
    if (known !== undefined && now - known.since < this.#windowMs) {
      if (known.count >= this.#limit) return known.since + this.#windowMs - now
      known.count += 1
      return 0
    }
    this.#tries.delete(key)
    if (this.#tries.size >= MOST_KEYS) this.#forget(now)
    this.#tries.set(key, { since: now, count: 1 })
    return 0
  }

  /** An attempt that went well does not count. */
  giveBack(key: string): void {
    const known = this.#tries.get(key)
    if (known !== undefined) known.count -= 1
  }

  /** Keys are in the order of their first attempt, so those whose time is over come first. */
  #forget(now: number): void {
    let spare = this.#tries.size - MOST_KEYS + 1
    for (const [key, { since }] of this.#tries) {
      if (spare <= 0 && now - since < this.#windowMs) return
      this.#tries.delete(key)
      spare -= 1
    }
  }
}
