import { PageHead } from '../../parts/page-head.tsx'

export function NewProjectPage() {
  return <PageHead title="New project" />
}
