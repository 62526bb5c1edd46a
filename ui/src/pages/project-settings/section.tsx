import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Project } from '../../api/projects.ts'

interface Props {
  readonly title: string
  readonly about?: ReactNode
  readonly children: ReactNode
}

/** One subject of the settings, which is saved by itself. */
export function Section({ title, about, children }: Props) {
  return (
    <Stack component="section" aria-label={title} gap="sm">
      <div>
        <Title order={2}>{title}</Title>
        {about !== undefined && <Text c="dimmed">{about}</Text>}
      </div>
      {children}
    </Stack>
  )
}

export interface SectionOfProject {
  readonly project: Project
  readonly mayWrite: boolean
}
