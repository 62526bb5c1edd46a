import { Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ClientKey, deleteKey, keysQuery } from '../../api/keys.ts'
import { ConfirmByName } from '../../parts/confirm-by-name.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { plural } from '../../words/numbers.ts'
import type { Traffic } from './traffic.ts'

interface Props {
  readonly project: string
  readonly clientKey: ClientKey
  readonly traffic: Traffic | undefined
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function DeleteKey({ project, clientKey: key, traffic, isOpen, onClose }: Props) {
  const org = useOrg()
  const client = useQueryClient()
  const used = traffic === undefined ? 0 : traffic.acceptedTotal + traffic.droppedTotal
  return (
    <ConfirmByName
      isOpen={isOpen}
      onClose={onClose}
      title={`Delete the key ${key.name}`}
      name={key.name}
      label="Delete key"
      failed="The key could not be deleted"
      onConfirm={async () => {
        await deleteKey(org, project, key.id)
        await client.invalidateQueries({ queryKey: keysQuery(org, project).queryKey })
        sayDone(`The key “${key.name}” is deleted.`)
      }}
    >
      <Stack gap="xs">
        <Text>
          {used === 0
            ? 'Nothing came through this key in the last 24 hours.'
            : `${plural(used, 'event')} came through this key in the last 24 hours.`}{' '}
          Whatever still sends with its DSN is refused from now on, and a deleted key cannot be brought back.
        </Text>
        <Text c="dimmed">
          Events and counts stay. To stop senders for a while, switch the key off instead.
        </Text>
      </Stack>
    </ConfirmByName>
  )
}
