import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './empty-state.module.css'

interface Props {
  /** A Tabler icon at 24. */
  readonly icon?: ReactNode
  /** What is not there yet: `No keys`. */
  readonly title: string
  /** What will be shown here, and the one step that gets there. */
  readonly children: ReactNode
  readonly action?: ReactNode
}

/** Where a list or chart would be: it teaches what will be here. */
export function EmptyState({ icon, title, children, action }: Props) {
  return (
    <Stack align="center" gap="xs" className={classes.empty}>
      {icon !== undefined && <span className={classes.icon}>{icon}</span>}
      <Title order={2}>{title}</Title>
      <Text component="div" c="dimmed" maw={440}>
        {children}
      </Text>
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </Stack>
  )
}
