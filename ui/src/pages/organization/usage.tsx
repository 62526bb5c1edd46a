/** What the whole organization sends: over time, by project, by kind of data. */
import { Button, Select, Switch, Title } from '@mantine/core'
import { IconChartBar, IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import {
  organizationUsageQuery,
  projectsUsageQuery,
  type UsageQuestion,
  usageFileUrl,
} from '../../api/usage.ts'
import { ShareBars } from '../../charts/share-bars.tsx'
import { UsageChart } from '../../charts/usage-chart.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { AnchorLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrganization } from '../../parts/organization.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { useRange } from '../../parts/range.ts'
import { RangePicker } from '../../parts/range-picker.tsx'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { useZone } from '../../parts/zone.ts'
import { categoryWords, compareCategories } from '../../words/categories.ts'
import { hasPast, pictureOf, rangeOfBars } from '../overview/picture.ts'
import { byOutcome } from '../overview/summary.ts'
import { NothingBefore, Totals } from '../overview/totals.tsx'
import type { UsageSearch } from './search.ts'
import classes from './usage.module.css'
import { type Order, projectShares } from './usage-projects.ts'

const EVERY_MS = 30_000

export function UsagePage() {
  const { slug: org, name } = useOrganization()
  const zone = useZone()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as UsageSearch
  const range = useRange('30d')
  const category = search.category ?? 'error'
  const isCompared = search.compare === '1'
  const compare = isCompared ? ({ compare: '1' } as const) : {}
  const question: UsageQuestion = { ...range.query, groupBy: ['outcome'], category: [category], ...compare }
  const usage = useQuery({
    ...organizationUsageQuery(org, question),
    refetchInterval: range.range.end === undefined ? EVERY_MS : false,
  })
  const what = categoryWords(category)
  const picture = useMemo(
    () => usage.data && pictureOf(usage.data, usage.dataUpdatedAt),
    [usage.data, usage.dataUpdatedAt],
  )
  const change = (changed: UsageSearch) =>
    void navigate({ to: '/usage', search: { ...search, ...changed }, replace: true, resetScroll: false })
  const categories = useQuery({
    ...organizationUsageQuery(org, { ...range.query, groupBy: ['category'], ...compare }),
    staleTime: 30_000,
  })
  const counted = (categories.data?.groups ?? []).flatMap(({ by, total, previous }) =>
    by.category ? [{ name: by.category, total, previous: previous ?? undefined }] : [],
  )
  const names = [...new Set(['error', category, ...counted.map(({ name }) => name)])].sort(compareCategories)
  return (
    <>
      <PageHead
        title="Usage"
        note={`Everything that was sent to ${name}`}
        documentTitle={`Usage · ${name}`}
      />
      <div className={classes.tools}>
        <Select
          aria-label="What is counted"
          w={200}
          allowDeselect={false}
          data={names.map((each) => ({ value: each, label: categoryWords(each).label }))}
          value={category}
          onChange={(each) => change({ category: each === null || each === 'error' ? undefined : each })}
        />
        <Switch
          label="Compare"
          title="With the period before"
          checked={isCompared}
          onChange={(event) => change({ compare: event.currentTarget.checked ? '1' : undefined })}
        />
        <Button
          component="a"
          href={usageFileUrl(org, undefined, { ...question, groupBy: ['project', 'outcome'] })}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          CSV
        </Button>
        <RangePicker current={range} />
      </div>
      <Loaded query={usage} what="The numbers could not be loaded" skeleton={<BlockSkeleton height={440} />}>
        {(data) => (
          <>
            <Totals outcomes={byOutcome(data)} what={what} isCompared={hasPast(data)} />
            {isCompared && !hasPast(data) && <NothingBefore />}
            {picture !== undefined && (
              <UsageChart
                label={`${what.label} of ${name}`}
                {...picture}
                timeZone={zone}
                height={280}
                onSelectRange={(from, to) => range.setRange(rangeOfBars(from, to))}
              />
            )}
          </>
        )}
      </Loaded>
      <div className={classes.parts}>
        <Projects
          org={org}
          question={{ ...range.query, category: [category], ...compare }}
          isCompared={usage.data !== undefined && hasPast(usage.data)}
        />
        <section aria-label="By kind of data">
          <Title order={2} mb={4}>
            By kind of data
          </Title>
          <ShareBars
            label="Accepted and dropped by kind of data"
            heading="Kind"
            valueHeading="Pieces"
            isCompared={categories.data !== undefined && hasPast(categories.data)}
            // What is measured in bytes or time has no place beside what is counted.
            shares={counted
              .filter(({ name: each }) => categoryWords(each).unit === 'number')
              .map(({ name: each, total, previous }) => ({
                key: each,
                label: (
                  <AnchorLink to="/usage" search={{ ...search, category: each }} c="inherit">
                    {categoryWords(each).label}
                  </AnchorLink>
                ),
                value: total,
                previous,
              }))}
          />
        </section>
      </div>
    </>
  )
}

interface ProjectsProps {
  readonly org: string
  readonly question: Parameters<typeof projectsUsageQuery>[1]
  readonly isCompared: boolean
}

const orderNames: readonly { readonly value: Order; readonly label: string }[] = [
  { value: 'total', label: 'Most data' },
  { value: 'accepted', label: 'Most accepted' },
  { value: 'dropped', label: 'Highest dropped share' },
  { value: 'change', label: 'Grown most' },
  { value: 'name', label: 'Name' },
]

/** How much each project has of the whole. */
function Projects({ org, question, isCompared }: ProjectsProps) {
  const usage = useQuery(projectsUsageQuery(org, question))
  const search = useSearch({ strict: false }) as UsageSearch
  const navigate = useNavigate()
  const words = categoryWords(question.category?.[0] ?? 'error')
  return (
    <section aria-label="By project">
      <div
        style={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center', marginBottom: 4 }}
      >
        <Title order={2}>By project</Title>
        <Select
          aria-label="Order of projects"
          size="xs"
          w={190}
          allowDeselect={false}
          data={isCompared ? orderNames : orderNames.filter(({ value }) => value !== 'change')}
          value={search.order ?? 'total'}
          onChange={(order) =>
            void navigate({
              to: '/usage',
              search: { ...search, order: order === 'total' ? undefined : (order as Order) },
              replace: true,
              resetScroll: false,
            })
          }
        />
      </div>
      <Loaded query={usage} what="The projects could not be loaded" skeleton={<BlockSkeleton height={280} />}>
        {({ projects }) =>
          projects.length === 0 ? (
            <EmptyState icon={<IconChartBar size={24} aria-hidden />} title="No projects">
              What each project sends will stand here side by side.
            </EmptyState>
          ) : (
            <ShareBars
              label={`${words.label} by project`}
              heading="Project"
              valueHeading={words.label}
              unit={words.unit}
              isCompared={isCompared}
              shares={projectShares(projects, search.order).map(({ slug, name, total, previous }) => ({
                key: slug,
                label: (
                  <AnchorLink to="/projects/$project" params={{ project: slug }} c="inherit">
                    {name}
                  </AnchorLink>
                ),
                value: total,
                previous,
              }))}
            />
          )
        }
      </Loaded>
    </section>
  )
}
