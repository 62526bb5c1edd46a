import type { ReactNode } from 'react'
import classes from './data-table.module.css'

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ReactNode
  /** Right-aligned, with figures of one width. */
  readonly isNumber?: boolean
  /** Takes what room the others leave. */
  readonly isMain?: boolean
  /** The title is only heard: a column of buttons. */
  readonly isTitleHidden?: boolean
  /** Left out where tables become cards. */
  readonly isWideOnly?: boolean
}

interface Props<T> {
  /** What the rows are, for those who hear it. */
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly rowKey: (row: T) => string
  /** Marks a row, such as one that is switched off. */
  readonly isMuted?: (row: T) => boolean
}

/** A table; below 600 px every row is a card with the columns' titles in it. */
export function DataTable<T>({ label, columns, rows, rowKey, isMuted }: Props<T>) {
  return (
    <table className={classes.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ title, isNumber, isMain, isTitleHidden }) => (
            <th key={title} scope="col" data-number={isNumber || undefined} data-main={isMain || undefined}>
              {isTitleHidden ? <span className="visually-hidden">{title}</span> : title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} data-muted={isMuted?.(row) || undefined}>
            {columns.map(({ title, cell, isNumber, isMain, isTitleHidden, isWideOnly }) => (
              <td
                key={title}
                data-label={isMain || isTitleHidden ? undefined : title}
                data-number={isNumber || undefined}
                data-main={isMain || undefined}
                data-wide-only={isWideOnly || undefined}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
