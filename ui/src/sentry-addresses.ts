/** Where pages of Sentry's are found here: links in bookmarks, and those that its tools print or open. */

interface Address {
  readonly from: string
  readonly to: (params: Readonly<Record<string, string>>) => {
    readonly to: string
    readonly params?: Readonly<Record<string, string>>
    readonly search?: Readonly<Record<string, string>>
  }
}

const ofProject = (to: string): Address['to'] => {
  return ({ org = '', project = '' }) => ({ to, params: { project }, search: { org } })
}
const ofOrganization = (to: string): Address['to'] => {
  return ({ org = '' }) => ({ to, search: { org } })
}

export const sentryAddresses: readonly Address[] = [
  { from: '/auth/login', to: () => ({ to: '/sign-in' }) },
  { from: '/organizations/$org', to: ofOrganization('/') },
  { from: '/organizations/$org/issues', to: ofOrganization('/') },
  { from: '/organizations/$org/projects', to: ofOrganization('/') },
  { from: '/organizations/$org/stats', to: ofOrganization('/usage') },
  { from: '/organizations/$org/projects/$project', to: ofProject('/projects/$project') },
  {
    from: '/organizations/$org/projects/$project/getting-started',
    to: ofProject('/projects/$project/setup'),
  },
  {
    from: '/organizations/$org/projects/$project/events/$event',
    to: ({ org = '', project = '', event = '' }) => ({
      to: '/projects/$project/events/$event',
      params: { project, event },
      search: { org },
    }),
  },
  { from: '/settings/account/api/auth-tokens', to: () => ({ to: '/account' }) },
  { from: '/settings/account/details', to: () => ({ to: '/account' }) },
  { from: '/settings/$org', to: ofOrganization('/settings/organization') },
  { from: '/settings/$org/members', to: ofOrganization('/settings/members') },
  { from: '/settings/$org/teams', to: ofOrganization('/settings/teams') },
  { from: '/settings/$org/audit-log', to: ofOrganization('/settings/audit') },
  { from: '/settings/$org/auth-tokens', to: ofOrganization('/settings/tokens') },
  { from: '/settings/$org/projects/$project', to: ofProject('/projects/$project/settings') },
  { from: '/settings/$org/projects/$project/keys', to: ofProject('/projects/$project/keys') },
  {
    from: '/settings/$org/projects/$project/filters/data-filters',
    to: ofProject('/projects/$project/filters'),
  },
]
