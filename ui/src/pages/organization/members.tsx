/** Who belongs to the organization, and what each of them may do. */
import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks'
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { type Member, membersQuery } from '../../api/members.ts'
import { useCan } from '../../parts/access.tsx'
import { DataTable } from '../../parts/data-table.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { InfiniteList } from '../../parts/loaded.tsx'
import { useOrganization } from '../../parts/organization.ts'
import { SettingsHead } from '../../parts/settings-head.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { EditMember } from './edit-member.tsx'
import { NewMember } from './new-member.tsx'
import { RemoveMember } from './remove-member.tsx'
import { roleMay } from './roles.ts'
import type { MembersSearch } from './search.ts'

export function MembersPage() {
  const { slug: org, details } = useOrganization()
  const { query = '' } = useSearch({ strict: false }) as MembersSearch
  const members = useInfiniteQuery(membersQuery(org, query))
  const mayAdd = useCan(['member:invite', 'member:write', 'member:admin'])
  const mayEdit = useCan(['member:write', 'member:admin'])
  const mayRemove = useCan('member:admin')
  const [isAdding, { open, close }] = useDisclosure()
  const [edited, setEdited] = useState<Member>()
  const [removed, setRemoved] = useState<Member>()
  const add = (
    <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
      Add member
    </Button>
  )
  return (
    <>
      <SettingsHead
        side="Members"
        note="What somebody may do follows from their role, and from the teams they are in."
        action={mayAdd && add}
      />
      <Stack>
        <Search value={query} />
        <InfiniteList
          query={members}
          what="The members could not be loaded"
          skeleton={<RowSkeletons rows={6} />}
          empty={
            <EmptyState icon={<IconUsers size={24} aria-hidden />} title="Nobody">
              {query === '' ? 'Nobody belongs to this organization yet.' : `Nobody matches “${query}”.`}
            </EmptyState>
          }
        >
          {(all) => (
            <DataTable
              label="Members"
              rows={all}
              rowKey={({ id }) => id}
              isMuted={({ pending }) => pending}
              columns={[
                { title: 'Name', isMain: true, cell: (member) => <Person member={member} /> },
                {
                  title: 'Role',
                  cell: ({ orgRole, roleName }) => <span title={roleMay(orgRole)}>{roleName}</span>,
                },
                {
                  title: 'Teams',
                  cell: ({ teams }) =>
                    teams.length === 0 ? (
                      <Text span c="dimmed">
                        None
                      </Text>
                    ) : (
                      teams.map((team) => `#${team}`).join(', ')
                    ),
                },
                { title: 'Since', isWideOnly: true, cell: ({ dateCreated }) => <TimeAgo at={dateCreated} /> },
                {
                  title: 'Actions',
                  isTitleHidden: true,
                  cell: (member) => (
                    <Group gap={4} wrap="nowrap" justify="flex-end">
                      {mayEdit && (
                        <Button
                          variant="subtle"
                          size="compact-sm"
                          aria-label={`Change ${member.email}`}
                          onClick={() => setEdited(member)}
                        >
                          Change
                        </Button>
                      )}
                      {mayRemove && (
                        <Button
                          variant="subtle"
                          color="red"
                          size="compact-sm"
                          aria-label={`Remove ${member.email}`}
                          onClick={() => setRemoved(member)}
                        >
                          Remove
                        </Button>
                      )}
                    </Group>
                  ),
                },
              ]}
            />
          )}
        </InfiniteList>
      </Stack>
      <NewMember isOpen={isAdding} onClose={close} roles={details?.orgRoleList ?? []} />
      <EditMember member={edited} onClose={() => setEdited(undefined)} />
      <RemoveMember member={removed} onClose={() => setRemoved(undefined)} />
    </>
  )
}

function Person({ member: { name, email, pending, expired } }: { readonly member: Member }) {
  return (
    <>
      <Group gap="xs">
        <Text fw={600}>{name || email}</Text>
        {pending && (
          <Badge variant="outline" color={expired ? 'red' : 'gray'}>
            {expired ? 'Invitation expired' : 'Invited'}
          </Badge>
        )}
      </Group>
      {name !== '' && name !== email && (
        <Text size="xs" c="dimmed">
          {email}
        </Text>
      )}
    </>
  )
}

function Search({ value }: { readonly value: string }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState(value)
  const search = useDebouncedCallback((query: string) => {
    void navigate({
      to: '/settings/members',
      search: query === '' ? {} : { query },
      replace: true,
      resetScroll: false,
    })
  }, 200)
  return (
    <TextInput
      aria-label="Search members"
      placeholder="Name or email address"
      maw={320}
      leftSection={<IconSearch size={16} aria-hidden />}
      data-search
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        search(event.currentTarget.value.trim())
      }}
    />
  )
}
