/** Who changed what, when, and from where. */
import { Code, Group, Select, Stack, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type AuditEntry, auditLogQuery } from '../../api/audit-log.ts'
import { membersQuery } from '../../api/members.ts'
import { useCan, whoMay } from '../../parts/access.tsx'
import { DataTable } from '../../parts/data-table.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { InfiniteList } from '../../parts/loaded.tsx'
import { useOrg } from '../../parts/organization.ts'
import { SettingsHead } from '../../parts/settings-head.tsx'
import { RowSkeletons } from '../../parts/skeletons.tsx'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { actorName, auditAreas, detailsOf } from './audit-words.ts'
import type { AuditSearch } from './search.ts'

export function AuditPage() {
  const mayRead = useCan('org:write')
  return (
    <>
      <SettingsHead
        side="Audit log"
        note="Every change to projects, keys, filters, teams, members and tokens."
      />
      {mayRead ? (
        <AuditLog />
      ) : (
        <EmptyState icon={<IconHistory size={24} aria-hidden />} title="The audit log is not for everybody">
          {whoMay('org:write')}
        </EmptyState>
      )}
    </>
  )
}

function AuditLog() {
  const org = useOrg()
  const search = useSearch({ strict: false }) as AuditSearch
  const navigate = useNavigate()
  const members = useInfiniteQuery(membersQuery(org))
  const log = useInfiniteQuery(
    auditLogQuery(org, {
      ...(search.event === undefined ? {} : { event: search.event }),
      ...(search.actor === undefined ? {} : { actor: Number(search.actor) }),
    }),
  )
  const change = (changed: AuditSearch) =>
    void navigate({ to: '/settings/audit', search: { ...search, ...changed }, replace: true })
  const people = (members.data ?? []).flatMap(({ user, name, email }) =>
    user === null ? [] : [{ value: user.id, label: name || email }],
  )
  const isNarrowed = search.event !== undefined || search.actor !== undefined
  return (
    <Stack>
      <Group gap="xs">
        <Select
          aria-label="What was changed"
          placeholder="Every change"
          clearable
          searchable
          data={auditAreas}
          value={search.event ?? null}
          onChange={(event) => change({ event: event ?? undefined })}
        />
        <Select
          aria-label="Who changed it"
          placeholder="Everybody"
          clearable
          searchable
          data={people}
          value={search.actor ?? null}
          onChange={(actor) => change({ actor: actor ?? undefined })}
        />
      </Group>
      <InfiniteList
        query={log}
        what="The audit log could not be loaded"
        skeleton={<RowSkeletons rows={8} />}
        empty={
          <EmptyState icon={<IconHistory size={24} aria-hidden />} title="No changes">
            {isNarrowed ? 'Nothing of this kind was changed. Choose less above.' : 'Nothing was changed yet.'}
          </EmptyState>
        }
      >
        {(entries) => (
          <DataTable
            label="Changes"
            rows={entries}
            rowKey={({ id }) => id}
            columns={[
              { title: 'Change', isMain: true, cell: (entry) => <Change entry={entry} /> },
              { title: 'From', isWideOnly: true, cell: ({ ipAddress }) => ipAddress ?? '' },
              { title: 'When', cell: ({ dateCreated }) => <TimeAgo at={dateCreated} /> },
            ]}
          />
        )}
      </InfiniteList>
    </Stack>
  )
}

function Change({ entry }: { readonly entry: AuditEntry }) {
  const details = detailsOf(entry.data)
  return (
    <>
      <Text>
        <strong>{actorName(entry.actor)}</strong> {entry.note}
      </Text>
      {details !== undefined && (
        <details>
          <summary>
            <Text span size="xs" c="dimmed">
              Details
            </Text>
          </summary>
          <Code block>{details}</Code>
        </details>
      )}
    </>
  )
}
