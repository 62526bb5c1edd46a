/** A project with its whole configuration, and the lists in which projects appear. */
import { afterAll, describe, expect, test } from 'vitest'
import { newKey } from '../../src/protocol/ids.ts'
import { setProjectOptions } from '../../src/store/project-options.ts'
import { DAY, HOUR, MINUTE } from '../../src/time.ts'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  count,
  enrol,
  type Founded,
  firstKeyOf,
  flush,
  found,
  openInstallation,
  sessionOf,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Listed {
  readonly id: string
  readonly slug: string
}

const at = ({ organization }: Founded) => `/projects/${organization.slug}/web/`

/** What every shape of a new project has. */
const base = {
  name: 'Web',
  slug: 'web',
  platform: null,
  dateCreated: '2026-01-05T09:30:00Z',
  isBookmarked: false,
  isMember: true,
  features: expect.arrayContaining(['custom-inbound-filters', 'rate-limits']),
  firstEvent: null,
  firstTransactionEvent: false,
  access: expect.arrayContaining(['project:read', 'project:write', 'project:admin']),
  hasAccess: true,
  hasMinifiedStackTrace: false,
  hasMonitors: false,
  hasProfiles: false,
  hasReplays: false,
  hasFeedbacks: false,
  hasFlags: false,
  hasNewFeedbacks: false,
  hasSessions: false,
  hasInsightsHttp: false,
  hasInsightsDb: false,
  hasInsightsAssets: false,
  hasInsightsAppStart: false,
  hasInsightsScreenLoad: false,
  hasInsightsVitals: false,
  hasInsightsCaches: false,
  hasInsightsQueues: false,
  hasInsightsAgentMonitoring: false,
  hasInsightsMCP: false,
  hasLogs: true,
  hasTraceMetrics: true,
}

