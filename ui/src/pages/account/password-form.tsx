import { PasswordInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { changePassword, sessionsQuery } from '../../api/account.ts'
import { sessionQuery } from '../../api/session.ts'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'

interface Props {
  /** For those programs that keep passwords. */
  readonly email: string
  readonly onDone: () => void
  /** Beside the button. */
  readonly children?: ReactNode
}

/** Short enough to type, long enough not to be guessed. */
const SHORTEST = 8

export function PasswordForm({ email, onDone, children }: Props) {
  const client = useQueryClient()
  const form = useForm({
    initialValues: { current: '', wanted: '' },
    validate: {
      current: (current) => (current === '' ? 'Your password until now.' : null),
      wanted: (wanted, { current }) =>
        wanted.length < SHORTEST
          ? `At least ${SHORTEST} characters.`
          : wanted === current
            ? 'That is the one you have.'
            : null,
    },
  })
  const submit = useFormSubmit(form, {
    failed: 'The password could not be changed',
    names: { password: 'current', passwordNew: 'wanted', passwordVerify: 'wanted' },
    send: async (passwords) => {
      await changePassword(passwords)
      form.reset()
      await Promise.all([
        client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
        client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
      ])
      onDone()
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="sm">
        <input type="text" autoComplete="username" value={email} readOnly hidden />
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          {...form.getInputProps('current')}
        />
        <PasswordInput label="New password" autoComplete="new-password" {...form.getInputProps('wanted')} />
        <FormActions submit={submit} label="Change password">
          {children}
        </FormActions>
      </Stack>
    </form>
  )
}
