/** The last minutes, second by second, as a chart that moves. */
import { useState } from 'react'
import { type LiveSecond, type LiveState, useLiveSeconds } from '../../api/live.ts'
import { type ChartSeries, outcomeSeries } from '../../charts/series.ts'

/** Three minutes of bars. */
export const WINDOW_SECONDS = 180

export interface LiveWindow {
  readonly state: LiveState
  readonly starts: readonly number[]
  readonly series: readonly ChartSeries[]
}

export function useLiveWindow(input: {
  org: string
  project: string
  category: string
  isOn: boolean
}): LiveWindow {
  const { org, project, category, isOn } = input
  const [seconds, setSeconds] = useState<readonly LiveSecond[]>([])
  const state = useLiveSeconds({ org, project, isOn }, (second) =>
    setSeconds((before) => [...before.filter(({ at }) => at > second.at - WINDOW_SECONDS), second]),
  )
  const end = (seconds.at(-1)?.at ?? Math.floor(Date.now() / 1000)) + 1
  return { state, ...windowOf(seconds, end, category) }
}

/** `end` is exclusive, in epoch seconds. `default` and `security` are told as errors by the server itself. */
export function windowOf(
  seconds: readonly LiveSecond[],
  end: number,
  category: string,
): Pick<LiveWindow, 'starts' | 'series'> {
  const first = end - WINDOW_SECONDS
  const starts = Array.from({ length: WINDOW_SECONDS }, (_, index) => first + index)
  const names = new Set(seconds.flatMap(({ counts }) => Object.keys(counts)))
  const groups = [...names].map((outcome) => {
    const series = new Array<number>(WINDOW_SECONDS).fill(0)
    for (const { at, counts } of seconds) {
      if (at >= first && at < end) series[at - first] = counts[outcome]?.[category] ?? 0
    }
    return { by: { outcome }, series }
  })
  return { starts, series: outcomeSeries(groups, WINDOW_SECONDS) }
}