/** What the fuller shapes add, and the documentation of older servers showed everywhere. */
const own = {
  isInternal: false,
  isPublic: false,
  avatar: { avatarType: 'letter_avatar', avatarUuid: null },
  color: expect.stringMatching(/^#[0-9a-f]{6}$/),
  status: 'active',
}

/** Defaults of a new project. Source: web API, detailed project. */
const configuration = {
  latestRelease: null,
  digestsMinDelay: 300,
  digestsMaxDelay: 1800,
  subjectPrefix: '[Sentry]',
  subjectTemplate: '$shortID - $title',
  allowedDomains: ['*'],
  resolveAge: 0,
  dataScrubber: true,
  dataScrubberDefaults: true,
  safeFields: [],
  sensitiveFields: [],
  storeCrashReports: null,
  securityToken: expect.stringMatching(/^[0-9a-f]{32}$/),
  securityTokenHeader: null,
  verifySSL: false,
  scrubIPAddresses: false,
  scrapeJavaScript: true,
  highlightTags: ['handled', 'level', 'url'],
  highlightContext: { trace: ['trace_id'] },
  highlightPreset: { tags: ['handled', 'level', 'url'], context: { trace: ['trace_id'] } },
  groupingConfig: 'newstyle:2023-01-11',
  groupingEnhancements: '',
  derivedGroupingEnhancements: '',
  secondaryGroupingExpiry: 0,
  secondaryGroupingConfig: null,
  fingerprintingRules: '',
  plugins: [],
  platforms: [],
  processingIssues: 0,
  defaultEnvironment: null,
  relayPiiConfig: null,
  builtinSymbolSources: ['ios', 'microsoft', 'android', 'nuget'],
  symbolSources: '[]',
  dynamicSamplingBiases: null,
  isDynamicallySampled: false,
  autofixAutomationTuning: 'off',
  seerScannerAutomation: true,
  debugFilesRole: null,
  options: {
    'sentry:csp_ignored_sources_defaults': true,
    'sentry:csp_ignored_sources': '',
    'filters:blacklisted_ips': '',
    'filters:react-hydration-errors': true,
    'filters:chunk-load-error': true,
    'filters:releases': '',
    'filters:error_messages': '',
    'filters:log_messages': '',
    'filters:trace_metric_names': '',
    'feedback:branding': true,
    'sentry:feedback_user_report_notifications': true,
    'sentry:feedback_ai_spam_detection': true,
    'sentry:replay_rage_click_issues': true,
    'sentry:replay_hydration_error_issues': true,
    'sentry:toolbar_allowed_origins': '',
    // Infrastructure tools read a boolean here.
    'quotas:spike-protection-disabled': false,
  },
}

/** Newest servers only; nobody relies on their values. */
const newest = {
  enableAutoReleaseCreation: expect.any(Boolean),
  scmSourceContextEnabled: expect.any(Boolean),
  seerNightshiftTweaks: null,
  tempestFetchScreenshots: expect.any(Boolean),
}

const summary = {
  platforms: [],
  hasUserReports: false,
  environments: [],
  latestRelease: null,
  latestDeploys: null,
}

const shortOrganization = ({ organization }: Founded) =>
  expect.objectContaining({
    id: String(organization.id),
    slug: organization.slug,
    status: { id: 'active', name: 'active' },
    features: expect.any(Array),
    links: expect.any(Object),
  })

const teamRef = ({ team }: Founded) => ({ id: String(team.id), slug: 'crew', name: 'Crew' })

async function store(place: Founded, options: Readonly<Record<string, unknown>>): Promise<void> {
  await vedette.write((tx) => setProjectOptions(tx, { projectId: place.project.id, options }))
}

describe('a project', () => {
  test('that is new has every documented field at its default', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.get(at(place), place.owner.caller)
    expect(status).toBe(200)
    expect(body).toEqual({
      ...base,
      ...own,
      ...configuration,
      ...newest,
      id: String(place.project.id),
      team: teamRef(place),
      teams: [teamRef(place)],
      organization: shortOrganization(place),
    })
  })

  test('reads as the older documentation shows it', async () => {
    const place = await found(vedette, { platform: 'python' })
    const { body } = await vedette.get(at(place), place.owner.caller)
    expect(body).toMatchObject({
      id: String(place.project.id),
      slug: 'web',
      name: 'Web',
      platform: 'python',
      dateCreated: expect.stringMatching(/Z$/),
      isBookmarked: false,
      isMember: true,
      hasAccess: true,
      firstEvent: null,
      status: 'active',
      isPublic: false,
      isInternal: false,
      color: expect.any(String),
      avatar: { avatarType: 'letter_avatar', avatarUuid: null },
      features: expect.any(Array),
      options: expect.any(Object),
      digestsMinDelay: 300,
      digestsMaxDelay: 1800,
      organization: { slug: place.organization.slug },
      team: { slug: 'crew' },
      teams: [{ slug: 'crew' }],
    })
  })

  test('keeps its security token from one reading to the next', async () => {
    const place = await found(vedette)
    const read = async () =>
      (await vedette.get<{ securityToken: string }>(at(place), place.owner.caller)).body.securityToken
    expect(await read()).toBe(await read())
    const other = await found(vedette)
    const { body } = await vedette.get<{ securityToken: string }>(at(other), other.owner.caller)
    expect(body.securityToken).not.toBe(await read())
  })

  test('keeps its colour, which comes from the slug alone', async () => {
    const [one, other] = [await found(vedette), await found(vedette)]
    const colorOf = async (place: Founded) =>
      (await vedette.get<{ color: string }>(at(place), place.owner.caller)).body.color
    expect(await colorOf(one)).toBe(await colorOf(other))
  })

  test('without teams has no `team`', async () => {
    const { organization, owner } = await found(vedette)
    await addProject(vedette, organization, { slug: 'orphan' })
    const { body } = await vedette.get(`/projects/${organization.slug}/orphan/`, owner.caller)
    expect(body).toMatchObject({ teams: [], isMember: false, hasAccess: true, access: [] })
    expect(body).not.toHaveProperty('team')
  })

  test('with several teams names the first as `team`', async () => {
    const { organization, owner, team } = await found(vedette)
    const second = await addTeam(vedette, organization, 'abc')
    await addProject(vedette, organization, { slug: 'shared', teams: [second, team] })
    const { body } = await vedette.get(`/projects/${organization.slug}/shared/`, owner.caller)
    expect(body).toMatchObject({ team: { slug: 'crew' }, teams: [{ slug: 'crew' }, { slug: 'abc' }] })
  })

  test('shows access through the caller’s team roles, within their token', async () => {
    const { organization, team } = await found(vedette)
    const path = `/projects/${organization.slug}/web/`
    const ada = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    const session = await vedette.get(path, await sessionOf(vedette, ada))
    expect(session.body).toMatchObject({
      isMember: true,
      access: [
        'alerts:read',
        'event:read',
        'event:write',
        'member:read',
        'org:read',
        'project:read',
        'project:releases',
        'team:read',
      ],
    })
    const token = await tokenOf(vedette, ada, ['project:read', 'project:write', 'email'])
    expect((await vedette.get(path, token)).body).toMatchObject({ access: ['project:read'] })
    const other = await addPerson(vedette, { organization })
    expect((await vedette.get(path, other.caller)).body).toMatchObject({ isMember: false, access: [] })
  })

  test('is bookmarked by each person for themselves', async () => {
    const place = await found(vedette)
    const ada = await addPerson(vedette, { organization: place.organization })
    await vedette.write((tx) =>
      tx
        .insertInto('project_bookmark')
        .values({ project_id: place.project.id, user_id: ada.userId })
        .execute(),
    )
    const bookmarkedBy = async (caller: Founded['owner']['caller']) =>
      (await vedette.get<{ isBookmarked: boolean }>(at(place), caller)).body.isBookmarked
    expect(await bookmarkedBy(ada.caller)).toBe(true)
    expect(await bookmarkedBy(place.owner.caller)).toBe(false)
    const key = await apiKeyOf(vedette, place.organization, ['project:read'])
    expect(await bookmarkedBy(key)).toBe(false)
  })

  test.each<[string, Record<string, boolean>]>([
    ['event:transaction', { firstTransactionEvent: true }],
    ['item:check_in', { hasMonitors: true }],
    ['item:profile', { hasProfiles: true }],
    ['item:profile_chunk', { hasProfiles: true }],
    ['item:replay_event', { hasReplays: true }],
    ['item:session', { hasSessions: true }],
    ['item:sessions', { hasSessions: true }],
    ['event:feedback', { hasFeedbacks: true, hasNewFeedbacks: true }],
    ['item:user_report', { hasFeedbacks: true }],
  ])('remembers that it has seen %s', async (what, flags) => {
    const place = await found(vedette)
    flush(vedette, (tx) => tx.noteSeen(place.project.id, what, startAt))
    const { body } = await vedette.get(at(place), place.owner.caller)
    const names = Object.keys(base).filter((name) => /^has[A-Z]|^first/.test(name)) as (keyof typeof base)[]
    const expected = Object.fromEntries(names.map((name) => [name, base[name]]))
    expect(body).toMatchObject({ ...expected, ...flags })
  })

  test('shows its first event, platforms, and latest release', async () => {
    const place = await found(vedette)
    const { id } = place.project
    flush(vedette, (tx) => {
      tx.noteFirstEvent(id, startAt + 1)
      tx.noteFirstEvent(id, startAt + 2)
      tx.noteSeen(id, 'platform:python', startAt)
      tx.noteSeen(id, 'platform:javascript', startAt)
      tx.noteRelease(id, 'web@1.0', startAt)
      tx.noteRelease(id, 'web@1.1', startAt)
    })
    const { body } = await vedette.get(at(place), place.owner.caller)
    expect(body).toMatchObject({
      firstEvent: '2026-01-05T09:30:00.001000Z',
      platforms: ['javascript', 'python'],
      latestRelease: { version: 'web@1.1' },
      features: expect.arrayContaining(['releases']),
    })
  })

  test('does not check a platform that events or older servers gave it', async () => {
    const place = await found(vedette, { platform: 'vintage-fortran' })
    const { body } = await vedette.get(at(place), place.owner.caller)
    expect(body).toMatchObject({ platform: 'vintage-fortran' })
  })

  test.each(['apple-ios', 'android', 'flutter', 'react-native'])(
    'of the mobile platform %s highlights what matters there',
    async (platform) => {
      const place = await found(vedette, { platform })
      const { body } = await vedette.get(at(place), place.owner.caller)
      const preset = {
        tags: ['handled', 'level', 'mobile', 'main_thread'],
        context: { trace: ['trace_id'], profile: ['profile_id'], app: ['name'] },
      }
      expect(body).toMatchObject({
        highlightTags: preset.tags,
        highlightContext: preset.context,
        highlightPreset: preset,
      })
    },
  )

  test('keeps highlights that were cleared', async () => {
    const place = await found(vedette)
    await store(place, { 'sentry:highlight_tags': [], 'sentry:highlight_context': {} })
    const { body } = await vedette.get<Record<string, unknown>>(at(place), place.owner.caller)
    expect({ tags: body.highlightTags, context: body.highlightContext }).toEqual({ tags: [], context: {} })
    expect(body.highlightPreset).toEqual(configuration.highlightPreset)
  })

  test('shows what is stored, lists inside `options` as lines', async () => {
    const place = await found(vedette)
    await store(place, {
      'sentry:origins': ['https://a.example', '*.b.example'],
      'sentry:resolve_age': 12,
      'sentry:token': '',
      'sentry:token_header': 'X-Token',
      'sentry:store_crash_reports': -1,
      'sentry:default_environment': 'production',
      'mail:subject_prefix': '',
      'digests:mail:minimum_delay': 60,
      'sentry:blacklisted_ips': ['10.0.0.1', '10.0.0.0/8'],
      'sentry:releases': ['1.*', '2.0'],
      'sentry:error_messages': ['TypeError*'],
      'sentry:csp_ignored_sources': ['a.example', 'b.example'],
      'filters:react-hydration-errors': '0',
      'filters:chunk-load-error': '1',
      'quotas:spike-protection-disabled': true,
    })
    const { body } = await vedette.get(at(place), place.owner.caller)
    expect(body).toMatchObject({
      allowedDomains: ['https://a.example', '*.b.example'],
      resolveAge: 12,
      securityToken: '',
      securityTokenHeader: 'X-Token',
      storeCrashReports: -1,
      defaultEnvironment: 'production',
      subjectPrefix: '',
      digestsMinDelay: 60,
      digestsMaxDelay: 1800,
      options: {
        ...configuration.options,
        'filters:blacklisted_ips': '10.0.0.1\n10.0.0.0/8',
        'filters:releases': '1.*\n2.0',
        'filters:error_messages': 'TypeError*',
        'sentry:csp_ignored_sources': 'a.example\nb.example',
        'filters:react-hydration-errors': false,
        'filters:chunk-load-error': true,
        'quotas:spike-protection-disabled': true,
      },
    })
  })

  test.each([
    [true, -1],
    [false, 0],
    [20, 20],
  ])('shows stored crash reports of %j as %j', async (stored, shown) => {
    const place = await found(vedette)
    await store(place, { 'sentry:store_crash_reports': stored })
    const { body } = await vedette.get(at(place), place.owner.caller)
    expect(body).toMatchObject({ storeCrashReports: shown })
  })

  test('never shows the secrets of its symbol sources', async () => {
    const place = await found(vedette)
    const source = { id: 'mine', type: 'http', url: 'https://s.example', username: 'ada' }
    await store(place, { 'sentry:symbol_sources': JSON.stringify([{ ...source, password: 'swordfish' }]) })
    const { text, body } = await vedette.get<{ symbolSources: string }>(at(place), place.owner.caller)
    expect(text).not.toContain('swordfish')
    expect(JSON.parse(body.symbolSources)).toEqual([{ ...source, password: { 'hidden-secret': true } }])
  })

  test('counts its unresolved issues when asked', async () => {
    const place = await found(vedette)
    for (const include of ['stats', 'other,stats']) {
      const { body } = await vedette.get(`${at(place)}?include=${include}`, place.owner.caller)
      expect(body).toMatchObject({ stats: { unresolved: 0 } })
    }
    const { body } = await vedette.get(`${at(place)}?include=other`, place.owner.caller)
    expect(body).not.toHaveProperty('stats')
  })

  test('says whether alerts are integrated when asked', async () => {
    const place = await found(vedette)
    const { body } = await vedette.get(
      `${at(place)}?expand=unknown&expand=hasAlertIntegration`,
      place.owner.caller,
    )
    expect(body).toMatchObject({ hasAlertIntegrationInstalled: false })
  })

  test('may be read by superusers wherever it is', async () => {
    const place = await found(vedette)
    const admin = await addPerson(vedette, { isSuperuser: true })
    expect((await vedette.get(at(place), admin.caller)).status).toBe(200)
  })
})

