import { SettingsHead } from '../../parts/settings-head.tsx'

export function MembersPage() {
  return <SettingsHead side="Members" />
}
