/** X-Sentry-Rate-Limits, read without the server's own reader. */

export interface StatedLimit {
  readonly seconds: number
  readonly categories: readonly string[]
  readonly scope: string
  readonly reason: string | undefined
}

/** Errors: when an entry is not `<seconds>:<categories>:<scope>[:<reason>]`. */
export function limitsOfHeader(headers: Readonly<Record<string, string | undefined>>): StatedLimit[] {
  const text = headers['x-sentry-rate-limits']
  if (text === undefined) return []
  return text.split(', ').map((entry) => {
    const parts = /^(\d+):([a-z_;]*):(organization|project|key)(?::([a-z_]+))?$/.exec(entry)
    if (parts === null) throw new Error(`Not a limit: ${entry}`)
    const [, seconds, categories = '', scope = '', reason] = parts
    return { seconds: Number(seconds), categories: categories.split(';').filter(Boolean), scope, reason }
  })
}