describe('the caller’s projects', () => {
  test('are those of their teams, with the organization of each', async () => {
    const place = await found(vedette)
    const { organization, owner, project } = place
    await addProject(vedette, organization, { slug: 'of-nobody' })
    const { body } = await vedette.get('/projects/', owner.caller)
    expect(body).toEqual([
      {
        ...base,
        ...own,
        id: String(project.id),
        team: teamRef(place),
        teams: [teamRef(place)],
        organization: shortOrganization(place),
      },
    ])
  })

  test('begin with the newest, across organizations', async () => {
    await using own = await openInstallation()
    const ada = await addPerson(own)
    for (const slug of ['first', 'second', 'third']) {
      own.clock.advance(1)
      const { organization, team } = await found(own, { slug })
      await enrol(own, ada, { organization, teams: { [team.id]: 'contributor' } })
    }
    const { body } = await own.get<{ organization: Listed }[]>('/projects/', ada.caller)
    expect(body.map(({ organization }) => organization.slug)).toEqual(['third', 'second', 'first'])
    const first = body[2]?.organization.id
    const only = await own.get<{ organization: Listed }[]>(`/projects/?organizationId=${first}`, ada.caller)
    expect(only.body.map(({ organization }) => organization.slug)).toEqual(['first'])
  })

  test('of an API key are all of its organization, and of no other', async () => {
    const { organization } = await found(vedette)
    const other = await found(vedette)
    await addProject(vedette, organization, { slug: 'of-nobody' })
    const key = await apiKeyOf(vedette, organization, ['project:read'])
    const slugs = async (path: string) =>
      (await vedette.get<Listed[]>(path, key)).body.map(({ slug }) => slug).sort()
    expect(await slugs('/projects/')).toEqual(['of-nobody', 'web'])
    expect(await slugs(`/projects/?organizationId=${other.organization.id}`)).toEqual([])
  })

  test('of a superuser are their own, unless they ask for all', async () => {
    await using own = await openInstallation()
    const { owner } = await found(own)
    await found(own)
    const admin = await addPerson(own, { isSuperuser: true })
    const number = async (path: string, { caller }: typeof admin) =>
      (await own.get<Listed[]>(path, caller)).body.length
    expect(await number('/projects/', admin)).toBe(0)
    expect(await number('/projects/?show=all', admin)).toBe(2)
    expect(await number('/projects/?show=all', owner)).toBe(1)
  })

  test('are narrowed by status', async () => {
    const { organization, owner, team } = await found(vedette)
    const gone = await addProject(vedette, organization, { slug: 'gone', teams: [team] })
    await vedette.write((tx) =>
      tx.updateTable('project').set({ status: 'pending_deletion' }).where('id', '=', gone.id).execute(),
    )
    const list = async (query: string) =>
      (await vedette.get<{ slug: string; status: string }[]>(`/projects/${query}`, owner.caller)).body
        .map(({ slug, status }) => `${slug} ${status}`)
        .sort()
    expect(await list('')).toEqual(['web active'])
    expect(await list('?status=active')).toEqual(['web active'])
    expect(await list('?status=deleted')).toEqual(['gone deleted'])
    expect(await list('?status=nonsense')).toEqual([])
    expect(await list('?status=')).toEqual(['gone deleted', 'web active'])
  })

  test('are narrowed by their query', async () => {
    const { organization, owner, team, project, key } = await found(vedette)
    const api = await addProject(vedette, organization, { slug: 'api', name: 'Public API', teams: [team] })
    flush(vedette, (tx) => tx.noteSeen(api.id, 'platform:go', startAt))
    const apiKey = await firstKeyOf(vedette, api)
    const expected: Readonly<Record<string, readonly string[]>> = {
      '': ['api', 'web'],
      'slug:WEB': ['web'],
      'slug:we': [],
      'name:"public api"': ['api'],
      'name:Public': [],
      'platform:go': ['api'],
      'platform:rust': [],
      [`dsn:${key.publicKey}`]: ['web'],
      [`dsn:${apiKey.publicKey} dsn:${key.publicKey}`]: ['api', 'web'],
      [`dsn:${newKey()}`]: [],
      [`id:${project.id}`]: ['web'],
      [`id:${project.id} id:${api.id}`]: ['api', 'web'],
      'PUBLIC a': ['api'],
      eb: ['web'],
      'colour:red': [],
    }
    const answers = await Promise.all(
      Object.keys(expected).map(async (query) => {
        const path = `/projects/?query=${encodeURIComponent(query)}`
        const { body } = await vedette.get<Listed[]>(path, owner.caller)
        return [query, body.map(({ slug }) => slug).sort()]
      }),
    )
    expect(Object.fromEntries(answers)).toEqual(expected)
  })

  test('are not searched for an id that is no number', async () => {
    const { owner } = await found(vedette)
    const { status, body } = await vedette.get('/projects/?query=id:abc', owner.caller)
    expect({ status, body }).toEqual({ status: 400, body: { detail: expect.any(String) } })
  })
})

