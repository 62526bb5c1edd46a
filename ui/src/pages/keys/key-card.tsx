/** One key: its DSN, its traffic, and everything that can be done with it. */
import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Collapse,
  Group,
  Menu,
  Skeleton,
  Switch,
  Text,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconDotsVertical, IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type ClientKey, keysQuery, rotateKey, updateKey } from '../../api/keys.ts'
import { Spark } from '../../charts/spark.tsx'
import { CopyField } from '../../parts/copy.tsx'
import { Count } from '../../parts/count.tsx'
import { sayFailed } from '../../parts/notices.ts'
import { useOptimistic } from '../../parts/optimistic.ts'
import { useOrg } from '../../parts/organization.ts'
import { TimeAgo } from '../../parts/time-ago.tsx'
import { exact, percent, plural } from '../../words/numbers.ts'
import { droppedWords, outcomeWords } from '../../words/outcomes.ts'
import { DeleteKey } from './delete-key.tsx'
import { Handover } from './handover.tsx'
import { KeyAddresses } from './key-addresses.tsx'
import { KeyLimit } from './key-limit.tsx'
import { KeyLoader } from './key-loader.tsx'
import classes from './keys.module.css'
import { RenameKey } from './rename-key.tsx'
import type { LastHour, Traffic } from './traffic.ts'

interface Props {
  readonly project: string
  readonly clientKey: ClientKey
  /** Of the project, for those that this one follows or is followed by. */
  readonly all: readonly ClientKey[]
  /** Undefined while it is loaded. */
  readonly traffic: Traffic | undefined
  /** The same. */
  readonly lastHour: LastHour | undefined
  readonly mayWrite: boolean
  readonly mayDelete: boolean
}

export function KeyCard(props: Props) {
  const { project, clientKey: key, all, traffic, lastHour, mayWrite, mayDelete } = props
  const successor = all.find(({ id }) => id === key.rotatedTo)
  const [isOpen, { toggle }] = useDisclosure(false)
  const [dialog, setDialog] = useState<'rename' | 'delete'>()
  const toggleKey = useSwitch(project, key)
  const refused = key.isActive ? 0 : (lastHour?.refused ?? 0)
  return (
    <section
      className={`card ${classes.card}`}
      data-off={!key.isActive || undefined}
      aria-label={`Key ${key.name}`}
    >
      <div className={classes.head}>
        <div className={classes.name}>
          <Text component="h2" fw={600}>
            {key.name}
          </Text>
          {!key.isActive && (
            <Badge variant="outline" color="gray">
              Switched off
            </Badge>
          )}
          <Lineage clientKey={key} all={all} />
        </div>
        <Group gap="xs" wrap="nowrap">
          <Switch
            label={key.isActive ? 'On' : 'Off'}
            aria-label={`Key ${key.name} accepts events`}
            checked={key.isActive}
            disabled={!mayWrite}
            onChange={(event) => toggleKey(event.currentTarget.checked)}
          />
          {mayWrite && (
            <KeyMenu
              project={project}
              clientKey={key}
              mayDelete={mayDelete}
              onRename={() => setDialog('rename')}
              onDelete={() => setDialog('delete')}
            />
          )}
        </Group>
      </div>
      {refused > 0 && (
        <Alert color="orange" variant="light">
          <Group justify="space-between" gap="xs">
            <Text>
              This key is switched off. {plural(refused, 'event')} {refused === 1 ? 'was' : 'were'} refused in
              the last hour.
            </Text>
            {mayWrite && (
              <Button variant="default" size="xs" onClick={() => toggleKey(true)}>
                Switch it on
              </Button>
            )}
          </Group>
        </Alert>
      )}
      <CopyField label="DSN" value={key.dsn.public} />
      <dl className={classes.facts}>
        <Fact name="Last 24 hours">
          <TrafficFact traffic={traffic} name={key.name} />
        </Fact>
        <Fact name="Last used">{key.lastUsed === null ? 'Never' : <TimeAgo at={key.lastUsed} />}</Fact>
        <Fact name="Made">{key.dateCreated === null ? 'Unknown' : <TimeAgo at={key.dateCreated} />}</Fact>
        <Fact name="Rate limit">
          <KeyLimit project={project} clientKey={key} traffic={traffic} mayWrite={mayWrite} />
        </Fact>
      </dl>
      {successor !== undefined && key.isActive && (
        <Handover
          old={key}
          successor={successor}
          traffic={traffic}
          lastHour={lastHour}
          mayWrite={mayWrite}
          onSwitchOff={() => toggleKey(false)}
        />
      )}
      <div>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          onClick={toggle}
          aria-expanded={isOpen}
          rightSection={
            <IconChevronDown size={14} aria-hidden style={{ rotate: isOpen ? '180deg' : '0deg' }} />
          }
        >
          {isOpen ? 'Fewer addresses' : 'More addresses and options'}
        </Button>
        <Collapse expanded={isOpen}>
          {isOpen && (
            <>
              <KeyAddresses project={project} clientKey={key} />
              <KeyLoader project={project} clientKey={key} mayWrite={mayWrite} />
            </>
          )}
        </Collapse>
      </div>
      <RenameKey
        project={project}
        clientKey={key}
        isOpen={dialog === 'rename'}
        onClose={() => setDialog(undefined)}
      />
      <DeleteKey
        project={project}
        clientKey={key}
        traffic={traffic}
        isOpen={dialog === 'delete'}
        onClose={() => setDialog(undefined)}
      />
    </section>
  )
}

