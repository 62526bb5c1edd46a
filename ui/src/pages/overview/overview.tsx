/** Where did my events go? Totals, the chart, and why some were dropped, in one look. */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { projectUsageQuery, type Usage, type UsageQuestion, usageFileUrl } from '../../api/usage.ts'
import { UsageChart } from '../../charts/usage-chart.tsx'
import { UsageTable } from '../../charts/usage-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { ProjectHead, useProject } from '../../parts/project-head.tsx'
import { useRange } from '../../parts/range.ts'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { useZone } from '../../parts/zone.ts'
import { categoryWords } from '../../words/categories.ts'
import { DroppedList } from './dropped-list.tsx'
import { KeyNotices } from './key-notices.tsx'
import { useLiveWindow } from './live-window.ts'
import classes from './overview.module.css'
import { hasPast, pictureOf, rangeOfBars } from './picture.ts'
import { RecentEvents } from './recent-events.tsx'
import type { OverviewSearch } from './search.ts'
import { Sides } from './sides.tsx'
import { byOutcome } from './summary.ts'
import { Tools } from './tools.tsx'
import { NothingBefore, Totals } from './totals.tsx'

const EVERY_MS = 15_000

export function OverviewPage() {
  const project = useProject()
  const org = useOrg()
  const zone = useZone()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as OverviewSearch
  const range = useRange('24h')
  const category = search.category ?? 'error'
  const isCompared = search.compare === '1'
  const isLive = search.live === '1'
  const question: UsageQuestion = {
    ...range.query,
    groupBy: ['key', 'outcome', 'reason'],
    category: [category],
    ...(isCompared ? { compare: '1' } : {}),
  }
  const usage = useQuery({
    ...projectUsageQuery(org, project, question),
    refetchInterval: range.range.end === undefined ? EVERY_MS : false,
  })
  const live = useLiveWindow({ org, project, category, isOn: isLive })
  const before = usePast(org, project, { category, usage: isCompared ? usage.data : undefined })
  const [isTable, setTable] = useState(false)
  const what = categoryWords(category)
  const picture = useMemo(
    () => usage.data && pictureOf(usage.data, usage.dataUpdatedAt),
    [usage.data, usage.dataUpdatedAt],
  )
  const change = (changed: OverviewSearch) =>
    void navigate({
      to: '/projects/$project',
      params: { project },
      search: { ...search, ...changed },
      replace: true,
      resetScroll: false,
    })
  const label = `${what.label} of ${project}`
  return (
    <>
      <ProjectHead project={project} side="Overview" />
      <KeyNotices org={org} project={project} />
      <Tools
        range={range}
        category={category}
        search={search}
        isTable={isTable}
        onTable={setTable}
        onChange={change}
        fileUrl={usageFileUrl(org, project, { ...question, groupBy: ['outcome', 'reason'] })}
        org={org}
        project={project}
        liveState={live.state}
      />
      <Loaded query={usage} what="The numbers could not be loaded" skeleton={<BlockSkeleton height={560} />}>
        {(counted) => (
          <Stack gap={0}>
            <Totals outcomes={byOutcome(counted)} what={what} isCompared={hasPast(counted)} />
            {isCompared && !hasPast(counted) && <NothingBefore />}
            <div className={classes.first}>
              {isLive ? (
                <UsageChart
                  label={`${label}, live`}
                  starts={live.starts}
                  series={live.series}
                  interval={1}
                  what={what}
                  timeZone={zone}
                  height={300}
                />
              ) : picture === undefined ? null : isTable ? (
                <UsageTable label={label} {...picture} timeZone={zone} maxHeight={372} />
              ) : (
                <UsageChart
                  label={label}
                  {...picture}
                  timeZone={zone}
                  height={300}
                  previous={before}
                  onSelectRange={(from, to) => range.setRange(rangeOfBars(from, to))}
                />
              )}
              <DroppedList org={org} project={project} category={category} isLive={isLive} />
            </div>
            <Sides
              org={org}
              range={range.query}
              counted={counted}
              what={what}
              isCompared={isCompared}
              project={project}
            />
          </Stack>
        )}
      </Loaded>
      <RecentEvents org={org} project={project} />
    </>
  )
}

interface Past {
  readonly category: string
  /** What it is compared with; undefined while it is not. */
  readonly usage: Usage | undefined
}

/** The period before, interval by interval, for the outline behind the bars. */
function usePast(org: string, project: string, { category, usage }: Past) {
  const before = usage && hasPast(usage) ? usage.previous : null
  const { data, isPlaceholderData } = useQuery({
    ...projectUsageQuery(org, project, {
      start: before?.start ?? '',
      end: before?.end ?? '',
      interval: usage?.interval ?? '1h',
      category: [category],
    }),
    enabled: before !== null,
  })
  return useMemo(
    () =>
      before === null || data === undefined || isPlaceholderData
        ? undefined
        : { from: Date.parse(data.intervals[0] ?? data.start) / 1000, values: data.series },
    [before, data, isPlaceholderData],
  )
}
