import { Badge, Button, Group, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { endOtherSessions, endSession, type Session, sessionsQuery } from '../../api/account.ts'
import { DataTable } from '../../parts/data-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { sayDone, sayFailed } from '../../parts/notices.ts'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { deviceName } from './user-agents.ts'

/** Where one is signed in. */
export function Sessions() {
  const client = useQueryClient()
  const sessions = useQuery(sessionsQuery)
  const refresh = () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey })
  const one = useMutation({
    mutationFn: ({ id }: Session) => endSession(id),
    onSuccess: async () => {
      await refresh()
      sayDone('Signed out there.')
    },
    onError: (error) => sayFailed(error, 'The session could not be ended'),
  })
  const all = useMutation({
    mutationFn: endOtherSessions,
    onSuccess: async () => {
      await refresh()
      sayDone('Signed out everywhere else.')
    },
    onError: (error) => sayFailed(error, 'The sessions could not be ended'),
  })
  const others = sessions.data?.filter(({ isCurrent }) => !isCurrent).length ?? 0
  return (
    <section aria-label="Sessions">
      <Group justify="space-between" mb="xs">
        <div>
          <Title order={2}>Sessions</Title>
          <Text c="dimmed">Browsers in which you are signed in.</Text>
        </div>
        {others > 0 && (
          <Button variant="default" loading={all.isPending} onClick={() => all.mutate()}>
            Sign out everywhere else
          </Button>
        )}
      </Group>
      <Loaded query={sessions} what="The sessions could not be loaded" skeleton={<RowSkeletons rows={2} />}>
        {(rows) => (
          <DataTable
            label="Sessions"
            rows={rows}
            rowKey={({ id }) => id}
            columns={[
              {
                title: 'Browser',
                isMain: true,
                cell: ({ userAgent, isCurrent }) => (
                  <Group gap="xs">
                    <span title={userAgent ?? undefined}>{deviceName(userAgent)}</span>
                    {isCurrent && <Badge variant="light">This one</Badge>}
                  </Group>
                ),
              },
              { title: 'From', cell: ({ ipAddress }) => ipAddress ?? 'Unknown' },
              { title: 'Last used', cell: ({ lastActive }) => <TimeAgo at={lastActive} /> },
              {
                title: 'Actions',
                isTitleHidden: true,
                cell: (session) =>
                  !session.isCurrent && (
                    <Button
                      variant="subtle"
                      color="gray"
                      size="compact-sm"
                      aria-label={`Sign out of ${deviceName(session.userAgent)}`}
                      onClick={() => one.mutate(session)}
                    >
                      Sign out
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}
