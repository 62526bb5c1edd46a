import { ProjectHead, useProject } from '../../parts/project-head.tsx'

export function OverviewPage() {
  const project = useProject()
  return <ProjectHead project={project} side="Overview" />
}
