import { Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { createKey, keysQuery } from '../../api/keys.ts'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'

interface Props {
  readonly project: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function NewKey({ isOpen, onClose, ...rest }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="New key" centered>
      <NewKeyForm onClose={onClose} {...rest} />
    </Modal>
  )
}

function NewKeyForm({ project, onClose }: Omit<Props, 'isOpen'>) {
  const org = useOrg()
  const client = useQueryClient()
  const form = useForm({ initialValues: { name: '' } })
  const submit = useFormSubmit(form, {
    failed: 'The key could not be made',
    send: async ({ name }) => {
      const made = await createKey(org, project, name.trim() === '' ? {} : { name: name.trim() })
      client.setQueryData(keysQuery(org, project).queryKey, (all) => all && [...all, made])
      void client.invalidateQueries({ queryKey: keysQuery(org, project).queryKey })
      sayDone(`The key “${made.name}” is ready.`)
      onClose()
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        <TextInput
          label="Name"
          description="Who sends with it: an app, an environment, a customer."
          placeholder="Mobile, production"
          maxLength={64}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <FormActions submit={submit} label="Make key" />
      </Stack>
    </form>
  )
}
