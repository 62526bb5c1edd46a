import { Stack, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { projectQuery, updateProject } from '../../api/projects.ts'
import { FormActions, useFormSubmit } from '../../parts/forms.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { Section, type SectionOfProject } from './section.tsx'

export function AllowedDomains({ project, mayWrite }: SectionOfProject) {
  const org = useOrg()
  const client = useQueryClient()
  const form = useForm({ initialValues: { allowedDomains: project.allowedDomains.join('\n') } })
  const submit = useFormSubmit(form, {
    failed: 'The domains could not be saved',
    send: async (values) => {
      const lines = values.allowedDomains.split('\n').map((line) => line.trim())
      const saved = await updateProject(org, project.slug, {
        allowedDomains: lines.filter((line) => line !== ''),
      })
      client.setQueryData(projectQuery(org, project.slug).queryKey, saved)
      const text = saved.allowedDomains.join('\n')
      form.setValues({ allowedDomains: text })
      form.resetDirty({ allowedDomains: text })
      sayDone('Saved: it counts from the next event on.')
    },
  })
  return (
    <Section
      title="Allowed domains"
      about="Browsers say from which page they send. What comes from another page than these is refused; servers and apps say nothing, and are let in."
    >
      <form onSubmit={submit.onSubmit}>
        <Stack gap="sm">
          <Textarea
            label="Domains, one per line"
            description="* lets in every page. *.example.com stands for all below it; a port or https:// may be given."
            placeholder={'*.example.com\nhttps://shop.example.org'}
            autosize
            minRows={2}
            maxRows={10}
            readOnly={!mayWrite}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            {...form.getInputProps('allowedDomains')}
          />
          {mayWrite && <FormActions submit={submit} label="Save domains" isDisabled={!form.isDirty()} />}
        </Stack>
      </form>
    </Section>
  )
}
