/** What becomes of a project's data, second by second, while somebody watches. */
import { useEffect, useEffectEvent, useState } from 'react'
import { baseUrl } from './client.ts'

export interface LiveSecond {
  /** Epoch seconds at which it began. */
  readonly at: number
  /** By outcome, then by category. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** `waiting` until the first word from the server, and again while the browser reconnects. */
export type LiveState = 'off' | 'waiting' | 'listening'

/** Calls `onSecond` once a second while `isOn`, also for seconds in which nothing came. */
export function useLiveSeconds(
  { org, project, isOn }: { org: string; project: string; isOn: boolean },
  onSecond: (second: LiveSecond) => void,
): LiveState {
  const [state, setState] = useState<LiveState>('off')
  const handle = useEffectEvent(onSecond)
  useEffect(() => {
    if (!isOn) {
      setState('off')
      return
    }
    setState('waiting')
    const path = `${encodeURIComponent(org)}/${encodeURIComponent(project)}`
    let retry: ReturnType<typeof setTimeout> | undefined
    let source: EventSource
    const open = () => {
      source = new EventSource(`${baseUrl}/api/0/projects/${path}/usage/live/`)
      source.onopen = () => setState('listening')
      source.onmessage = ({ data }) => handle(JSON.parse(String(data)) as LiveSecond)
      source.onerror = () => {
        setState('waiting')
        // The browser comes back by itself unless the answer was a refusal, such as 503 while the server restarts.
        if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, 5000)
      }
    }
    open()
    return () => {
      clearTimeout(retry)
      source.close()
    }
  }, [org, project, isOn])
  return state
}