describe('an organization’s projects', () => {
  const list = ({ organization }: Founded, query = '') =>
    `/organizations/${organization.slug}/projects/${query}`

  test('are all of them, in the short shape', async () => {
    const place = await found(vedette)
    const ada = await addPerson(vedette, { organization: place.organization })
    const { body } = await vedette.get(list(place), ada.caller)
    expect(body).toEqual([
      {
        ...base,
        ...own,
        ...summary,
        id: String(place.project.id),
        isMember: false,
        access: [],
        team: teamRef(place),
        teams: [teamRef(place)],
      },
    ])
  })

  test('without teams have null as `team`', async () => {
    const { organization, owner } = await found(vedette)
    await addProject(vedette, organization, { slug: 'orphan' })
    const { body } = await vedette.get(`/organizations/${organization.slug}/projects/`, owner.caller)
    expect(body).toMatchObject([{ slug: 'orphan', team: null, teams: [] }, { slug: 'web' }])
  })

  test('show what was seen in them', async () => {
    const place = await found(vedette)
    const { id } = place.project
    flush(vedette, (tx) => {
      tx.noteSeen(id, 'platform:python', startAt)
      tx.noteSeen(id, 'item:user_report', startAt)
      tx.noteRelease(id, 'web@1.0', startAt)
      for (const name of ['staging', 'production', 'hidden', '']) tx.noteEnvironment(id, name, startAt)
    })
    await vedette.write((tx) =>
      tx
        .updateTable('environment')
        .set({ is_hidden: 1 })
        .where('project_id', '=', id)
        .where('name', '=', 'hidden')
        .execute(),
    )
    const { body } = await vedette.get(list(place, '?collapse=latestDeploys'), place.owner.caller)
    expect(body).toMatchObject([
      {
        platforms: ['python'],
        hasUserReports: true,
        environments: ['production', 'staging'],
        latestRelease: { version: 'web@1.0' },
      },
    ])
    expect(body).toEqual([expect.not.objectContaining({ latestDeploys: null })])
  })

  test('begin with the caller’s bookmarks across pages, then go by slug', async () => {
    const place = await found(vedette)
    const { organization, owner } = place
    const ada = await addPerson(vedette, { organization })
    for (const slug of ['api', 'mobile', 'zeta']) {
      const { id } = await addProject(vedette, organization, { slug })
      const user_id = slug === 'zeta' ? owner.userId : ada.userId
      if (slug !== 'api') {
        await vedette.write((tx) =>
          tx.insertInto('project_bookmark').values({ project_id: id, user_id }).execute(),
        )
      }
    }
    const slugs = async (query: string) =>
      (await vedette.get<Listed[]>(list(place, query), owner.caller)).body.map(({ slug }) => slug)
    expect(await slugs('')).toEqual(['zeta', 'api', 'mobile', 'web'])
    expect(await slugs('?per_page=2')).toEqual(['zeta', 'api'])
    expect(await slugs('?per_page=2&cursor=2:1:0')).toEqual(['mobile', 'web'])
    expect(await slugs('?all_projects=1')).toEqual(['api', 'mobile', 'web', 'zeta'])
  })

  test('come whole with all_projects=1, without pages and series', async () => {
    const place = await found(vedette)
    for (const slug of ['api', 'mobile']) await addProject(vedette, place.organization, { slug })
    const { body, headers } = await vedette.get<Listed[]>(
      list(place, '?all_projects=1&per_page=1&statsPeriod=24h'),
      place.owner.caller,
    )
    expect(body.map(({ slug }) => slug)).toEqual(['api', 'mobile', 'web'])
    expect(headers.link).toBeUndefined()
    expect(body[0]).not.toHaveProperty('stats')
  })

  test('leave out what is being deleted', async () => {
    const place = await found(vedette)
    await vedette.write((tx) =>
      tx
        .updateTable('project')
        .set({ status: 'pending_deletion' })
        .where('id', '=', place.project.id)
        .execute(),
    )
    for (const query of ['', '?all_projects=1']) {
      expect((await vedette.get(list(place, query), place.owner.caller)).body).toEqual([])
    }
  })

  test('are narrowed by their query', async () => {
    const place = await found(vedette)
    const { organization, owner, project, team } = place
    const other = await addTeam(vedette, organization, 'other')
    const api = await addProject(vedette, organization, { slug: 'api', name: 'Public API', teams: [other] })
    await addProject(vedette, organization, { slug: 'both', teams: [team, other] })
    await addProject(vedette, organization, { slug: 'neither' })
    const expected: Readonly<Record<string, readonly string[]>> = {
      [`id:${project.id} id:${api.id}`]: ['api', 'web'],
      'slug:api slug:web': ['api', 'web'],
      'team:crew': ['both', 'web'],
      'team:crew team:other': ['api', 'both', 'web'],
      'team:no-such': [],
      '!team:crew': ['api', 'neither'],
      'team:other !team:crew': ['api'],
      'is_member:1': ['both', 'web'],
      'is_member:anything': ['both', 'web'],
      'BLIC a': ['api'],
      'e team:crew': ['web'],
      'colour:red': [],
    }
    const answers = await Promise.all(
      Object.keys(expected).map(async (query) => {
        const path = list(place, `?query=${encodeURIComponent(query)}`)
        const { body } = await vedette.get<Listed[]>(path, owner.caller)
        return [query, body.map(({ slug }) => slug)]
      }),
    )
    expect(Object.fromEntries(answers)).toEqual(expected)
  })

  test('are refused with bad parameters in a shape of their own', async () => {
    const place = await found(vedette)
    const parameter = (message: string) => ({ error: { params: { stats_period: { message } } } })
    const expected = {
      '?query=id:abc': parameter("All 'id' values must be integers."),
      '?statsPeriod=48h': parameter(
        "Invalid stats_period. Valid choices are '', '1h', '24h', '7d', '14d', '30d', and '90d'",
      ),
      '?dataset=nonsense': { detail: 'dataset must be one of: , discover, metricsEnhanced, metrics' },
    }
    for (const [query, body] of Object.entries(expected)) {
      expect(await vedette.get(list(place, query), place.owner.caller)).toMatchObject({ status: 400, body })
    }
    for (const dataset of ['', 'discover', 'metricsEnhanced', 'metrics']) {
      expect((await vedette.get(list(place, `?dataset=${dataset}`), place.owner.caller)).status).toBe(200)
    }
  })

  test.each([
    ['1h', 60, MINUTE],
    ['24h', 24, HOUR],
    ['7d', 7, DAY],
    ['14d', 14, DAY],
    ['30d', 30, DAY],
    ['90d', 90, DAY],
  ])('carry series for statsPeriod=%s', async (period, points, step) => {
    const place = await found(vedette)
    const { project } = place
    const now = startAt / 1000
    const newest = (startAt - (startAt % step)) / 1000
    const oldest = newest - ((points - 1) * step) / 1000
    count(
      vedette,
      { project, at: now, outcome: 'accepted', quantity: 3 },
      { project, at: oldest, outcome: 'accepted', quantity: 2 },
      { project, at: now, outcome: 'filtered', reason: 'localhost', quantity: 50 },
      { project, at: now, outcome: 'accepted', category: 'transaction', quantity: 7 },
    )
    const { body } = await vedette.get<Record<'stats' | 'transactionStats', [number, number][]>[]>(
      list(place, `?statsPeriod=${period}&transactionStats=1&sessionStats=1`),
      place.owner.caller,
    )
    const { stats, transactionStats } = body[0] ?? { stats: [], transactionStats: [] }
    expect(stats.length).toBe(points)
    expect([stats[0], stats.at(-1)]).toEqual([
      [oldest, 2],
      [newest, 3],
    ])
    expect(stats.slice(1, -1).every(([, n]) => n === 0)).toBe(true)
    expect(transactionStats.at(-1)).toEqual([newest, 7])
    expect(body).toMatchObject([
      { sessionStats: { currentCrashFreeRate: null, previousCrashFreeRate: null, hasHealthData: false } },
    ])
  })

  test('carry no series without a period, or without access', async () => {
    const place = await found(vedette, { options: { openMembership: false } })
    const ada = await addPerson(vedette, { organization: place.organization })
    const keys = async (query: string, caller: Founded['owner']['caller']) =>
      Object.keys((await vedette.get<object[]>(list(place, query), caller)).body[0] ?? {})
    const all = '&transactionStats=1&sessionStats=1'
    const names = ['stats', 'transactionStats', 'sessionStats']
    expect(await keys(`?statsPeriod=24h${all}`, place.owner.caller)).toEqual(expect.arrayContaining(names))
    for (const missing of [
      await keys(`?statsPeriod=${all}`, place.owner.caller),
      await keys(`?statsPeriod=24h${all}`, ada.caller),
    ]) {
      expect(names.filter((name) => missing.includes(name))).toEqual([])
    }
  })

  test('show stored options that were asked for and may be seen', async () => {
    const place = await found(vedette)
    const { organization, owner } = place
    await addProject(vedette, organization, { slug: 'plain' })
    await store(place, {
      'sentry:origins': ['https://a.example'],
      'quotas:spike-protection-disabled': true,
      'internal:secret': 'swordfish',
    })
    const query =
      '?options=sentry:origins&options=quotas:spike-protection-disabled&options=internal:secret&options=sentry:resolve_age'
    const { body } = await vedette.get<Record<string, unknown>[]>(list(place, query), owner.caller)
    expect(body.map(({ slug, options }) => [slug, options])).toEqual([
      ['plain', undefined],
      ['web', { 'sentry:origins': ['https://a.example'], 'quotas:spike-protection-disabled': true }],
    ])
  })

  test('may be listed with an API key', async () => {
    const place = await found(vedette)
    const key = await apiKeyOf(vedette, place.organization, ['org:read'])
    const { status, body } = await vedette.get(list(place), key)
    expect({ status, body }).toMatchObject({ status: 200, body: [{ slug: 'web', hasAccess: true }] })
  })

  test('are counted', async () => {
    const { organization, owner } = await found(vedette)
    await addProject(vedette, organization, { slug: 'of-nobody' })
    const path = `/organizations/${organization.slug}/projects-count/`
    expect((await vedette.get(path, owner.caller)).body).toEqual({ allProjects: 2, myProjects: 1 })
  })
})

