/** What a real @sentry/node process does when its key is used up. */
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openLedger } from './ledger.ts'
import { node, root, run, startServer } from './server.ts'

test('an SDK that is refused stops sending, and reports what it dropped meanwhile', async () => {
  await using server = await startServer()
  const { status } = await server.api(`/projects/default/first-project/keys/${server.publicKey}/`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    // A day, because a window of a minute might end in the middle.
    body: JSON.stringify({ rateLimit: { count: 2, window: 86_400 } }),
  })
  expect(status).toBe(200)

  const program = join(root, 'e2e', 'sdks', 'node', 'rate-limit.mjs')
  const { code, stdout, stderr } = await run(node, [program], { DSN: server.dsn })
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })

  using ledger = openLedger(server.dataDir)
  await vi.waitFor(
    () =>
      expect(ledger.counts(server.projectId)).toEqual({
        'accepted error': 2,
        // The one that was answered 429. The SDK kept the other two to itself.
        'rate_limited:key_quota error': 1,
        'client_discard:ratelimit_backoff error': 2,
      }),
    { timeout: 1000, interval: 25 },
  )
  expect(ledger.events(server.projectId).map(({ title }) => title)).toEqual([
    'Order 1 was lost',
    'Order 2 was lost',
  ])
  const stats = await Promise.all(
    ['received', 'generated', 'rejected'].map((stat) => server.stat('first-project', stat)),
  )
  expect(stats).toEqual([3, 2, 1])
})
