/** What went wrong, in words, and what to do about it. */
import { ApiError } from '../api/errors.ts'
import { plural } from './numbers.ts'

export interface ProblemWords {
  readonly title: string
  readonly advice: string
  /** Whether asking again may help. */
  readonly mayRetry: boolean
}

/** `what` is what was to be done or shown: `The keys could not be loaded`. */
export function problemWords(error: unknown, what: string): ProblemWords {
  const says = (advice: string, mayRetry: boolean) => ({ title: what, advice, mayRetry })
  if (!(error instanceof ApiError)) {
    return says(
      'Something in this page failed. Reload it; if that does not help, tell whoever runs the server.',
      true,
    )
  }
  const { status, detail, retryAfterSeconds } = error
  if (status === 0)
    return says('The server cannot be reached. It may be restarting, or the network is down.', true)
  if (status === 403) return says(detail || 'Your role does not allow this.', false)
  if (status === 404) return says('It does not exist, or your teams have no access to it.', false)
  if (status === 429) {
    const wait = retryAfterSeconds === undefined ? 'a moment' : plural(retryAfterSeconds, 'second')
    return says(`Too many requests. Try again in ${wait}.`, true)
  }
  if (status >= 500) {
    return says('The server failed and has written down why. Its log knows more.', true)
  }
  return says(sentence(error), false)
}

/** What the API said, fields included, as one text. */
function sentence({ detail, fields, status }: ApiError): string {
  const said = [detail, ...Object.entries(fields).map(([field, message]) => `${field}: ${message}`)]
  return said.filter((text) => text !== '').join(' ') || `The server answered ${status}.`
}
