import { ago, exactMoment, instant } from '../words/times.ts'
import { useNow } from './now.ts'
import { useZone } from './zone.ts'

interface Props {
  readonly at: string | number
}

/** `5 min ago`, with the exact moment and its zone as title. */
export function TimeAgo({ at }: Props) {
  const now = useNow()
  const zone = useZone()
  const moment = instant(at)
  return (
    <time className="figures" dateTime={new Date(moment).toISOString()} title={exactMoment(moment, zone)}>
      {ago(moment, zone, now)}
    </time>
  )
}
