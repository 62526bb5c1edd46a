/** Mantine's looks with the router's addresses: `<ButtonLink to="/projects/new">`. */
import {
  ActionIcon,
  type ActionIconProps,
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  Menu,
  type MenuItemProps,
} from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { ComponentProps } from 'react'

/** What an `<a>` takes and Mantine's component does not describe itself. */
type AnchorOf<P> = P & Omit<ComponentProps<'a'>, keyof P | 'href' | 'color' | 'style'>

export const AnchorLink = createLink((props: AnchorOf<AnchorProps>) => <Anchor {...props} />)

export const ButtonLink = createLink((props: AnchorOf<ButtonProps>) => <Button component="a" {...props} />)

/** Needs an `aria-label`. */
export const IconLink = createLink((props: AnchorOf<ActionIconProps>) => (
  <ActionIcon component="a" {...props} />
))

export const MenuLink = createLink((props: AnchorOf<MenuItemProps>) => <Menu.Item component="a" {...props} />)
