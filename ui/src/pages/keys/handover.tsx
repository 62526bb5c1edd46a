import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconCheck, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ClientKey } from '../../api/keys.ts'
import { CopyField } from '../../parts/copy.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { exact, plural } from '../../words/numbers.ts'
import classes from './keys.module.css'
import type { LastHour, Traffic } from './traffic.ts'

interface Props {
  readonly old: ClientKey
  readonly successor: ClientKey
  /** Of the old key. */
  readonly traffic: Traffic | undefined
  readonly lastHour: LastHour | undefined
  readonly mayWrite: boolean
  readonly onSwitchOff: () => void
}

/** Leads from an old key to its successor. It can be left and taken up again: all of it is read from the two keys. */
export function Handover({ old, successor, traffic, lastHour, mayWrite, onSwitchOff }: Props) {
  const lately = lastHour?.sent ?? 0
  // A successor keeps the name.
  const isSame = old.name === successor.name
  const [oldName, newName] = isSame ? ['the old key', 'the new key'] : [old.name, successor.name]
  const isQuiet = lastHour?.sent === 0
  const isInUse = successor.lastUsed !== null
  return (
    <Alert
      icon={<IconRefresh aria-hidden />}
      title={`Handing over to ${newName}`}
      variant="light"
      color="lantern"
      role="region"
    >
      <ol className={classes.steps}>
        <Step number={1} isDone title={isSame ? 'The new key is ready' : `${newName} is ready`}>
          It has the same limits and options. Both keys are on, so nothing is lost meanwhile.
        </Step>
        <Step number={2} isDone={isInUse} title="Put the new DSN into your application">
          <CopyField label="New DSN" isLabelHidden value={successor.dsn.public} />
          {successor.lastUsed !== null && (
            <Text size="xs" c="dimmed">
              Last used <TimeAgo at={successor.lastUsed} />
            </Text>
          )}
        </Step>
        <Step number={3} isDone={isQuiet && isInUse} title="Wait until nobody sends with the old one">
          <span aria-live="polite">
            {lately === 0
              ? `Nothing came with ${oldName} in the last hour.`
              : `${plural(lately, 'event')} came with ${oldName} in the last hour${
                  traffic === undefined
                    ? ''
                    : `, ${exact(traffic.acceptedTotal + traffic.droppedTotal)} in 24 hours`
                }.`}
          </span>
        </Step>
        <Step number={4} isDone={false} title={`Switch off ${oldName}`}>
          {mayWrite && (
            <Button size="xs" variant={isQuiet ? 'filled' : 'default'} onClick={onSwitchOff}>
              Switch off the old key
            </Button>
          )}
        </Step>
      </ol>
    </Alert>
  )
}

interface StepProps {
  readonly number: number
  readonly isDone: boolean
  readonly title: string
  readonly children: ReactNode
}

function Step({ number, isDone, title, children }: StepProps) {
  return (
    <li>
      <span className={classes.mark} data-done={isDone || undefined}>
        {isDone ? <IconCheck size={14} aria-label="Done" /> : number}
      </span>
      <Stack gap={4}>
        <Text fw={600}>{title}</Text>
        <Text component="div">{children}</Text>
      </Stack>
    </li>
  )
}
