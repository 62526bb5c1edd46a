/** How often somebody may try something that can be guessed. Counted in memory: a restart forgives. */
import { MINUTE, SECOND } from '../time.ts'
import { ApiError } from './errors.ts'

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

/** Whose password it is, and who guesses. */
export interface Guess {
  /** As it was typed: counted whether there is such an account or not. */
  readonly account: string
  readonly ip: string
}

/** Attempts at passwords, wherever one is asked for: so many for an account, and so many from an address. */
export class PasswordAttempts {
  readonly #account = new Attempts({ limit: 10, windowMs: MINUTE })
  readonly #address = new Attempts({ limit: 50, windowMs: MINUTE })

  /** Errors: ApiError 429 with Retry-After. */
  count({ account, ip }: Guess, now: number): void {
    const waitMs = this.#address.take(networkOf(ip), now) || this.#account.take(account.toLowerCase(), now)
    if (waitMs === 0) return
    const seconds = Math.ceil(waitMs / SECOND)
    const detail = `You have made too many login attempts. Please try again in ${seconds} seconds.`
    throw new ApiError(429, detail, { 'retry-after': String(seconds) })
  }

  /** A password that was right does not count. */
  giveBack({ account, ip }: Guess): void {
    this.#address.giveBack(networkOf(ip))
    this.#account.giveBack(account.toLowerCase())
  }
}

/** The address itself; of IPv6 the network, within which everybody has as many addresses as they like. */
export function networkOf(ip: string): string {
  if (!ip.includes(':') || ip.includes('.')) return ip
  const [head = [], tail = []] = ip.split('::').map((part) => part.split(':').filter(Boolean))
  const zeros = Array(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`
}
