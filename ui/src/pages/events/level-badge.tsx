import { Badge } from '@mantine/core'
import { levelColours } from './levels.ts'

export function LevelBadge({ kind }: { readonly kind: string }) {
  return (
    <Badge
      variant="light"
      color={levelColours[kind] ?? 'gray'}
      // Yellow on yellow is not readable.
      {...(kind === 'warning' ? { c: 'var(--v-warning)' } : {})}
      tt="none"
      style={{ flex: 'none' }}
    >
      {kind}
    </Badge>
  )
}
