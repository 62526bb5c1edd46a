/** The store's contract: what quotas have used up. */
import { expect } from 'vitest'
import { deleteOldRateLimitUses, listRateLimitUses } from '../src/store/rate-limit-uses.ts'
import { type Behaviours, startBucket } from './store.fixtures.ts'

const endsAt = startBucket + 60

export const rateLimits: Behaviours = {
  'what a quota uses in a window adds up, and no other window or quota has a part in it': async (store) => {
    await store.flush((into) => {
      into.addRateLimitUse({ quotaId: 'key:1:60', endsAt, quantity: 2 })
      into.addRateLimitUse({ quotaId: 'key:1:60', endsAt: endsAt + 60, quantity: 5 })
      into.addRateLimitUse({ quotaId: 'key:2:60', endsAt, quantity: 2 ** 40 })
    })
    await store.flush((into) => into.addRateLimitUse({ quotaId: 'key:1:60', endsAt, quantity: 1 }))
    const uses = await listRateLimitUses(store.db.read, startBucket)
    expect(uses.toSorted((a, b) => a.quantity - b.quantity)).toEqual([
      { quotaId: 'key:1:60', endsAt, quantity: 3 },
      { quotaId: 'key:1:60', endsAt: endsAt + 60, quantity: 5 },
      { quotaId: 'key:2:60', endsAt, quantity: 2 ** 40 },
    ])
  },

  'a flush that fails has used nothing': async (store) => {
    const failing = store.flush((into) => {
      into.addRateLimitUse({ quotaId: 'key:1:60', endsAt, quantity: 2 })
      throw new RangeError('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await listRateLimitUses(store.db.read, startBucket)).toEqual([])
  },

  'a window counts until it ends, and is deleted after that, so many at a time': async (store) => {
    await store.flush((into) => {
      for (const seconds of [-120, -60, 0, 60])
        into.addRateLimitUse({ quotaId: 'key:1:60', endsAt: startBucket + seconds, quantity: 1 })
    })
    const endsOf = async (now: number) =>
      (await listRateLimitUses(store.db.read, now)).map((use) => use.endsAt - startBucket).toSorted()
    expect(await endsOf(startBucket - 0.001)).toEqual([0, 60])
    expect(await endsOf(startBucket)).toEqual([60])

    const deleteSome = () =>
      store.db.write((tx) => deleteOldRateLimitUses(tx, { before: startBucket, limit: 1 }))
    expect([await deleteSome(), await deleteSome(), await deleteSome()]).toEqual([1, 1, 0])
    expect(await endsOf(0)).toEqual([0, 60])
  },
}
