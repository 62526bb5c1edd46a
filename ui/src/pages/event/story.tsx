/** What had happened before, what was asked for, and how long it took. */
import { Button, Code, Text } from '@mantine/core'
import { useState } from 'react'
import { CopyButton } from '../../parts/copy.tsx'
import { useZone } from '../../parts/zone.ts'
import { duration, instant, timeOfDay } from '../../words/times.ts'
import classes from './event.module.css'
import { Facts, Part } from './part.tsx'
import { type Breadcrumb, curlOf, type EventRequest, type Span } from './readers.ts'

const SHOWN = 12

export function Breadcrumbs({ crumbs }: { readonly crumbs: readonly Breadcrumb[] }) {
  const [isWhole, setWhole] = useState(false)
  const zone = useZone()
  const shown = isWhole ? crumbs : crumbs.slice(0, SHOWN)
  return (
    <Part title="Breadcrumbs">
      {shown.map(({ at, category, level, message, data }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what has happened never changes
        <div key={index} className={classes.crumb}>
          <span className={`${classes.faint} figures`}>
            {at === undefined ? '' : timeOfDay(instant(at), zone, { withSeconds: true })}
          </span>
          <span className={classes.faint}>
            {category}
            {level !== 'info' && ` · ${level}`}
          </span>
          <span>
            {message}
            {data.length > 0 && (
              <Text span size="xs" c="dimmed">
                {message === '' ? '' : ' '}
                {data.map(([name, value]) => `${name}: ${value}`).join(', ')}
              </Text>
            )}
          </span>
        </div>
      ))}
      {crumbs.length > shown.length && (
        <Button variant="subtle" size="compact-sm" mt={4} onClick={() => setWhole(true)}>
          Show {crumbs.length - shown.length} older ones
        </Button>
      )}
    </Part>
  )
}

export function Request({ request }: { readonly request: EventRequest }) {
  const lists = [
    ['Query', request.query],
    ['Headers', request.headers],
    ['Cookies', request.cookies],
    ['Environment', request.env],
  ] as const
  return (
    <Part
      title="Request"
      action={
        <CopyButton label="request as curl" value={curlOf(request)}>
          Copy as curl
        </CopyButton>
      }
    >
      <Text mb="xs" style={{ overflowWrap: 'anywhere' }}>
        <strong>{request.method}</strong> {request.url}
      </Text>
      {lists.map(
        ([name, rows]) =>
          rows.length > 0 && (
            <div key={name}>
              <Text c="dimmed" size="xs" mt="xs">
                {name}
              </Text>
              <Facts rows={rows} />
            </div>
          ),
      )}
      {request.body !== '' && (
        <>
          <Text c="dimmed" size="xs" mt="xs">
            Body
          </Text>
          <Code block className={classes.raw}>
            {request.body}
          </Code>
        </>
      )}
    </Part>
  )
}

/** Where the time went: each span at its place in the whole. */
export function Spans({
  spans,
  milliseconds,
}: {
  readonly spans: readonly Span[]
  readonly milliseconds: number
}) {
  const whole = Math.max(milliseconds, ...spans.map(({ start, duration }) => start + duration), 1)
  return (
    <Part title="Spans">
      {spans.map(({ id, op, description, start, duration: length }) => (
        <div key={id} className={classes.span}>
          <span>
            <strong>{op}</strong> {description}
          </span>
          <span className={classes.lane}>
            <span
              className={classes.bar}
              style={{ left: `${(start / whole) * 100}%`, width: `${(length / whole) * 100}%` }}
            />
          </span>
          <span className="figures" style={{ textAlign: 'right' }}>
            {length < 1000 ? `${length.toFixed(0)} ms` : duration(length / 1000)}
          </span>
        </div>
      ))}
    </Part>
  )
}
