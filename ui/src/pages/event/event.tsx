import { useParams } from '@tanstack/react-router'
import { PageHead } from '../../parts/page-head.tsx'

export function EventPage() {
  const { event } = useParams({ from: '/signed-in/projects/$project/events/$event' })
  return <PageHead title={`Event ${event.slice(0, 8)}`} />
}
