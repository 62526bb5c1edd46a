import { Badge, Button, SegmentedControl, Select, Switch } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { LiveState } from '../../api/live.ts'
import { projectUsageQuery } from '../../api/usage.ts'
import type { CurrentRange } from '../../parts/range.ts'
import { RangePicker } from '../../parts/range-picker.tsx'
import { categoryWords, compareCategories } from '../../words/categories.ts'
import classes from './overview.module.css'
import type { OverviewSearch } from './search.ts'

interface Props {
  readonly org: string
  readonly project: string
  readonly range: CurrentRange
  readonly category: string
  readonly search: OverviewSearch
  readonly isTable: boolean
  readonly onTable: (isTable: boolean) => void
  readonly onChange: (changed: OverviewSearch) => void
  readonly fileUrl: string
  readonly liveState: LiveState
}

/** What is looked at, and how. All of it stands in the address but chart or table. */
export function Tools(props: Props) {
  const { range, category, search, isTable, onTable, onChange, fileUrl, liveState } = props
  const isLive = search.live === '1'
  return (
    <div className={classes.tools}>
      <CategorySelect {...props} value={category} />
      <Switch
        label="Live"
        checked={isLive}
        onChange={(event) => onChange({ live: event.currentTarget.checked ? '1' : undefined })}
      />
      {isLive && (
        <Badge variant="light" color={liveState === 'listening' ? 'teal' : 'gray'} role="status">
          {liveState === 'listening' ? 'Listening' : 'Connecting'}
        </Badge>
      )}
      <Switch
        label="Compare"
        title="With the period before"
        checked={search.compare === '1'}
        disabled={isLive}
        onChange={(event) => onChange({ compare: event.currentTarget.checked ? '1' : undefined })}
      />
      <SegmentedControl
        aria-label="Chart or table"
        size="xs"
        data={['Chart', 'Table']}
        value={isTable ? 'Table' : 'Chart'}
        disabled={isLive}
        onChange={(shown) => onTable(shown === 'Table')}
      />
      <Button
        component="a"
        href={fileUrl}
        download
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        CSV
      </Button>
      <RangePicker current={range} />
    </div>
  )
}

/** Those of which the project has sent anything in the last 90 days. */
function CategorySelect({ org, project, value, onChange }: Props & { readonly value: string }) {
  const { data } = useQuery({
    ...projectUsageQuery(org, project, { statsPeriod: '90d', interval: '1d', groupBy: ['category'] }),
    staleTime: 60_000,
  })
  const seen = (data?.groups ?? []).flatMap(({ by }) => (by.category ? [by.category] : []))
  const names = [...new Set(['error', value, ...seen])].sort(compareCategories)
  return (
    <Select
      aria-label="What is counted"
      w={200}
      allowDeselect={false}
      data={names.map((name) => ({ value: name, label: categoryWords(name).label }))}
      value={value}
      onChange={(name) => onChange({ category: name === null || name === 'error' ? undefined : name })}
    />
  )
}
