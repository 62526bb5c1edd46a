import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './event.module.css'

interface Props {
  readonly title: string
  /** At the right of the title. */
  readonly action?: ReactNode
  readonly children: ReactNode
}

/** One kind of thing that is known of an event. */
export function Part({ title, action, children }: Props) {
  return (
    <section aria-label={title}>
      <div
        style={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center', marginBottom: 4 }}
      >
        <Title order={2}>{title}</Title>
        {action}
      </div>
      {children}
    </section>
  )
}

export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may come twice, and rows never move
        <div key={index} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
