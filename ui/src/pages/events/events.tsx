import { ProjectHead, useProject } from '../../parts/project-head.tsx'

export function EventsPage() {
  const project = useProject()
  return <ProjectHead project={project} side="Events" />
}
