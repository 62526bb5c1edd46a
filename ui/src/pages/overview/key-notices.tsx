import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconInfoCircle, IconKeyOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { keysQuery } from '../../api/keys.ts'
import { projectQuery } from '../../api/projects.ts'
import { projectUsageQuery } from '../../api/usage.ts'
import { ButtonLink } from '../../parts/links.tsx'
import { plural } from '../../words/numbers.ts'
import { trafficByKey, trafficQuestion } from '../keys/traffic.ts'

interface Props {
  readonly org: string
  readonly project: string
}

/** What should be known before any number: keys that refuse, or that nothing ever came. */
export function KeyNotices({ org, project }: Props) {
  const keys = useQuery(keysQuery(org, project))
  const details = useQuery(projectQuery(org, project))
  const usage = useQuery({ ...projectUsageQuery(org, project, trafficQuestion), refetchInterval: 15_000 })
  const traffic = usage.data && trafficByKey(usage.data.groups, usage.data.intervals.length)
  const off = (keys.data ?? []).flatMap(({ id, name, isActive, public: key }) => {
    const refused = traffic?.get(key)?.refusedLately ?? 0
    return !isActive && refused > 0 ? [{ id, name, refused }] : []
  })
  const isEmpty =
    details.data?.firstEvent === null &&
    details.data.firstTransactionEvent === false &&
    usage.data?.total === 0
  if (off.length === 0 && !isEmpty) return null
  return (
    <Stack gap="xs" mb="md">
      {isEmpty && (
        <Alert variant="light" icon={<IconInfoCircle aria-hidden />}>
          <Group justify="space-between" gap="xs">
            <Text>Nothing has arrived yet. The set-up page shows what to put into your application.</Text>
            <ButtonLink to="/projects/$project/setup" params={{ project }} size="xs">
              Set it up
            </ButtonLink>
          </Group>
        </Alert>
      )}
      {off.map(({ id, name, refused }) => (
        <Alert key={id} variant="light" color="orange" icon={<IconKeyOff aria-hidden />}>
          <Group justify="space-between" gap="xs">
            <Text>
              The key “{name}” is switched off. {plural(refused, 'event')} {refused === 1 ? 'was' : 'were'}{' '}
              refused in the last hour.
            </Text>
            <ButtonLink to="/projects/$project/keys" params={{ project }} variant="default" size="xs">
              Go to the keys
            </ButtonLink>
          </Group>
        </Alert>
      ))}
    </Stack>
  )
}
