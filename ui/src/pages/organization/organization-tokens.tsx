import { Button, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconBuilding, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  createOrganizationToken,
  type OrganizationToken,
  organizationTokensQuery,
  revokeOrganizationToken,
} from '../../api/tokens.ts'
import { useCan } from '../../parts/access.tsx'
import { ConfirmByName } from '../../parts/confirm-by-name.tsx'
import { CopyField } from '../../parts/copy.tsx'
import { DataTable } from '../../parts/data-table.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrganization } from '../../parts/organization.ts'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { TokenShown } from './token-shown.tsx'

export function OrganizationTokens() {
  const { slug: org, name: organization } = useOrganization()
  const tokens = useQuery(organizationTokensQuery(org))
  const mayRevoke = useCan('org:write')
  const [isMaking, { open, close }] = useDisclosure()
  const [made, setMade] = useState<{ name: string; token: string }>()
  const [revoked, setRevoked] = useState<OrganizationToken>()
  return (
    <section aria-label="Organization tokens">
      <Group justify="space-between" mb="xs">
        <div>
          <Title order={2}>Organization tokens</Title>
          <Text c="dimmed">
            They act for {organization} and for no person: for CI, with sentry-cli and build plugins.
          </Text>
        </div>
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          New organization token
        </Button>
      </Group>
      <Loaded query={tokens} what="The tokens could not be loaded" skeleton={<RowSkeletons rows={2} />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={<IconBuilding size={24} aria-hidden />} title="No organization tokens">
              Such a token knows this server and this organization: tools need nothing else.
            </EmptyState>
          ) : (
            <DataTable
              label="Organization tokens"
              rows={all}
              rowKey={({ id }) => id}
              columns={[
                { title: 'Name', isMain: true, cell: ({ name }) => name },
                { title: 'Ends in', cell: ({ tokenLastCharacters }) => `…${tokenLastCharacters}` },
                {
                  title: 'Made by',
                  cell: ({ createdBy }) => createdBy?.name || createdBy?.email || 'The command line',
                },
                {
                  title: 'Last used',
                  cell: ({ dateLastUsed }) =>
                    dateLastUsed === null ? 'Never' : <TimeAgo at={dateLastUsed} />,
                },
                {
                  title: 'Actions',
                  isTitleHidden: true,
                  cell: (token) =>
                    mayRevoke && (
                      <Button
                        variant="subtle"
                        color="red"
                        size="compact-sm"
                        aria-label={`Revoke organization token ${token.name}`}
                        onClick={() => setRevoked(token)}
                      >
                        Revoke
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <Modal opened={isMaking} onClose={close} title="New organization token" centered>
        <NewTokenForm
          org={org}
          onMade={(token) => {
            close()
            setMade(token)
          }}
        />
      </Modal>
      <TokenShown token={made?.token} name={made?.name ?? ''} onClose={() => setMade(undefined)}>
        <CopyField
          label="For sentry-cli"
          description="The token says which server and organization are meant."
          value={`export SENTRY_AUTH_TOKEN=${made?.token ?? ''}`}
        />
      </TokenShown>
      <Revoke org={org} token={revoked} onClose={() => setRevoked(undefined)} />
    </section>
  )
}

function NewTokenForm({
  org,
  onMade,
}: {
  readonly org: string
  readonly onMade: (made: { name: string; token: string }) => void
}) {
  const client = useQueryClient()
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (name) => (name.trim() === '' ? 'A name tells later what it was for.' : null) },
  })
  const submit = useFormSubmit(form, {
    failed: 'The token could not be made',
    send: async ({ name }) => {
      const { token } = await createOrganizationToken(org, { name: name.trim() })
      void client.invalidateQueries({ queryKey: organizationTokensQuery(org).queryKey })
      onMade({ name: name.trim(), token })
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        <TextInput
          label="Name"
          description="Which pipeline or tool it is for."
          maxLength={255}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <FormActions submit={submit} label="Make token" />
      </Stack>
    </form>
  )
}

interface RevokeProps {
  readonly org: string
  readonly token: OrganizationToken | undefined
  readonly onClose: () => void
}

function Revoke({ org, token, onClose }: RevokeProps) {
  const client = useQueryClient()
  const { mutateAsync } = useMutation({
    mutationFn: (id: string) => revokeOrganizationToken(org, id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: organizationTokensQuery(org).queryKey })
      sayDone(`The token “${token?.name ?? ''}” is revoked.`)
    },
  })
  return (
    <ConfirmByName
      isOpen={token !== undefined}
      onClose={onClose}
      title={`Revoke the token ${token?.name ?? ''}`}
      name={token?.name ?? ''}
      label="Revoke token"
      failed="The token could not be revoked"
      onConfirm={() => mutateAsync(token?.id ?? '')}
    >
      Every pipeline that uses it is refused from now on.{' '}
      {token?.dateLastUsed == null ? (
        'It was never used.'
      ) : (
        <>
          It was last used <TimeAgo at={token.dateLastUsed} />.
        </>
      )}
    </ConfirmByName>
  )
}
