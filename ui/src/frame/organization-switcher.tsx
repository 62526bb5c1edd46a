import { Menu, UnstyledButton } from '@mantine/core'
import { IconCheck, IconSelector } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { MenuLink } from '../parts/links.tsx'
import { useOrganization } from '../parts/organization.ts'
import { Mark } from './mark.tsx'
import classes from './organization-switcher.module.css'

/** The head of the rail: where one is. Whoever has one organization sees its name, others choose. */
export function OrganizationSwitcher({ isCompact }: { readonly isCompact: boolean }) {
  const { slug, name, all } = useOrganization()
  const head = (
    <>
      <Mark size={24} />
      {!isCompact && <span className={classes.name}>{name}</span>}
    </>
  )
  if (all.length < 2) {
    return (
      <Link
        to="/"
        className={classes.head}
        aria-label={`${name}, projects`}
        title={isCompact ? name : undefined}
      >
        {head}
      </Link>
    )
  }
  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.head} aria-label={`Organization ${name}, choose another`}>
          {head}
          {!isCompact && <IconSelector size={16} className={classes.arrows} aria-hidden />}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Organizations</Menu.Label>
        {all.map((each) => (
          <MenuLink
            key={each.slug}
            to="/"
            search={{ org: each.slug }}
            rightSection={each.slug === slug ? <IconCheck size={16} aria-label="chosen" /> : undefined}
          >
            {each.name}
          </MenuLink>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
