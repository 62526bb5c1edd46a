import { Badge } from '@mantine/core'
import { levelColours } from './levels.ts'

export function LevelBadge({ kind }: { readonly kind: string }) {
  return (
    <Badge variant="light" color={levelColours[kind] ?? 'gray'} tt="none" style={{ flex: 'none' }}>
      {kind}
    </Badge>
  )
}
