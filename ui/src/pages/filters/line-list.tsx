import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useEffectEvent } from 'react'
import { projectQuery, updateProject } from '../../api/projects.ts'
import { FormProblem, useFormSubmit } from '../../parts/forms.tsx'
import { sayDone } from '../../parts/notices.ts'
import { useOrg } from '../../parts/organization.ts'
import { plural } from '../../words/numbers.ts'
import { countLines, type ListFilter } from './catalog.ts'
import classes from './filters.module.css'

interface Props {
  readonly project: string
  readonly filter: ListFilter
  readonly saved: string
  readonly mayWrite: boolean
  readonly taken: ReactNode
}

/** A list with one entry per line. What is typed stays until it is saved or taken back. */
export function LineList({ project, filter, saved, mayWrite, taken }: Props) {
  const { name, explanation, placeholder, option, line } = filter
  const org = useOrg()
  const client = useQueryClient()
  const form = useForm({ initialValues: { text: saved } })
  const adopt = useEffectEvent((text: string) => {
    // Somebody else's change shows, unless there is one here that is not saved yet.
    if (!form.isDirty()) form.setValues({ text })
    form.resetDirty({ text })
  })
  useEffect(() => adopt(saved), [saved])
  const submit = useFormSubmit(form, {
    failed: `The list of ${name.toLowerCase()} could not be saved`,
    names: { [`options.${option}`]: 'text', [option]: 'text', options: 'text' },
    send: async ({ text }) => {
      const answer = await updateProject(org, project, { options: { [option]: text } })
      client.setQueryData(projectQuery(org, project).queryKey, answer)
      form.resetDirty()
      sayDone(`${name}: ${plural(countLines(text), line, line === 'address' ? 'addresses' : `${line}s`)}.`)
    },
  })
  const { text } = form.getValues()
  const isChanged = text !== saved
  return (
    <form className={classes.row} onSubmit={submit.onSubmit} aria-label={name}>
      <div>
        <Text fw={600}>{name}</Text>
        <Text>{explanation}</Text>
      </div>
      {taken}
      <span />
      <Stack className={classes.below} gap="xs">
        <Textarea
          aria-label={`${name}, one per line`}
          placeholder={placeholder}
          autosize
          minRows={2}
          maxRows={12}
          readOnly={!mayWrite}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          {...form.getInputProps('text')}
        />
        <FormProblem problem={submit.problem} />
        {isChanged && (
          <Group gap="xs">
            <Button type="submit" size="xs" loading={submit.isSending}>
              Save
            </Button>
            <Button size="xs" variant="default" onClick={() => form.setValues({ text: saved })}>
              Take back
            </Button>
            <Text size="xs" c="dimmed">
              {plural(countLines(text), line, line === 'address' ? 'addresses' : `${line}s`)}, not saved yet
            </Text>
          </Group>
        )}
      </Stack>
    </form>
  )
}
