import { SettingsHead } from '../../parts/settings-head.tsx'

export function TeamsPage() {
  return <SettingsHead side="Teams" />
}
