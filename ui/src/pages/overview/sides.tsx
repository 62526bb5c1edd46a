import { Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Usage } from '../../api/usage.ts'
import { type Share, ShareBars } from '../../charts/share-bars.tsx'
import { AnchorLink } from '../../parts/links.tsx'
import type { CategoryWords } from '../../words/categories.ts'
import { outcomeWords } from '../../words/outcomes.ts'
import classes from './overview.module.css'
import { byKey, byReason } from './summary.ts'

interface Props {
  readonly counted: Usage
  readonly what: CategoryWords
  readonly isCompared: boolean
  readonly project: string
}

const SHOWN = 8

/** The same numbers by key, and by reason. */
export function Sides({ counted, what, isCompared, project }: Props) {
  const keys: readonly Share[] = byKey(counted)
    .slice(0, SHOWN)
    .map(({ id, name, value, previous }) => ({
      key: id ?? '',
      label:
        id === undefined || id.startsWith('key:') ? (
          name
        ) : (
          <AnchorLink to="/projects/$project/keys" params={{ project }} c="inherit">
            {name}
          </AnchorLink>
        ),
      value,
      previous,
    }))
  const reasons: readonly Share[] = byReason(counted)
    .slice(0, SHOWN)
    .map(({ id, outcome, name, value, previous }) => ({
      key: `${outcome} ${id ?? ''}`,
      label: name,
      value,
      previous,
      color: outcomeWords[outcome].color,
      pattern: outcomeWords[outcome].pattern,
    }))
  const common = { valueHeading: what.label, unit: what.unit, isCompared }
  return (
    <div className={classes.sides}>
      <Side title="By key" isEmpty={keys.length === 0} empty="Nothing came in this time.">
        <ShareBars {...common} label={`${what.label} by key`} heading="Key" shares={keys} />
      </Side>
      <Side
        title="Dropped, by reason"
        isEmpty={reasons.length === 0}
        empty="Nothing was dropped in this time."
      >
        <ShareBars {...common} label={`Dropped ${what.label} by reason`} heading="Reason" shares={reasons} />
      </Side>
    </div>
  )
}

interface SideProps {
  readonly title: string
  readonly isEmpty: boolean
  readonly empty: string
  readonly children: ReactNode
}

function Side({ title, isEmpty, empty, children }: SideProps) {
  return (
    <section aria-label={title}>
      <Title order={2} mb={4}>
        {title}
      </Title>
      {isEmpty ? <Text c="dimmed">{empty}</Text> : children}
    </section>
  )
}
