/**
 * The official typed client, `@sentry/api`, through whole lives of what it manages. Each answer is also held
 * against the public document, and no operation that both the client and this server have is left out.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as sentry from '@sentry/api'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { absentText, publicSchema } from '../tests/http/public-schema.ts'
import { admin, type RunningServer, root, sendEvent, startServer, vedette } from './server.ts'

if (publicSchema === undefined) console.warn(absentText)

let server: RunningServer
/** Operations that have been called, as `METHOD /path/{with}/{names}/`. */
const called = new Set<string>()

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.close())

interface Key {
  readonly id: string
  readonly name: string
  readonly dsn: { readonly public: string }
}

test('an organization is changed and shows what it was told', async () => {
  const { slug } = await createOrganization('acme')
  const path = { organization_id_or_slug: slug }
  expect(await call(200, sentry.retrieveAnOrganization({ ...here(), path }))).toMatchObject({
    slug: 'acme',
    name: 'acme',
    status: { id: 'active' },
    teams: [{ slug: 'acme' }],
    projects: [],
    orgRole: 'owner',
  })
  const settings = {
    name: 'Acme Corporation',
    isEarlyAdopter: true,
    defaultRole: 'admin' as const,
    openMembership: false,
    eventsMemberAdmin: false,
    attachmentsRole: 'manager' as const,
    debugFilesRole: 'owner' as const,
    enhancedPrivacy: true,
    allowSharedIssues: false,
    allowJoinRequests: false,
    scrapeJavaScript: false,
    dataScrubber: true,
    dataScrubberDefaults: false,
    sensitiveFields: ['iban'],
    safeFields: ['article'],
    scrubIPAddresses: true,
    storeCrashReports: 5 as const,
  }
  const changed = await call(200, sentry.updateAnOrganization({ ...here(), path, body: settings }))
  expect(changed).toMatchObject(settings)
  expect(await call(200, sentry.retrieveAnOrganization({ ...here(), path }))).toMatchObject(settings)

  await call(200, sentry.updateAnOrganization({ ...here(), path, body: { slug: 'acme-corp' } }))
  const renamed = { organization_id_or_slug: 'acme-corp' }
  expect(await call(200, sentry.retrieveAnOrganization({ ...here(), path: renamed }))).toMatchObject(settings)
})

test('a team is made, found, renamed and removed', async () => {
  const { slug: organization } = await createOrganization('builders')
  const path = { organization_id_or_slug: organization }
  const body = { name: 'Power Rangers', slug: 'rangers' }
  const created = await call<{ id: string }>(201, sentry.createANewTeam({ ...here(), path, body }))
  expect(created).toMatchObject({ ...body, isMember: true, memberCount: 1 })
  const teams = [{ slug: 'builders' }, { slug: 'rangers' }]
  expect(await call(200, sentry.listAnOrganization_sTeams({ ...here(), path }))).toMatchObject(teams)
  expect(await call(200, sentry.listAUser_sTeamsForAnOrganization({ ...here(), path }))).toMatchObject(teams)

  const team = { ...path, team_id_or_slug: created.id }
  expect(await call(200, sentry.retrieveATeam({ ...here(), path: team }))).toMatchObject({
    ...body,
    organization: { slug: organization },
  })
  const renaming = { slug: 'green-rangers' }
  expect(await call(200, sentry.updateATeam({ ...here(), path: team, body: renaming }))).toMatchObject({
    id: created.id,
    ...renaming,
  })
  expect(await call(200, sentry.listATeam_sMembers({ ...here(), path: team }))).toMatchObject([
    { email: admin.email, teamSlug: 'green-rangers' },
  ])
  expect(await call(200, sentry.listATeam_sProjects({ ...here(), path: team }))).toEqual([])

  await call(204, sentry.deleteATeam({ ...here(), path: team }))
  expect(await refusal(404, sentry.retrieveATeam({ ...here(), path: team }))).toEqual({
    detail: 'The requested resource does not exist',
  })
  expect(await call(200, sentry.listAnOrganization_sTeams({ ...here(), path }))).toMatchObject([
    { slug: 'builders' },
  ])
})

