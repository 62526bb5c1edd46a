/**
 * The pages and their addresses, listed by hand. Each page is loaded when it is first gone to. What stands behind
 * the question mark is read by `search.ts` beside the page; whatever that does not know is dropped.
 *
 * Pages do not import this file: they link with `<Link to="/projects/$project/keys" params={{ project }}>` and read
 * with `useParams` and `useSearch`, which are typed by the registration at the end.
 */
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent as lazy,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { basePath } from './api/client.ts'
import { organizationQuery, organizationsQuery } from './api/organizations.ts'
import { sessionQuery } from './api/session.ts'
import { readEventsSearch } from './pages/events/search.ts'
import { FailedPage, NotFoundPage } from './pages/not-found/not-found.tsx'
import { readAuditSearch, readMembersSearch, readUsageSearch } from './pages/organization/search.ts'
import { readOverviewSearch } from './pages/overview/search.ts'
import { readProjectsSearch } from './pages/projects/search.ts'
import { readSetupSearch } from './pages/setup/search.ts'
import { chosenOrganization } from './parts/organization.ts'
import { sentryAddresses } from './sentry-addresses.ts'
import { parseSearch, searchPlace, searchText, stringifySearch } from './words/search.ts'

interface Context {
  readonly client: QueryClient
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: FailedPage,
})

/** Errors: a redirect to the sign-in, which leads back. */
async function requireSession({ client }: Context, place: string): Promise<void> {
  const { user } = await client.ensureQueryData({ ...sessionQuery, revalidateIfStale: true })
  if (user === null) throw redirect({ to: '/sign-in', search: { next: place === '/' ? undefined : place } })
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({
    next: searchPlace(search, 'next'),
  }),
  component: lazy(() => import('./pages/sign-in/sign-in.tsx'), 'SignInPage'),
})

/** For people with and without an account. */
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/accept/$member/$token',
  component: lazy(() => import('./pages/invitation/invitation.tsx'), 'InvitationPage'),
})

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  beforeLoad: ({ context, location }) => requireSession(context, location.href),
  component: lazy(() => import('./pages/welcome/welcome.tsx'), 'WelcomePage'),
})

/** Everything within the frame: somebody is signed in and belongs to an organization. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  validateSearch: (search: Record<string, unknown>): { org?: string } => ({ org: searchText(search, 'org') }),
  search: { middlewares: [retainSearchParams(['org'])] },
  beforeLoad: ({ context, location }) => requireSession(context, location.href),
  loaderDeps: ({ search }) => ({ org: search.org }),
  loader: async ({ context: { client }, deps: { org } }) => {
    const all = await client.ensureQueryData({ ...organizationsQuery, revalidateIfStale: true })
    const chosen = chosenOrganization(all, org)
    if (chosen === undefined) throw redirect({ to: '/welcome' })
    await client.ensureQueryData({ ...organizationQuery(chosen.slug), revalidateIfStale: true })
  },
  component: lazy(() => import('./frame/frame.tsx'), 'Frame'),
})

const projects = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  validateSearch: readProjectsSearch,
  component: lazy(() => import('./pages/projects/projects.tsx'), 'ProjectsPage'),
})

const newProject = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/new',
  component: lazy(() => import('./pages/new-project/new-project.tsx'), 'NewProjectPage'),
})

const overview = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$project',
  validateSearch: readOverviewSearch,
  component: lazy(() => import('./pages/overview/overview.tsx'), 'OverviewPage'),
})

const setup = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$project/setup',
  validateSearch: readSetupSearch,
  component: lazy(() => import('./pages/setup/setup.tsx'), 'SetupPage'),
})

const events = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$project/events',
  validateSearch: readEventsSearch,
  component: lazy(() => import('./pages/events/events.tsx'), 'EventsPage'),
})

const event = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$project/events/$event',
  component: lazy(() => import('./pages/event/event.tsx'), 'EventPage'),
})

const keys = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$project/keys',
  component: lazy(() => import('./pages/keys/keys.tsx'), 'KeysPage'),
})

const filters = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$project/filters',
  component: lazy(() => import('./pages/filters/filters.tsx'), 'FiltersPage'),
})

const projectSettings = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$project/settings',
  component: lazy(() => import('./pages/project-settings/project-settings.tsx'), 'ProjectSettingsPage'),
})

const usage = createRoute({
  getParentRoute: () => signedIn,
  path: '/usage',
  validateSearch: readUsageSearch,
  component: lazy(() => import('./pages/organization/usage.tsx'), 'UsagePage'),
})

const general = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings/organization',
  component: lazy(() => import('./pages/organization/general.tsx'), 'GeneralPage'),
})

const members = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings/members',
  validateSearch: readMembersSearch,
  component: lazy(() => import('./pages/organization/members.tsx'), 'MembersPage'),
})

const teams = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings/teams',
  component: lazy(() => import('./pages/organization/teams.tsx'), 'TeamsPage'),
})

const tokens = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings/tokens',
  component: lazy(() => import('./pages/organization/tokens.tsx'), 'TokensPage'),
})

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings/audit',
  validateSearch: readAuditSearch,
  component: lazy(() => import('./pages/organization/audit.tsx'), 'AuditPage'),
})

const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  component: lazy(() => import('./pages/account/account.tsx'), 'AccountPage'),
})

/** With the frame around it, for those who are signed in. */
const notFound = createRoute({ getParentRoute: () => signedIn, path: '$', component: NotFoundPage })

/** Nothing here links to them, so they need no types. */
const moved = sentryAddresses.map(({ from, to }) =>
  createRoute({
    getParentRoute: () => root,
    path: from,
    beforeLoad: ({ params }) => {
      throw redirect({ ...to(params), replace: true })
    },
  }),
) as unknown as []

const tree = root.addChildren([
  ...moved,
  signIn,
  invitation,
  welcome,
  signedIn.addChildren([
    projects,
    newProject,
    overview,
    setup,
    events,
    event,
    keys,
    filters,
    projectSettings,
    usage,
    general,
    members,
    teams,
    tokens,
    audit,
    account,
    notFound,
  ]),
])

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    basepath: basePath === '' ? '/' : basePath,
    trailingSlash: 'preserve',
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: 'intent',
    // What a page needs is known to the query client, which decides what is stale.
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: FailedPage,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
