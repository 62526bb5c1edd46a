/** What a role does not allow is not offered, or says why not. */
import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { ComponentProps, ReactNode } from 'react'
import { useOrganization } from './organization.ts'

/** `access` is a project's or team's own; without it, the organization's counts. */
interface Scoped {
  /** Any one of several is enough. */
  readonly scope: string | readonly string[]
  readonly access?: readonly string[] | undefined
}

export function useCan(scope: Scoped['scope'], access?: readonly string[]): boolean {
  const { access: ofOrganization } = useOrganization()
  const held = access ?? ofOrganization
  return [scope].flat().some((each) => held.includes(each))
}

interface GateProps extends Scoped {
  readonly children: ReactNode
  readonly otherwise?: ReactNode
}

/** Shows its children to those who hold the scope. */
export function RoleGate({ scope, access, children, otherwise = null }: GateProps) {
  return useCan(scope, access) ? children : otherwise
}

type ActionProps = Scoped & ButtonProps & ComponentProps<'button'>

/** A button that is switched off, with the reason, for those who may not use it. */
export function ActionButton({ scope, access, ...button }: ActionProps) {
  if (useCan(scope, access)) return <Button {...button} />
  return (
    <Tooltip label={whoMay(scope)} events={{ hover: true, focus: true, touch: true }}>
      {/* It can still be reached by keyboard, else nobody would hear the reason. */}
      <Button
        {...button}
        onClick={(event) => event.preventDefault()}
        type="button"
        data-disabled
        aria-disabled
      />
    </Tooltip>
  )
}

const holders: Readonly<Record<string, string>> = {
  'project:write': 'Team admins, managers and owners can do this.',
  'project:admin': 'Team admins, managers and owners can do this.',
  'team:write': 'Team admins, managers and owners can do this.',
  'team:admin': 'Team admins, managers and owners can do this.',
  'member:write': 'Managers and owners can do this.',
  'member:admin': 'Managers and owners can do this.',
  'org:write': 'Managers and owners can do this.',
  'org:admin': 'Only owners can do this.',
}

/** Who holds a scope, as a sentence. */
export function whoMay(scope: Scoped['scope']): string {
  const [first = ''] = [scope].flat()
  return holders[first] ?? 'Your role does not allow this.'
}
