import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconInfoCircle, IconKeyOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { keysQuery } from '../../api/keys.ts'
import { projectQuery } from '../../api/projects.ts'
import { projectUsageQuery } from '../../api/usage.ts'
import { ButtonLink } from '../../parts/links.tsx'
import { plural } from '../../words/numbers.ts'
import { lastHourByKey, lastHourQuestion, trafficQuestion } from '../keys/traffic.ts'

const EVERY_MS = 15_000

interface Props {
  readonly org: string
  readonly project: string
}

/** What should be known before any number: keys that refuse, or that nothing ever came. */
export function KeyNotices({ org, project }: Props) {
  const keys = useQuery(keysQuery(org, project))
  const details = useQuery(projectQuery(org, project))
  const lately = useQuery({ ...projectUsageQuery(org, project, lastHourQuestion), refetchInterval: EVERY_MS })
  const lastHour = lately.data && lastHourByKey(lately.data.groups)
  const isUnheard = details.data?.firstEvent === null && details.data.firstTransactionEvent === false
  const today = useQuery({
    ...projectUsageQuery(org, project, trafficQuestion),
    refetchInterval: EVERY_MS,
    enabled: isUnheard,
  })
  const off = (keys.data ?? []).flatMap(({ id, name, isActive, public: key }) => {
    const refused = lastHour?.get(key)?.refused ?? 0
    return !isActive && refused > 0 ? [{ id, name, refused }] : []
  })
  const isEmpty = isUnheard && today.data?.total === 0
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
