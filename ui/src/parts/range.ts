/** The stretch of time that a page shows, as its address says. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import {
  type IntervalName,
  intervalOf,
  intervalsOf,
  type Period,
  type RangeSearch,
  rangeQuery,
  readRangeSearch,
  type Stretch,
  stretchOf,
} from '../words/ranges.ts'

export interface CurrentRange {
  readonly range: RangeSearch
  readonly fallback: Period
  readonly interval: IntervalName
  readonly choices: readonly IntervalName[]
  /** For the API: `{ statsPeriod, interval }` or `{ start, end, interval }`. Steady, so it can be a query's key. */
  readonly query: ReturnType<typeof rangeQuery>
  readonly stretch: Stretch
  /** Writes it into the address; other search parameters stay. */
  readonly setRange: (range: RangeSearch) => void
}

/** `fallback` is what holds while the address says nothing. */
export function useRange(fallback: Period = '24h'): CurrentRange {
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const { statsPeriod, start, end, interval } = search
  const setRange = useCallback(
    (range: RangeSearch) => {
      const { statsPeriod, start, end, interval } = range
      const isDefault = statsPeriod === fallback
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => ({
          ...before,
          start,
          end,
          interval,
          statsPeriod: isDefault ? undefined : statsPeriod,
        }),
        resetScroll: false,
      })
    },
    [navigate, fallback],
  )
  return useMemo(() => {
    const range = readRangeSearch({ statsPeriod, start, end, interval })
    const now = Date.now()
    return {
      range,
      fallback,
      interval: intervalOf(range, fallback, now),
      choices: intervalsOf(range, fallback, now),
      query: rangeQuery(range, fallback, now),
      stretch: stretchOf(range, fallback, now),
      setRange,
    }
  }, [statsPeriod, start, end, interval, fallback, setRange])
}