test('a member is added, given roles and teams, and removed', async () => {
  const { slug: organization } = await createOrganization('crew')
  const email = 'newcomer@example.net'
  await vedette(server, 'user', 'create', '--email', email, '--password', 'a long pass phrase')
  const path = { organization_id_or_slug: organization }
  const body = { email, orgRole: 'member' as const, teamRoles: [] }
  const added = await call<{ id: string }>(201, sentry.addAMemberToAnOrganization({ ...here(), path, body }))
  expect(added).toMatchObject({ email, orgRole: 'member', pending: false })
  expect(await call(200, sentry.listAnOrganization_sMembers({ ...here(), path }))).toMatchObject([
    { email: admin.email, orgRole: 'owner' },
    { email, orgRole: 'member' },
  ])

  const member = { ...path, member_id: added.id }
  const manager = { orgRole: 'manager' } as const
  expect(
    await call(200, sentry.updateAnOrganizationMember_sRoles({ ...here(), path: member, body: manager })),
  ).toMatchObject({ email, orgRole: 'manager' })

  const seat = { ...member, team_id_or_slug: 'crew' }
  expect(await call(201, sentry.addAnOrganizationMemberToATeam({ ...here(), path: seat }))).toMatchObject({
    slug: 'crew',
  })
  expect(
    await call(
      200,
      sentry.updateAnOrganizationMember_sTeamRole({ ...here(), path: seat, body: { teamRole: 'admin' } }),
    ),
  ).toMatchObject({ teamRole: 'admin' })
  expect(await call(200, sentry.retrieveAnOrganizationMember({ ...here(), path: member }))).toMatchObject({
    email,
    orgRole: 'manager',
    teams: ['crew'],
    teamRoles: [{ teamSlug: 'crew', role: 'admin' }],
  })
  await call(200, sentry.deleteAnOrganizationMemberFromATeam({ ...here(), path: seat }))
  expect(await call(200, sentry.retrieveAnOrganizationMember({ ...here(), path: member }))).toMatchObject({
    teams: [],
  })

  await call(204, sentry.deleteAnOrganizationMember({ ...here(), path: member }))
  await refusal(404, sentry.retrieveAnOrganizationMember({ ...here(), path: member }))
})

test('a project is made, changed field by field, moved between teams and removed', async () => {
  const { slug: organization } = await createOrganization('shop')
  const path = { organization_id_or_slug: organization }
  const owner = { ...path, team_id_or_slug: 'shop' }
  const body = { name: 'Web Shop', slug: 'web', platform: 'javascript-react' }
  const created = await call<{ id: string }>(201, sentry.createANewProject({ ...here(), path: owner, body }))
  expect(created).toMatchObject(body)
  expect(await call(200, sentry.listAnOrganization_sProjects({ ...here(), path }))).toMatchObject([body])

  const project = { ...path, project_id_or_slug: 'web' }
  const settings = {
    isBookmarked: true,
    name: 'The Shop',
    platform: 'node-express',
    subjectPrefix: '[Shop]',
    subjectTemplate: '$shortID: $title',
    resolveAge: 720,
    highlightTags: ['basket', 'country'],
    highlightContext: { trace: ['trace_id'], user: ['id', 'email'] },
  }
  expect(await call(200, sentry.updateAProject({ ...here(), path: project, body: settings }))).toMatchObject(
    settings,
  )
  expect(await call(200, sentry.retrieveAProject({ ...here(), path: project }))).toMatchObject(settings)

  const renamed = { ...path, project_id_or_slug: 'the-shop' }
  await call(200, sentry.updateAProject({ ...here(), path: project, body: { slug: 'the-shop' } }))
  expect(await call(200, sentry.retrieveAProject({ ...here(), path: renamed }))).toMatchObject({
    id: created.id,
    ...settings,
  })
  // The old name leads to the new one, also for a client that never heard of the change.
  expect(await call(200, sentry.retrieveAProject({ ...here(), path: project }))).toMatchObject({
    id: created.id,
    slug: 'the-shop',
  })

  await call(201, sentry.createANewTeam({ ...here(), path, body: { slug: 'till' } }))
  const till = { ...renamed, team_id_or_slug: 'till' }
  expect(await call(201, sentry.addATeamToAProject({ ...here(), path: till }))).toMatchObject({
    teams: [{ slug: 'shop' }, { slug: 'till' }],
  })
  expect(await call(200, sentry.listAProject_sTeams({ ...here(), path: renamed }))).toMatchObject([
    { slug: 'shop' },
    { slug: 'till' },
  ])
  expect(
    await call(200, sentry.listAProject_sOrganizationMembers({ ...here(), path: renamed })),
  ).toMatchObject([{ email: admin.email }])
  const shop = { ...renamed, team_id_or_slug: 'shop' }
  expect(await call(200, sentry.deleteATeamFromAProject({ ...here(), path: shop }))).toMatchObject({
    teams: [{ slug: 'till' }],
  })

  await call(204, sentry.deleteAProject({ ...here(), path: renamed }))
  expect(await refusal(404, sentry.retrieveAProject({ ...here(), path: renamed }))).toEqual({
    detail: 'Project does not exist',
  })
  expect(await call(200, sentry.listAnOrganization_sProjects({ ...here(), path }))).toEqual([])
})

