import { Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { type ClientKey, keysQuery, updateKey } from '../../api/keys.ts'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { useOrg } from '../../parts/organization.ts'

interface Props {
  readonly project: string
  readonly clientKey: ClientKey
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function RenameKey({ isOpen, onClose, ...rest }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Rename ${rest.clientKey.name}`} centered>
      <RenameForm onClose={onClose} {...rest} />
    </Modal>
  )
}

function RenameForm({ project, clientKey: key, onClose }: Omit<Props, 'isOpen'>) {
  const org = useOrg()
  const client = useQueryClient()
  const form = useForm({
    initialValues: { name: key.name },
    validate: { name: (name) => (name.trim() === '' ? 'A key needs a name.' : null) },
  })
  const submit = useFormSubmit(form, {
    failed: 'The key could not be renamed',
    send: async ({ name }) => {
      await updateKey(org, project, key.id, { name: name.trim() })
      await client.invalidateQueries({ queryKey: keysQuery(org, project).queryKey })
      onClose()
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        <TextInput label="Name" maxLength={64} data-autofocus {...form.getInputProps('name')} />
        <FormActions submit={submit} label="Rename" />
      </Stack>
    </form>
  )
}
