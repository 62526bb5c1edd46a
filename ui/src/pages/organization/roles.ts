/** Roles in words. */

/** By id; from the least to the most. */
export const organizationRoles: readonly {
  readonly id: string
  readonly name: string
  readonly may: string
}[] = [
  {
    id: 'member',
    name: 'Member',
    may: 'Sees projects and their numbers, and works with events of their teams.',
  },
  { id: 'admin', name: 'Admin', may: 'A member who also leads the teams they are in. No longer given.' },
  {
    id: 'manager',
    name: 'Manager',
    may: 'Reaches every team and project, adds people, changes settings and reads the audit log.',
  },
  { id: 'owner', name: 'Owner', may: 'Everything, also what cannot be undone.' },
]

/** The sentence of a role; empty for one without words. */
export function roleMay(id: string): string {
  return organizationRoles.find((role) => role.id === id)?.may ?? ''
}

export function roleName(id: string): string {
  return organizationRoles.find((role) => role.id === id)?.name ?? id
}

export const teamRoles: readonly { readonly id: string; readonly name: string }[] = [
  { id: 'contributor', name: 'Contributor' },
  { id: 'admin', name: 'Team admin' },
]
