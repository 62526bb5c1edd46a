import { describe, expect, test } from 'vitest'
import { accepted, categoryNumber, type DataCategory, drop, type Fate } from '../protocol/outcome.ts'
import type { Flush, NewDrop } from '../store/flush.ts'
import { dropsOf, type Fated, makeDropList, openDropBudget, type Sender } from './dropped-items.ts'

const receivedAt = Date.UTC(2026, 0, 5, 9, 30)
const sender: Sender = { projectId: 1, keyId: 7, receivedAt, client: 'sentry.python/2.20.0' }
const crawler = drop('filtered', 'web-crawlers')

function lost(category: DataCategory, quantity = 1, more: Partial<Fated> = {}): Fated {
  return { category, quantity, fate: crawler, ...more }
}

/** What is listed, as category and quantity. */
function listed(...settled: readonly Fated[]): (readonly [DataCategory | number, number])[] {
  const names = new Map(settled.map(({ category }) => [categoryNumber(category), category]))
  return dropsOf(sender, settled).map(({ category, quantity }) => [names.get(category) ?? category, quantity])
}

describe('what is listed of an arrival', () => {
  test('is everything that was lost, with all that is known of it', () => {
    const fate: Fate = { ...crawler, detail: 'Googlebot' }
    expect(dropsOf(sender, [lost('error', 1, { fate, sizeBytes: 27 }), lost('session', 3)])).toEqual([
      {
        receivedAt,
        keyId: 7,
        client: 'sentry.python/2.20.0',
        category: 1,
        outcome: 1,
        reason: 'web-crawlers',
        detail: 'Googlebot',
        quantity: 1,
        sizeBytes: 27,
      },
      {
        receivedAt,
        keyId: 7,
        client: 'sentry.python/2.20.0',
        category: 5,
        outcome: 1,
        reason: 'web-crawlers',
        detail: null,
        quantity: 3,
        sizeBytes: null,
      },
    ])
  })

  test('is nothing of what was kept', () => {
    expect(listed({ category: 'error', quantity: 1, fate: accepted }, lost('session'))).toEqual([
      ['session', 1],
    ])
  })

  test.each([
    ['an attachment', [lost('attachment', 12), lost('attachment_item')], [['attachment', 12]]],
    [
      'two attachments',
      [lost('attachment', 12), lost('attachment_item'), lost('attachment', 30), lost('attachment_item')],
      [
        ['attachment', 12],
        ['attachment', 30],
      ],
    ],
    ['logs', [lost('log_item', 2), lost('log_byte', 60)], [['log_item', 2]]],
    ['spans', [lost('span', 4), lost('span_indexed', 4)], [['span', 4]]],
  ] as const)('is one entry for %s, although it is counted twice', (_, settled, expected) => {
    expect(listed(...settled)).toEqual(expected)
  })

  test('is the second count where it stands alone, or has another fate', () => {
    const limited = { fate: drop('rate_limited', 'key_quota') }
    expect(listed(lost('attachment_item'), lost('log_byte', 9))).toEqual([
      ['attachment_item', 1],
      ['log_byte', 9],
    ])
    expect(listed(lost('log_item', 2), lost('log_byte', 60, limited))).toEqual([
      ['log_item', 2],
      ['log_byte', 60],
    ])
  })

  test('says the size where the counts tell it', () => {
    const sizes = dropsOf({ ...sender, eventBytes: 400 }, [
      lost('log_item', 2),
      lost('log_byte', 60),
      lost('attachment', 12),
      lost('transaction'),
      lost('profile'),
    ]).map(({ sizeBytes }) => sizeBytes)
    expect(sizes).toEqual([60, 12, 400, null])
  })

  test.each([
    [{ sdkName: 'sentry.go', sdkVersion: '0.30.0' }, 'sentry.go/0.30.0'],
    [{ sdkName: 'sentry.go', sdkVersion: null }, 'sentry.go'],
    [{ sdkName: null, sdkVersion: null }, null],
  ])('names the SDK of the event %j when the request did not', (event, client) => {
    const { client: _, ...nameless } = sender
    expect(dropsOf({ ...nameless, event }, [lost('error')])[0]?.client).toBe(client)
    expect(dropsOf({ ...sender, event }, [lost('error')])[0]?.client).toBe(sender.client)
  })

  test('cuts a long name of an SDK, and not through a character', () => {
    const client = `${'x'.repeat(99)}😀`
    expect(dropsOf({ ...sender, client }, [lost('error')])[0]?.client).toBe(`${'x'.repeat(99)}\ufffd`)
  })
})

describe('the budget of a second', () => {
  const took = (budget = openDropBudget(), projectId = 1, at = receivedAt, times = 1000) =>
    Array.from({ length: times }, () => budget.take(projectId, at)).filter(Boolean).length

  test('gives each project fifty, and all of them three hundred', () => {
    const budget = openDropBudget()
    expect([1, 2, 3, 4, 5, 6].map((id) => took(budget, id))).toEqual([50, 50, 50, 50, 50, 50])
    expect(took(budget, 1)).toBe(0)
  })

  test('gives one to those who come when it is used up', () => {
    const budget = openDropBudget()
    for (const id of [1, 2, 3, 4, 5, 6]) took(budget, id)
    expect([took(budget, 7), took(budget, 8), took(budget, 7)]).toEqual([1, 1, 0])
  })

  test('is there anew with the next second, and not for what comes late from the last one', () => {
    const budget = openDropBudget()
    expect([took(budget), took(budget, 1, receivedAt + 999)]).toEqual([50, 0])
    expect(took(budget, 1, receivedAt + 1000)).toBe(50)
    expect(took(budget, 1, receivedAt)).toBe(0)
  })

  test('is there anew when the clock was set back', () => {
    const budget = openDropBudget()
    took(budget)
    expect(took(budget, 1, receivedAt - 3_600_000)).toBe(50)
  })
})

test('a list turns to each project once, and says how much it leaves out', () => {
  const written: [number, number, number][] = []
  const flush = {
    listDropped: (projectId: number, drops: readonly NewDrop[], unlisted: number) =>
      void written.push([projectId, drops.length, unlisted]),
  } as unknown as Flush
  const list = makeDropList(openDropBudget())
  list.add(sender, [{ category: 'error', quantity: 1, fate: accepted }])
  for (let turn = 0; turn < 60; turn++) list.add(sender, [lost('error')])
  list.add({ ...sender, projectId: 2 }, [lost('error'), lost('session')])
  list.writeTo(flush)
  expect(written).toEqual([
    [1, 50, 10],
    [2, 2, 0],
  ])
})