test('a client key is made, changed, replaced by another and removed', async () => {
  const { slug: organization } = await createOrganization('locks')
  const path = await createProject(organization, 'door')
  const list = () => call<Key[]>(200, sentry.listAProject_sClientKeys({ ...here(), path }))
  const [old] = await list()
  if (old === undefined) throw new Error('A new project has no key')
  expect(old).toMatchObject({ name: 'Default', isActive: true, rateLimit: null })

  const body = { name: 'Second', rateLimit: { count: 1000, window: 3600 } }
  const key = await call<Key>(201, sentry.createANewClientKey({ ...here(), path, body }))
  expect(key).toMatchObject({ ...body, isActive: true })
  const keyPath = { ...path, key_id: key.id }
  expect(await call(200, sentry.retrieveAClientKey({ ...here(), path: keyPath }))).toEqual(key)

  const settings = {
    name: 'Browser',
    isActive: true,
    rateLimit: { count: 5, window: 1 },
    browserSdkVersion: '7.x',
    dynamicSdkLoaderOptions: {
      hasReplay: false,
      hasPerformance: false,
      hasDebug: true,
      hasFeedback: true,
      hasLogsAndMetrics: true,
    },
  } as const
  const changed = await call(200, sentry.updateAClientKey({ ...here(), path: keyPath, body: settings }))
  expect(changed).toMatchObject(settings)
  expect(await call(200, sentry.retrieveAClientKey({ ...here(), path: keyPath }))).toEqual(changed)

  const oldPath = { ...path, key_id: old.id }
  await sendEvent(old.dsn.public, {})
  await call(200, sentry.updateAClientKey({ ...here(), path: oldPath, body: { isActive: false } }))
  await expect(sendEvent(old.dsn.public, {})).rejects.toThrow('403')
  await sendEvent(key.dsn.public, {})

  const organizationPath = { organization_id_or_slug: organization }
  const keysThatAre = (status: 'active' | 'inactive') =>
    call<Key[]>(
      200,
      sentry.listAnOrganization_sClientKeys({ ...here(), path: organizationPath, query: { status } }),
    )
  expect((await keysThatAre('active')).map(({ name }) => name)).toEqual(['Browser'])
  expect((await keysThatAre('inactive')).map(({ name }) => name)).toEqual(['Default'])

  await call(204, sentry.deleteAClientKey({ ...here(), path: oldPath }))
  expect(await list()).toMatchObject([{ id: key.id, ...settings }])
  await refusal(404, sentry.retrieveAClientKey({ ...here(), path: oldPath }))
})

test('every inbound filter is switched and shows how it stands', async () => {
  const path = await createProject((await createOrganization('sieve')).slug, 'sand')
  const list = () => call(200, sentry.listAProject_sDataFilters({ ...here(), path }))
  expect(await list()).toMatchObject([
    { id: 'browser-extensions', active: false },
    { id: 'filtered-transaction', active: true },
    { id: 'legacy-browsers', active: false },
    { id: 'localhost', active: false },
    { id: 'web-crawlers', active: false },
  ])
  const set = (filter_id: string, body: { active?: boolean; subfilters?: ('ie' | 'safari')[] }) =>
    call(204, sentry.updateAnInboundDataFilter({ ...here(), path: { ...path, filter_id }, body }))
  await set('browser-extensions', { active: true })
  await set('filtered-transaction', { active: false })
  await set('legacy-browsers', { subfilters: ['safari', 'ie'] })
  await set('localhost', { active: true })
  await set('web-crawlers', { active: true })
  expect(await list()).toMatchObject([
    { id: 'browser-extensions', active: true },
    { id: 'filtered-transaction', active: false },
    { id: 'legacy-browsers', active: ['ie', 'safari'] },
    { id: 'localhost', active: true },
    { id: 'web-crawlers', active: true },
  ])
})

