import { Box, Group, Text, Title } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Fragment } from 'react/jsx-runtime'
import { AnchorLink } from './links.tsx'
import classes from './page-head.module.css'

export interface Crumb {
  readonly label: string
  /** Made with `linkOptions({ to, params, search })`. */
  readonly link: LinkProps
}

interface Props {
  readonly title: string
  /** From the top to the page above this one. */
  readonly crumbs?: readonly Crumb[]
  /** In front of the title, such as a project's icon. */
  readonly icon?: ReactNode
  /** One quiet line below the title. */
  readonly note?: ReactNode
  /** The one primary action; it stands at the right, or below where there is no room. */
  readonly action?: ReactNode
  readonly tabs?: ReactNode
  /** What the browser's tab says, when the title alone would not tell. */
  readonly documentTitle?: string
}

/** The head of every page. The title takes the focus when the page is entered. */
export function PageHead({ title, crumbs = [], icon, note, action, tabs, documentTitle = title }: Props) {
  return (
    <Box component="header" className={classes.head} data-tabs={tabs !== undefined || undefined}>
      <title>{`${documentTitle} · Vedette`}</title>
      {crumbs.length > 0 && (
        <nav aria-label="Breadcrumb" className={classes.crumbs}>
          {crumbs.map(({ label, link }, index) => (
            <Fragment key={label}>
              {index > 0 && <IconChevronRight size={12} color="var(--mantine-color-dimmed)" aria-hidden />}
              <AnchorLink {...link} c="dimmed" size="xs">
                {label}
              </AnchorLink>
            </Fragment>
          ))}
        </nav>
      )}
      <Group justify="space-between" align="flex-start" gap="md" wrap="wrap">
        <Group gap="sm" wrap="nowrap" align="flex-start" className={classes.title}>
          {icon}
          <Box miw={0}>
            <Title order={1} tabIndex={-1} id="page-title" className={classes.heading}>
              {title}
            </Title>
            {note !== undefined && (
              <Text component="div" c="dimmed" mt={4}>
                {note}
              </Text>
            )}
          </Box>
        </Group>
        {action !== undefined && <Group gap="xs">{action}</Group>}
      </Group>
      {tabs}
    </Box>
  )
}
