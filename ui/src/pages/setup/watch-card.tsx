import { Button, Group, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconSend } from '@tabler/icons-react'
import { type ReactNode, useRef, useState } from 'react'
import type { EventOutline } from '../../api/events.ts'
import { AnchorLink, ButtonLink } from '../../parts/links.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { acceptedInWords, droppedInWords, hasTelemetry, onlySessions } from './arrivals.ts'
import { sendTestEvent } from './test-event.ts'
import type { Watch } from './watch.ts'
import classes from './watch-card.module.css'

interface Props {
  readonly project: string
  /** Of the chosen key, for a test event. */
  readonly dsn: string
  readonly watch: Watch
}

/** The line that turns green. */
export function WatchCard({ project, dsn, watch }: Props) {
  const { phase, isFirst, event, arrivals } = watch
  const card = useRef<HTMLElement>(null)
  const begin = () => {
    watch.begin()
    // The button that was pressed is gone.
    card.current?.focus()
  }
  const isGreen = phase === 'arrived' || (phase === 'waiting' && hasTelemetry(arrivals))
  const dropped = droppedInWords(arrivals)
  return (
    <section
      ref={card}
      tabIndex={-1}
      className={classes.card}
      data-phase={isGreen ? 'arrived' : phase}
      aria-label="First event"
    >
      <div className={classes.line}>
        <Sign phase={isGreen ? 'arrived' : phase} />
        <div className={classes.words} role="status">
          <Title order={2} className={classes.title}>
            {titleOf(watch, isGreen)}
          </Title>
          <Detail {...watch} isGreen={isGreen} project={project} />
        </div>
      </div>
      {dropped !== '' && phase !== 'arrived' && (
        <div className={classes.dropped} role="status">
          <IconAlertTriangle size={16} aria-hidden />
          <span>
            Something came and was not kept. {dropped}{' '}
            <AnchorLink to="/projects/$project" params={{ project }} search={{}} inherit>
              See why
            </AnchorLink>
          </span>
        </div>
      )}
      <Group gap="xs" className={classes.actions}>
        {phase === 'arrived' && event !== undefined && (
          <ButtonLink to="/projects/$project/events/$event" params={{ project, event: event.eventID }}>
            Open the event
          </ButtonLink>
        )}
        {isGreen && (
          <ButtonLink to="/projects/$project" params={{ project }} search={{}} variant="default">
            Go to the overview
          </ButtonLink>
        )}
        {phase === 'before' && (
          <Button variant="default" onClick={begin}>
            Watch for a new one
          </Button>
        )}
        {!isGreen && phase !== 'loading' && <TestEventButton dsn={dsn} watch={watch} />}
        {phase === 'arrived' && !isFirst && (
          <Button variant="subtle" onClick={begin}>
            Watch for another
          </Button>
        )}
      </Group>
    </section>
  )
}

function titleOf({ phase, isFirst }: Watch, isGreen: boolean): string {
  if (phase === 'loading') return 'Looking for events…'
  if (phase === 'before') return 'Events have arrived'
  if (phase === 'arrived') return isFirst ? 'The first event has arrived' : 'A new event has arrived'
  if (isGreen) return 'Data arrives'
  return isFirst ? 'Waiting for the first event…' : 'Waiting for a new event…'
}

function Detail(props: Watch & { readonly isGreen: boolean; readonly project: string }) {
  const { phase, isGreen, event, arrivals, project } = props
  if (phase === 'loading') return <Line>This takes a moment.</Line>
  if (phase === 'arrived' && event !== undefined) return <EventLine event={event} project={project} />
  if (phase === 'before') {
    if (event === undefined) return <Line>They are no longer stored.</Line>
    return <EventLine event={event} project={project} lead="The last one: " />
  }
  if (isGreen) return <Line>{acceptedInWords(arrivals)}. No error yet.</Line>
  if (onlySessions(arrivals)) {
    return <Line>The SDK has reached this server: {acceptedInWords(arrivals)}. Now let something fail.</Line>
  }
  return <Line>Do the last step. This turns green as soon as it arrives.</Line>
}

function EventLine(props: {
  readonly event: EventOutline
  readonly project: string
  readonly lead?: string
}) {
  const { event, project, lead = '' } = props
  return (
    <Line>
      {lead}
      <AnchorLink to="/projects/$project/events/$event" params={{ project, event: event.eventID }} inherit>
        {event.title}
      </AnchorLink>
      {event.dateCreated !== null && (
        <>
          , <TimeAgo at={event.dateCreated} />
        </>
      )}
    </Line>
  )
}

function Line({ children }: { readonly children: ReactNode }) {
  return (
    <Text component="p" c="dimmed" className={classes.detail}>
      {children}
    </Text>
  )
}

function Sign({ phase }: { readonly phase: Watch['phase'] }) {
  return (
    <span className={classes.sign} aria-hidden>
      {phase === 'arrived' || phase === 'before' ? <IconCheck size={14} stroke={2.5} /> : null}
    </span>
  )
}

function TestEventButton({ dsn, watch }: { readonly dsn: string; readonly watch: Watch }) {
  const [problem, setProblem] = useState<string>()
  const [isSending, setSending] = useState(false)
  const send = async () => {
    if (watch.phase === 'before') watch.begin()
    setSending(true)
    setProblem(await sendTestEvent(dsn))
    setSending(false)
    watch.look()
  }
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconSend size={16} aria-hidden />}
        loading={isSending}
        onClick={() => void send()}
      >
        Send a test event
      </Button>
      {problem !== undefined && (
        <Text component="p" size="xs" c="red" role="alert" className={classes.problem}>
          {problem}
        </Text>
      )}
    </>
  )
}
