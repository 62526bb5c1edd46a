/** Sides of one thing, each with an address of its own. */
import { Link, type LinkProps, linkOptions } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import classes from './tabs.module.css'

export interface Tab {
  readonly label: string
  readonly link: LinkProps
  /** Whether addresses below it belong to it as well. */
  readonly isWhole?: boolean
}

interface Props {
  readonly label: string
  readonly tabs: readonly Tab[]
}

/** Goes below a page's head; scrolls by itself where there is no room. */
export function PageTabs({ label, tabs }: Props) {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    const current = list.current?.querySelector('[aria-current]')
    if (list.current === null || current === null || current === undefined) return
    const { offsetLeft, offsetWidth } = current as HTMLElement
    list.current.scrollLeft = offsetLeft - (list.current.clientWidth - offsetWidth) / 2
  }, [])
  return (
    <nav aria-label={label} className={classes.tabs}>
      <ul ref={list} className={classes.list}>
        {tabs.map(({ label, link, isWhole = false }) => (
          <li key={label}>
            <Link
              {...link}
              className={classes.tab}
              activeOptions={{ exact: !isWhole, includeSearch: false }}
              activeProps={{ 'aria-current': 'page' }}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The sides of a project. */
export function ProjectTabs({ project }: { readonly project: string }) {
  const params = { project }
  return (
    <PageTabs
      label="Project"
      tabs={[
        { label: 'Overview', link: linkOptions({ to: '/projects/$project', params }) },
        { label: 'Events', link: linkOptions({ to: '/projects/$project/events', params }), isWhole: true },
        { label: 'Keys', link: linkOptions({ to: '/projects/$project/keys', params }) },
        { label: 'Filters', link: linkOptions({ to: '/projects/$project/filters', params }) },
        { label: 'Settings', link: linkOptions({ to: '/projects/$project/settings', params }) },
      ]}
    />
  )
}

/** The settings of an organization. */
export function SettingsTabs() {
  return (
    <PageTabs
      label="Settings"
      tabs={[
        { label: 'General', link: linkOptions({ to: '/settings/organization' }) },
        { label: 'Members', link: linkOptions({ to: '/settings/members' }) },
        { label: 'Teams', link: linkOptions({ to: '/settings/teams' }) },
        { label: 'Tokens', link: linkOptions({ to: '/settings/tokens' }) },
        { label: 'Audit log', link: linkOptions({ to: '/settings/audit' }) },
      ]}
    />
  )
}
