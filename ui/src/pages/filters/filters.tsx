/** What a project does not want: every inbound filter, and how much it has taken out. */
import { Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { filtersQuery } from '../../api/filters.ts'
import { projectQuery } from '../../api/projects.ts'
import { projectUsageQuery, type Usage, type UsageQuestion } from '../../api/usage.ts'
import { Spark } from '../../charts/spark.tsx'
import { useCan, whoMay } from '../../parts/access.tsx'
import { Count } from '../../parts/count.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { ProjectHead, useProject } from '../../parts/project-head.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { exact } from '../../words/numbers.ts'
import { outcomeWords } from '../../words/outcomes.ts'
import { listFilters, switchedFilters } from './catalog.ts'
import { FilterSwitch } from './filter-switch.tsx'
import classes from './filters.module.css'
import { LegacyBrowsers } from './legacy-browsers.tsx'
import { LineList } from './line-list.tsx'

/** Filters speak of different kinds of data, each of them of one. */
const weekQuestion: UsageQuestion = {
  statsPeriod: '7d',
  interval: '1d',
  groupBy: ['reason'],
  outcome: ['filtered'],
  category: ['error', 'transaction', 'log_item', 'trace_metric'],
}

export function FiltersPage() {
  const project = useProject()
  const org = useOrg()
  const filters = useQuery(filtersQuery(org, project))
  const details = useQuery(projectQuery(org, project))
  const usage = useQuery({ ...projectUsageQuery(org, project, weekQuestion), refetchInterval: 15_000 })
  const mayWrite = useCan('project:write', details.data?.access)
  const taken = (id: string) => <Taken id={id} usage={usage.data} />
  const skeleton = <RowSkeletons rows={6} height={72} />
  return (
    <>
      <ProjectHead
        project={project}
        side="Filters"
        note="Filtered events are counted but not stored, and use up no limit. A change counts from the next event on."
      />
      {details.data !== undefined && !mayWrite && (
        <Text c="dimmed" mb="md">
          You can look at the filters. {whoMay('project:write')}
        </Text>
      )}
      <Loaded query={filters} what="The filters could not be loaded" skeleton={skeleton}>
        {(states) => (
          <Loaded query={details} what="The project could not be loaded" skeleton={skeleton}>
            {({ options }) => (
              <Stack gap="xl">
                <Group title="Known noise">
                  {switchedFilters.map((filter) => (
                    <FilterSwitch
                      key={filter.id}
                      project={project}
                      filter={filter}
                      isOn={
                        filter.kind === 'filter'
                          ? states.find(({ id }) => id === filter.id)?.active === true
                          : isSwitchedOn(options[filter.option ?? ''])
                      }
                      mayWrite={mayWrite}
                      taken={taken(filter.id)}
                    />
                  ))}
                  <LegacyBrowsers
                    project={project}
                    active={states.find(({ id }) => id === 'legacy-browsers')?.active ?? false}
                    mayWrite={mayWrite}
                    taken={taken('legacy-browsers')}
                  />
                </Group>
                <Group title="Your own lists">
                  {listFilters.map((filter) => (
                    <LineList
                      key={filter.id}
                      project={project}
                      filter={filter}
                      saved={String(options[filter.option] ?? '')}
                      mayWrite={mayWrite}
                      taken={taken(filter.id)}
                    />
                  ))}
                </Group>
              </Stack>
            )}
          </Loaded>
        )}
      </Loaded>
    </>
  )
}

/** Options come as they are kept: true, or "1". */
function isSwitchedOn(value: unknown): boolean {
  return value === true || value === 1 || value === '1'
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2}>{title}</Title>
      <div className={classes.group}>{children}</div>
    </section>
  )
}

/** How much a filter has taken out in seven days. */
function Taken({ id, usage }: { readonly id: string; readonly usage: Usage | undefined }) {
  if (usage === undefined) return <Skeleton className={classes.count} width={200} height={24} />
  const group = usage.groups.find(({ by }) => by.reason === id)
  const total = group?.total ?? 0
  return (
    <div className={classes.count} data-testid={`taken-${id}`}>
      {group !== undefined && total > 0 && (
        <Spark
          label={`${exact(total)} filtered in 7 days`}
          series={[{ color: outcomeWords.filtered.color, values: group.series }]}
          width={72}
          height={24}
        />
      )}
      <span>
        <Count value={total} of="filtered" />
        <Text span c="dimmed" size="xs">
          {' '}
          in 7 days
        </Text>
      </span>
    </div>
  )
}
