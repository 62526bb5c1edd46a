import { useQuery } from '@tanstack/react-query'
import { linkOptions, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { projectQuery } from '../api/projects.ts'
import { useOrg } from './organization.ts'
import { PageHead } from './page-head.tsx'
import { PlatformIcon } from './platforms/platform-icon.tsx'
import { ProjectTabs } from './tabs.tsx'

/** The slug of the project that the page is about. */
export function useProject(): string {
  const { project = '' } = useParams({ strict: false }) as { project?: string }
  return project
}

interface Props {
  readonly project: string
  /** As its tab is called: `Keys`. */
  readonly side: string
  readonly note?: ReactNode
  readonly action?: ReactNode
}

/** The head of the sides of a project. Until its name is known, the slug stands there. */
export function ProjectHead({ project, side, note, action }: Props) {
  const { data } = useQuery(projectQuery(useOrg(), project))
  const name = data?.name ?? project
  return (
    <PageHead
      title={name}
      icon={<PlatformIcon platform={data?.platform} size={28} />}
      crumbs={[{ label: 'Projects', link: linkOptions({ to: '/' }) }]}
      note={note}
      action={action}
      tabs={<ProjectTabs project={project} />}
      documentTitle={`${side} · ${name}`}
    />
  )
}
