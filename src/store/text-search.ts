/** Free text in lists: a part of a name, without case. */
import { type Expression, sql } from 'kysely'

/** Whether the text is somewhere in one of the columns. */
export function hasText(text: string, ...columns: readonly Expression<unknown>[]) {
  // Signs that mean something to LIKE are taken literally.
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const matches = columns.map((column) => sql`lower(${column}) like ${pattern} escape '\\'`)
  return sql<boolean>`(${sql.join(matches, sql` or `)})`
}
