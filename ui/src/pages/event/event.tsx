/** One stored event, whole: what went wrong first, then everything that is known of it. */
import { Code, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconFileUnknown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { linkOptions, useParams } from '@tanstack/react-router'
import { ApiError } from '../../api/errors.ts'
import { type EventDetails, eventQuery } from '../../api/events.ts'
import { projectQuery } from '../../api/projects.ts'
import { CopyButton } from '../../parts/copy.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ButtonLink, IconLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { bytes } from '../../words/numbers.ts'
import { LevelBadge } from '../events/level-badge.tsx'
import { kindOf, tagOf, userName } from '../events/levels.ts'
import { Attachments } from './attachments.tsx'
import classes from './event.module.css'
import { Facts, Part } from './part.tsx'
import { RawJson } from './raw.tsx'
import {
  breadcrumbsOf,
  contextsOf,
  exceptionsOf,
  imagesOf,
  messageOf,
  pairs,
  reportOf,
  requestOf,
  spansOf,
  spoken,
  stackOf,
  threadsOf,
} from './readers.ts'
import { Exceptions, Stack, Threads } from './stack-trace.tsx'
import { Breadcrumbs, Request, Spans } from './story.tsx'

export function EventPage() {
  const { project = '', event: id = '' } = useParams({ strict: false }) as {
    project?: string
    event?: string
  }
  const org = useOrg()
  const event = useQuery(eventQuery(org, project, id))
  const { data: details } = useQuery(projectQuery(org, project))
  const isUnknown = event.error instanceof ApiError && event.error.status === 404
  return (
    <>
      <PageHead
        title={event.data?.title ?? 'Event'}
        crumbs={[
          { label: 'Projects', link: linkOptions({ to: '/' }) },
          {
            label: details?.name ?? project,
            link: linkOptions({ to: '/projects/$project', params: { project } }),
          },
          { label: 'Events', link: linkOptions({ to: '/projects/$project/events', params: { project } }) },
        ]}
        note={event.data && <Note event={event.data} />}
        action={event.data && <Neighbours event={event.data} project={project} />}
        documentTitle={`${event.data?.title ?? 'Event'} · ${details?.name ?? project}`}
      />
      {isUnknown ? (
        <EmptyState
          icon={<IconFileUnknown size={24} aria-hidden />}
          title="No such event"
          action={
            <ButtonLink to="/projects/$project/events" params={{ project }}>
              Go to the events
            </ButtonLink>
          }
        >
          There is no event {id} in this project. It may be past its retention, or belong to another project.
        </EmptyState>
      ) : (
        <Loaded query={event} what="The event could not be loaded" skeleton={<BlockSkeleton height={640} />}>
          {(stored) => <Whole event={stored} org={org} project={project} />}
        </Loaded>
      )}
    </>
  )
}

function Note({ event }: { readonly event: EventDetails }) {
  return (
    <Group gap="xs">
      <LevelBadge kind={kindOf(event)} />
      <TimeAgo at={event.dateCreated} />
      {event.culprit !== null && event.culprit !== '' && <span>{event.culprit}</span>}
    </Group>
  )
}

function Neighbours({ event, project }: { readonly event: EventDetails; readonly project: string }) {
  const { previousEventID: previous, nextEventID: next } = event
  return (
    <Group gap={4}>
      <IconLink
        to="/projects/$project/events/$event"
        params={{ project, event: previous ?? event.eventID }}
        variant="default"
        aria-label="Older event"
        disabled={previous === null}
      >
        <IconChevronLeft size={16} aria-hidden />
      </IconLink>
      <IconLink
        to="/projects/$project/events/$event"
        params={{ project, event: next ?? event.eventID }}
        variant="default"
        aria-label="Newer event"
        disabled={next === null}
      >
        <IconChevronRight size={16} aria-hidden />
      </IconLink>
    </Group>
  )
}

interface WholeProps {
  readonly event: EventDetails
  readonly org: string
  readonly project: string
}

function Whole({ event, org, project }: WholeProps) {
  const exceptions = exceptionsOf(event)
  const threads = threadsOf(event)
  const crumbs = breadcrumbsOf(event)
  const request = requestOf(event)
  const message = messageOf(event)
  const report = reportOf(event)
  const spans = spansOf(event)
  const images = imagesOf(event)
  const stack = stackOf(event)
  const { userReport } = event
  const { startTimestamp = 0, endTimestamp = 0 } = event
  return (
    <div className={classes.page}>
      <div className={classes.main}>
        {userReport !== null && (
          <Part title="What the user says">
            <Text style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{userReport.comments}</Text>
            <Text size="xs" c="dimmed">
              {[userReport.name, userReport.email].filter(Boolean).join(' · ')}
            </Text>
          </Part>
        )}
        {message !== undefined && (
          <Part title="Message">
            <Text style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{message}</Text>
          </Part>
        )}
        {report.length > 0 && (
          <Part title="Report">
            <Facts rows={report.map(([name, value]) => [spoken(name), value])} />
          </Part>
        )}
        {exceptions.length > 0 && <Exceptions exceptions={exceptions} />}
        {exceptions.length === 0 && stack.length > 0 && <Stack frames={stack} />}
        {threads.length > 0 && <Threads threads={threads} />}
        {spans.length > 0 && <Spans spans={spans} milliseconds={(endTimestamp - startTimestamp) * 1000} />}
        {crumbs.length > 0 && <Breadcrumbs crumbs={crumbs} />}
        {request !== undefined && <Request request={request} />}
        <Attachments org={org} project={project} event={event.eventID} />
        {Object.keys(event.context).length > 0 && (
          <Part title="Extra">
            <Facts rows={pairs(event.context)} />
          </Part>
        )}
        {images.length > 0 && (
          <Part title="Loaded images">
            <Facts
              rows={images.map(({ name, debugId, address }) => [
                name,
                <Code key={name}>{[debugId, address].filter(Boolean).join(' at ')}</Code>,
              ])}
            />
          </Part>
        )}
        <RawJson org={org} project={project} event={event.eventID} />
      </div>
      <Aside event={event} />
    </div>
  )
}

/** What tells this event from others. */
function Aside({ event }: { readonly event: EventDetails }) {
  const user = userName(event.user)
  const environment = tagOf(event, 'environment')
  const packages = Object.entries(event.packages)
  return (
    <aside className={classes.aside} aria-label="About the event">
      <Part title="About">
        <Facts
          rows={[
            [
              'Id',
              <Group key="id" gap={4} wrap="nowrap">
                <Code>{event.eventID.slice(0, 12)}…</Code>
                <CopyButton value={event.eventID} label="event id" />
              </Group>,
            ],
            ...(environment === undefined ? [] : [['Environment', environment] as const]),
            ...(event.release === null ? [] : [['Release', event.release.version] as const]),
            ...(event.dist === null ? [] : [['Distribution', event.dist] as const]),
            ...(user === undefined ? [] : [['User', user] as const]),
            ['Platform', event.platform],
            ...(event.sdk?.name ? [['SDK', `${event.sdk.name} ${event.sdk.version ?? ''}`] as const] : []),
            ['Received', <TimeAgo key="received" at={event.dateReceived} />],
            ['Size', bytes(event.size)],
          ]}
        />
      </Part>
      {event.tags.length > 0 && (
        <Part title="Tags">
          <ul className={classes.tags}>
            {event.tags.map(({ key, value }) => (
              <li key={key}>
                <Text span c="dimmed" size="xs">
                  {key}
                </Text>{' '}
                {value}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {contextsOf(event).map(({ name, rows }) => (
        <Part key={name} title={name}>
          <Facts rows={rows} />
        </Part>
      ))}
      {packages.length > 0 && (
        <details>
          <summary>{packages.length} packages</summary>
          <Facts rows={packages.map(([name, version]) => [name, version ?? ''])} />
        </details>
      )}
      {event.errors.length > 0 && (
        <Part title="Problems with the event">
          <Facts rows={event.errors.map(({ type, message }) => [spoken(type), message])} />
        </Part>
      )}
    </aside>
  )
}
