/** Tokens: those with which scripts act for a person, and those that act for the organization. */
import { Stack } from '@mantine/core'
import { RoleGate } from '../../parts/access.tsx'
import { SettingsHead } from '../../parts/settings-head.tsx'
import { OrganizationTokens } from './organization-tokens.tsx'
import { PersonalTokens } from './personal-tokens.tsx'

export function TokensPage() {
  return (
    <>
      <SettingsHead
        side="Tokens"
        note="Scripts and tools show a token instead of a password. Each is shown once, when it is made."
      />
      <Stack gap="xl">
        <PersonalTokens />
        <RoleGate scope="org:read">
          <OrganizationTokens />
        </RoleGate>
      </Stack>
    </>
  )
}
