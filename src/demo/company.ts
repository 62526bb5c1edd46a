/** Who works at Acme, and in which teams. */
import type { OrganizationRole, TeamRole } from '../protocol/scopes.ts'

export interface DemoPerson {
  /** Before the @ of their address. */
  readonly id: string
  readonly name: string
  readonly role: OrganizationRole
  /** Slugs of teams → what they are in them. */
  readonly teams: Readonly<Record<string, TeamRole>>
  /** An invitation that nobody has taken up. */
  readonly isInvited?: true
}

export const teams: Readonly<Record<string, string>> = {
  web: 'Web',
  payments: 'Payments',
  mobile: 'Mobile',
  search: 'Search',
}

/** The first founds the organization. */
export const people: readonly DemoPerson[] = [
  { id: 'ada', name: 'Ada Lindqvist', role: 'owner', teams: { web: 'admin', payments: 'admin' } },
  { id: 'mateo', name: 'Mateo Rivas', role: 'manager', teams: { payments: 'contributor' } },
  { id: 'noor', name: 'Noor Haddad', role: 'admin', teams: { mobile: 'admin' } },
  { id: 'kofi', name: 'Kofi Mensah', role: 'member', teams: { web: 'admin', search: 'contributor' } },
  { id: 'yuki', name: 'Yuki Tanabe', role: 'member', teams: { mobile: 'contributor' } },
  { id: 'petra', name: 'Petra Novak', role: 'member', teams: { search: 'admin' } },
  { id: 'sam', name: 'Sam Whitlock', role: 'member', teams: { payments: 'contributor' } },
  { id: 'ines', name: 'Ines Duarte', role: 'member', teams: { web: 'contributor' }, isInvited: true },
]
