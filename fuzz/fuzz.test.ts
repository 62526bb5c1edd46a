import { expect, test } from 'vitest'
import { fuzz } from './run.ts'

test('the server bears five thousand broken requests, and counts what was sent', async () => {
  const { problems, requests, answers } = await fuzz({ seed: 20_260_105, requests: 5000 })
  expect(problems).toEqual([])
  expect(requests).toBe(5000)
  // The mix is one: some are let in, some are malformed, some are nobody's.
  for (const status of [200, 400, 401]) expect(answers[status]).toBeGreaterThan(50)
}, 120_000)
