/** The few expressions that differ between databases. A second dialect adds its branch here and nowhere else. */
import { type ColumnDefinitionBuilder, type CreateTableBuilder, type RawBuilder, sql } from 'kysely'

/** A table's numeric id, assigned by the database and never given twice. */
export function idColumn(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.primaryKey().autoIncrement()
}

/** Stores the table in the order of its primary key, for tables that are only read along it. */
export function clustered<T extends string, C extends string>(
  table: CreateTableBuilder<T, C>,
): CreateTableBuilder<T, C> {
  return table.modifyEnd(sql`without rowid`)
}

/** A whole number as a JavaScript number: inexact beyond 2^53, where the driver would refuse it. */
export function numberOf(column: string): RawBuilder<number> {
  return sql<number>`cast(${sql.ref(column)} as double precision)`
}

/**
 * A sum as a JavaScript number. Client reports state how much was lost, and nobody can check it: a sum beyond
 * 2^53 may be inexact, but it must not make the series unreadable.
 */
export function sumOf(column: string): RawBuilder<number> {
  return sql<number>`total(${sql.ref(column)})`
}
