import { Badge, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import classes from './event.module.css'
import { Facts, Part } from './part.tsx'
import { type Exception, type Frame, groupFrames, type Thread } from './readers.ts'

/** The exceptions of an event, each with the calls that led to it. */
export function Exceptions({ exceptions }: { readonly exceptions: readonly Exception[] }) {
  const [isOldestFirst, setOldestFirst] = useState(false)
  const order = (
    <SegmentedControl
      aria-label="Order of calls"
      size="xs"
      data={['Newest first', 'Oldest first']}
      value={isOldestFirst ? 'Oldest first' : 'Newest first'}
      onChange={(value) => setOldestFirst(value === 'Oldest first')}
    />
  )
  return (
    <Part title={exceptions.length > 1 ? 'Exceptions' : 'Exception'} action={order}>
      <div style={{ display: 'flex', flexDirection: 'column', gap: 24 }}>
        {exceptions.map((exception, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a chain of causes has an order and never changes
          <div key={index}>
            {index > 0 && (
              <Text c="dimmed" size="xs" mb={4}>
                Caused by
              </Text>
            )}
            <Group gap="xs" mb={4} align="baseline">
              <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
                {exception.type}
              </Text>
              {exception.isHandled !== undefined && (
                <Badge variant="light" color={exception.isHandled ? 'gray' : 'red'} tt="none">
                  {exception.isHandled ? 'Handled' : 'Unhandled'}
                </Badge>
              )}
              {exception.mechanism !== undefined && (
                <Text size="xs" c="dimmed">
                  {exception.mechanism}
                </Text>
              )}
            </Group>
            {exception.value !== undefined && (
              <Text mb="xs" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
                {exception.value}
              </Text>
            )}
            <Trace frames={exception.frames} isOldestFirst={isOldestFirst} />
            {exception.omitted > 0 && (
              <Text size="xs" c="dimmed" mt={4}>
                {exception.omitted} calls in the middle were left out: the stack was very deep.
              </Text>
            )}
          </div>
        ))}
      </div>
    </Part>
  )
}

export function Threads({ threads }: { readonly threads: readonly Thread[] }) {
  return (
    <Part title="Threads">
      {threads.map(({ name, isCrashed, frames }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: threads may share a name, and never change
        <details key={index}>
          <summary>
            {name}
            {isCrashed && ' (crashed)'}
          </summary>
          {frames.length === 0 ? (
            <Text c="dimmed">
              {isCrashed ? 'Its calls are those of the exception.' : 'Where it was is not known.'}
            </Text>
          ) : (
            <Trace frames={frames} isOldestFirst={false} />
          )}
        </details>
      ))}
    </Part>
  )
}

/** Where a message was sent from. */
export function Stack({ frames }: { readonly frames: readonly Frame[] }) {
  return (
    <Part title="Stack trace">
      <Trace frames={frames} isOldestFirst={false} />
    </Part>
  )
}

function Trace({
  frames,
  isOldestFirst,
}: {
  readonly frames: readonly Frame[]
  readonly isOldestFirst: boolean
}) {
  if (frames.length === 0) return <Text c="dimmed">It came without a stack trace.</Text>
  return (
    <div className={classes.trace}>
      {groupFrames(frames, isOldestFirst).map(({ isFolded, frames: group }, index) =>
        isFolded ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stack trace never changes
          <Folded key={`${isOldestFirst} ${index}`} frames={group} />
        ) : (
          group.map((frame) => (
            // The first of the app's own is why one came here.
            // biome-ignore lint/suspicious/noArrayIndexKey: a stack trace never changes
            <OneFrame key={`${isOldestFirst} ${index}`} frame={frame} isOpen={index < 3} />
          ))
        ),
      )}
    </div>
  )
}

function Folded({ frames }: { readonly frames: readonly Frame[] }) {
  const [isOpen, setOpen] = useState(false)
  if (isOpen) {
    return frames.map((frame, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a stack trace never changes
      <OneFrame key={index} frame={frame} isOpen={false} />
    ))
  }
  return (
    <div className={classes.frame}>
      <button type="button" className={classes.call} data-library onClick={() => setOpen(true)}>
        {frames.length === 1 ? '1 call of a library' : `${frames.length} calls of libraries`}
      </button>
    </div>
  )
}

function OneFrame({ frame, isOpen: isOpenAtFirst }: { readonly frame: Frame; readonly isOpen: boolean }) {
  const [isOpen, setOpen] = useState(isOpenAtFirst && frame.isInApp)
  const hasMore = frame.context.length > 0 || frame.variables.length > 0
  const { line, column } = frame
  const head = (
    <>
      <span className={classes.function}>{frame.function}</span>
      <span className={classes.place}>
        {frame.place}
        {line !== undefined && `:${line}`}
        {column !== undefined && column > 0 && `:${column}`}
        {frame.address !== undefined && ` ${frame.address}`}
        {frame.image !== undefined && frame.image !== frame.place && ` in ${frame.image}`}
      </span>
    </>
  )
  if (!hasMore) {
    return (
      <div className={classes.frame}>
        <div className={classes.call} data-library={!frame.isInApp || undefined}>
          {head}
        </div>
      </div>
    )
  }
  return (
    <div className={classes.frame}>
      <button
        type="button"
        className={classes.call}
        data-library={!frame.isInApp || undefined}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {head}
      </button>
      {isOpen && <Source frame={frame} />}
    </div>
  )
}

function Source({ frame }: { readonly frame: Frame }) {
  const [areShown, setShown] = useState(false)
  return (
    <>
      {frame.context.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
        <ol className={classes.source} tabIndex={0} aria-label={`Lines of ${frame.place}`}>
          {frame.context.map(([number, line]) => (
            <li key={number} data-here={number === frame.line || undefined}>
              <span className={classes.line}>{number}</span>
              <span>{line}</span>
            </li>
          ))}
        </ol>
      )}
      {frame.variables.length > 0 && (
        <div className={classes.variables}>
          {areShown ? (
            <Facts rows={frame.variables} />
          ) : (
            <Button variant="subtle" size="compact-xs" onClick={() => setShown(true)}>
              Show {frame.variables.length} local variables
            </Button>
          )}
        </div>
      )}
    </>
  )
}
