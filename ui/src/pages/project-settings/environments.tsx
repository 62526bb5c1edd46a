import { Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { environmentsQuery, hideEnvironment } from '../../api/projects.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { useOptimistic } from '../../parts/optimistic.ts'
import { useOrg } from '../../parts/organization.ts'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import classes from './project-settings.module.css'
import { Section, type SectionOfProject } from './section.tsx'

interface Change {
  readonly name: string
  readonly isHidden: boolean
}

type Environments = readonly { readonly id: string; readonly name: string; readonly isHidden: boolean }[]

export function Environments({ project, mayWrite }: SectionOfProject) {
  const org = useOrg()
  const environments = useQuery(environmentsQuery(org, project.slug))
  const { mutate } = useOptimistic<Environments, Change>({
    queryKey: environmentsQuery(org, project.slug).queryKey,
    apply: (all, { name, isHidden }) =>
      all.map((each) => (each.name === name ? { ...each, isHidden } : each)),
    save: ({ name, isHidden }) => hideEnvironment(org, project.slug, name, isHidden),
    failed: 'The environment could not be changed',
  })
  return (
    <Section
      title="Environments"
      about="They appear as events name them. Hidden ones are not offered where one can be chosen; their events stay."
    >
      <Loaded
        query={environments}
        what="The environments could not be loaded"
        skeleton={<RowSkeletons rows={2} />}
      >
        {(all) =>
          all.length === 0 ? (
            <Text c="dimmed">No event has named one yet.</Text>
          ) : (
            <ul className={classes.list}>
              {all.map(({ name, isHidden }) => (
                <li key={name}>
                  <Text c={isHidden ? 'dimmed' : undefined}>{name === '' ? '(no environment)' : name}</Text>
                  <Switch
                    label={isHidden ? 'Hidden' : 'Shown'}
                    aria-label={`Environment ${name} is shown`}
                    checked={!isHidden}
                    disabled={!mayWrite}
                    onChange={(event) => mutate({ name, isHidden: !event.currentTarget.checked })}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}