describe('a team’s projects', () => {
  test('are exactly its own, in the short shape, by slug', async () => {
    const place = await found(vedette)
    const { organization, owner, team } = place
    const other = await addTeam(vedette, organization, 'other')
    await addProject(vedette, organization, { slug: 'api', teams: [team, other] })
    await addProject(vedette, organization, { slug: 'foreign', teams: [other] })
    const gone = await addProject(vedette, organization, { slug: 'gone', teams: [team] })
    await vedette.write((tx) =>
      tx.updateTable('project').set({ status: 'pending_deletion' }).where('id', '=', gone.id).execute(),
    )
    const { body } = await vedette.get<Listed[]>(`/teams/${organization.slug}/crew/projects/`, owner.caller)
    expect(body.map(({ slug }) => slug)).toEqual(['api', 'web'])
    expect(body[1]).toEqual({
      ...base,
      ...own,
      ...summary,
      id: String(place.project.id),
      team: teamRef(place),
      teams: [teamRef(place)],
    })
  })

  test('carry series for three periods', async () => {
    const { organization, owner, project } = await found(vedette)
    count(vedette, { project, at: startAt / 1000, outcome: 'accepted', quantity: 3 })
    const path = `/teams/${organization.slug}/crew/projects/`
    for (const [period, points] of [
      ['24h', 24],
      ['14d', 14],
      ['30d', 30],
    ] as const) {
      const { body } = await vedette.get<{ stats: [number, number][] }[]>(
        `${path}?statsPeriod=${period}`,
        owner.caller,
      )
      const { stats = [] } = body[0] ?? {}
      expect({ points: stats.length, last: stats.at(-1)?.[1] }).toEqual({ points, last: 3 })
    }
    const { status, body } = await vedette.get(`${path}?statsPeriod=7d`, owner.caller)
    const message = "Invalid stats_period. Valid choices are '', '24h', '14d', and '30d'"
    expect({ status, body }).toEqual({
      status: 400,
      body: { error: { params: { stats_period: { message } } } },
    })
  })
})
