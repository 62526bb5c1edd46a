import { PageHead } from '../../parts/page-head.tsx'

export function ProjectsPage() {
  return <PageHead title="Projects" />
}
