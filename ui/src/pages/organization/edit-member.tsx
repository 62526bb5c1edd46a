import { Button, Group, Modal, Radio, Select, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Member, memberQuery, updateMember } from '../../api/members.ts'
import { teamsQuery } from '../../api/teams.ts'
import { CopyField } from '../../parts/copy.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { sayDone, sayFailed } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { roleMay, teamRoles } from './roles.ts'

interface Props {
  readonly member: Member | undefined
  readonly onClose: () => void
}

export function EditMember({ member, onClose }: Props) {
  return (
    <Modal
      opened={member !== undefined}
      onClose={onClose}
      title={`Change ${member?.name || (member?.email ?? '')}`}
      centered
      size="lg"
    >
      {member !== undefined && <MemberDetails id={member.id} onClose={onClose} />}
    </Modal>
  )
}

function MemberDetails({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const member = useQuery({ ...memberQuery(useOrg(), id), staleTime: 0, gcTime: 0 })
  return (
    <Loaded query={member} what="The member could not be loaded" skeleton={<BlockSkeleton height={320} />}>
      {(details) => <MemberForm member={details} onClose={onClose} />}
    </Loaded>
  )
}

type Details = Awaited<ReturnType<NonNullable<ReturnType<typeof memberQuery>['queryFn']>>>

function MemberForm({ member, onClose }: { readonly member: Details; readonly onClose: () => void }) {
  const org = useOrg()
  const client = useQueryClient()
  const teams = useQuery(teamsQuery(org))
  const form = useForm<{ orgRole: string; teams: { teamSlug: string; role: string }[] }>({
    initialValues: {
      orgRole: member.orgRole,
      teams: member.teamRoles.map(({ teamSlug, role }) => ({ teamSlug, role: role ?? 'contributor' })),
    },
  })
  const submit = useFormSubmit(form, {
    failed: 'The member could not be changed',
    names: { role: 'orgRole', teamRoles: 'teams' },
    send: async ({ orgRole, teams: chosen }) => {
      await updateMember(org, member.id, {
        ...(orgRole === member.orgRole ? {} : { orgRole: orgRole as 'member' }),
        teamRoles: chosen.map(({ teamSlug, role }) => ({ teamSlug, role: role as 'admin' })),
      })
      await Promise.all([
        client.invalidateQueries({ queryKey: [org, 'members'] }),
        client.invalidateQueries({ queryKey: [org, 'teams'] }),
        client.invalidateQueries({ queryKey: [org, 'organization'] }),
      ])
      sayDone(`${member.email}: saved.`)
      onClose()
    },
  })
  const chosen = form.getValues().teams
  const others = (teams.data ?? []).filter(({ slug }) => !chosen.some(({ teamSlug }) => teamSlug === slug))
  const roles = member.orgRoleList.filter(
    ({ id, isAllowed, isRetired }) => id === member.orgRole || (isAllowed && !isRetired),
  )
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        {member.pending && <Invitation member={member} />}
        <Radio.Group label="Role" {...form.getInputProps('orgRole')}>
          <Stack gap="xs" mt={4}>
            {roles.map(({ id, name }) => (
              <Radio
                key={id}
                value={id}
                label={name}
                description={roleMay(id)}
                disabled={member.isOnlyOwner && id !== 'owner'}
              />
            ))}
          </Stack>
        </Radio.Group>
        {member.isOnlyOwner && (
          <Text size="xs" c="dimmed">
            The only owner stays one: make somebody else an owner first.
          </Text>
        )}
        <Stack gap="xs" component="fieldset" m={0} p={0} bd="none">
          <Text component="legend" fw={600}>
            Teams
          </Text>
          {chosen.map(({ teamSlug }, index) => (
            <Group key={teamSlug} gap="xs" justify="space-between">
              <Text>#{teamSlug}</Text>
              <Group gap="xs">
                <Select
                  aria-label={`Role in ${teamSlug}`}
                  w={160}
                  allowDeselect={false}
                  data={teamRoles.map(({ id, name }) => ({ value: id, label: name }))}
                  {...form.getInputProps(`teams.${index}.role`)}
                />
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-sm"
                  aria-label={`Take out of ${teamSlug}`}
                  onClick={() => form.removeListItem('teams', index)}
                >
                  Take out
                </Button>
              </Group>
            </Group>
          ))}
          {others.length > 0 && (
            <Select
              aria-label="Put into another team"
              placeholder="Put into another team"
              searchable
              value={null}
              data={others.map(({ slug }) => ({ value: slug, label: `#${slug}` }))}
              onChange={(slug) =>
                slug !== null && form.insertListItem('teams', { teamSlug: slug, role: 'contributor' })
              }
            />
          )}
        </Stack>
        <FormActions submit={submit} label="Save" />
      </Stack>
    </form>
  )
}

/** A link that was lost, or has expired, is made anew; the old one stops working. */
function Invitation({ member }: { readonly member: Details }) {
  const org = useOrg()
  const { mutate, data, isPending } = useMutation({
    mutationFn: () => updateMember(org, member.id, { reinvite: true, regenerate: true }),
    onError: (error) => sayFailed(error, 'The link could not be made'),
  })
  const link = data?.invite_link ?? null
  if (link !== null) return <CopyField label="Invitation link" value={link} />
  return (
    <Group gap="xs">
      <Text>The invitation {member.expired ? 'has expired' : 'was not taken up yet'}.</Text>
      <Button variant="default" size="xs" loading={isPending} onClick={() => mutate()}>
        Make a new link
      </Button>
    </Group>
  )
}
