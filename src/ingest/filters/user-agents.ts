/** Few user agents send most events, and reading one costs as much as all other filters together. */

const REMEMBERED = 1000
const REMEMBERED_LENGTH = 500

/** The same answers as `read` gives, which is asked once for each user agent as long as it is remembered. */
export function remembering<Answer>(read: (userAgent: string) => Answer): (userAgent: string) => Answer {
  const known = new Map<string, Answer>()
  return (userAgent) => {
    if (userAgent.length > REMEMBERED_LENGTH) return read(userAgent)
    const answer = known.get(userAgent)
    if (answer !== undefined || known.has(userAgent)) return answer as Answer
    if (known.size >= REMEMBERED) known.clear()
    const fresh = read(userAgent)
    known.set(userAgent, fresh)
    return fresh
  }
}
