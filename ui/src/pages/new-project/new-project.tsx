/** A project in three answers: for what, in which team, what it is called. Then it is connected. */
import { Alert, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconCopy, IconLock } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { linkOptions, useNavigate } from '@tanstack/react-router'
import { projectsOfDayQuery } from '../../api/usage.ts'
import { useCan } from '../../parts/access.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { AnchorLink, ButtonLink } from '../../parts/links.tsx'
import { useOrg } from '../../parts/organization.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { PlatformPicker } from '../../parts/platforms/platform-picker.tsx'
import { platformOf } from '../../parts/platforms/platforms.ts'
import { isHoused, makeProject, useHomes } from './homes.ts'
import { slugOf, twinOf } from './names.ts'
import classes from './new-project.module.css'

interface Values extends Record<string, unknown> {
  readonly platform: string
  readonly name: string
  /** Empty: the first that is offered. */
  readonly team: string
}

/** No team's slug has such a letter. */
const OF_OWN = '+'

export function NewProjectPage() {
  const org = useOrg()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { homes, error, retry } = useHomes(org)
  const usage = useQuery(projectsOfDayQuery(org))
  const form = useForm<Values>({
    initialValues: { platform: '', name: '', team: '' },
    validate: {
      platform: (platform) => (platform === '' ? 'Choose what the project is written in, or “Other”.' : null),
      name: (name) => (slugOf(name) === '' ? 'A name needs a letter or a digit.' : null),
    },
  })
  const { platform, name, team } = form.getValues()
  const choices = homes?.teams ?? []
  const chosenTeam = team || (choices[0]?.slug ?? OF_OWN)
  const submit = useFormSubmit(form, {
    failed: 'The project could not be created',
    names: { slug: 'name' },
    send: async (values) => {
      const made = await makeProject(org, chosenTeam === OF_OWN ? undefined : chosenTeam, {
        name: values.name.trim(),
        platform: values.platform,
      })
      void client.invalidateQueries({ queryKey: [org, 'projects'] })
      void client.invalidateQueries({ queryKey: [org, 'teams'] })
      await navigate({ to: '/projects/$project/setup', params: { project: made.slug } })
    },
  })
  const twin = twinOf(name, usage.data?.projects ?? [])
  const choose = (id: string) => {
    // A name that was suggested goes with the platform; one that was typed stays.
    const isSuggested = name === '' || name === suggestion(platform)
    form.setValues({ platform: id, ...(isSuggested ? { name: suggestion(id) } : {}) })
    form.clearFieldError('platform')
  }
  const head = (
    <PageHead
      title="New project"
      crumbs={[{ label: 'Projects', link: linkOptions({ to: '/' }) }]}
      note="A project takes the events of one application. Its key and set-up come next."
    />
  )
  if (homes !== undefined && !isHoused(homes)) {
    return (
      <>
        {head}
        <Homeless />
      </>
    )
  }
  return (
    <>
      {head}
      {homes === undefined && error !== null && (
        <ErrorNotice error={error} what="The teams could not be loaded" onRetry={retry} />
      )}
      <form className={classes.form} onSubmit={submit.onSubmit}>
        <div>
          <PlatformPicker value={platform || undefined} onChange={choose} isFocused />
          {form.errors.platform !== undefined && (
            <p role="alert" style={{ margin: '4px 0 0', color: 'var(--mantine-color-error)' }}>
              {form.errors.platform}
            </p>
          )}
        </div>
        <div className={classes.fields}>
          <TextInput
            label="Name"
            description={
              slugOf(name) === '' ? 'As people call the application.' : `In addresses: ${slugOf(name)}`
            }
            maxLength={50}
            {...form.getInputProps('name')}
          />
          {choices.length > 0 && (
            <Select
              label="Team"
              description="Its members work on the project."
              allowDeselect={false}
              data={[
                ...choices.map(({ slug }) => ({ value: slug, label: `#${slug}` })),
                ...(homes?.ofOwn ? [{ value: OF_OWN, label: 'A new team of my own' }] : []),
              ]}
              value={chosenTeam}
              onChange={(chosen) => form.setFieldValue('team', chosen ?? '')}
            />
          )}
        </div>
        {twin !== undefined && (
          <Alert icon={<IconCopy aria-hidden />} color="yellow" variant="light" title="There is one like it">
            <AnchorLink to="/projects/$project" params={{ project: twin.slug }}>
              {twin.name}
            </AnchorLink>{' '}
            has this name already. A second one gets another address.
          </Alert>
        )}
        {homes !== undefined && choices.length === 0 && (
          <Alert variant="light">
            There is no team that you can put it into: one of your own is made with the project, and others
            can join it.
          </Alert>
        )}
        <FormActions submit={submit} label="Create project" isDisabled={homes === undefined}>
          <ButtonLink to="/" variant="default">
            Cancel
          </ButtonLink>
        </FormActions>
      </form>
    </>
  )
}

/** Whoever may not make one here, and what helps. */
function Homeless() {
  const mayMakeTeams = useCan(['team:write', 'team:admin', 'org:write'])
  return mayMakeTeams ? (
    <EmptyState
      icon={<IconLock size={24} aria-hidden />}
      title="A team comes first"
      action={<ButtonLink to="/settings/teams">Go to the teams</ButtonLink>}
    >
      A project belongs to a team, and there is none that you can put it into. Make one, then come back.
    </EmptyState>
  ) : (
    <EmptyState icon={<IconLock size={24} aria-hidden />} title="Your role does not allow this">
      In this organization, projects are made by team admins, managers and owners. Ask one of them to make it,
      or to make you the admin of a team.
    </EmptyState>
  )
}

function suggestion(platform: string): string {
  return platform === '' || platform === 'other' ? '' : platformOf(platform).name
}
