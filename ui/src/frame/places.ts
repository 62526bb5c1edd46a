/** The places that the rail, the palette and the shortcuts all lead to. */
import {
  IconBuilding,
  IconChartBar,
  IconHistory,
  IconKey,
  IconLayoutGrid,
  IconSettings,
  IconUser,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import { linkOptions } from '@tanstack/react-router'

export const railPlaces = [
  {
    label: 'Projects',
    icon: IconLayoutGrid,
    keys: 'g p',
    link: linkOptions({ to: '/' }),
    below: '/projects',
  },
  { label: 'Usage', icon: IconChartBar, keys: 'g u', link: linkOptions({ to: '/usage' }), below: '/usage' },
  {
    label: 'Settings',
    icon: IconSettings,
    keys: 'g s',
    link: linkOptions({ to: '/settings/organization' }),
    below: '/settings',
  },
] as const

export const furtherPlaces = [
  { label: 'General settings', icon: IconBuilding, link: linkOptions({ to: '/settings/organization' }) },
  { label: 'Members', icon: IconUsers, keys: 'g m', link: linkOptions({ to: '/settings/members' }) },
  { label: 'Teams', icon: IconUsersGroup, keys: 'g t', link: linkOptions({ to: '/settings/teams' }) },
  { label: 'Tokens', icon: IconKey, link: linkOptions({ to: '/settings/tokens' }) },
  { label: 'Audit log', icon: IconHistory, keys: 'g l', link: linkOptions({ to: '/settings/audit' }) },
  { label: 'Account', icon: IconUser, keys: 'g a', link: linkOptions({ to: '/account' }) },
] as const

/** Within a project; `g` and one more letter. */
export const projectPlaces = [
  { label: 'Overview', keys: 'g o', to: '/projects/$project' },
  { label: 'Events', keys: 'g e', to: '/projects/$project/events' },
  { label: 'Keys', keys: 'g k', to: '/projects/$project/keys' },
  { label: 'Filters', keys: 'g f', to: '/projects/$project/filters' },
] as const
