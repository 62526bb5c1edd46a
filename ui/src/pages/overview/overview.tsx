/** Where did my events go? Totals, the chart, and why some were dropped, in one look. */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { projectUsageQuery, type UsageQuestion, usageFileUrl } from '../../api/usage.ts'
import { outcomeSeries } from '../../charts/series.ts'
import { UsageChart } from '../../charts/usage-chart.tsx'
import { UsageTable } from '../../charts/usage-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { ProjectHead, useProject } from '../../parts/project-head.tsx'
import { useRange } from '../../parts/range.ts'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { useZone } from '../../parts/zone.ts'
import { categoryWords } from '../../words/categories.ts'
import { intervalSeconds } from '../../words/ranges.ts'
import { DroppedList } from './dropped-list.tsx'
import { KeyNotices } from './key-notices.tsx'
import { useLiveWindow } from './live-window.ts'
import classes from './overview.module.css'
import { RecentEvents } from './recent-events.tsx'
import type { OverviewSearch } from './search.ts'
import { Sides } from './sides.tsx'
import { byOutcome } from './summary.ts'
import { Tools } from './tools.tsx'
import { Totals } from './totals.tsx'

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
  const before = usePast(org, project, { category, before: isCompared ? usage.data?.previous : null, range })
  const [isTable, setTable] = useState(false)
  const what = categoryWords(category)

  const interval = isLive ? 1 : intervalSeconds(range.interval)
  const picture = useMemo(() => {
    if (usage.data === undefined) return undefined
    const { intervals, groups } = usage.data
    return {
      starts: intervals.map((at) => Date.parse(at) / 1000),
      series: outcomeSeries(groups, intervals.length),
    }
  }, [usage.data])
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
            <Totals outcomes={byOutcome(counted)} what={what} isCompared={isCompared} />
            <div className={classes.first}>
              {picture !== undefined && isTable && !isLive ? (
                <UsageTable
                  label={label}
                  {...picture}
                  interval={interval}
                  what={what}
                  timeZone={zone}
                  runningFrom={runningFrom(range.range.end, picture.starts)}
                  maxHeight={372}
                />
              ) : (
                <UsageChart
                  label={isLive ? `${label}, live` : label}
                  starts={isLive ? live.starts : (picture?.starts ?? [])}
                  series={isLive ? live.series : (picture?.series ?? [])}
                  interval={interval}
                  what={what}
                  timeZone={zone}
                  height={300}
                  {...(isLive
                    ? {}
                    : {
                        runningFrom: runningFrom(range.range.end, picture?.starts ?? []),
                        previous: before,
                        onSelectRange: (from: number, to: number) =>
                          range.setRange({ start: iso(from), end: iso(to) }),
                      })}
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

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

/** The last interval is not over while the range ends now. */
function runningFrom(end: string | undefined, starts: readonly number[]): number | undefined {
  const last = starts.at(-1)
  return end === undefined || Date.parse(end) > Date.now() ? last : undefined
}

interface Past {
  readonly category: string
  readonly before: { readonly start: string; readonly end: string } | null | undefined
  readonly range: ReturnType<typeof useRange>
}

/** Interval by interval, for the outline behind the bars. */
function usePast(org: string, project: string, { category, before, range }: Past) {
  const { data } = useQuery({
    ...projectUsageQuery(org, project, {
      start: before?.start ?? '',
      end: before?.end ?? '',
      interval: range.interval,
      category: [category],
    }),
    enabled: before !== null && before !== undefined,
  })
  return useMemo(
    () =>
      before && data
        ? { from: Date.parse(data.intervals[0] ?? data.start) / 1000, values: data.series }
        : undefined,
    [before, data],
  )
}
