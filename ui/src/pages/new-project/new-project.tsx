/** A project in three answers: for what, in which team, what it is called. Then it is connected. */
import { Alert, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconCopy } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { linkOptions, useNavigate } from '@tanstack/react-router'
import { createProject, createProjectWithTeam } from '../../api/projects.ts'
import { teamsQuery } from '../../api/teams.ts'
import { projectsUsageQuery } from '../../api/usage.ts'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { AnchorLink, ButtonLink } from '../../parts/links.tsx'
import { useOrg } from '../../parts/organization.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { PlatformPicker } from '../../parts/platforms/platform-picker.tsx'
import { platformOf } from '../../parts/platforms/platforms.ts'
import { slugOf, twinOf } from './names.ts'
import classes from './new-project.module.css'

interface Values extends Record<string, unknown> {
  readonly platform: string
  readonly name: string
  /** Empty: a team of one's own is made with it. */
  readonly team: string
}

export function NewProjectPage() {
  const org = useOrg()
  const client = useQueryClient()
  const navigate = useNavigate()
  const teams = useQuery(teamsQuery(org))
  const usage = useQuery(projectsUsageQuery(org, { statsPeriod: '24h', interval: '1h' }))
  const form = useForm<Values>({
    initialValues: { platform: '', name: '', team: '' },
    validate: {
      platform: (platform) => (platform === '' ? 'Choose what the project is written in, or “Other”.' : null),
      name: (name) => (slugOf(name) === '' ? 'A name needs a letter or a digit.' : null),
    },
  })
  const mine = (teams.data ?? []).filter(({ isMember }) => isMember)
  const choices = mine.length > 0 ? mine : (teams.data ?? []).filter(({ hasAccess }) => hasAccess)
  const { platform, name, team } = form.getValues()
  const chosenTeam = team || (choices[0]?.slug ?? '')
  const submit = useFormSubmit(form, {
    failed: 'The project could not be created',
    names: { slug: 'name' },
    send: async (values) => {
      const body = { name: values.name.trim(), platform: values.platform }
      const made =
        chosenTeam === ''
          ? await createProjectWithTeam(org, body)
          : await createProject(org, chosenTeam, body)
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
  return (
    <>
      <PageHead
        title="New project"
        crumbs={[{ label: 'Projects', link: linkOptions({ to: '/' }) }]}
        note="A project takes the events of one application. Its key and set-up come next."
      />
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
              data={choices.map(({ slug }) => ({ value: slug, label: `#${slug}` }))}
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
        {teams.data?.length === 0 && (
          <Alert variant="light">
            There is no team yet: one of your own is made with the project, and others can be put into it.
          </Alert>
        )}
        <FormActions submit={submit} label="Create project">
          <ButtonLink to="/" variant="default">
            Cancel
          </ButtonLink>
        </FormActions>
      </form>
    </>
  )
}

function suggestion(platform: string): string {
  return platform === '' || platform === 'other' ? '' : platformOf(platform).name
}
