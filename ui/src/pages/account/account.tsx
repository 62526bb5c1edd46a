/** One's own account: name, password, and where one is signed in. */
import { Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { changeName } from '../../api/account.ts'
import { type SignedInUser, sessionQuery } from '../../api/session.ts'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { AnchorLink } from '../../parts/links.tsx'
import { sayDone } from '../../parts/notices.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { PasswordForm } from './password-form.tsx'
import { Sessions } from './sessions.tsx'

export function AccountPage() {
  const { data } = useQuery(sessionQuery)
  const user = data?.user
  return (
    <>
      <PageHead title="Account" note={user?.email} />
      <Stack gap="xl" maw={720}>
        {user && <Name key={user.id} user={user} />}
        <section aria-label="Password">
          <Title order={2}>Password</Title>
          <Text c="dimmed" mb="sm">
            A new one ends every other session of yours. Tokens stay as they are.
          </Text>
          <PasswordForm
            email={user?.email ?? ''}
            onDone={() => sayDone('The new password counts from now on.')}
          />
        </section>
        <Sessions />
        <Text c="dimmed">
          Tokens for scripts are among the{' '}
          <AnchorLink to="/settings/tokens" underline="always">
            settings of the organization
          </AnchorLink>
          .
        </Text>
      </Stack>
    </>
  )
}

function Name({ user }: { readonly user: SignedInUser }) {
  const client = useQueryClient()
  // Without a name of their own, people are shown by their address.
  const form = useForm({ initialValues: { name: user.name === user.email ? '' : user.name } })
  const submit = useFormSubmit(form, {
    failed: 'The name could not be changed',
    send: async ({ name }) => {
      await changeName(name.trim())
      form.resetDirty()
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey })
      sayDone('Saved.')
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="As others see you here; your email address without one."
          maxLength={200}
          autoComplete="name"
          {...form.getInputProps('name')}
        />
        <FormActions submit={submit} label="Save name" isDisabled={!form.isDirty()} />
      </Stack>
    </form>
  )
}
