/** The first visit: a password of one's own, the organization's name, the first project. */
import { Anchor, Button, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  createOrganization,
  type OrganizationOutline,
  organizationQuery,
  organizationsQuery,
  updateOrganization,
} from '../../api/organizations.ts'
import { updateProject } from '../../api/projects.ts'
import { type SignedInUser, sessionQuery } from '../../api/session.ts'
import { projectsOfDayQuery } from '../../api/usage.ts'
import { Mark } from '../../frame/mark.tsx'
import { useSignOut } from '../../frame/sign-out.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { PlatformPicker } from '../../parts/platforms/platform-picker.tsx'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import { PasswordForm } from '../account/password-form.tsx'
import { makeProject, useHomes } from '../new-project/homes.ts'
import { type Step, stepsFor } from './steps.ts'
import classes from './welcome.module.css'

const titles: Readonly<Record<Step, string>> = {
  password: 'Password',
  organization: 'Organization',
  project: 'First project',
}

export function WelcomePage() {
  const client = useQueryClient()
  const session = useQuery(sessionQuery)
  const organizations = useQuery(organizationsQuery)
  const user = session.data?.user
  const first = organizations.data?.[0]
  const details = useQuery({ ...organizationQuery(first?.slug ?? ''), enabled: first !== undefined })
  const { homes, mayMake, error: homesError } = useHomes(first?.slug ?? '')
  if (user && organizations.data && (first === undefined || (details.data && homes))) {
    const access = details.data && { ofOrganization: details.data.access, mayMake }
    return <Steps key={user.id} user={user} first={first} access={access} />
  }
  const error = session.error ?? organizations.error ?? details.error ?? homesError
  return (
    <main className={classes.page}>
      <title>Welcome · Vedette</title>
      {error === null ? (
        <div aria-busy="true">
          <BlockSkeleton height={480} />
        </div>
      ) : (
        <ErrorNotice
          error={error}
          what="The page could not be loaded"
          onRetry={() => void client.refetchQueries({ type: 'active' })}
        />
      )}
    </main>
  )
}

interface StepsProps {
  readonly user: SignedInUser
  /** Undefined for somebody who belongs to none; `access` as well. */
  readonly first: OrganizationOutline | undefined
  readonly access: Parameters<typeof stepsFor>[1]
}

function Steps({ user, first, access }: StepsProps) {
  // Decided once: a step that is done does not go away while one looks at the next.
  const [steps] = useState(() => stepsFor(user, access))
  const [at, setAt] = useState(0)
  const leave = useSignOut()
  const step = steps[at]
  const go = () => setAt(at + 1)
  // Nothing is left to be asked.
  if (step === undefined) return <Navigate to="/" replace />
  return (
    <main className={classes.page}>
      <title>Welcome · Vedette</title>
      <div className={classes.head}>
        <Mark size={40} />
        <Title order={1}>Welcome to Vedette</Title>
        <Text c="dimmed">A minute now, and your first application is connected.</Text>
      </div>
      {steps.length > 1 && (
        <ol className={classes.steps} aria-label="Steps">
          {steps.map((each, index) => (
            <li
              key={each}
              data-reached={index <= at || undefined}
              aria-current={each === step ? 'step' : undefined}
            >
              {titles[each]}
            </li>
          ))}
        </ol>
      )}
      {step === 'password' && (
        <section aria-label={titles.password}>
          <Text mb="sm">
            You signed in with the password that the server made up when it started. Choose one of your own.
          </Text>
          <PasswordForm email={user.email} onDone={go}>
            <Button variant="subtle" color="gray" onClick={go}>
              Later
            </Button>
          </PasswordForm>
        </section>
      )}
      {step === 'organization' && <NameOrganization first={first} email={user.email} onDone={go} />}
      {step === 'project' && <FirstProject />}
      <Text c="dimmed" size="xs" className={classes.foot}>
        Signed in as {user.email}.{' '}
        <Anchor component="button" type="button" size="xs" underline="always" onClick={() => void leave()}>
          Sign out
        </Anchor>
      </Text>
    </main>
  )
}

