import { Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { projectUsageQuery, type Usage, type UsageQuestion } from '../../api/usage.ts'
import { type Share, ShareBars } from '../../charts/share-bars.tsx'
import { AnchorLink } from '../../parts/links.tsx'
import { type CategoryWords, categoryWords } from '../../words/categories.ts'
import { outcomeWords } from '../../words/outcomes.ts'
import classes from './overview.module.css'
import { hasPast } from './picture.ts'
import type { OverviewSearch } from './search.ts'
import { byKey, byReason } from './summary.ts'

interface Props {
  readonly org: string
  /** The stretch that is looked at, as the API is asked for it. */
  readonly range: UsageQuestion
  readonly counted: Usage
  readonly what: CategoryWords
  readonly isCompared: boolean
  readonly project: string
}

const SHOWN = 8

/** The same numbers by key and by reason, and what else came meanwhile. */
export function Sides({ org, range, counted, what, isCompared, project }: Props) {
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
  const common = { valueHeading: what.label, unit: what.unit, isCompared: hasPast(counted) }
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
      <ByCategory org={org} project={project} range={range} isCompared={isCompared} />
    </div>
  )
}

/** Everything that came, kind by kind. What is measured in bytes or time has no place beside what is counted. */
function ByCategory({ org, project, range, isCompared }: Omit<Props, 'counted' | 'what'>) {
  const search = useSearch({ strict: false }) as OverviewSearch
  const { data } = useQuery(
    projectUsageQuery(org, project, {
      ...range,
      groupBy: ['category'],
      ...(isCompared ? { compare: '1' } : {}),
    }),
  )
  const shares: readonly Share[] = (data?.groups ?? []).flatMap(({ by, total, previous }) => {
    const { category } = by
    if (!category || categoryWords(category).unit !== 'number') return []
    const label = (
      <AnchorLink
        key={category}
        to="/projects/$project"
        params={{ project }}
        search={{ ...search, category: category === 'error' ? undefined : category }}
        c="inherit"
      >
        {categoryWords(category).label}
      </AnchorLink>
    )
    return [{ key: category, label, value: total, previous: previous ?? undefined }]
  })
  return (
    <Side title="By kind of data" isEmpty={shares.length === 0} empty="Nothing came in this time.">
      <ShareBars
        label="By kind of data"
        heading="Kind"
        valueHeading="Pieces"
        isCompared={data !== undefined && hasPast(data)}
        shares={shares.slice(0, SHOWN)}
      />
    </Side>
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
