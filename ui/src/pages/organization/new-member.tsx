import { Button, Group, Modal, MultiSelect, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { addMember } from '../../api/members.ts'
import type { Role } from '../../api/organizations.ts'
import { teamsQuery } from '../../api/teams.ts'
import { CopyField } from '../../parts/copy.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { roleMay } from './roles.ts'

interface Props {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly roles: readonly Role[]
}

export function NewMember({ isOpen, onClose, roles }: Props) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Add member" centered size="lg">
      <NewMemberForm onClose={onClose} roles={roles} />
    </Modal>
  )
}

interface Invited {
  readonly email: string
  /** Null when the inviter may not hand one on. */
  readonly link: string | null
}

function NewMemberForm({ onClose, roles }: Omit<Props, 'isOpen'>) {
  const org = useOrg()
  const client = useQueryClient()
  const teams = useQuery(teamsQuery(org))
  const [invited, setInvited] = useState<Invited>()
  const form = useForm<{ email: string; orgRole: string; teams: string[] }>({
    initialValues: { email: '', orgRole: 'member', teams: [] },
    validate: { email: (email) => (/^\S+@\S+$/.test(email.trim()) ? null : 'An email address is wanted.') },
  })
  const submit = useFormSubmit(form, {
    failed: 'The member could not be added',
    names: { role: 'orgRole', teamRoles: 'teams' },
    send: async ({ email, orgRole, teams: chosen }) => {
      const member = await addMember(org, {
        email: email.trim(),
        orgRole: orgRole as 'member',
        teamRoles: chosen.map((teamSlug) => ({ teamSlug })),
      })
      void client.invalidateQueries({ queryKey: [org, 'members'] })
      void client.invalidateQueries({ queryKey: [org, 'teams'] })
      if (member.pending) {
        setInvited({ email: member.email, link: member.invite_link })
        return
      }
      sayDone(`${member.email} is a member now.`)
      onClose()
    },
  })
  if (invited !== undefined) return <HandOn invited={invited} onClose={onClose} />
  const allowed = roles.filter(({ isAllowed, isRetired }) => isAllowed && !isRetired)
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        <TextInput
          label="Email address"
          description="Somebody with an account on this server is a member at once. For anybody else you get a link to hand on."
          type="email"
          maxLength={75}
          data-autofocus
          {...form.getInputProps('email')}
        />
        <Radio.Group label="Role" {...form.getInputProps('orgRole')}>
          <Stack gap="xs" mt={4}>
            {allowed.map(({ id, name }) => (
              <Radio key={id} value={id} label={name} description={roleMay(id)} />
            ))}
          </Stack>
        </Radio.Group>
        <MultiSelect
          label="Teams"
          description="They see the projects of these teams."
          placeholder={form.getValues().teams.length === 0 ? 'Choose teams' : ''}
          searchable
          data={(teams.data ?? []).map(({ slug }) => ({ value: slug, label: `#${slug}` }))}
          {...form.getInputProps('teams')}
        />
        <FormActions submit={submit} label="Add member" />
      </Stack>
    </form>
  )
}

/** Nothing here sends mail: whoever invites passes the link on. */
function HandOn({
  invited: { email, link },
  onClose,
}: {
  readonly invited: Invited
  readonly onClose: () => void
}) {
  return (
    <Stack>
      <Text>
        {email} has no account on this server yet.{' '}
        {link === null
          ? 'The invitation waits. A manager or owner can make a link to it, or whoever runs the server makes the account:'
          : 'Pass this link on: with it they choose a password and are in. It works for 30 days and is shown once.'}
      </Text>
      {link === null ? (
        <CopyField
          label="Command"
          isLabelHidden
          value={`npx vedette user create --email ${email} --password …`}
        />
      ) : (
        <CopyField label="Invitation link" value={link} />
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  )
}
