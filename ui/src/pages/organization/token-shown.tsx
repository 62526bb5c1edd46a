import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyField } from '../../parts/copy.tsx'

interface Props {
  /** Undefined while there is none to show. */
  readonly token: string | undefined
  readonly name: string
  readonly onClose: () => void
  /** How it is used. */
  readonly children?: ReactNode
}

/** The only time that a token can be seen. */
export function TokenShown({ token, name, onClose, children }: Props) {
  return (
    <Modal
      opened={token !== undefined}
      onClose={onClose}
      title={`The token ${name}`}
      centered
      size="lg"
      closeOnClickOutside={false}
    >
      <Stack>
        <Text>Copy it now: it is not shown again, and the server keeps no copy of it.</Text>
        <CopyField label="Token" value={token ?? ''} />
        {children}
        <Group justify="flex-end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
