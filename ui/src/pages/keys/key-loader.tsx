import { Group, Select, Stack, Switch, Text } from '@mantine/core'
import { type ClientKey, keysQuery, updateKey } from '../../api/keys.ts'
import { useOptimistic } from '../../parts/optimistic.ts'
import { useOrg } from '../../parts/organization.ts'
import classes from './keys.module.css'

type Options = ClientKey['dynamicSdkLoaderOptions']

const switches: readonly (readonly [name: keyof Options, label: string, description: string])[] = [
  ['hasPerformance', 'Tracing', 'Page loads and navigations become transactions.'],
  ['hasReplay', 'Session Replay', 'What happened on the page, as a recording.'],
  ['hasFeedback', 'User feedback', 'A button by which visitors write to you.'],
  ['hasLogsAndMetrics', 'Logs and metrics', 'Sends structured logs and metrics too.'],
  ['hasDebug', 'Debug messages', 'The SDK says in the console what it does.'],
]

interface Change {
  readonly browserSdkVersion?: string
  readonly dynamicSdkLoaderOptions?: Partial<Options>
}

/** What the loader script brings to the page. */
export function KeyLoader({
  project,
  clientKey: key,
  mayWrite,
}: {
  readonly project: string
  readonly clientKey: ClientKey
  readonly mayWrite: boolean
}) {
  const org = useOrg()
  const { mutate } = useOptimistic<readonly ClientKey[], Change>({
    queryKey: keysQuery(org, project).queryKey,
    apply: (all, { browserSdkVersion, dynamicSdkLoaderOptions }) =>
      all.map((each) =>
        each.id === key.id
          ? {
              ...each,
              browserSdkVersion: browserSdkVersion ?? each.browserSdkVersion,
              dynamicSdkLoaderOptions: { ...each.dynamicSdkLoaderOptions, ...dynamicSdkLoaderOptions },
            }
          : each,
      ),
    save: (change) => updateKey(org, project, key.id, change as Parameters<typeof updateKey>[3]),
    failed: 'The loader could not be changed',
  })
  return (
    <Stack className={classes.section} mt="md" gap="sm">
      <div>
        <Text component="h3" fw={600}>
          What the loader script brings
        </Text>
        <Text c="dimmed">Pages with the tag get it within minutes; nothing in them has to change.</Text>
      </div>
      <Select
        label="SDK version"
        maw={240}
        allowDeselect={false}
        disabled={!mayWrite}
        data={key.browserSdk.choices.map(([value, label]) => ({ value, label }))}
        value={key.browserSdkVersion}
        onChange={(version) => version !== null && mutate({ browserSdkVersion: version })}
      />
      <Group gap="lg" align="flex-start">
        {switches.map(([name, label, description]) => (
          <Switch
            key={name}
            label={label}
            description={description}
            maw={260}
            disabled={!mayWrite}
            checked={key.dynamicSdkLoaderOptions[name]}
            onChange={(event) => mutate({ dynamicSdkLoaderOptions: { [name]: event.currentTarget.checked } })}
          />
        ))}
      </Group>
    </Stack>
  )
}
