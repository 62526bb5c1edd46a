import { Group, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type EventOutline, eventsQuery } from '../../api/events.ts'
import { AnchorLink } from '../../parts/links.tsx'
import { InfiniteList } from '../../parts/loaded.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { LevelBadge } from '../events/level-badge.tsx'
import { kindOf, tagOf } from '../events/levels.ts'
import classes from './overview.module.css'

const SHOWN = 5

export function RecentEvents({ org, project }: { readonly org: string; readonly project: string }) {
  const events = useInfiniteQuery({
    ...eventsQuery(org, project, { per_page: SHOWN }),
    refetchInterval: 15_000,
    maxPages: 1,
  })
  const recent = { ...events, hasNextPage: false } as typeof events
  return (
    <section aria-label="Recent events" style={{ marginTop: 32 }}>
      <Group justify="space-between">
        <Title order={2}>Recent events</Title>
        <AnchorLink to="/projects/$project/events" params={{ project }}>
          All events
        </AnchorLink>
      </Group>
      <InfiniteList
        query={recent}
        what="The events could not be loaded"
        skeleton={<RowSkeletons rows={SHOWN} height={48} />}
        empty={
          <Text c="dimmed" mt="xs">
            None is stored yet. The last ones will be here, with their stack traces.
          </Text>
        }
      >
        {(all) => (
          <ul className={classes.list}>
            {all.slice(0, SHOWN).map((event) => (
              <li key={event.eventID}>
                <Row event={event} project={project} />
              </li>
            ))}
          </ul>
        )}
      </InfiniteList>
    </section>
  )
}

function Row({ event, project }: { readonly event: EventOutline; readonly project: string }) {
  const [release, environment] = [tagOf(event, 'release'), tagOf(event, 'environment')]
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
      <div style={{ minWidth: 0 }}>
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <LevelBadge kind={kindOf(event)} />
          <AnchorLink
            to="/projects/$project/events/$event"
            params={{ project, event: event.eventID }}
            c="inherit"
            lineClamp={1}
          >
            {event.title}
          </AnchorLink>
        </Group>
        <Text size="xs" c="dimmed">
          {[event.culprit, release, environment].filter(Boolean).join(' · ')}
        </Text>
      </div>
      <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
        <TimeAgo at={event.dateCreated} />
      </Text>
    </Group>
  )
}
