import { expect, test } from 'vitest'
import { ApiError, readProblem } from '../api/errors.ts'
import { problemWords } from './problems.ts'

const answered = (status: number, body?: unknown, retryAfter: string | null = null) =>
  problemWords(new ApiError(readProblem(status, body, retryAfter)), 'The keys could not be loaded')

test.each([
  [answered(0), 'The server cannot be reached. It may be restarting, or the network is down.', true],
  [answered(403), 'Your role does not allow this.', false],
  [answered(404), 'It does not exist, or your teams have no access to it.', false],
  [answered(429, {}, '17'), 'Too many requests. Try again in 17 seconds.', true],
  [
    answered(500, { detail: 'Internal Error' }),
    'The server failed and has written down why. Its log knows more.',
    true,
  ],
  [answered(400, { name: ['Too long.'] }), 'name: Too long.', false],
  [answered(409), 'The server answered 409.', false],
])('says %j', (words, advice, mayRetry) => {
  expect(words).toEqual({ title: 'The keys could not be loaded', advice, mayRetry })
})
