import { Kbd, Tooltip, UnstyledButton } from '@mantine/core'
import { IconBook2, IconSearch } from '@tabler/icons-react'
import { Link, useRouterState } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { baseUrl } from '../api/client.ts'
import { OrganizationSwitcher } from './organization-switcher.tsx'
import { railPlaces } from './places.ts'
import classes from './rail.module.css'
import { chord } from './shortcuts.ts'
import { UserMenu } from './user-menu.tsx'

interface Props {
  /** Icons alone, with their names as tooltips. */
  readonly isCompact: boolean
  readonly onSearch: () => void
  readonly onShortcuts: () => void
}

export function Rail({ isCompact, onSearch, onShortcuts }: Props) {
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  return (
    <div className={classes.rail} data-compact={isCompact || undefined}>
      <OrganizationSwitcher isCompact={isCompact} />
      <Named name={`Search (${chord} K)`} isCompact={isCompact}>
        <UnstyledButton
          className={classes.search}
          onClick={onSearch}
          aria-label={isCompact ? 'Search' : undefined}
        >
          <IconSearch size={18} stroke={1.75} aria-hidden />
          <span className={classes.label}>Search</span>
          <Kbd size="xs" className={classes.keys} aria-hidden>
            {chord} K
          </Kbd>
        </UnstyledButton>
      </Named>
      <nav aria-label="Main" className={classes.places}>
        {railPlaces.map(({ label, icon: Icon, link, below }) => {
          const isHere = pathname === link.to || pathname === below || pathname.startsWith(`${below}/`)
          return (
            <Named key={label} name={label} isCompact={isCompact}>
              <Link
                {...link}
                className={classes.place}
                aria-label={isCompact ? label : undefined}
                aria-current={pathname === link.to ? 'page' : isHere ? 'true' : undefined}
                data-here={isHere || undefined}
              >
                <Icon size={18} stroke={1.75} aria-hidden />
                <span className={classes.label}>{label}</span>
              </Link>
            </Named>
          )
        })}
      </nav>
      <div className={classes.foot}>
        <Named name="API reference" isCompact={isCompact}>
          <a
            className={classes.place}
            href={`${baseUrl}/api/docs/`}
            aria-label={isCompact ? 'API reference' : undefined}
          >
            <IconBook2 size={18} stroke={1.75} aria-hidden />
            <span className={classes.label}>API reference</span>
          </a>
        </Named>
        <UserMenu isCompact={isCompact} onShortcuts={onShortcuts} />
        <p className={classes.version}>Vedette {__VERSION__}</p>
      </div>
    </div>
  )
}

interface NamedProps {
  readonly name: string
  readonly isCompact: boolean
  readonly children: ReactElement
}

function Named({ name, isCompact, children }: NamedProps) {
  return (
    <Tooltip label={name} position="right" disabled={!isCompact}>
      {children}
    </Tooltip>
  )
}
