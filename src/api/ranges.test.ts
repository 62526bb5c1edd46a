import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError } from './errors.ts'
import { readRange } from './ranges.ts'

const now = Date.UTC(2026, 0, 5, 9, 30)
const day = 86_400_000

describe('readRange', () => {
  test('names none when the query names none, or only empty ones', () => {
    expect(readRange({}, now)).toBeUndefined()
    expect(readRange({ statsPeriod: '', start: '', end: '', statsPeriodStart: '' }, now)).toBeUndefined()
  })

  test.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['24h', day],
    ['14d', 14 * day],
    ['2w', 14 * day],
    ['90', 90_000],
    ['0d', 0],
  ])('statsPeriod=%s reaches back from now', (statsPeriod, length) => {
    expect(readRange({ statsPeriod }, now)).toEqual({ start: now - length, end: now })
  })

  test('statsPeriod wins over the other ways, right or wrong', () => {
    const others = { start: 'nonsense', statsPeriodStart: '1x', end: '2026' }
    expect(readRange({ statsPeriod: '1d', ...others }, now)).toEqual({ start: now - day, end: now })
  })

  test('statsPeriodStart and statsPeriodEnd are both told from now', () => {
    expect(readRange({ statsPeriodStart: '2d', statsPeriodEnd: '1d' }, now)).toEqual({
      start: now - 2 * day,
      end: now - day,
    })
  })

  test.each([
    ['2026-01-05T09:30:00Z', now],
    ['2026-01-05T09:30:00', now],
    ['2026-01-05T09:30:00.250', now + 250],
    ['2026-01-05T10:30:00+01:00', now],
    ['2026-01-05T10:30:00 01:00', now],
    ['2026-01-05', Date.UTC(2026, 0, 5)],
    [String(now / 1000), now],
    [`${now / 1000}.25`, now + 250],
  ])('reads %s as an instant', (text, at) => {
    expect(readRange({ start: text, end: text }, now)).toEqual({ start: at, end: at })
  })

  test.each([
    [{ statsPeriod: '14x' }, "Invalid statsPeriod: '14x'"],
    [{ statsPeriod: 'd' }, "Invalid statsPeriod: 'd'"],
    [{ statsPeriod: '-1d' }, "Invalid statsPeriod: '-1d'"],
    [{ statsPeriod: '1d ' }, "Invalid statsPeriod: '1d '"],
    [{ statsPeriod: '99999999999w' }, "Invalid statsPeriod: '99999999999w'"],
    [{ statsPeriodStart: '1d' }, 'statsPeriodStart and statsPeriodEnd are both required'],
    [{ statsPeriodEnd: '1d' }, 'statsPeriodStart and statsPeriodEnd are both required'],
    [{ statsPeriodStart: '1x', statsPeriodEnd: '1d' }, "Invalid statsPeriodStart: '1x'"],
    [{ statsPeriodStart: '1d', statsPeriodEnd: '1x' }, "Invalid statsPeriodEnd: '1x'"],
    [{ statsPeriodStart: '1d', statsPeriodEnd: '2d' }, 'start must be before end'],
    [{ start: '2026-01-05' }, 'start and end are both required'],
    [{ end: '2026-01-05' }, 'start and end are both required'],
    [{ start: '2026-01-05', end: '2026-01-04' }, 'start must be before end'],
    [{ start: 'yesterday', end: '2026-01-05' }, 'yesterday is not a valid ISO8601 date query'],
    [{ start: '2026-02-30', end: '2026-03-05' }, '2026-02-30 is not a valid ISO8601 date query'],
    [{ start: '1', end: '9'.repeat(30) }, `${'9'.repeat(30)} is not a valid ISO8601 date query`],
  ])('refuses %j', (query, detail) => {
    expect(() => readRange(query, now)).toThrow(expect.objectContaining({ status: 400, body: { detail } }))
  })

  test('whatever the query says, it is read or refused, and starts before it ends', () => {
    const text = fc.option(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,20}[smhdwx]?$/)), {
      nil: undefined,
    })
    const query = fc.record({
      statsPeriod: text,
      statsPeriodStart: text,
      statsPeriodEnd: text,
      start: text,
      end: text,
    })
    fc.assert(
      fc.property(query, (asked) => {
        try {
          const range = readRange(asked, now)
          if (range !== undefined) expect(range.start).toBeLessThanOrEqual(range.end)
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError)
        }
      }),
    )
  })
})
