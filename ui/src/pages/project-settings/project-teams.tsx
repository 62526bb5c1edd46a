import { Button, Group, Select, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { addProjectTeam, projectQuery, removeProjectTeam } from '../../api/projects.ts'
import { teamsQuery } from '../../api/teams.ts'
import { sayDone, sayFailed } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import classes from './project-settings.module.css'
import { Section, type SectionOfProject } from './section.tsx'

export function ProjectTeams({ project, mayWrite }: SectionOfProject) {
  const org = useOrg()
  const client = useQueryClient()
  const teams = useQuery(teamsQuery(org))
  const [chosen, setChosen] = useState<string | null>(null)
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: projectQuery(org, project.slug).queryKey, exact: true }),
      client.invalidateQueries({ queryKey: [org, 'projects'] }),
      client.invalidateQueries({ queryKey: [org, 'teams'] }),
    ])
  const add = useMutation({
    mutationFn: (team: string) => addProjectTeam(org, project.slug, team),
    onSuccess: async (_answer, team) => {
      setChosen(null)
      sayDone(`#${team} works on ${project.name} now.`)
      await refresh()
    },
    onError: (error) => sayFailed(error, 'The team could not be added'),
  })
  const remove = useMutation({
    mutationFn: (team: string) => removeProjectTeam(org, project.slug, team),
    onSuccess: async (_answer, team) => {
      sayDone(`#${team} does not work on ${project.name} any more.`)
      await refresh()
    },
    onError: (error) => sayFailed(error, 'The team could not be taken off'),
  })
  const others = (teams.data ?? []).filter(({ slug }) => !project.teams.some((team) => team.slug === slug))
  return (
    <Section
      title="Teams"
      about="Members of these teams see the project; what they may do in it is up to their role."
    >
      {project.teams.length === 0 ? (
        <Text c="dimmed">No team works on this project: only managers and owners see it.</Text>
      ) : (
        <ul className={classes.list}>
          {project.teams.map(({ slug, name }) => (
            <li key={slug}>
              <span>
                #{slug}
                {name !== slug && (
                  <Text span c="dimmed">
                    {' '}
                    {name}
                  </Text>
                )}
              </span>
              {mayWrite && (
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-sm"
                  aria-label={`Take off team ${slug}`}
                  loading={remove.isPending && remove.variables === slug}
                  onClick={() => remove.mutate(slug)}
                >
                  Take off
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayWrite && others.length > 0 && (
        <Group gap="xs" align="flex-end">
          <Select
            label="Another team"
            placeholder="Choose a team"
            searchable
            data={others.map(({ slug }) => ({ value: slug, label: `#${slug}` }))}
            value={chosen}
            onChange={setChosen}
          />
          <Button
            variant="default"
            disabled={chosen === null}
            loading={add.isPending}
            onClick={() => chosen !== null && add.mutate(chosen)}
          >
            Add team
          </Button>
        </Group>
      )}
    </Section>
  )
}
