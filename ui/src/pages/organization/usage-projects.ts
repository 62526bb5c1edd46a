/** Projects of an organization side by side: what each had, and how that has changed. */
import type { ProjectUsage } from '../../api/usage.ts'

type Row = ProjectUsage['projects'][number]

export interface ProjectShare {
  readonly slug: string
  readonly name: string
  readonly accepted: number
  readonly dropped: number
  readonly total: number
  /** Undefined unless the two periods are compared. */
  readonly previous: number | undefined
}

export const orders = ['total', 'accepted', 'dropped', 'change', 'name'] as const
export type Order = (typeof orders)[number]

/** Those with anything at all, and in any order those without at the end. */
export function projectShares(rows: readonly Row[], order: Order = 'total'): readonly ProjectShare[] {
  return rows
    .map(({ slug, name, accepted, dropped }) => ({
      slug,
      name,
      accepted: accepted.total,
      dropped: dropped.total,
      total: accepted.total + dropped.total,
      previous:
        accepted.previous === null || dropped.previous === null
          ? undefined
          : accepted.previous + dropped.previous,
    }))
    .sort((a, b) => compare(order, a, b) || a.name.localeCompare(b.name))
}

function compare(order: Order, a: ProjectShare, b: ProjectShare): number {
  switch (order) {
    case 'name':
      return 0
    case 'dropped':
      return droppedShare(b) - droppedShare(a)
    case 'change':
      return growth(b) - growth(a)
    default:
      return b[order] - a[order]
  }
}

function droppedShare({ dropped, total }: ProjectShare): number {
  return total === 0 ? -1 : dropped / total
}

function growth({ total, previous }: ProjectShare): number {
  return total - (previous ?? total)
}
