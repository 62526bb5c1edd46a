/** Is everything arriving? One row for each project, with trouble at the top. */
import { Select, Text, TextInput } from '@mantine/core'
import { IconPlus, IconSearch, IconStack2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { projectsOfDayQuery, refusalsOfDayQuery } from '../../api/usage.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { exact, percent, plural, short } from '../../words/numbers.ts'
import { useHomes } from '../new-project/homes.ts'
import { ProjectList } from './project-list.tsx'
import { isRefusing, type ProjectRow, shownProjects } from './project-rows.ts'
import classes from './projects.module.css'
import { mainReasons } from './reasons.ts'
import type { ProjectsSearch, Sorting } from './search.ts'

const EVERY_MS = 30_000

export function ProjectsPage() {
  const org = useOrg()
  const usage = useQuery({ ...projectsOfDayQuery(org), refetchInterval: EVERY_MS })
  const { mayMake } = useHomes(org)
  const create = (
    <ButtonLink to="/projects/new" leftSection={<IconPlus size={16} aria-hidden />}>
      New project
    </ButtonLink>
  )
  return (
    <>
      <PageHead
        title="Projects"
        note={<Totals rows={usage.data?.projects} />}
        action={mayMake ? create : undefined}
      />
      <Loaded
        query={usage}
        what="The projects could not be loaded"
        skeleton={<RowSkeletons rows={8} height={64} />}
      >
        {({ projects }) =>
          projects.length === 0 ? (
            <EmptyState
              icon={<IconStack2 size={24} aria-hidden />}
              title="No projects"
              action={mayMake ? create : undefined}
            >
              A project takes the events of one application.{' '}
              {mayMake
                ? 'Make one, and the next page shows how to connect it.'
                : 'You see those of your teams: ask to be put into one.'}
            </EmptyState>
          ) : (
            <Shown org={org} projects={projects} at={usage.dataUpdatedAt} />
          )
        }
      </Loaded>
    </>
  )
}

/** Of everything in sight, in the line below the title. */
function Totals({ rows }: { readonly rows: readonly ProjectRow[] | undefined }) {
  if (rows === undefined) return <>&nbsp;</>
  const accepted = rows.reduce((sum, { accepted }) => sum + accepted.total, 0)
  const dropped = rows.reduce((sum, { dropped }) => sum + dropped.total, 0)
  return (
    <span title={`${exact(accepted)} accepted, ${exact(dropped)} dropped`}>
      {plural(rows.length, 'project')} · {short(accepted)} errors accepted in 24 hours ·{' '}
      {percent(dropped, accepted + dropped)} dropped
    </span>
  )
}

const orders: readonly { readonly value: Sorting | 'trouble'; readonly label: string }[] = [
  { value: 'trouble', label: 'Trouble first' },
  { value: 'accepted', label: 'Most accepted' },
  { value: 'dropped', label: 'Most dropped' },
  { value: 'last', label: 'Last event' },
  { value: 'name', label: 'Name' },
]

interface ShownProps {
  readonly org: string
  readonly projects: readonly ProjectRow[]
  /** When they were read, in epoch milliseconds. */
  readonly at: number
}

function Shown({ org, projects, at }: ShownProps) {
  const search = useSearch({ strict: false }) as ProjectsSearch
  const navigate = useNavigate()
  const change = (changed: ProjectsSearch) =>
    void navigate({ to: '/', search: { ...search, ...changed }, replace: true, resetScroll: false })
  const teams = [...new Set(projects.flatMap(({ teams }) => teams.map(({ slug }) => slug)))].sort()
  const refusals = useQuery({
    ...refusalsOfDayQuery(org),
    enabled: isRefusing(projects),
    refetchInterval: EVERY_MS,
  })
  const shown = shownProjects(projects, search, at, mainReasons(refusals.data?.groups ?? []))
  return (
    <>
      <search className={classes.filters}>
        <TextInput
          className={classes.search}
          aria-label="Search projects"
          placeholder="Search projects"
          leftSection={<IconSearch size={16} aria-hidden />}
          data-search
          value={search.query ?? ''}
          onChange={(event) => change({ query: event.currentTarget.value || undefined })}
        />
        {teams.length > 1 && (
          <Select
            aria-label="Team"
            placeholder="Every team"
            clearable
            className={classes.choice}
            data={teams.map((team) => ({ value: team, label: `#${team}` }))}
            value={search.team ?? null}
            onChange={(team) => change({ team: team ?? undefined })}
          />
        )}
        <Select
          aria-label="Order"
          allowDeselect={false}
          className={classes.choice}
          data={orders}
          value={search.sort ?? 'trouble'}
          onChange={(sort) => change({ sort: sort === 'trouble' ? undefined : (sort as Sorting) })}
        />
      </search>
      {shown.length === 0 ? (
        <EmptyState icon={<IconSearch size={24} aria-hidden />} title="No such project">
          None of the {exact(projects.length)} projects matches.
        </EmptyState>
      ) : (
        <ProjectList org={org} rows={shown} />
      )}
      <Text className="visually-hidden" aria-live="polite">
        {plural(shown.length, 'project')}
      </Text>
    </>
  )
}
