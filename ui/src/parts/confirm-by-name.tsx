import { Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { problemWords } from '../words/problems.ts'
import { FormProblem } from './forms.tsx'

interface Props {
  readonly isOpen: boolean
  readonly onClose: () => void
  /** `Delete the project web`. */
  readonly title: string
  /** What has to be typed. */
  readonly name: string
  /** What is lost, and how much it was used today. */
  readonly children: ReactNode
  /** `Delete project`. */
  readonly label: string
  /** The dialog closes when it is done; when it fails it stays and says why. */
  readonly onConfirm: () => Promise<unknown>
  /** A sentence without a full stop: `The project could not be deleted`. */
  readonly failed: string
}

/** Before what cannot be undone. */
export function ConfirmByName({ isOpen, onClose, title, ...rest }: Props) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Confirmation onClose={onClose} {...rest} />
    </Modal>
  )
}

/** Begins anew whenever the dialog is opened. */
function Confirmation({
  onClose,
  name,
  children,
  label,
  onConfirm,
  failed,
}: Omit<Props, 'isOpen' | 'title'>) {
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (typed.trim() !== name) return
    setBusy(true)
    setProblem(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (error) {
      setProblem(problemWords(error, failed).advice)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <Text component="div">{children}</Text>
        <TextInput
          label={
            <>
              Type <Code>{name}</Code> to confirm
            </>
          }
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <FormProblem problem={problem} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={typed.trim() !== name} loading={isBusy}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
