import { Alert, Code, Stack, Text, Title } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { Fragment } from 'react/jsx-runtime'
import { CodeBlock } from './code-block.tsx'
import classes from './guide-steps.module.css'
import { hintsFor } from './hints.ts'
import type { Guide, GuideKey } from './snippets/guide.ts'

interface Props {
  readonly guide: Guide
  readonly sender: GuideKey
}

/** A guide with everything filled in, from the installation to the first event. */
export function GuideSteps({ guide, sender }: Props) {
  const hints = hintsFor(guide, sender.dsn.public)
  return (
    <Stack gap="lg">
      {hints.length > 0 && (
        <Alert color="gray" variant="light" icon={<IconInfoCircle aria-hidden />} title="Before you begin">
          <ul className={classes.hints}>
            {hints.map((hint) => (
              <li key={hint}>
                <Prose text={hint} />
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <ol className={classes.steps}>
        {guide.steps(sender).map(({ title, text, snippets }) => (
          <li key={title} className={classes.step}>
            <Title order={2} className={classes.title}>
              {title}
            </Title>
            {text !== undefined && (
              <Text component="p" c="dimmed" className={classes.text}>
                <Prose text={text} />
              </Text>
            )}
            {snippets.map((snippet) => (
              <CodeBlock key={`${snippet.file}${snippet.code}`} {...snippet} />
            ))}
          </li>
        ))}
      </ol>
    </Stack>
  )
}

/** Text with code between backticks. */
function Prose({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) => {
    const key = `${index}${part}`
    return index % 2 === 0 ? (
      <Fragment key={key}>{part}</Fragment>
    ) : (
      <Code key={key} className={classes.inline}>
        {part}
      </Code>
    )
  })
}
