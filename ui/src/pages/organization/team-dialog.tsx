import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { joinTeam, leaveTeam, membersQuery, setTeamRole, teamMembersQuery } from '../../api/members.ts'
import { deleteTeam, type Team, updateTeam } from '../../api/teams.ts'
import { ConfirmByName } from '../../parts/confirm-by-name.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { AnchorLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { sayDone, sayFailed } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { plural } from '../../words/numbers.ts'
import { teamRoles } from './roles.ts'

interface Props {
  readonly team: Team | undefined
  /** Slugs. */
  readonly projects: readonly string[]
  readonly onClose: () => void
}

export function TeamDialog({ team, projects, onClose }: Props) {
  return (
    <Modal
      opened={team !== undefined}
      onClose={onClose}
      title={`Team #${team?.slug ?? ''}`}
      centered
      size="lg"
    >
      {team !== undefined && <TeamDetails key={team.id} team={team} projects={projects} onClose={onClose} />}
    </Modal>
  )
}

type Open = Props & { readonly team: Team }

function useRefresh(): () => Promise<unknown> {
  const org = useOrg()
  const client = useQueryClient()
  return () =>
    Promise.all(
      ['teams', 'team', 'members', 'projects'].map((name) =>
        client.invalidateQueries({ queryKey: [org, name] }),
      ),
    )
}

function TeamDetails({ team, projects, onClose }: Open) {
  const mayWrite = team.access.includes('team:write')
  return (
    <Stack gap="lg">
      {mayWrite && <Rename team={team} />}
      <People team={team} mayWrite={mayWrite} />
      <section>
        <Text fw={600}>Projects</Text>
        {projects.length === 0 ? (
          <Text c="dimmed">None yet. A project’s settings say which teams work on it.</Text>
        ) : (
          <Group gap="xs">
            {projects.map((project) => (
              <AnchorLink key={project} to="/projects/$project" params={{ project }}>
                {project}
              </AnchorLink>
            ))}
          </Group>
        )}
      </section>
      {team.access.includes('team:admin') && <Remove team={team} projects={projects} onClose={onClose} />}
    </Stack>
  )
}

function Rename({ team }: { readonly team: Team }) {
  const org = useOrg()
  const refresh = useRefresh()
  const form = useForm({ initialValues: { slug: team.slug } })
  const submit = useFormSubmit(form, {
    failed: 'The team could not be renamed',
    names: { name: 'slug' },
    send: async ({ slug }) => {
      await updateTeam(org, team.slug, { slug, name: slug })
      form.resetDirty({ slug })
      await refresh()
      sayDone(`The team is called #${slug} now.`)
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="xs">
        <TextInput
          label="Name"
          maxLength={50}
          spellCheck={false}
          autoCapitalize="none"
          {...form.getInputProps('slug')}
        />
        {form.isDirty() && <FormActions submit={submit} label="Rename" />}
      </Stack>
    </form>
  )
}

function People({ team, mayWrite }: { readonly team: Team; readonly mayWrite: boolean }) {
  const org = useOrg()
  const refresh = useRefresh()
  const inTeam = useQuery(teamMembersQuery(org, team.slug))
  const everybody = useInfiniteQuery(membersQuery(org))
  const change = useMutation({
    mutationFn: (work: () => Promise<void>) => work(),
    onSuccess: refresh,
    onError: (error) => sayFailed(error, 'The team could not be changed'),
  })
  const others = (everybody.data ?? []).filter(
    ({ id, pending }) => !pending && !inTeam.data?.some((member) => member.id === id),
  )
  return (
    <Stack component="section" gap="xs" aria-label="Members of the team">
      <Text fw={600}>Members</Text>
      <Loaded
        query={inTeam}
        what="The members of the team could not be loaded"
        skeleton={<RowSkeletons rows={2} height={40} />}
      >
        {(members) =>
          members.length === 0 ? (
            <Text c="dimmed">Nobody is in this team yet.</Text>
          ) : (
            members.map((member) => (
              <Group key={member.id} justify="space-between" gap="xs">
                <Text>{member.name || member.email}</Text>
                {mayWrite ? (
                  <Group gap="xs">
                    <Select
                      aria-label={`Role of ${member.email}`}
                      w={160}
                      allowDeselect={false}
                      data={teamRoles.map(({ id, name }) => ({ value: id, label: name }))}
                      value={member.teamRole ?? 'contributor'}
                      onChange={(role) =>
                        role !== null &&
                        change.mutate(() =>
                          setTeamRole(org, member.id, team.slug, { teamRole: role as 'admin' }),
                        )
                      }
                    />
                    <Button
                      variant="subtle"
                      color="gray"
                      size="compact-sm"
                      aria-label={`Take ${member.email} out`}
                      onClick={() => change.mutate(() => leaveTeam(org, member.id, team.slug))}
                    >
                      Take out
                    </Button>
                  </Group>
                ) : (
                  <Text c="dimmed">{teamRoles.find(({ id }) => id === member.teamRole)?.name}</Text>
                )}
              </Group>
            ))
          )
        }
      </Loaded>
      {mayWrite && others.length > 0 && (
        <Select
          aria-label="Put somebody into the team"
          placeholder="Put somebody into the team"
          searchable
          value={null}
          data={others.map(({ id, name, email }) => ({ value: id, label: name || email }))}
          onChange={(id) => id !== null && change.mutate(() => joinTeam(org, id, team.slug))}
        />
      )}
    </Stack>
  )
}

function Remove({ team, projects, onClose }: Open) {
  const org = useOrg()
  const refresh = useRefresh()
  const [isOpen, { open, close }] = useDisclosure()
  return (
    <Group justify="space-between">
      <Text c="dimmed">A team that is deleted takes no project with it.</Text>
      <Button color="red" variant="outline" onClick={open}>
        Delete team
      </Button>
      <ConfirmByName
        isOpen={isOpen}
        onClose={close}
        title={`Delete the team #${team.slug}`}
        name={team.slug}
        label="Delete team"
        failed="The team could not be deleted"
        onConfirm={async () => {
          await deleteTeam(org, team.slug)
          onClose()
          await refresh()
          sayDone(`#${team.slug} is deleted.`)
        }}
      >
        {plural(team.memberCount, 'member')} and {plural(projects.length, 'project')} are in it. Projects that
        have no other team are seen by managers and owners only.
      </ConfirmByName>
    </Group>
  )
}
