import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import { onPasswordWanted } from '../api/client.ts'
import { ApiError } from '../api/errors.ts'
import { confirmPassword } from '../api/session.ts'
import { problemWords } from '../words/problems.ts'

/** Asks for the password once more, before what cannot be undone, when the server wants it. */
export function PasswordDialog() {
  const [settle, setSettle] = useState<(isGiven: boolean) => void>()
  useEffect(() => {
    onPasswordWanted(() => new Promise((resolve) => setSettle(() => resolve)))
    return () => onPasswordWanted(async () => false)
  }, [])
  const end = (isGiven: boolean) => {
    settle?.(isGiven)
    setSettle(undefined)
  }
  return (
    <Modal opened={settle !== undefined} onClose={() => end(false)} title="Is it you?" centered zIndex={400}>
      <PasswordForm onEnd={end} />
    </Modal>
  )
}

function PasswordForm({ onEnd }: { readonly onEnd: (isGiven: boolean) => void }) {
  const [password, setPassword] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await confirmPassword(password)
      onEnd(true)
    } catch (error) {
      const isWrong = error instanceof ApiError && error.status === 403
      setProblem(isWrong ? 'The password is wrong.' : problemWords(error, '').advice)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <Text>You gave your password more than an hour ago. Give it once more to go on.</Text>
        <PasswordInput
          label="Password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          error={problem}
          data-autofocus
          required
          withAsterisk={false}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onEnd(false)}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy}>
            Continue
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