test('environments come from events, and can be hidden', async () => {
  const { slug: organization } = await createOrganization('meadow')
  const path = await createProject(organization, 'grass')
  const dsn = await dsnOf(path)
  await sendEvent(dsn, { environment: 'production' })
  await sendEvent(dsn, { environment: 'staging' })
  const list = (visibility: 'all' | 'hidden' | 'visible') =>
    call<{ name: string }[]>(
      200,
      sentry.listAProject_sEnvironments({ ...here(), path, query: { visibility } }),
    )
  await soon(async () => {
    expect(await list('visible')).toMatchObject([
      { name: 'production', isHidden: false },
      { name: 'staging', isHidden: false },
    ])
  })
  const staging = { ...path, environment: 'staging' }
  const hidden = await call(
    200,
    sentry.updateAProjectEnvironment({ ...here(), path: staging, body: { isHidden: true } }),
  )
  expect(hidden).toMatchObject({ name: 'staging', isHidden: true })
  expect(await call(200, sentry.retrieveAProjectEnvironment({ ...here(), path: staging }))).toEqual(hidden)
  expect((await list('visible')).map(({ name }) => name)).toEqual(['production'])
  expect((await list('hidden')).map(({ name }) => name)).toEqual(['staging'])
  expect(
    await call(
      200,
      sentry.listAnOrganization_sEnvironments({
        ...here(),
        path: { organization_id_or_slug: organization },
      }),
    ),
  ).toMatchObject([{ name: 'production' }])
})

test('ownership rules are kept as they were written', async () => {
  const path = await createProject((await createOrganization('estate')).slug, 'land')
  const body = {
    raw: `path:src/*.ts #estate\nurl:*/checkout/* ${admin.email}`,
    fallthrough: false,
    autoAssignment: 'Turn off Auto-Assignment',
    codeownersAutoSync: false,
  }
  const update = sentry.updateOwnershipConfigurationForAProject({ ...here(), path, body })
  expect(await call(200, update, 202)).toMatchObject(body)
  expect(
    await call(200, sentry.retrieveOwnershipConfigurationForAProject({ ...here(), path })),
  ).toMatchObject(body)
})

test('spike protection is switched for some projects and for all', async () => {
  const { slug: organization } = await createOrganization('levee')
  const path = { organization_id_or_slug: organization }
  const projects = [await createProject(organization, 'north'), await createProject(organization, 'south')]
  const disabled = () =>
    Promise.all(
      projects.map(async (project) => {
        const { options } = await call<{ options: Record<string, unknown> }>(
          200,
          sentry.retrieveAProject({ ...here(), path: project }),
        )
        return options['quotas:spike-protection-disabled']
      }),
    )
  await call(200, sentry.disableSpikeProtection({ ...here(), path, body: { projects: ['$all'] } }))
  expect(await disabled()).toEqual([true, true])
  await call(201, sentry.enableSpikeProtection({ ...here(), path, body: { projects: ['south'] } }))
  expect(await disabled()).toEqual([true, false])
})

test('what was sent is counted', async () => {
  const path = await createProject((await createOrganization('abacus')).slug, 'beads')
  const dsn = await dsnOf(path)
  await sendEvent(dsn, { message: 'one' })
  await sendEvent(dsn, { message: 'two' })
  const now = Math.floor(Date.now() / 1000)
  const query = {
    stat: 'received',
    since: String(now - 3 * 3600),
    until: String(now),
    resolution: '1h',
  } as const
  await soon(async () => {
    const series = await call<[number, number][]>(
      200,
      sentry.retrieveEventCountsForAProject({ ...here(), path, query }),
    )
    expect(series).toHaveLength(4)
    expect(series.reduce((sum, [, count]) => sum + count, 0)).toBe(2)
  })

  const organization = { organization_id_or_slug: path.organization_id_or_slug }
  const usage = { field: 'sum(quantity)', statsPeriod: '3h', interval: '1h' } as const
  const grouped = { ...usage, groupBy: ['outcome' as const, 'category' as const] }
  expect(
    await call(
      200,
      sentry.retrieveEventCountsForAnOrganizationV2({ ...here(), path: organization, query: grouped }),
    ),
  ).toMatchObject({
    groups: [{ by: { outcome: 'accepted', category: 'error' }, totals: { 'sum(quantity)': 2 } }],
  })
  expect(
    await call(
      200,
      sentry.retrieveAnOrganization_sEventsCountByProject({ ...here(), path: organization, query: usage }),
    ),
  ).toMatchObject({
    projects: [
      {
        slug: 'beads',
        stats: [{ category: 'error', outcomes: { accepted: 2, filtered: 0 }, totals: { dropped: 0 } }],
      },
    ],
  })
})

test('stored events are listed and read', async () => {
  const path = await createProject((await createOrganization('archive')).slug, 'shelf')
  const event_id = '0f6c1d2e3b4a59687786958463524130'
  const event = { event_id, message: 'torn page', release: 'shelf@1.0', tags: { row: '7' } }
  await sendEvent(await dsnOf(path), event)
  await soon(async () => {
    expect(await call(200, sentry.listAProject_sErrorEvents({ ...here(), path }))).toMatchObject([
      { id: event_id, eventID: event_id, title: 'torn page', platform: 'node' },
    ])
  })
  expect(
    await call(200, sentry.retrieveAnEventForAProject({ ...here(), path: { ...path, event_id } })),
  ).toMatchObject({
    id: event_id,
    message: 'torn page',
    release: { version: 'shelf@1.0' },
    tags: expect.arrayContaining([{ key: 'row', value: '7' }]),
  })
})