function NameOrganization({
  first,
  email,
  onDone,
}: {
  readonly first: OrganizationOutline | undefined
  readonly email: string
  readonly onDone: () => void
}) {
  const client = useQueryClient()
  const form = useForm({
    initialValues: { name: first?.name === 'Default' ? '' : (first?.name ?? '') },
    validate: { name: (name) => (name.trim() === '' ? 'What your team or company is called.' : null) },
  })
  const submit = useFormSubmit(form, {
    failed: first === undefined ? 'The organization could not be made' : 'The name could not be saved',
    send: async ({ name }) => {
      if (first === undefined) await createOrganization({ name: name.trim(), defaultTeam: true })
      else await updateOrganization(first.slug, { name: name.trim() })
      await client.invalidateQueries({ queryKey: organizationsQuery.queryKey })
      if (first !== undefined)
        await client.invalidateQueries({ queryKey: organizationQuery(first.slug).queryKey })
      onDone()
    },
  })
  return (
    <form onSubmit={submit.onSubmit} aria-label={titles.organization}>
      <Stack>
        <Text>
          {first === undefined
            ? `You belong to no organization yet. Make one here, or ask an owner or manager of one to add ${email} to its members.`
            : 'An organization holds your teams and projects. Its address stays as it is, so nothing that is set up breaks.'}
        </Text>
        <TextInput
          label="Name of the organization"
          placeholder="Acme"
          maxLength={64}
          autoFocus
          {...form.getInputProps('name')}
        />
        <FormActions submit={submit} label="Continue">
          {first !== undefined && (
            <Button variant="subtle" color="gray" onClick={onDone}>
              Keep “{first.name}”
            </Button>
          )}
        </FormActions>
      </Stack>
    </form>
  )
}

/** The one that the first start has made is taken when nothing was sent to it yet. */
function FirstProject() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { data: organizations } = useQuery(organizationsQuery)
  const org = organizations?.[0]?.slug ?? ''
  const usage = useQuery({
    ...projectsOfDayQuery(org),
    enabled: org !== '',
  })
  const { homes, error, retry } = useHomes(org)
  const untouched = usage.data?.projects.find(
    ({ slug, platform, lastAccepted }) =>
      slug === 'first-project' && platform === null && lastAccepted === null,
  )
  const form = useForm({
    initialValues: { platform: '', name: '' },
    validate: {
      platform: (platform) => (platform === '' ? 'Choose one, or “Other”.' : null),
      name: (name) => (name.trim() === '' ? 'As people call the application.' : null),
    },
  })
  const submit = useFormSubmit(form, {
    failed: 'The project could not be made',
    names: { slug: 'name' },
    send: async ({ name, platform }) => {
      const body = { name: name.trim(), platform }
      const { slug } =
        untouched === undefined
          ? await makeProject(org, homes?.teams[0]?.slug, body)
          : await updateProject(org, untouched.slug, body)
      await client.invalidateQueries({ queryKey: [org] })
      await navigate({ to: '/projects/$project/setup', params: { project: slug } })
    },
  })
  return (
    <form onSubmit={submit.onSubmit} aria-label={titles.project}>
      <Stack>
        <Text>Which application do you want to see first?</Text>
        <PlatformPicker
          isFocused
          value={form.getValues().platform || undefined}
          onChange={(platform) => {
            form.setFieldValue('platform', platform)
            form.clearFieldError('platform')
          }}
        />
        {form.errors.platform !== undefined && (
          <Text c="red" size="xs" role="alert">
            {form.errors.platform}
          </Text>
        )}
        <TextInput
          label="Name of the project"
          placeholder="Web shop"
          maxLength={50}
          {...form.getInputProps('name')}
        />
        {usage.data === undefined && usage.error !== null && (
          <ErrorNotice
            error={usage.error}
            what="The projects could not be loaded"
            onRetry={() => void usage.refetch()}
          />
        )}
        {homes === undefined && error !== null && (
          <ErrorNotice error={error} what="The teams could not be loaded" onRetry={retry} />
        )}
        <FormActions
          submit={submit}
          label="Continue to set-up"
          isDisabled={usage.data === undefined || homes === undefined}
        >
          <Button variant="subtle" color="gray" onClick={() => void navigate({ to: '/' })}>
            Look around first
          </Button>
        </FormActions>
      </Stack>
    </form>
  )
}
