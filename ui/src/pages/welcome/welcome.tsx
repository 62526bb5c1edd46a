import { PageHead } from '../../parts/page-head.tsx'

export function WelcomePage() {
  return <PageHead title="Welcome" />
}
