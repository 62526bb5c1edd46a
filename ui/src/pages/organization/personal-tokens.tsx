import { Button, Checkbox, Group, Modal, Radio, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { baseUrl } from '../../api/client.ts'
import {
  createUserToken,
  revokeUserToken,
  scopesQuery,
  type UserToken,
  userTokensQuery,
} from '../../api/tokens.ts'
import { ConfirmByName } from '../../parts/confirm-by-name.tsx'
import { CopyField } from '../../parts/copy.tsx'
import { DataTable } from '../../parts/data-table.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { sayDone } from '../../parts/notices.ts'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { useZone } from '../../parts/zone.ts'
import { day, instant } from '../../words/times.ts'
import { scopesInWords, tokenPresets } from './token-presets.ts'
import { TokenShown } from './token-shown.tsx'

export function PersonalTokens() {
  const tokens = useQuery(userTokensQuery)
  const zone = useZone()
  const [isMaking, { open, close }] = useDisclosure()
  const [made, setMade] = useState<{ name: string; token: string }>()
  const [revoked, setRevoked] = useState<UserToken>()
  return (
    <section aria-label="Personal tokens">
      <Group justify="space-between" mb="xs">
        <div>
          <Title order={2}>Personal tokens</Title>
          <Text c="dimmed">They act for you, in every organization you belong to.</Text>
        </div>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          New token
        </Button>
      </Group>
      <Loaded query={tokens} what="The tokens could not be loaded" skeleton={<RowSkeletons rows={3} />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={<IconKey size={24} aria-hidden />} title="No personal tokens">
              With one, scripts read and change what you may read and change.
            </EmptyState>
          ) : (
            <DataTable
              label="Personal tokens"
              rows={all}
              rowKey={({ id }) => id}
              columns={[
                { title: 'Name', isMain: true, cell: ({ name }) => name || 'Without a name' },
                {
                  title: 'May',
                  cell: ({ scopes }) => <span title={scopes.join(', ')}>{scopesInWords(scopes)}</span>,
                },
                {
                  title: 'Ends in',
                  cell: ({ tokenLastCharacters }) => <span className="figures">…{tokenLastCharacters}</span>,
                },
                {
                  title: 'Last used',
                  cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'Never' : <TimeAgo at={lastUsedAt} />),
                },
                {
                  title: 'Expires',
                  cell: ({ expiresAt }) =>
                    expiresAt === null ? 'Never' : day(instant(expiresAt), zone, { withYear: true }),
                },
                {
                  title: 'Actions',
                  isTitleHidden: true,
                  cell: (token) => (
                    <Button
                      variant="subtle"
                      color="red"
                      size="compact-sm"
                      aria-label={`Revoke token ${token.name ?? token.tokenLastCharacters}`}
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
      <Modal opened={isMaking} onClose={close} title="New personal token" centered size="lg">
        <NewTokenForm
          onMade={(token) => {
            close()
            setMade(token)
          }}
        />
      </Modal>
      <TokenShown token={made?.token} name={made?.name ?? ''} onClose={() => setMade(undefined)}>
        <CopyField
          label="Try it"
          value={`curl -H "Authorization: Bearer ${made?.token ?? ''}" ${baseUrl}/api/0/projects/`}
        />
      </TokenShown>
      <Revoke token={revoked} onClose={() => setRevoked(undefined)} />
    </section>
  )
}

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '', label: 'Never' },
]

function NewTokenForm({ onMade }: { readonly onMade: (made: { name: string; token: string }) => void }) {
  const client = useQueryClient()
  const scopes = useQuery(scopesQuery)
  const form = useForm<{ name: string; preset: string; scopes: string[]; expires: string }>({
    initialValues: { name: '', preset: 'read', scopes: [], expires: '' },
    validate: {
      name: (name) => (name.trim() === '' ? 'A name tells later what it was for.' : null),
      scopes: (chosen, { preset }) =>
        preset === 'chosen' && chosen.length === 0 ? 'Choose at least one scope.' : null,
    },
  })
  const submit = useFormSubmit(form, {
    failed: 'The token could not be made',
    send: async ({ name, preset, scopes: chosen, expires }) => {
      const wanted = tokenPresets.find(({ id }) => id === preset)?.scopes ?? chosen
      const { token } = await createUserToken({
        name: name.trim(),
        scopes: [...wanted] as Parameters<typeof createUserToken>[0]['scopes'],
        ...(expires === '' ? {} : { expiresIn: Number(expires) }),
      })
      void client.invalidateQueries({ queryKey: userTokensQuery.queryKey })
      onMade({ name: name.trim(), token })
    },
  })
  const { preset } = form.getValues()
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        <TextInput
          label="Name"
          description="What it is for."
          maxLength={255}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Radio.Group label="It may" {...form.getInputProps('preset')}>
          <Stack gap="xs" mt={4}>
            {tokenPresets.map(({ id, label, explanation }) => (
              <Radio key={id} value={id} label={label} description={explanation} />
            ))}
          </Stack>
        </Radio.Group>
        {preset === 'chosen' && (
          <Checkbox.Group label="Scopes" {...form.getInputProps('scopes')}>
            <Stack gap="xs" mt={4}>
              {(scopes.data ?? [])
                .filter(({ isUsed }) => isUsed)
                .map(({ id, description }) => (
                  <Checkbox key={id} value={id} label={id} description={description} />
                ))}
            </Stack>
          </Checkbox.Group>
        )}
        <Select
          label="Expires after"
          allowDeselect={false}
          maw={200}
          data={lifetimes}
          {...form.getInputProps('expires')}
        />
        <FormActions submit={submit} label="Make token" />
      </Stack>
    </form>
  )
}

function Revoke({ token, onClose }: { readonly token: UserToken | undefined; readonly onClose: () => void }) {
  const client = useQueryClient()
  const name = token?.name || (token?.tokenLastCharacters ?? '')
  const { mutateAsync } = useMutation({
    mutationFn: (id: string) => revokeUserToken(id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: userTokensQuery.queryKey })
      sayDone(`The token “${name}” is revoked.`)
    },
  })
  return (
    <ConfirmByName
      isOpen={token !== undefined}
      onClose={onClose}
      title={`Revoke the token ${name}`}
      name={name}
      label="Revoke token"
      failed="The token could not be revoked"
      onConfirm={() => mutateAsync(token?.id ?? '')}
    >
      Whatever uses it is refused from now on.{' '}
      {token?.lastUsedAt == null ? (
        'It was never used.'
      ) : (
        <>
          It was last used <TimeAgo at={token.lastUsedAt} />.
        </>
      )}
    </ConfirmByName>
  )
}
