import { useQueryClient } from '@tanstack/react-query'
import { type Member, removeMember } from '../../api/members.ts'
import { ConfirmByName } from '../../parts/confirm-by-name.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrganization } from '../../parts/organization.ts'

interface Props {
  readonly member: Member | undefined
  readonly onClose: () => void
}

export function RemoveMember({ member, onClose }: Props) {
  const { slug: org, name } = useOrganization()
  const client = useQueryClient()
  const email = member?.email ?? ''
  return (
    <ConfirmByName
      isOpen={member !== undefined}
      onClose={onClose}
      title={`Remove ${email}`}
      name={email}
      label="Remove member"
      failed="The member could not be removed"
      onConfirm={async () => {
        await removeMember(org, member?.id ?? '')
        await Promise.all([
          client.invalidateQueries({ queryKey: [org, 'members'] }),
          client.invalidateQueries({ queryKey: [org, 'teams'] }),
        ])
        sayDone(`${email} is no member any more.`)
      }}
    >
      {member?.pending === true
        ? 'The invitation and its link stop working.'
        : `They lose sight of ${name} and all its projects at once, and their personal tokens lose it too. Their account stays.`}
    </ConfirmByName>
  )
}
