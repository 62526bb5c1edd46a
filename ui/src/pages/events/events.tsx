/** The stored events of a project, newest first. */
import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconInbox, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { type EventOutline, type EventsQuestion, eventsQuery, newestEventsQuery } from '../../api/events.ts'
import { environmentsQuery, projectQuery } from '../../api/projects.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { AnchorLink, ButtonLink } from '../../parts/links.tsx'
import { InfiniteList } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { ProjectHead, useProject } from '../../parts/project-head.tsx'
import { useRange } from '../../parts/range.ts'
import { RangePicker } from '../../parts/range-picker.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { plural } from '../../words/numbers.ts'
import classes from './events.module.css'
import { LevelBadge } from './level-badge.tsx'
import { kindOf, tagOf, userName } from './levels.ts'
import type { EventsSearch } from './search.ts'

const LOOK_EVERY_MS = 10_000

export function EventsPage() {
  const project = useProject()
  const org = useOrg()
  const search = useSearch({ strict: false }) as EventsSearch
  const { query: stretch } = useRange('14d')
  const { interval: _, ...range } = stretch
  const question: EventsQuestion = {
    ...range,
    per_page: 50,
    ...(search.environment === undefined ? {} : { environment: search.environment }),
    ...(search.query === undefined ? {} : { query: search.query }),
  }
  const events = useInfiniteQuery({
    ...eventsQuery(org, project, question),
    staleTime: 30_000,
    // Whoever reads the list decides when it moves.
    refetchOnWindowFocus: false,
  })
  return (
    <>
      <ProjectHead project={project} side="Events" />
      <Tools org={org} project={project} search={search} />
      {events.data !== undefined && (
        <News org={org} project={project} question={question} first={events.data[0]?.eventID} />
      )}
      <InfiniteList
        query={events}
        what="The events could not be loaded"
        skeleton={<RowSkeletons rows={10} height={64} />}
        empty={
          <Nothing
            org={org}
            project={project}
            isNarrowed={search.query !== undefined || search.environment !== undefined}
          />
        }
      >
        {(all) => (
          <ul className={classes.list} aria-label="Events" onKeyDown={walk}>
            {all.map((event) => (
              <li key={event.eventID}>
                <Row event={event} project={project} />
              </li>
            ))}
          </ul>
        )}
      </InfiniteList>
    </>
  )
}

/** j and k walk the list, as the arrows do. */
function walk(event: KeyboardEvent<HTMLUListElement>): void {
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
  if (step === undefined || event.metaKey || event.ctrlKey || event.altKey) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a[data-row]')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  const next = links[at + step]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

interface ToolsProps {
  readonly org: string
  readonly project: string
  readonly search: EventsSearch
}

function Tools({ org, project, search }: ToolsProps) {
  const navigate = useNavigate()
  const range = useRange('14d')
  const environments = useQuery(environmentsQuery(org, project))
  const [typed, setTyped] = useState(search.query ?? '')
  useEffect(() => setTyped(search.query ?? ''), [search.query])
  const change = (changed: EventsSearch) =>
    void navigate({
      to: '/projects/$project/events',
      params: { project },
      search: { ...search, ...changed },
      replace: true,
      resetScroll: false,
    })
  const find = useDebouncedCallback((text: string) => change({ query: text || undefined }), 250)
  return (
    <search className={classes.tools}>
      <TextInput
        className={classes.search}
        aria-label="Search events"
        placeholder="Words of the title or the place"
        leftSection={<IconSearch size={16} aria-hidden />}
        data-search
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          find(event.currentTarget.value.trim())
        }}
      />
      <Select
        aria-label="Environment"
        placeholder="Every environment"
        clearable
        w={190}
        data={(environments.data ?? []).filter(({ isHidden }) => !isHidden).map(({ name }) => name)}
        value={search.environment?.[0] ?? null}
        onChange={(environment) => change({ environment: environment === null ? undefined : [environment] })}
      />
      <RangePicker current={range} isWithoutInterval />
    </search>
  )
}

/** New events do not push the list away under the reader: they wait behind a button. */
function News({
  org,
  project,
  question,
  first,
}: {
  readonly org: string
  readonly project: string
  readonly question: EventsQuestion
  readonly first: string | undefined
}) {
  const client = useQueryClient()
  const newest = useQuery({
    ...newestEventsQuery(org, project, question),
    refetchInterval: LOOK_EVERY_MS,
  })
  const position = newest.data?.findIndex(({ eventID }) => eventID === first) ?? 0
  const count = position < 0 ? (newest.data?.length ?? 0) : position
  const words = `${plural(count, 'new event')}${position < 0 ? ' and more' : ''}`
  const show = async () => {
    await Promise.all([
      client.resetQueries({ queryKey: eventsQuery(org, project, question).queryKey }),
      client.resetQueries({ queryKey: newestEventsQuery(org, project, question).queryKey }),
    ])
    window.scrollTo({ top: 0 })
  }
  return (
    <div className={classes.news} role="status">
      {count > 0 && (
        <Button size="xs" radius="xl" onClick={() => void show()}>
          {words}
        </Button>
      )}
    </div>
  )
}

function Nothing({
  org,
  project,
  isNarrowed,
}: {
  readonly org: string
  readonly project: string
  readonly isNarrowed: boolean
}) {
  const { data } = useQuery(projectQuery(org, project))
  const icon = <IconInbox size={24} aria-hidden />
  if (data?.firstEvent === null) {
    return (
      <EmptyState
        icon={icon}
        title="No events yet"
        action={
          <ButtonLink to="/projects/$project/setup" params={{ project }}>
            Set it up
          </ButtonLink>
        }
      >
        Errors will be here, each with its stack trace, breadcrumbs and context. Transactions are counted and
        not listed.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={icon} title="No such events">
      {isNarrowed
        ? 'None in this time fits. Search for less, or choose a longer time.'
        : 'None is stored of this time. Choose a longer one.'}
    </EmptyState>
  )
}

function Row({ event, project }: { readonly event: EventOutline; readonly project: string }) {
  const where = [tagOf(event, 'release'), tagOf(event, 'environment')].filter(Boolean).join(' · ')
  const about = [event.culprit, userName(event.user)].filter(Boolean).join(' · ')
  return (
    <div className={classes.row}>
      <LevelBadge kind={kindOf(event)} />
      <div className={classes.main}>
        <AnchorLink
          to="/projects/$project/events/$event"
          params={{ project, event: event.eventID }}
          className={classes.title}
          lineClamp={2}
          data-row
        >
          {event.title}
        </AnchorLink>
        {about !== '' && <div className={classes.faint}>{about}</div>}
      </div>
      <div className={`${classes.where} ${classes.faint}`}>{where}</div>
      <div className={`${classes.when} ${classes.faint}`}>
        <TimeAgo at={event.dateCreated} />
      </div>
    </div>
  )
}
