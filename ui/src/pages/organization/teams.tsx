/** Teams: who works on what. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { joinTeam, leaveTeam } from '../../api/members.ts'
import { projectsQuery } from '../../api/projects.ts'
import { createTeam, type Team, teamsQuery } from '../../api/teams.ts'
import { useCan } from '../../parts/access.tsx'
import { DataTable } from '../../parts/data-table.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { sayDone, sayFailed } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { SettingsHead } from '../../parts/settings-head.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TeamDialog } from './team-dialog.tsx'

export function TeamsPage() {
  const org = useOrg()
  const teams = useQuery(teamsQuery(org))
  const projects = useQuery(projectsQuery(org))
  const mayMake = useCan(['org:write', 'team:write', 'team:admin', 'project:write'])
  const [isMaking, { open, close }] = useDisclosure()
  const [shown, setShown] = useState<string>()
  const membership = useMembership(org)
  const projectsOf = (team: string) =>
    (projects.data ?? []).filter(({ teams: all }) => all.some(({ slug }) => slug === team))
  return (
    <>
      <SettingsHead
        side="Teams"
        note="A project belongs to teams; their members work on it."
        action={
          mayMake && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
              New team
            </Button>
          )
        }
      />
      <Loaded query={teams} what="The teams could not be loaded" skeleton={<RowSkeletons rows={5} />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={<IconUsersGroup size={24} aria-hidden />} title="No teams">
              Projects are made in a team. Make the first one, then put people and projects into it.
            </EmptyState>
          ) : (
            <DataTable
              label="Teams"
              rows={all}
              rowKey={({ id }) => id}
              columns={[
                { title: 'Team', isMain: true, cell: (team) => <TeamName team={team} /> },
                { title: 'Members', isNumber: true, cell: ({ memberCount }) => memberCount },
                {
                  title: 'Projects',
                  isNumber: true,
                  cell: ({ slug }) => (projects.data === undefined ? '' : projectsOf(slug).length),
                },
                {
                  title: 'Actions',
                  isTitleHidden: true,
                  cell: (team) => (
                    <Group gap={4} wrap="nowrap" justify="flex-end">
                      <Button
                        variant="subtle"
                        color="gray"
                        size="compact-sm"
                        aria-label={`${team.isMember ? 'Leave' : 'Join'} team ${team.slug}`}
                        loading={membership.isPending && membership.variables.slug === team.slug}
                        onClick={() => membership.mutate(team)}
                      >
                        {team.isMember ? 'Leave' : 'Join'}
                      </Button>
                      <Button
                        variant="subtle"
                        size="compact-sm"
                        aria-label={`Open team ${team.slug}`}
                        onClick={() => setShown(team.id)}
                      >
                        Open
                      </Button>
                    </Group>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <Modal opened={isMaking} onClose={close} title="New team" centered>
        <NewTeamForm onClose={close} />
      </Modal>
      <TeamDialog
        team={teams.data?.find(({ id }) => id === shown)}
        projects={projectsOf(teams.data?.find(({ id }) => id === shown)?.slug ?? '').map(({ slug }) => slug)}
        onClose={() => setShown(undefined)}
      />
    </>
  )
}

function TeamName({ team: { slug, name, isMember } }: { readonly team: Team }) {
  return (
    <>
      <Text fw={600}>#{slug}</Text>
      {(name !== slug || isMember) && (
        <Text size="xs" c="dimmed">
          {[name === slug ? undefined : name, isMember ? 'You are in it' : undefined]
            .filter((part) => part !== undefined)
            .join(' · ')}
        </Text>
      )}
    </>
  )
}

function useMembership(org: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ slug, isMember }: Team) =>
      isMember ? leaveTeam(org, 'me', slug) : joinTeam(org, 'me', slug),
    onSuccess: async (_answer, { slug, isMember }) => {
      sayDone(isMember ? `You are out of #${slug}.` : `You are in #${slug} now.`)
      await Promise.all(
        ['teams', 'team', 'members', 'projects'].map((name) =>
          client.invalidateQueries({ queryKey: [org, name] }),
        ),
      )
    },
    onError: (error, { slug, isMember }) =>
      sayFailed(error, `#${slug} could not be ${isMember ? 'left' : 'joined'}`),
  })
}

function NewTeamForm({ onClose }: { readonly onClose: () => void }) {
  const org = useOrg()
  const client = useQueryClient()
  const form = useForm({
    initialValues: { slug: '' },
    validate: {
      slug: (slug) =>
        /^(?!\d+$)[a-z0-9_-]+$/.test(slug) ? null : 'Small letters, digits, - and _; not digits alone.',
    },
  })
  const submit = useFormSubmit(form, {
    failed: 'The team could not be made',
    names: { name: 'slug' },
    send: async ({ slug }) => {
      await createTeam(org, { slug, name: slug })
      await client.invalidateQueries({ queryKey: [org, 'teams'] })
      sayDone(`#${slug} is made, and you are in it.`)
      onClose()
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        <TextInput
          label="Team"
          description="As it is written after the #."
          placeholder="payments"
          maxLength={50}
          spellCheck={false}
          autoCapitalize="none"
          data-autofocus
          {...form.getInputProps('slug')}
        />
        <FormActions submit={submit} label="Make team" />
      </Stack>
    </form>
  )
}
