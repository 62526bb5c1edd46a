import { Button, Stack, Text, Title } from '@mantine/core'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { ButtonLink } from '../../parts/links.tsx'
import { problemWords } from '../../words/problems.ts'
import classes from './not-found.module.css'

export function NotFoundPage() {
  return (
    <Stack className={classes.page} gap="xs">
      <title>Not found · Vedette</title>
      <Title order={1} tabIndex={-1} id="page-title">
        There is no such page
      </Title>
      <Text c="dimmed" maw={440}>
        The address may be misspelt, or what it led to has been deleted.
      </Text>
      <div className={classes.action}>
        <ButtonLink to="/" variant="default">
          Go to projects
        </ButtonLink>
      </div>
    </Stack>
  )
}

/** When a page could not be shown at all. */
export function FailedPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const { title, advice } = problemWords(error, 'This page could not be shown')
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return (
    <Stack className={classes.page} gap="xs" role="alert">
      <title>Failed · Vedette</title>
      <Title order={1} tabIndex={-1} id="page-title">
        {title}
      </Title>
      <Text c="dimmed" maw={440}>
        {advice}
      </Text>
      <div className={classes.action}>
        <Button onClick={retry}>Try again</Button>
        <Button component="a" href="." variant="default">
          Go to projects
        </Button>
      </div>
    </Stack>
  )
}
