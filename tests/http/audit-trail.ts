/** What the audit log of an organization says, as its owner reads it. */
import type { Founded, Installation } from './installation.ts'

export interface Row {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
  readonly note: string
  readonly targetObject: number | null
  readonly [field: string]: unknown
}

/** Every entry, oldest first. */
export async function entriesOf(
  vedette: Installation,
  { organization, owner }: Pick<Founded, 'organization' | 'owner'>,
): Promise<readonly Row[]> {
  const path = `/organizations/${organization.slug}/audit-logs/`
  const { body } = await vedette.get<{ rows: Row[] }>(path, owner.caller)
  return body.rows.toReversed()
}

/** Event and data of each entry, oldest first. */
export async function trailOf(
  vedette: Installation,
  place: Pick<Founded, 'organization' | 'owner'>,
): Promise<readonly (readonly [event: string, data: Row['data']])[]> {
  const entries = await entriesOf(vedette, place)
  return entries.map(({ event, data }) => [event, data] as const)
}