function useSwitch(project: string, key: ClientKey): (isActive: boolean) => void {
  const org = useOrg()
  const { mutate } = useOptimistic<readonly ClientKey[], boolean>({
    queryKey: keysQuery(org, project).queryKey,
    apply: (all, isActive) => all.map((each) => (each.id === key.id ? { ...each, isActive } : each)),
    save: (isActive) => updateKey(org, project, key.id, { isActive }),
    done: (isActive) =>
      isActive
        ? `“${key.name}” is on: what is sent with it is taken from now on.`
        : `“${key.name}” is off: what is sent with it is refused and counted.`,
    failed: `“${key.name}” could not be switched`,
  })
  return mutate
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function TrafficFact({ traffic, name }: { readonly traffic: Traffic | undefined; readonly name: string }) {
  if (traffic === undefined) return <Skeleton height={28} width={180} />
  const { accepted, dropped, acceptedTotal, droppedTotal } = traffic
  const all = acceptedTotal + droppedTotal
  return (
    <div className={classes.traffic}>
      <Spark
        label={`${name}: ${exact(acceptedTotal)} accepted and ${exact(droppedTotal)} dropped in 24 hours`}
        series={[
          { color: outcomeWords.accepted.color, values: accepted },
          { color: droppedWords.color, values: dropped },
        ]}
        width={104}
        height={24}
      />
      <span>
        <Count value={acceptedTotal} of="accepted" />
        {droppedTotal > 0 && (
          <Text span c="dimmed" size="xs">
            {' '}
            · {percent(droppedTotal, all)} dropped
          </Text>
        )}
      </span>
    </div>
  )
}

function Lineage({ clientKey, all }: Pick<Props, 'clientKey' | 'all'>) {
  const before = all.find(({ id }) => id === clientKey.rotatedFrom)
  const after = all.find(({ id }) => id === clientKey.rotatedTo)
  return (
    <>
      {before !== undefined && (
        <Badge variant="light" tt="none">
          Takes over from {toldApart(before, clientKey)}
        </Badge>
      )}
      {after !== undefined && (
        <Badge variant="light" color="gray" tt="none">
          Handed over to {toldApart(after, clientKey)}
        </Badge>
      )}
    </>
  )
}

/** Both may have the same name: a successor keeps it. */
function toldApart(key: ClientKey, other: ClientKey): string {
  return key.name === other.name ? `${key.name} (${key.public.slice(0, 6)}…)` : key.name
}

interface MenuProps {
  readonly project: string
  readonly clientKey: ClientKey
  readonly mayDelete: boolean
  readonly onRename: () => void
  readonly onDelete: () => void
}

function KeyMenu({ project, clientKey: key, mayDelete, onRename, onDelete }: MenuProps) {
  const org = useOrg()
  const client = useQueryClient()
  const [isBusy, setBusy] = useState(false)
  const rotate = async () => {
    setBusy(true)
    try {
      await rotateKey(org, project, key.id)
      await client.invalidateQueries({ queryKey: keysQuery(org, project).queryKey })
    } catch (error) {
      sayFailed(error, 'The key could not be rotated')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More for key ${key.name}`} loading={isBusy}>
          <IconDotsVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onRename}>
          Rename
        </Menu.Item>
        {key.rotatedTo === null && (
          <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => void rotate()}>
            Rotate: make its successor
          </Menu.Item>
        )}
        {mayDelete && (
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={onDelete}>
            Delete
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
