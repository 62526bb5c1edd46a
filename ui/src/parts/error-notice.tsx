import { Alert, Button, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { problemWords } from '../words/problems.ts'

interface Props {
  readonly error: unknown
  /** What could not be done, as a sentence without a full stop: `The keys could not be loaded`. */
  readonly what: string
  readonly onRetry?: () => void
}

/** In the place of what could not be loaded. */
export function ErrorNotice({ error, what, onRetry }: Props) {
  const { title, advice, mayRetry } = problemWords(error, what)
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert">
      <Text component="div">{advice}</Text>
      {mayRetry && onRetry !== undefined && (
        <Button variant="default" mt="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  )
}
