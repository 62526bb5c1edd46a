/** What an organization is called, and what its members may do by themselves. */
import { Stack, Switch, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  type Organization,
  organizationQuery,
  organizationsQuery,
  updateOrganization,
} from '../../api/organizations.ts'
import { useCan, whoMay } from '../../parts/access.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOptimistic } from '../../parts/optimistic.ts'
import { useOrg, useOrganization } from '../../parts/organization.ts'
import { SettingsHead } from '../../parts/settings-head.tsx'
import { BlockSkeleton } from '../../parts/skeletons.tsx'

export function GeneralPage() {
  const organization = useQuery(organizationQuery(useOrg()))
  const mayWrite = useCan('org:write')
  return (
    <>
      <SettingsHead side="General" />
      <Loaded
        query={organization}
        what="The organization could not be loaded"
        skeleton={<BlockSkeleton height={420} />}
      >
        {(details) => (
          <Stack gap="xl" maw={720} key={details.id}>
            {!mayWrite && <Text c="dimmed">You can look at the settings. {whoMay('org:write')}</Text>}
            <Names organization={details} mayWrite={mayWrite} />
            <Freedoms organization={details} mayWrite={mayWrite} />
          </Stack>
        )}
      </Loaded>
    </>
  )
}

interface Props {
  readonly organization: Organization
  readonly mayWrite: boolean
}

function Names({ organization, mayWrite }: Props) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { all } = useOrganization()
  const form = useForm({
    initialValues: { name: organization.name, slug: organization.slug },
    validate: {
      name: (name) => (name.trim() === '' ? 'An organization needs a name.' : null),
      slug: (slug) =>
        /^(?!\d+$)[a-z0-9][a-z0-9-]*$/.test(slug)
          ? null
          : 'Small letters, digits and -; not digits alone: it stands in addresses.',
    },
  })
  const submit = useFormSubmit(form, {
    failed: 'The organization could not be changed',
    send: async ({ name, slug }) => {
      const isMoved = slug !== organization.slug
      await updateOrganization(organization.slug, { name: name.trim(), ...(isMoved ? { slug } : {}) })
      form.resetDirty()
      await client.invalidateQueries({ queryKey: organizationsQuery.queryKey })
      if (isMoved && all.length > 1) await navigate({ to: '.', search: { org: slug }, replace: true })
      await client.invalidateQueries({ queryKey: organizationQuery(slug).queryKey })
      sayDone('Saved.')
    },
  })
  const isMoving = form.getValues().slug !== organization.slug
  return (
    <form onSubmit={submit.onSubmit} aria-label="Name">
      <Stack gap="md">
        <TextInput label="Name" maxLength={64} readOnly={!mayWrite} {...form.getInputProps('name')} />
        <TextInput
          label="Slug"
          description={
            isMoving
              ? `Scripts and tools that say “${organization.slug}” have to be changed.`
              : 'Names the organization in addresses and in scripts.'
          }
          maxLength={50}
          readOnly={!mayWrite}
          spellCheck={false}
          {...form.getInputProps('slug')}
        />
        {mayWrite && <FormActions submit={submit} label="Save" isDisabled={!form.isDirty()} />}
      </Stack>
    </form>
  )
}

type Freedom = 'openMembership' | 'allowMemberProjectCreation' | 'allowMemberInvite'

const freedoms: readonly (readonly [name: Freedom, label: string, description: string])[] = [
  ['openMembership', 'Open teams', 'Every member sees every project and can join any team.'],
  [
    'allowMemberProjectCreation',
    'Members make projects',
    'Everybody can make a project; else team admins, managers and owners can.',
  ],
  ['allowMemberInvite', 'Members invite', 'Everybody can invite people as plain members.'],
]

function Freedoms({ organization, mayWrite }: Props) {
  const { mutate } = useOptimistic<Organization, Partial<Record<Freedom, boolean>>>({
    queryKey: organizationQuery(organization.slug).queryKey,
    apply: (details, change) => ({ ...details, ...change }),
    save: (change) => updateOrganization(organization.slug, change),
    failed: 'The organization could not be changed',
  })
  return (
    <section aria-label="What members may do">
      <Title order={2} mb="xs">
        What members may do
      </Title>
      <Stack gap="md">
        {freedoms.map(([name, label, description]) => (
          <Switch
            key={name}
            label={label}
            description={description}
            disabled={!mayWrite}
            checked={organization[name] === true}
            onChange={(event) => mutate({ [name]: event.currentTarget.checked })}
          />
        ))}
      </Stack>
    </section>
  )
}
