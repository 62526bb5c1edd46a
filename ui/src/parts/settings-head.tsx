import type { ReactNode } from 'react'
import { useOrganization } from './organization.ts'
import { PageHead } from './page-head.tsx'
import { SettingsTabs } from './tabs.tsx'

interface Props {
  /** As its tab is called: `Members`. */
  readonly side: string
  readonly note?: ReactNode
  readonly action?: ReactNode
}

/** The head of the organization's settings. */
export function SettingsHead({ side, note, action }: Props) {
  const { name } = useOrganization()
  return (
    <PageHead
      title="Settings"
      note={note ?? name}
      action={action}
      tabs={<SettingsTabs />}
      documentTitle={`${side} · ${name}`}
    />
  )
}
