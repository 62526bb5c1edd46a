import { Group, Input, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { projectQuery, updateProject } from '../../api/projects.ts'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { PlatformChoice } from '../setup/platform-choice.tsx'
import { Section, type SectionOfProject } from './section.tsx'

export function General({ project, mayWrite }: SectionOfProject) {
  const org = useOrg()
  const client = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({
    initialValues: { name: project.name, slug: project.slug, platform: project.platform ?? 'other' },
    validate: {
      name: (name) => (name.trim() === '' ? 'A project needs a name.' : null),
      slug: (slug) =>
        /^(?!\d+$)[a-z0-9_-]+$/.test(slug)
          ? null
          : 'Small letters, digits, - and _; not digits alone: it stands in addresses.',
    },
  })
  const submit = useFormSubmit(form, {
    failed: 'The project could not be changed',
    send: async (values) => {
      const saved = await updateProject(org, project.slug, { ...values, name: values.name.trim() })
      client.setQueryData(projectQuery(org, saved.slug).queryKey, saved)
      void client.invalidateQueries({ queryKey: [org, 'projects'] })
      form.resetDirty(values)
      sayDone('Saved.')
      if (saved.slug !== project.slug) {
        await navigate({
          to: '/projects/$project/settings',
          params: { project: saved.slug },
          replace: true,
        })
      }
    },
  })
  const { slug, platform } = form.getValues()
  return (
    <Section title="General">
      <form onSubmit={submit.onSubmit}>
        <Stack gap="md">
          <TextInput label="Name" maxLength={200} readOnly={!mayWrite} {...form.getInputProps('name')} />
          <TextInput
            label="Slug"
            description={
              slug === project.slug
                ? 'Names the project in addresses and in scripts.'
                : `Old addresses lead to the new one. Scripts that say “${project.slug}” are redirected; change them when you can. DSNs stay as they are.`
            }
            maxLength={100}
            readOnly={!mayWrite}
            spellCheck={false}
            {...form.getInputProps('slug')}
          />
          <Input.Wrapper
            label="Platform"
            description="Chooses the icon and the set-up guide."
            labelElement="div"
            error={form.errors.platform}
          >
            <Group mt={4}>
              <PlatformChoice
                platform={platform}
                onChange={(chosen) => mayWrite && form.setFieldValue('platform', chosen)}
              />
            </Group>
          </Input.Wrapper>
          {mayWrite && <FormActions submit={submit} label="Save" isDisabled={!form.isDirty()} />}
        </Stack>
      </form>
    </Section>
  )
}
