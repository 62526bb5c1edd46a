/** Everything by name: pages, projects, keys, and a few commands. */
import '@mantine/spotlight/styles.css'
import { useComputedColorScheme } from '@mantine/core'
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import {
  IconKey,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconPlus,
  IconSearch,
  IconSun,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { organizationKeysQuery } from '../api/keys.ts'
import { projectsQuery } from '../api/projects.ts'
import { useCan } from '../parts/access.tsx'
import { useOrg } from '../parts/organization.ts'
import { PlatformIcon } from '../parts/platforms/platform-icon.tsx'
import { useColours } from './colours.ts'
import { furtherPlaces, railPlaces } from './places.ts'
import { useSignOut } from './sign-out.ts'

const [store, palette] = createSpotlight()

interface Props {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onShortcuts: () => void
}

const ICON = { size: 18, stroke: 1.75, 'aria-hidden': true } as const

export function Palette({ isOpen, onClose, onShortcuts }: Props) {
  const groups = [...usePageActions(), ...useThingActions(isOpen), ...useCommands(onShortcuts)]
  useEffect(() => {
    if (isOpen) palette.open()
  }, [isOpen])
  return (
    <Spotlight
      store={store}
      shortcut={null}
      onSpotlightClose={onClose}
      actions={groups}
      limit={40}
      scrollable
      maxHeight={440}
      title="Search and commands"
      classNames={{ header: 'visually-hidden' }}
      styles={{ search: { fontSize: 'var(--mantine-font-size-sm)' } }}
      nothingFound="Nothing of that name"
      searchProps={{
        leftSection: <IconSearch {...ICON} />,
        placeholder: 'Pages, projects, keys, commands',
        'aria-label': 'Search and commands',
      }}
    />
  )
}

function usePageActions(): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const [projects, usage] = railPlaces
  const actions = [projects, usage, ...furtherPlaces].map(({ label, icon: Icon, link }) => ({
    id: `page ${label}`,
    label,
    leftSection: <Icon {...ICON} />,
    onClick: () => void navigate(link),
  }))
  return [{ group: 'Pages', actions }]
}

/** Loaded when the palette is opened; a project's sides are found by its name as well. */
function useThingActions(isOpen: boolean): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const org = useOrg()
  const { data: projects = [] } = useQuery({ ...projectsQuery(org), enabled: isOpen, staleTime: 60_000 })
  const { data: keys = [] } = useQuery({ ...organizationKeysQuery(org), enabled: isOpen, staleTime: 60_000 })
  const slugs = new Map(projects.map(({ id, slug }) => [Number(id), slug]))
  return [
    {
      group: 'Projects',
      actions: projects.map(({ slug, name, platform }) => ({
        id: `project ${slug}`,
        label: name,
        description: [slug === name ? undefined : slug, platform].filter(Boolean).join(' · '),
        keywords: [slug, platform ?? ''],
        leftSection: <PlatformIcon platform={platform} size={20} />,
        onClick: () => void navigate({ to: '/projects/$project', params: { project: slug } }),
      })),
    },
    {
      group: 'Keys',
      actions: keys.flatMap(({ id, name, projectId, isActive }) => {
        const project = slugs.get(projectId)
        if (project === undefined) return []
        return {
          id: `key ${id}`,
          label: name,
          description: `Key of ${project}${isActive ? '' : ', switched off'}`,
          keywords: [id, project],
          leftSection: <IconKey {...ICON} />,
          onClick: () => void navigate({ to: '/projects/$project/keys', params: { project } }),
        }
      }),
    },
  ]
}

function useCommands(onShortcuts: () => void): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const [, setColours] = useColours()
  const isDark = useComputedColorScheme() === 'dark'
  const leave = useSignOut()
  const mayCreate = useCan('project:write')
  return [
    {
      group: 'Commands',
      actions: [
        ...(mayCreate
          ? [
              {
                id: 'create project',
                label: 'Create a project',
                leftSection: <IconPlus {...ICON} />,
                onClick: () => void navigate({ to: '/projects/new' }),
              },
            ]
          : []),
        {
          id: 'colours',
          label: isDark ? 'Light colours' : 'Dark colours',
          keywords: ['theme'],
          leftSection: isDark ? <IconSun {...ICON} /> : <IconMoon {...ICON} />,
          onClick: () => setColours(isDark ? 'light' : 'dark'),
        },
        {
          id: 'shortcuts',
          label: 'Keyboard shortcuts',
          leftSection: <IconKeyboard {...ICON} />,
          onClick: onShortcuts,
        },
        {
          id: 'sign out',
          label: 'Sign out',
          leftSection: <IconLogout {...ICON} />,
          onClick: () => void leave(),
        },
      ],
    },
  ]
}
