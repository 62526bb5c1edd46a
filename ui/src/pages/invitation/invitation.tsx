/** Where the link of an invitation leads: who is invited where, and the way in. */
import { PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { basePath } from '../../api/client.ts'
import { acceptInvitation, type Invitation, invitationQuery } from '../../api/invitations.ts'
import { sessionQuery } from '../../api/session.ts'
import { Mark } from '../../frame/mark.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { BlockSkeleton } from '../../parts/skeletons.tsx'
import classes from '../sign-in/sign-in.module.css'

export function InvitationPage() {
  const { member, token } = useParams({ from: '/accept/$member/$token' })
  const invitation = useQuery(invitationQuery(member, token))
  return (
    <main className={classes.page}>
      <title>Invitation · Vedette</title>
      <div className={classes.form}>
        <Loaded
          query={invitation}
          what="The invitation could not be found"
          skeleton={<BlockSkeleton height={320} />}
        >
          {(details) => <Welcome invitation={details} member={member} token={token} />}
        </Loaded>
      </div>
    </main>
  )
}

interface Props {
  readonly invitation: Invitation
  readonly member: string
  readonly token: string
}

function Welcome({ invitation, member, token }: Props) {
  const { orgName, orgSlug, inviterName, roleName, email, needsAuthentication, hasAccount, existingMember } =
    invitation
  return (
    <Stack>
      <div className={classes.head}>
        <Mark size={40} />
        <Title order={1}>Join {orgName}</Title>
        <Text c="dimmed">
          {inviterName === null ? 'You are invited' : `${inviterName} invites you`} as {roleName}.
        </Text>
      </div>
      {existingMember ? (
        <>
          <Text>You belong to {orgName} already.</Text>
          <ButtonLink to="/" search={{ org: orgSlug }} fullWidth>
            Go to {orgName}
          </ButtonLink>
        </>
      ) : needsAuthentication && hasAccount ? (
        <>
          <Text>{email} has an account on this server. Sign in with it to accept.</Text>
          <ButtonLink to="/sign-in" search={{ next: `/accept/${member}/${token}/` }} fullWidth>
            Sign in
          </ButtonLink>
        </>
      ) : needsAuthentication ? (
        <NewAccount invitation={invitation} member={member} token={token} />
      ) : (
        <Accept invitation={invitation} member={member} token={token} />
      )}
    </Stack>
  )
}

/** After it, everything that was seen without this membership is asked for anew. */
function useEnter(org: string): () => Promise<void> {
  const client = useQueryClient()
  const router = useRouter()
  return async () => {
    client.clear()
    await client.fetchQuery(sessionQuery)
    router.history.push(`${basePath}/?org=${encodeURIComponent(org)}`)
  }
}

function Accept({ invitation: { orgName, orgSlug }, member, token }: Props) {
  const enter = useEnter(orgSlug)
  const form = useForm({ initialValues: {} })
  const submit = useFormSubmit(form, {
    failed: 'The invitation could not be accepted',
    send: async () => {
      await acceptInvitation(member, token, {})
      await enter()
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        <FormActions submit={submit} label={`Join ${orgName}`} />
      </Stack>
    </form>
  )
}

function NewAccount({ invitation: { email, orgSlug }, member, token }: Props) {
  const enter = useEnter(orgSlug)
  const form = useForm({
    initialValues: { name: '', password: '' },
    validate: { password: (password) => (password === '' ? 'Choose a password.' : null) },
  })
  const submit = useFormSubmit(form, {
    failed: 'The account could not be made',
    send: async ({ name, password }) => {
      await acceptInvitation(member, token, { name: name.trim(), password })
      await enter()
    },
  })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack>
        <TextInput label="Email address" value={email} readOnly autoComplete="username" />
        <TextInput
          label="Your name"
          maxLength={200}
          autoComplete="name"
          autoFocus
          {...form.getInputProps('name')}
        />
        <PasswordInput label="Password" autoComplete="new-password" {...form.getInputProps('password')} />
        <FormActions submit={submit} label="Make account and join" />
      </Stack>
    </form>
  )
}
