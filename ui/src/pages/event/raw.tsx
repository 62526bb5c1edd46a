import { Anchor, Button, Code, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { eventJsonQuery, eventJsonUrl } from '../../api/events.ts'
import { CopyButton } from '../../parts/copy.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import classes from './event.module.css'
import { Part } from './part.tsx'

interface Props {
  readonly org: string
  readonly project: string
  readonly event: string
}

/** The event as it was stored. */
export function RawJson({ org, project, event }: Props) {
  const [isShown, setShown] = useState(false)
  return (
    <Part
      title="JSON"
      action={
        <Group gap="xs">
          <Anchor href={eventJsonUrl(org, project, event)} download={`${event}.json`}>
            Download
          </Anchor>
          <Button variant="default" size="xs" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? 'Hide' : 'Show'}
          </Button>
        </Group>
      }
    >
      {isShown && <Text org={org} project={project} event={event} />}
    </Part>
  )
}

function Text({ org, project, event }: Props) {
  const json = useQuery(eventJsonQuery(org, project, event))
  return (
    <Loaded query={json} what="The JSON could not be loaded" skeleton={<BlockSkeleton height={320} />}>
      {(value) => {
        const text = JSON.stringify(value, null, 2)
        return (
          <>
            <CopyButton value={text} label="JSON">
              Copy
            </CopyButton>
            <Code block className={classes.raw} mt="xs" tabIndex={0}>
              {text}
            </Code>
          </>
        )
      }}
    </Loaded>
  )
}
