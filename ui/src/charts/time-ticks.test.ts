import { describe, expect, test } from 'vitest'
import { type TimeAxis, timeTicks } from './time-ticks.ts'

const seconds = (iso: string) => Date.parse(iso) / 1000
const HOUR = 3600
const DAY = 86_400

function axis(from: string, to: string, rest: Partial<TimeAxis>): TimeAxis {
  return { from: seconds(from), to: seconds(to), interval: HOUR, zone: 'UTC', width: 600, ...rest }
}

/** `HH:MM=label` by the clock of UTC, lines of a label parted by a stroke. */
function shown(ticks: ReturnType<typeof timeTicks>): string {
  return ticks
    .map(({ at, label }) => `${new Date(at * 1000).toISOString().slice(5, 16)}=${label.replace('\n', '/')}`)
    .join(' ')
}

describe('labels', () => {
  test('of ten seconds show seconds', () => {
    const ticks = timeTicks(axis('2026-03-03T13:00:00Z', '2026-03-03T13:02:00Z', { interval: 10 }))
    expect(ticks.map(({ label }) => label)).toEqual(['13:00:00\n3 Mar', '13:00:30', '13:01:00', '13:01:30'])
  })

  test('of minutes show the day once', () => {
    const ticks = timeTicks(axis('2026-03-03T13:00:00Z', '2026-03-03T14:00:00Z', { interval: 60 }))
    expect(ticks.map(({ label }) => label)).toEqual([
      '13:00\n3 Mar',
      '13:10',
      '13:20',
      '13:30',
      '13:40',
      '13:50',
    ])
  })

  test('of hours show each new day in the zone', () => {
    const ticks = timeTicks(axis('2026-03-03T13:00:00Z', '2026-03-04T13:00:00Z', { zone: 'Asia/Kolkata' }))
    expect(shown(ticks)).toBe(
      '03-03T15:30=21:00/3 Mar 03-03T18:30=00:00/4 Mar 03-03T21:30=03:00 03-04T00:30=06:00 03-04T03:30=09:00 03-04T06:30=12:00 03-04T09:30=15:00 03-04T12:30=18:00',
    )
  })

  test('of days stand in the middle of their bar, and are days of UTC in every zone', () => {
    const ticks = timeTicks(
      axis('2025-12-30T00:00:00Z', '2026-01-03T00:00:00Z', { interval: DAY, zone: 'America/New_York' }),
    )
    expect(shown(ticks)).toBe(
      '12-30T12:00=30 Dec/2025 12-31T12:00=31 Dec 01-01T12:00=1 Jan/2026 01-02T12:00=2 Jan',
    )
  })

  test('of many days are Mondays', () => {
    const ticks = timeTicks(
      axis('2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z', { interval: DAY, width: 1000 }),
    )
    expect(ticks.map(({ at }) => new Date(at * 1000).getUTCDay())).toEqual(
      Array.from({ length: 13 }, () => 1),
    )
    expect(ticks[0]?.label).toBe('5 Jan\n2026')
  })

  test('of weeks begin with the first bar, whatever day it is', () => {
    const from = seconds('2026-01-01T00:00:00Z')
    const ticks = timeTicks({ from, to: from + 8 * 7 * DAY, interval: 7 * DAY, zone: 'UTC', width: 300 })
    expect(ticks.map(({ label }) => label)).toEqual(['1 Jan\n2026', '15 Jan', '29 Jan', '12 Feb'])
  })

  test('are dates where bars of hours are many', () => {
    const ticks = timeTicks(
      axis('2026-03-03T13:00:00Z', '2026-03-09T13:00:00Z', { zone: 'Europe/Vienna', width: 360 }),
    )
    expect(shown(ticks)).toBe(
      '03-03T23:00=4 Mar/2026 03-04T23:00=5 Mar 03-05T23:00=6 Mar 03-06T23:00=7 Mar 03-07T23:00=8 Mar 03-08T23:00=9 Mar',
    )
  })
})

describe('when the clocks change in Vienna', () => {
  const zone = 'Europe/Vienna'

  test('forward, the hour that does not exist has no label', () => {
    const ticks = timeTicks(axis('2026-03-29T00:00:00Z', '2026-03-29T04:00:00Z', { zone, width: 300 }))
    expect(shown(ticks)).toBe(
      '03-29T00:00=01:00/29 Mar 03-29T01:00=03:00 03-29T02:00=04:00 03-29T03:00=05:00',
    )
  })

  test('back, the hour that comes twice is named twice', () => {
    const ticks = timeTicks(axis('2026-10-24T23:00:00Z', '2026-10-25T03:00:00Z', { zone, width: 300 }))
    expect(shown(ticks)).toBe(
      '10-24T23:00=01:00/25 Oct 10-25T00:00=02:00 10-25T01:00=02:00 10-25T02:00=03:00',
    )
  })

  test('longer steps keep to the clock on both sides', () => {
    const spring = timeTicks(axis('2026-03-28T18:00:00Z', '2026-03-29T18:00:00Z', { zone, width: 330 }))
    expect(spring.map(({ label }) => label)).toEqual(['00:00\n29 Mar', '06:00', '12:00', '18:00'])
    const autumn = timeTicks(axis('2026-10-24T18:00:00Z', '2026-10-25T18:00:00Z', { zone, width: 330 }))
    expect(autumn.map(({ label }) => label)).toEqual(['00:00\n25 Oct', '06:00', '12:00', '18:00'])
    const days = timeTicks(axis('2026-03-27T00:00:00Z', '2026-03-31T23:00:00Z', { zone, width: 300 }))
    expect(shown(days)).toBe(
      '03-27T23:00=28 Mar/2026 03-28T23:00=29 Mar 03-29T22:00=30 Mar 03-30T22:00=31 Mar',
    )
  })
})

test('labels have room at every width, from ten seconds to years', () => {
  const to = seconds('2026-03-03T13:07:20Z')
  for (const interval of [10, 60, 300, HOUR, 6 * HOUR, DAY, 7 * DAY]) {
    for (const count of [1, 12, 60, 168, 400]) {
      for (const width of [280, 600, 1140]) {
        const end = Math.ceil(to / interval) * interval
        const from = end - count * interval
        const ticks = timeTicks({ from, to: end, interval, zone: 'America/St_Johns', width })
        const positions = ticks.map(({ at }) => ((at - from) / (end - from)) * width)
        const room = positions.slice(1).map((x, index) => x - (positions[index] ?? 0))
        for (const each of room) expect(each).toBeGreaterThanOrEqual(42)
        for (const x of positions) expect(x >= 0 && x <= width).toBe(true)
      }
    }
  }
})
