/** Waits for an event of a project: told by the server second by second, and asking from time to time as well. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type EventOutline, eventsQuery } from '../../api/events.ts'
import { useLiveSeconds } from '../../api/live.ts'
import { projectQuery } from '../../api/projects.ts'
import { type Arrivals, addSecond, noArrivals } from './arrivals.ts'

export type Phase =
  /** Nothing is known yet. */
  | 'loading'
  /** Events came earlier, and nobody waits for more. */
  | 'before'
  | 'waiting'
  | 'arrived'

export interface Watch {
  readonly phase: Phase
  /** Whether it is the very first event that is, or was, waited for. */
  readonly isFirst: boolean
  /** The newest event, if it is stored. */
  readonly event: EventOutline | undefined
  readonly arrivals: Arrivals
  /** Waits for the next event from now on. */
  readonly begin: () => void
  /** Looks at once. */
  readonly look: () => void
}

/** The newest event when the watch began. */
interface Baseline {
  readonly eventId: string | undefined
  readonly isFirst: boolean
}

/** While the server tells, asking is a precaution. */
const PRECAUTION_MS = 15_000
const POLL_MS = 3000

export function useWatch(org: string, project: string): Watch {
  const client = useQueryClient()
  const [baseline, setBaseline] = useState<Baseline>()
  const [arrivals, setArrivals] = useState(noArrivals)
  const [isTold, setTold] = useState(false)
  const { data: details } = useQuery(projectQuery(org, project))
  const { data: latest, refetch } = useInfiniteQuery({
    ...eventsQuery(org, project, { per_page: 1 }),
    refetchInterval: ({ state }) => {
      const isThere = state.data?.pages[0]?.items[0]?.eventID !== baseline?.eventId
      if (baseline === undefined || isThere) return false
      return isTold ? PRECAUTION_MS : POLL_MS
    },
  })
  const event = latest?.[0]
  const isLoaded = details !== undefined && latest !== undefined
  if (isLoaded && baseline === undefined && details.firstEvent === null && event === undefined) {
    setBaseline({ eventId: undefined, isFirst: true })
  }
  const isArrived = baseline !== undefined && event !== undefined && event.eventID !== baseline.eventId
  const isWaiting = baseline !== undefined && !isArrived

  const live = useLiveSeconds({ org, project, isOn: isWaiting }, (second) => {
    setArrivals((before) => addSecond(before, second))
    if (second.counts.accepted !== undefined) void refetch()
  })
  if (isTold !== (live === 'listening')) setTold(live === 'listening')

  useEffect(() => {
    if (!isArrived) return
    // Lists that were loaded earlier do not know it yet.
    void client.invalidateQueries({ queryKey: [org, 'project', project] })
    void client.invalidateQueries({ queryKey: [org, 'projects'] })
  }, [isArrived, client, org, project])

  return {
    phase: phaseOf(isLoaded, baseline, isArrived),
    isFirst: baseline?.isFirst ?? false,
    event,
    arrivals,
    begin: () => {
      setBaseline({ eventId: event?.eventID, isFirst: details?.firstEvent === null && event === undefined })
      setArrivals(noArrivals)
    },
    look: () => void refetch(),
  }
}

function phaseOf(isLoaded: boolean, baseline: Baseline | undefined, isArrived: boolean): Phase {
  if (!isLoaded) return 'loading'
  if (baseline === undefined) return 'before'
  return isArrived ? 'arrived' : 'waiting'
}
