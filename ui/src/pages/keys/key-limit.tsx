import { Button, Group, NumberInput, Popover, Select, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type ClientKey, keysQuery, updateKey } from '../../api/keys.ts'
import { FormProblem, useFormSubmit } from '../../parts/forms.tsx'
import { useOrg } from '../../parts/organization.ts'
import { plural } from '../../words/numbers.ts'
import { limitWords, windowChoices } from './limits.ts'
import type { Traffic } from './traffic.ts'

interface Props {
  readonly project: string
  readonly clientKey: ClientKey
  readonly traffic: Traffic | undefined
  readonly mayWrite: boolean
}

export function KeyLimit({ project, clientKey: key, traffic, mayWrite }: Props) {
  const [isOpen, setOpen] = useState(false)
  const limited = traffic?.byOutcome.rate_limited ?? 0
  const words = key.rateLimit === null ? 'No limit' : limitWords(key.rateLimit)
  return (
    <>
      <Group gap={4} wrap="nowrap">
        <span className="figures">{words}</span>
        {mayWrite && (
          <Popover opened={isOpen} onChange={setOpen} trapFocus withArrow position="bottom-start" width={320}>
            <Popover.Target>
              <Button
                variant="subtle"
                size="compact-xs"
                aria-label={`Change the rate limit of key ${key.name}`}
                onClick={() => setOpen(!isOpen)}
              >
                Change
              </Button>
            </Popover.Target>
            <Popover.Dropdown aria-label={`Rate limit of key ${key.name}`}>
              <LimitForm project={project} clientKey={key} onClose={() => setOpen(false)} />
            </Popover.Dropdown>
          </Popover>
        )}
      </Group>
      {limited > 0 && (
        <Text size="xs" c="dimmed">
          {plural(limited, 'event')} over it in 24 hours
        </Text>
      )}
    </>
  )
}

interface FormProps {
  readonly project: string
  readonly clientKey: ClientKey
  readonly onClose: () => void
}

function LimitForm({ project, clientKey: key, onClose }: FormProps) {
  const org = useOrg()
  const client = useQueryClient()
  const save = async (rateLimit: ClientKey['rateLimit']) => {
    const saved = await updateKey(org, project, key.id, { rateLimit })
    client.setQueryData(keysQuery(org, project).queryKey, (all) =>
      all?.map((each) => (each.id === saved.id ? saved : each)),
    )
    onClose()
  }
  const form = useForm<{ count: number | string; window: string }>({
    initialValues: { count: key.rateLimit?.count ?? '', window: String(key.rateLimit?.window ?? 60) },
    validate: {
      count: (count) =>
        Number.isInteger(count) && Number(count) > 0 ? null : 'How many events may come, at least 1.',
    },
  })
  const submit = useFormSubmit(form, {
    failed: 'The limit could not be saved',
    names: { 'rateLimit.count': 'count', 'rateLimit.window': 'window', rateLimit: 'count' },
    send: ({ count, window }) => save({ count: Number(count), window: Number(window) }),
  })
  const lift = useFormSubmit(form, { failed: 'The limit could not be lifted', send: () => save(null) })
  return (
    <form onSubmit={submit.onSubmit}>
      <Stack gap="xs">
        <Text size="xs" c="dimmed">
          Errors beyond the limit are refused until the window is over. SDKs are told how long, and stop
          sending.
        </Text>
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <NumberInput
            label="Events"
            min={1}
            allowDecimal={false}
            allowNegative={false}
            hideControls
            data-autofocus
            {...form.getInputProps('count')}
          />
          <Select
            label="Window"
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            data={windowChoices(key.rateLimit?.window)}
            {...form.getInputProps('window')}
          />
        </Group>
        <FormProblem problem={submit.problem ?? lift.problem} />
        <Group gap="xs">
          <Button type="submit" size="xs" loading={submit.isSending}>
            Save limit
          </Button>
          {key.rateLimit !== null && (
            <Button size="xs" variant="default" loading={lift.isSending} onClick={() => void save(null)}>
              No limit
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}
