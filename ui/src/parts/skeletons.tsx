import { Skeleton, Stack } from '@mantine/core'

/** Rows of a list or table that is on its way; `height` is that of a row. */
export function RowSkeletons({
  rows = 6,
  height = 48,
}: {
  readonly rows?: number
  readonly height?: number
}) {
  return (
    <Stack gap={1} aria-hidden>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike and never move
        <Skeleton key={index} height={height} radius="sm" />
      ))}
    </Stack>
  )
}

/** A chart, a card or a form that is on its way, at its final height. */
export function BlockSkeleton({ height }: { readonly height: number }) {
  return <Skeleton height={height} radius="sm" aria-hidden />
}
