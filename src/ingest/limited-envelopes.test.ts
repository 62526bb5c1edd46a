/** Envelopes of a key with quotas: what is taken, what is used up, and what is written of it. */
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { item, openFrontDoor, soundItem } from '../../tests/http/front-door.ts'
import { openInstallation, startAt } from '../../tests/http/installation.ts'
import type { RawItem } from '../protocol/envelope.ts'
import { newEventId, parseEventId } from '../protocol/ids.ts'
import type { DataCategory } from '../protocol/outcome.ts'
import type { Quota } from '../protocol/rate-limits.ts'
import { listRateLimitUses } from '../store/rate-limit-uses.ts'
import { WriteFailed } from '../store/writer.ts'
import { type Admitted, accept, type IngestDeps } from './accept.ts'
import { openLimits, windowEnd } from './limits.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())
const { app } = vedette
const deps: IngestDeps = {
  writer: app.writer,
  blobs: app.blobs,
  limits: app.limits,
  retentionDays: app.config.eventRetentionDays,
}

let quotas = 0

/** At most `limit` an hour of what is counted in the categories. */
function quota(limit: number, ...categories: readonly DataCategory[]): Quota {
  const reasonCode = `${categories.join('_')}_quota`
  return {
    id: `test:${quotas++}`,
    scope: 'organization',
    scopeId: 1,
    categories,
    limit,
    window: 3600,
    reasonCode,
  }
}

async function openGround(...quotas: readonly Quota[]) {
  const door = await openFrontDoor(vedette)
  const known = await app.gate.keyOf(door.key.publicKey)
  if (known === undefined) throw new Error('The key is not known')
  const key = { ...known, quotas }
  const quotaIds = quotas.map(({ id }) => id)
  const receive = (items: readonly RawItem[], rest: Partial<Admitted> = {}, to: IngestDeps = deps) =>
    accept(to, {
      key,
      eventId: newEventId(),
      items,
      receivedAt: startAt,
      sentAt: undefined,
      clientIp: undefined,
      client: undefined,
      ...rest,
    })
  /** What the database says is used of each quota, in the order they were given. */
  async function used(): Promise<number[]> {
    const uses = await listRateLimitUses(app.db.read, startAt / 1000)
    return quotaIds.map((id) => uses.find(({ quotaId }) => quotaId === id)?.quantity ?? 0)
  }
  return { door, key, receive, used }
}

function raw({ header, payload }: ReturnType<typeof item>): RawItem {
  return { type: String(header.type), header: { ...header }, payload }
}

const event = raw(soundItem('event'))
const attachment = raw(item('attachment', 'twelve bytes', { filename: 'a.txt' }))
const broken = raw(item('event', '{'))

