/** Forms that are sent to the API: what it says about a field stands at the field, and what was typed stays. */
import { Alert, Button, Group } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { ApiError } from '../api/errors.ts'
import { problemWords } from '../words/problems.ts'

interface Sending<Values> {
  readonly send: (values: Values) => Promise<unknown>
  /** A sentence without a full stop: `The project could not be created`. */
  readonly failed: string
  /** Where the API's names differ: `{ 'rateLimit.count': 'count' }`. */
  readonly names?: Readonly<Record<string, string>>
}

export interface FormSubmit {
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void
  readonly isSending: boolean
  /** What concerns no field of the form. */
  readonly problem: string | undefined
}

export function useFormSubmit<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  { send, failed, names = {} }: Sending<Values>,
): FormSubmit {
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [refusals, setRefusals] = useState(0)
  const element = useRef<HTMLFormElement>(null)

  // After the messages are drawn, the first field that has one is where to go on.
  useEffect(() => {
    if (refusals > 0) element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [refusals])

  const submit = async (values: Values) => {
    setSending(true)
    setProblem(undefined)
    try {
      await send(values)
    } catch (error) {
      setProblem(showErrors(form, error, { failed, names }))
      setRefusals((count) => count + 1)
    } finally {
      setSending(false)
    }
  }
  const onSubmit = form.onSubmit(
    (values) => void submit(values),
    () => setRefusals((count) => count + 1),
  )
  return {
    onSubmit: (event) => {
      element.current = event.currentTarget
      onSubmit(event)
    },
    isSending,
    problem,
  }
}

/** Puts messages at the fields that the form has; answers the rest as a text. */
function showErrors<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  error: unknown,
  { failed, names }: { failed: string; names: Readonly<Record<string, string>> },
): string | undefined {
  if (!(error instanceof ApiError)) return problemWords(error, failed).advice
  const known = new Set(Object.keys(form.getValues()))
  const placed = Object.entries(error.fields).map(([path, message]) => {
    const field = names[path] ?? path
    return { field, message, isKnown: known.has(field.split('.')[0] ?? '') }
  })
  const atFields = placed.filter(({ isKnown }) => isKnown)
  form.setErrors(Object.fromEntries(atFields.map(({ field, message }) => [field, message])))
  const rest = new ApiError({
    ...error,
    detail: error.detail,
    fields: Object.fromEntries(
      placed.filter(({ isKnown }) => !isKnown).map(({ field, message }) => [field, message]),
    ),
  })
  const isAllSaid = atFields.length > 0 && rest.detail === '' && Object.keys(rest.fields).length === 0
  return isAllSaid ? undefined : problemWords(rest, failed).advice
}

/** Stands above a form's buttons. */
export function FormProblem({ problem }: { readonly problem: string | undefined }) {
  if (problem === undefined) return null
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
      {problem}
    </Alert>
  )
}

interface ActionsProps {
  readonly submit: FormSubmit
  /** `Create project`. */
  readonly label: string
  readonly isDisabled?: boolean
  /** Beside it, such as a button that leads back. */
  readonly children?: ReactNode
}

/** The foot of a form: what went wrong, and the button. */
export function FormActions({ submit, label, isDisabled = false, children }: ActionsProps) {
  return (
    <>
      <FormProblem problem={submit.problem} />
      <Group gap="xs">
        <Button type="submit" loading={submit.isSending} disabled={isDisabled}>
          {label}
        </Button>
        {children}
      </Group>
    </>
  )
}