test('a refusal is told apart field by field', async () => {
  const path = await createProject((await createOrganization('gate')).slug, 'keeper')
  const body = { name: 'x'.repeat(201), subjectTemplate: '' }
  expect(await refusal(400, sentry.updateAProject({ ...here(), path, body }))).toEqual({
    name: ['Ensure this field has no more than 200 characters.'],
    subjectTemplate: ['This field may not be blank.'],
  })
  const unknown = { ...here(), auth: `sntryu_${'0'.repeat(64)}`, path }
  expect(await refusal(401, sentry.retrieveAProject(unknown))).toEqual({ detail: 'Invalid token' })
})

test('every answered operation that the client has was called above', async () => {
  const ofClient = await operationsOfClient()
  const answered = operations.filter(({ answer }) => answer !== 'no').map(({ operation }) => operation)
  const expected = answered.filter((operation) => ofClient.has(operation))
  expect(expected.length).toBeGreaterThan(40)
  expect(expected.filter((operation) => !called.has(operation))).toEqual([])
})

interface Outcome {
  readonly data?: unknown
  readonly error?: unknown
  readonly request: Request
  readonly response: Response
}

/** Where to find the server, and who is calling. */
function here() {
  return { baseUrl: server.url, auth: admin.token }
}

/** What an operation answers that must succeed, held against the public document, which may name another status. */
async function call<T = unknown>(
  status: number,
  outcome: Promise<Outcome>,
  documentedStatus = status,
): Promise<T> {
  const { data, error, request, response } = await outcome
  const { pathname, search } = new URL(request.url)
  const title = `${request.method} ${pathname}`
  expect({ status: response.status, error }, title).toEqual({ status, error: undefined })
  const judged = { method: request.method, path: pathname + search, status: documentedStatus, body: data }
  expect(publicSchema?.problems(judged) ?? [], title).toEqual([])
  const name = operationOf(request.method, pathname)
  if (name !== undefined) called.add(name)
  return data as T
}

/** What an operation answers that must fail. */
async function refusal(status: number, outcome: Promise<Outcome>): Promise<unknown> {
  const { data, error, response } = await outcome
  expect({ status: response.status, data }).toEqual({ status, data: undefined })
  return error
}

/** With a team of the same name. The client has no operation for the first of the two. */
async function createOrganization(slug: string): Promise<{ slug: string }> {
  const response = await server.api('/organizations/', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: slug, slug }),
  })
  expect(response.status).toBe(201)
  const path = { organization_id_or_slug: slug }
  await call(201, sentry.createANewTeam({ ...here(), path, body: { slug } }))
  return { slug }
}

async function createProject(organization: string, slug: string) {
  const path = { organization_id_or_slug: organization, team_id_or_slug: organization }
  await call(201, sentry.createANewProject({ ...here(), path, body: { name: slug, slug } }))
  return { organization_id_or_slug: organization, project_id_or_slug: slug }
}

async function dsnOf(path: { organization_id_or_slug: string; project_id_or_slug: string }): Promise<string> {
  const [key] = await call<Key[]>(200, sentry.listAProject_sClientKeys({ ...here(), path }))
  return key?.dsn.public ?? ''
}

function soon(check: () => Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 1000, interval: 25 })
}

interface DocumentedOperation {
  readonly operation: string
  readonly answer: 'yes' | 'partly' | 'no'
}

const operations = JSON.parse(
  readFileSync(join(root, 'compat', 'operations.json'), 'utf8'),
) as DocumentedOperation[]

function operationOf(method: string, pathname: string): string | undefined {
  return operations
    .map(({ operation }) => operation)
    .find((operation) => {
      const [verb = '', template = ''] = operation.split(' ')
      return verb === method && new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname)
    })
}

/** Told by the requests that the functions of the client would send. */
async function operationsOfClient(): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  const note = async (request: Request) => {
    found.add(`${request.method} ${decodeURIComponent(new URL(request.url).pathname)}`)
    return Response.json({})
  }
  for (const operation of Object.values(sentry)) {
    await (operation as (options: object) => Promise<unknown>)({
      baseUrl: server.url,
      path: {},
      fetch: note,
    })
  }
  return found
}