describe('what an envelope uses up', () => {
  test('is written with what used it, and what is over the limit is dropped for the quota’s reason', async () => {
    const { door, receive, used } = await openGround(quota(2, 'error'), quota(100, 'attachment'))
    const receptions = []
    for (let sent = 0; sent < 3; sent++) receptions.push((await receive([event, attachment])).limited)
    expect(receptions).toEqual(['nothing', 'nothing', 'everything'])
    expect(await used()).toEqual([2, 24])
    expect(door.counts()).toEqual({
      'accepted error': 2,
      'accepted attachment': 24,
      'accepted attachment_item': 2,
      'rate_limited:error_quota error': 1,
      'rate_limited:error_quota attachment': 12,
      'rate_limited:error_quota attachment_item': 1,
    })
  })

  test('is counted item by item: some may pass and others not', async () => {
    const { door, receive, used } = await openGround(quota(2, 'attachment_item'), quota(1, 'session'))
    const session = raw(soundItem('session'))
    const { limited, limits } = await receive([event, attachment, session, attachment, session, attachment])
    expect(limited).toBe('some')
    expect(limits.map(({ reason }) => reason)).toEqual(['session_quota', 'attachment_item_quota'])
    expect(await used()).toEqual([2, 1])
    expect(door.counts()).toEqual({
      'accepted error': 1,
      'accepted attachment': 24,
      'accepted attachment_item': 2,
      'rate_limited:attachment_item_quota attachment': 12,
      'rate_limited:attachment_item_quota attachment_item': 1,
      'accepted session': 1,
      'rate_limited:session_quota session': 1,
    })
  })

  test('is nothing for what is invalid or a duplicate, with all that is bound to it', async () => {
    const { receive, used, door } = await openGround(quota(2, 'error'), quota(30, 'attachment'))
    const eventId = newEventId()
    const session = raw(soundItem('session'))
    await receive([broken, attachment])
    await receive([raw(item('log', 'no container'))])
    await receive([event, attachment, session], { eventId })
    await receive([event, attachment, session], { eventId })
    expect(await used()).toEqual([1, 12])
    expect((await receive([event, attachment])).limited).toBe('nothing')
    expect(await used()).toEqual([2, 24])
    expect(door.counts()).toMatchObject({
      'accepted error': 2,
      'invalid:duplicate error': 1,
      'invalid:invalid_json error': 1,
    })
  })

  test('is given back when it cannot be written', async () => {
    const { receive, used } = await openGround(quota(1, 'error'))
    const submit = () => Promise.reject(new WriteFailed('The disk is full'))
    const failing = receive([event], {}, { ...deps, writer: { ...deps.writer, submit } })
    await expect(failing).rejects.toThrow('The disk is full')
    expect(await used()).toEqual([0])
    expect((await receive([event])).limited).toBe('nothing')
    expect((await receive([event])).limited).toBe('everything')
    expect(await used()).toEqual([1])
  })

  test('is what was accepted, whatever comes, repeated and all at once, and never more than the limit', async () => {
    const delivery = fc.record({
      eventId: fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined }),
      item: fc.constantFrom(event, event, broken, raw(soundItem('transaction'))),
    })
    const waves = fc.array(fc.array(delivery, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(waves, fc.integer({ min: 1, max: 5 }), async (waves, limit) => {
        const { door, receive, used } = await openGround(quota(limit, 'error'))
        for (const deliveries of waves) {
          await Promise.all(
            deliveries.map(({ eventId, item }) =>
              receive([item], {
                eventId: eventId === undefined ? newEventId() : parseEventId(eventId.repeat(32)),
              }),
            ),
          )
        }
        const { 'accepted error': accepted = 0 } = door.counts()
        expect(await used()).toEqual([accepted])
        expect(accepted).toBeLessThanOrEqual(limit)
        // Whatever is left can be used still.
        for (let left = limit - accepted; left > 0; left--)
          expect((await receive([event])).limited).toBe('nothing')
        expect((await receive([event])).limited).toBe('everything')
      }),
      { numRuns: 60 },
    )
  })

  test('is known to the next process', async () => {
    const { key, receive } = await openGround(quota(3, 'error'))
    await receive([event])
    await receive([event])
    const next = openLimits(vedette.clock, await listRateLimitUses(app.db.read, startAt / 1000))
    const charge = () => next.charge(key, [{ category: 'error', quantity: 1 }]).kind
    expect([charge(), charge()]).toEqual(['charged', 'refused'])
  })
})

test('an attachment that makes an event is dropped, and its loss is no reason to refuse the envelope', async () => {
  const { door, receive } = await openGround(quota(5, 'attachment_item'))
  const dump = raw(item('attachment', 'MDMP', { filename: 'a.dmp', attachment_type: 'event.minidump' }))
  for (let sent = 0; sent < 5; sent++) await receive([attachment])
  expect(await receive([event, dump])).toMatchObject({ limited: 'nothing' })
  expect(door.look((ledger, projectId) => ledger.attachments(projectId))).toHaveLength(5)
  expect(door.counts()).toMatchObject({
    'accepted error': 1,
    'rate_limited:attachment_item_quota attachment': 4,
    'rate_limited:attachment_item_quota attachment_item': 1,
  })
})

test('data that counts in two ways is dropped in both when either is limited', async () => {
  const { door, receive } = await openGround(quota(3, 'log_item'), quota(10_000, 'log_byte'))
  const log = raw(item('log', { items: [{}, {}] }, { item_count: 2 }))
  const { limits } = await receive([log, log])
  expect(limits).toEqual([
    {
      categories: ['log_item'],
      scope: 'organization',
      reason: 'log_item_quota',
      until: windowEnd({ window: 3600 }, door.organization.id, startAt) * 1000,
    },
  ])
  expect(door.counts()).toEqual({
    'accepted log_item': 2,
    'accepted log_byte': log.payload.byteLength,
    'rate_limited:log_item_quota log_item': 2,
    'rate_limited:log_item_quota log_byte': log.payload.byteLength,
  })
})
