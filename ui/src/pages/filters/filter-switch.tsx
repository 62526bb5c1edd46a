import { Switch, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { type FilterState, filtersQuery, updateFilter } from '../../api/filters.ts'
import { type Project, projectQuery, updateProject } from '../../api/projects.ts'
import { useOptimistic } from '../../parts/optimistic.ts'
import { useOrg } from '../../parts/organization.ts'
import type { SwitchedFilter } from './catalog.ts'
import classes from './filters.module.css'

interface Props {
  readonly project: string
  readonly filter: SwitchedFilter
  readonly isOn: boolean
  readonly mayWrite: boolean
  readonly taken: ReactNode
}

export function FilterSwitch(props: Props) {
  return props.filter.kind === 'filter' ? <OfFilter {...props} /> : <OfOption {...props} />
}

function OfFilter({ project, filter, ...rest }: Props) {
  const org = useOrg()
  const { mutate } = useOptimistic<readonly FilterState[], boolean>({
    queryKey: filtersQuery(org, project).queryKey,
    apply: (all, active) => all.map((each) => (each.id === filter.id ? { ...each, active } : each)),
    save: (active) => updateFilter(org, project, filter.id, { active }),
    failed: `“${filter.name}” could not be switched`,
  })
  return <Row filter={filter} onChange={mutate} {...rest} />
}

function OfOption({ project, filter, ...rest }: Props) {
  const org = useOrg()
  const option = filter.option ?? ''
  const { mutate } = useOptimistic<Project, boolean>({
    queryKey: projectQuery(org, project).queryKey,
    apply: (details, isOn) => ({ ...details, options: { ...details.options, [option]: isOn } }),
    save: (isOn) => updateProject(org, project, { options: { [option]: isOn } }),
    failed: `“${filter.name}” could not be switched`,
  })
  return <Row filter={filter} onChange={mutate} {...rest} />
}

interface RowProps extends Omit<Props, 'project'> {
  readonly onChange: (isOn: boolean) => void
}

function Row({ filter: { name, explanation, example }, isOn, mayWrite, taken, onChange }: RowProps) {
  return (
    <div className={classes.row}>
      <div>
        <Text fw={600}>{name}</Text>
        <Text>{explanation}</Text>
        <Text c="dimmed" size="xs">
          {example}
        </Text>
      </div>
      {taken}
      <Switch
        aria-label={name}
        checked={isOn}
        disabled={!mayWrite}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </div>
  )
}
