/** The client keys of a project: what each of them lets in, and what it may not. */
import { Button, Text } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { keysQuery } from '../../api/keys.ts'
import { projectQuery } from '../../api/projects.ts'
import { projectUsageQuery } from '../../api/usage.ts'
import { ActionButton, useCan, whoMay } from '../../parts/access.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { ProjectHead, useProject } from '../../parts/project-head.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { KeyCard } from './key-card.tsx'
import classes from './keys.module.css'
import { NewKey } from './new-key.tsx'
import {
  lastHourByKey,
  lastHourQuestion,
  noTraffic,
  quietHour,
  trafficByKey,
  trafficQuestion,
} from './traffic.ts'

const TRAFFIC_EVERY_MS = 10_000

export function KeysPage() {
  const project = useProject()
  const org = useOrg()
  const keys = useQuery(keysQuery(org, project))
  const { data: details } = useQuery(projectQuery(org, project))
  const usage = useQuery({
    ...projectUsageQuery(org, project, trafficQuestion),
    refetchInterval: TRAFFIC_EVERY_MS,
  })
  const lately = useQuery({
    ...projectUsageQuery(org, project, lastHourQuestion),
    refetchInterval: TRAFFIC_EVERY_MS,
  })
  const [isMaking, setMaking] = useState(false)
  const mayWrite = useCan('project:write', details?.access)
  const traffic = usage.data && trafficByKey(usage.data.groups, usage.data.intervals.length)
  const lastHour = lately.data && lastHourByKey(lately.data.groups)
  const create = (
    <ActionButton
      scope="project:write"
      access={details?.access}
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => setMaking(true)}
    >
      New key
    </ActionButton>
  )
  return (
    <>
      <ProjectHead
        project={project}
        side="Keys"
        action={create}
        note="Applications send with the DSN of a key. Several keys tell senders apart, and each can be limited or switched off alone."
      />
      {details !== undefined && !mayWrite && (
        <Text c="dimmed" mb="md">
          You can look at the keys. {whoMay('project:write')}
        </Text>
      )}
      <Loaded
        query={keys}
        what="The keys could not be loaded"
        skeleton={<RowSkeletons rows={2} height={220} />}
      >
        {(all) =>
          all.length === 0 ? (
            <EmptyState
              icon={<IconKey size={24} aria-hidden />}
              title="No keys"
              action={mayWrite && <Button onClick={() => setMaking(true)}>Make the first key</Button>}
            >
              Nothing can be sent to this project until it has a key.
            </EmptyState>
          ) : (
            <div className={classes.list}>
              {all.map((key) => (
                <KeyCard
                  key={key.id}
                  project={project}
                  clientKey={key}
                  all={all}
                  traffic={traffic === undefined ? undefined : (traffic.get(key.public) ?? noTraffic)}
                  lastHour={lastHour && (lastHour.get(key.public) ?? quietHour)}
                  mayWrite={mayWrite}
                  mayDelete={details?.access.includes('project:admin') ?? false}
                />
              ))}
            </div>
          )
        }
      </Loaded>
      <NewKey project={project} isOpen={isMaking} onClose={() => setMaking(false)} />
    </>
  )
}
