import { Anchor, Button, Group, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { attachmentsQuery, attachmentUrl, type EventAttachment } from '../../api/events.ts'
import { bytes } from '../../words/numbers.ts'
import { Part } from './part.tsx'

interface Props {
  readonly org: string
  readonly project: string
  readonly event: string
}

export function Attachments({ org, project, event }: Props) {
  const { data = [] } = useInfiniteQuery(attachmentsQuery(org, project, event))
  if (data.length === 0) return null
  return (
    <Part title="Attachments">
      {data.map((attachment) => (
        <Attachment
          key={attachment.id}
          attachment={attachment}
          url={attachmentUrl(org, project, event, attachment.id)}
        />
      ))}
    </Part>
  )
}

/** These a browser draws and does not run. */
const pictures: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

function Attachment({ attachment, url }: { readonly attachment: EventAttachment; readonly url: string }) {
  const { name, size, mimetype } = attachment
  const [isShown, setShown] = useState(false)
  return (
    <>
      <Group justify="space-between" gap="xs" py={6}>
        <div>
          <Anchor href={url} download>
            {name}
          </Anchor>
          <Text size="xs" c="dimmed">
            {bytes(size)} · {mimetype}
          </Text>
        </div>
        {pictures.has(mimetype ?? '') && (
          <Button variant="default" size="xs" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? 'Hide' : 'Look at it'}
          </Button>
        )}
      </Group>
      {isShown && <Picture url={url} name={name} type={mimetype ?? ''} />}
    </>
  )
}

/** By its bytes and the type that was judged here, so that nothing else than a picture can come of it. */
function Picture({
  url,
  name,
  type,
}: {
  readonly url: string
  readonly name: string
  readonly type: string
}) {
  const { data, error } = useQuery({
    queryKey: ['picture', url],
    queryFn: async ({ signal }) => {
      const response = await fetch(url, { signal, credentials: 'same-origin' })
      if (!response.ok) throw new Error(`The server answered ${response.status}`)
      return URL.createObjectURL(new Blob([await response.arrayBuffer()], { type }))
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (error !== null) return <Text c="red">The picture could not be loaded.</Text>
  return data === undefined ? null : <img src={data} alt={name} style={{ maxWidth: '100%' }} />
}
