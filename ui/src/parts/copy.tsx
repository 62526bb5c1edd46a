/** Texts that are taken along: a DSN, a token, a line for the shell. */
import { ActionIcon, Button, Input, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { type ReactNode, useEffect, useId, useState } from 'react'
import classes from './copy.module.css'

/** Answers whether it worked. Browsers offer their clipboard over TLS and on localhost only; elsewhere the old way. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

function copyBySelection(text: string): boolean {
  const focused = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.setAttribute('readonly', '')
  area.style.cssText = 'position:fixed;opacity:0'
  // Inside of an open dialog, which would take the focus back from anywhere else.
  const host = focused?.closest('[role="dialog"]') ?? document.body
  host.append(area)
  area.select()
  const isDone = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isDone
}

function useCopy(value: string): readonly [isCopied: boolean, copy: () => void] {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [isCopied])
  return [isCopied, () => void copyText(value).then(setCopied)]
}

interface CopyButtonProps {
  readonly value: string
  /** What is copied, for those who hear it: `DSN`. */
  readonly label: string
  /** With words; else an icon alone. */
  readonly children?: ReactNode
}

export function CopyButton({ value, label, children }: CopyButtonProps) {
  const [isCopied, copy] = useCopy(value)
  const icon = isCopied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
  const said = (
    <span className="visually-hidden" aria-live="polite">
      {isCopied ? `${label} copied` : ''}
    </span>
  )
  if (children !== undefined) {
    return (
      <Button variant="default" leftSection={icon} onClick={copy}>
        {isCopied ? 'Copied' : children}
        {said}
      </Button>
    )
  }
  return (
    <Tooltip label={isCopied ? 'Copied' : `Copy ${label}`}>
      <ActionIcon variant="subtle" color="gray" aria-label={`Copy ${label}`} onClick={copy}>
        {icon}
        {said}
      </ActionIcon>
    </Tooltip>
  )
}

interface CopyFieldProps {
  readonly value: string
  readonly label: string
  readonly description?: ReactNode
  /** Whether the label is only heard. */
  readonly isLabelHidden?: boolean
  /** Beside the button that copies, such as one that reveals. */
  readonly actions?: ReactNode
}

/** One line that selects itself and copies in one click. */
export function CopyField({ value, label, description, isLabelHidden = false, actions }: CopyFieldProps) {
  const id = useId()
  const field = (
    <div className={classes.field}>
      <input
        id={id}
        className={classes.value}
        value={value}
        readOnly
        spellCheck={false}
        aria-label={isLabelHidden ? label : undefined}
        onFocus={(event) => event.currentTarget.select()}
      />
      {actions}
      <CopyButton value={value} label={label} />
    </div>
  )
  if (isLabelHidden) return field
  return (
    <Input.Wrapper id={id} label={label} description={description}>
      {field}
    </Input.Wrapper>
  )
}
