import { Avatar, Menu, UnstyledButton } from '@mantine/core'
import { IconCheck, IconKeyboard, IconLogout, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/session.ts'
import { MenuLink } from '../parts/links.tsx'
import { useZoneChoice, viewerZone, type ZoneChoice } from '../parts/zone.ts'
import { zoneName } from '../words/times.ts'
import { type Colours, colourNames, useColours } from './colours.ts'
import rail from './rail.module.css'
import { useSignOut } from './sign-out.ts'
import classes from './user-menu.module.css'

interface Props {
  readonly isCompact: boolean
  readonly onShortcuts: () => void
}

/** Whoever lives in UTC has no choice. */
const zoneChoices: readonly (readonly [ZoneChoice, string])[] =
  viewerZone === 'UTC'
    ? [['viewer', 'UTC']]
    : [
        ['viewer', `${viewerZone.replaceAll('_', ' ')} (${zoneName(viewerZone)})`],
        ['utc', 'UTC'],
      ]

/** The foot of the rail: who is signed in, and what they prefer. */
export function UserMenu({ isCompact, onShortcuts }: Props) {
  const { data } = useQuery(sessionQuery)
  const [colours, setColours] = useColours()
  const [zone, setZone] = useZoneChoice()
  const leave = useSignOut()
  const name = data?.user?.name ?? ''
  const email = data?.user?.email ?? ''
  return (
    <Menu position="right-end" width={256} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton className={`${rail.place} ${classes.user}`} data-menu="user">
          <Avatar size={24} color="lantern" variant="filled" name={name} aria-hidden />
          <span className={isCompact ? 'visually-hidden' : rail.label}>{name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {email !== '' && <Menu.Label className={classes.email}>{email}</Menu.Label>}
        <MenuLink to="/account" closeMenuOnClick leftSection={<IconUser size={16} aria-hidden />}>
          Account
        </MenuLink>
        <Menu.Item
          closeMenuOnClick
          leftSection={<IconKeyboard size={16} aria-hidden />}
          onClick={onShortcuts}
        >
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Colours</Menu.Label>
        <Menu.RadioGroup value={colours} onChange={(chosen) => setColours(chosen as Colours)}>
          {(Object.keys(colourNames) as Colours[]).map((each) => (
            <Menu.RadioItem key={each} value={each} checkIcon={check}>
              {colourNames[each]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>Times are shown in</Menu.Label>
        <Menu.RadioGroup value={zone} onChange={(chosen) => setZone(chosen as ZoneChoice)}>
          {zoneChoices.map(([each, name]) => (
            <Menu.RadioItem key={each} value={each} checkIcon={check}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

const check = <IconCheck size={16} aria-hidden />
