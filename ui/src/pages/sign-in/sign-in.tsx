import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { basePath } from '../../api/client.ts'
import { ApiError } from '../../api/errors.ts'
import { sessionQuery, signIn } from '../../api/session.ts'
import { Mark } from '../../frame/mark.tsx'
import { FormProblem } from '../../parts/forms.tsx'
import { plural } from '../../words/numbers.ts'
import { problemWords } from '../../words/problems.ts'
import classes from './sign-in.module.css'

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const client = useQueryClient()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [waitSeconds, wait] = useCountdown()
  const passwordField = useRef<HTMLInputElement>(null)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await signIn({ username, password })
      // Nothing that was seen without this session, or with another, is shown in it.
      client.clear()
      const { user } = await client.fetchQuery(sessionQuery)
      // The first visit of whoever started the server.
      const first = user?.flags.has_generated_password ? '/welcome' : '/'
      router.history.push(`${basePath}${next ?? first}`)
    } catch (error) {
      if (error instanceof ApiError && error.status === 429) wait(error.retryAfterSeconds ?? 60)
      else setProblem(reason(error))
      setBusy(false)
      passwordField.current?.select()
    }
  }
  return (
    <main className={classes.page}>
      <title>Sign in · Vedette</title>
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <Stack>
          <div className={classes.head}>
            <Mark size={40} />
            <Title order={1}>Sign in to Vedette</Title>
            {next !== undefined && <Text c="dimmed">Then you go on where you were.</Text>}
          </div>
          <TextInput
            label="Email address or user name"
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={254}
            required
            withAsterisk={false}
            autoFocus
          />
          <PasswordInput
            ref={passwordField}
            label="Password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
          <FormProblem
            problem={
              waitSeconds > 0
                ? `Too many attempts. You can try again in ${plural(waitSeconds, 'second')}.`
                : problem
            }
          />
          <Button type="submit" loading={isBusy} disabled={waitSeconds > 0} fullWidth>
            Sign in
          </Button>
        </Stack>
      </form>
      <Text c="dimmed" size="xs" ta="center" maw={320}>
        Password forgotten? Whoever runs the server sets a new one with{' '}
        <code className={classes.command}>vedette user set-password</code>.
      </Text>
    </main>
  )
}

function reason(error: unknown): string {
  if (error instanceof ApiError && error.status === 400) {
    return 'The name or the password is wrong. Both may be case-sensitive.'
  }
  return problemWords(error, '').advice
}

/** Seconds that are left, and how to begin. */
function useCountdown(): readonly [number, (seconds: number) => void] {
  const [until, setUntil] = useState(0)
  const [left, setLeft] = useState(0)
  useEffect(() => {
    if (until === 0) return
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000))
      setLeft(seconds)
      if (seconds === 0) clearInterval(timer)
    }, 250)
    return () => clearInterval(timer)
  }, [until])
  const begin = (seconds: number) => {
    setLeft(seconds)
    setUntil(Date.now() + seconds * 1000)
  }
  return [left, begin]
}
