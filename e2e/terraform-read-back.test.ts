/**
 * The requests of the Terraform provider, one by one: what was planned must be what every later read shows, or
 * each `terraform plan` reports a difference. Paths name projects by slug and by number, as the provider does.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from './server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.close())

type Json = Readonly<Record<string, unknown>>

interface Key extends Json {
  readonly id: string
  readonly name: string
  readonly dsn: Readonly<Record<string, string>>
}

const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)

test.each(['/internal/health/', '/internal/health'])(
  'the start: GET %s is 200 for every token, whatever it may do, and for none',
  async (path) => {
    const tokens = '/organizations/default/org-auth-tokens/'
    const { token } = await send<{ token: string }>('POST', tokens, 201, { name: 'apply' })
    expect((await server.api(path)).status).toBe(200)
    const headers = { authorization: `Bearer ${token}` }
    expect((await server.api(path, { headers })).status).toBe(200)
    expect((await fetch(`${server.url}/api/0${path}`)).status).toBe(200)
  },
)

test('the organization has the lists of roles', async () => {
  const { orgRoleList, teamRoleList } = await server.get<{ orgRoleList: Json[]; teamRoleList: Json[] }>(
    '/organizations/default/',
  )
  const role = { id: expect.any(String), name: expect.any(String), desc: expect.any(String) }
  const flags = { scopes: expect.any(Array), isAllowed: expect.any(Boolean), isRetired: expect.any(Boolean) }
  for (const item of orgRoleList) {
    expect(item).toMatchObject({ ...role, ...flags, isGlobal: expect.any(Boolean) })
    expect(item).toHaveProperty('minimumTeamRole')
  }
  for (const item of teamRoleList) {
    expect(item).toMatchObject({ ...role, ...flags })
    expect(item).toHaveProperty('isMinimumRoleFor')
  }
  expect(orgRoleList.map(({ id }) => id)).toEqual(['member', 'admin', 'manager', 'owner'])
  expect(teamRoleList.map(({ id }) => id)).toEqual(['contributor', 'admin'])
})

/** What a project resource can say, as the provider sends it. */
const planned = {
  name: 'Web Shop',
  slug: 'web-shop',
  platform: 'javascript-react',
  digestsMinDelay: 60,
  digestsMaxDelay: 3600,
  resolveAge: 720,
  fingerprintingRules: 'error.type:TypeError -> type-error, {{ transaction }}\nmessage:"Lost *" -> lost',
  groupingEnhancements: 'stack.module:vendor.* -group\npath:**/node_modules/** -app',
  allowedDomains: ['https://shop.example.net', '*.example.org', 'http://localhost:3000'],
  scrapeJavaScript: false,
  securityToken: 'c2VjcmV0LXRva2Vu',
  securityTokenHeader: 'X-Shop-Token',
  verifySSL: true,
  subjectTemplate: '$shortID - $title',
  highlightTags: ['release', 'basket.size'],
} as const

const plannedFilters = {
  'filters:blacklisted_ips': '127.0.0.1\n10.0.0.0/8\n2001:db8::/32',
  'filters:releases': 'Shop@1.*\n[!3].[0-9].*',
  'filters:error_messages': 'TypeError*\n*: integer division or modulo by zero',
}

test('a project reads back every field of its creation and of its update', async () => {
  const { name, slug, platform } = planned
  const created = await send('POST', '/teams/default/default/projects/', 201, {
    name,
    slug,
    platform,
    default_rules: false,
  })
  expect(created).toMatchObject({ name, slug, platform })

  const body = { ...planned, options: plannedFilters }
  const updated = await send('PUT', '/projects/default/web-shop/', 200, body)
  expect(updated).toMatchObject(body)
  const read = await server.get<Json>('/projects/default/web-shop/')
  expect(read).toEqual(updated)
  expect(await server.get(`/projects/default/${created.id}/`)).toEqual(updated)

  // A second apply of the same plan changes nothing.
  expect(await send('PUT', '/projects/default/web-shop/', 200, body)).toEqual(updated)
})

test.each(Object.entries({ ...planned, slug: 'renamed-alone', name: 'Renamed alone' }))(
  'an update of %s alone changes nothing else',
  async (field, value) => {
    const { slug } = await server.createProject(`alone-${field.toLowerCase()}`)
    const before = await server.get<Json>(`/projects/default/${slug}/`)
    const after = await send('PUT', `/projects/default/${slug}/`, 200, { [field]: value })
    // The colour follows the slug.
    expect(after).toEqual({ ...before, [field]: value, ...(field === 'slug' && { color: after.color }) })
    expect(await server.get(`/projects/default/${after.slug}/`)).toEqual(after)
  },
)

test.each(Object.entries(plannedFilters))('the filter %s is set and emptied alone', async (option, value) => {
  const slug = `option-${option.split(':')[1]?.replaceAll('_', '-')}`
  await server.createProject(slug)
  const path = `/projects/default/${slug}/`
  const { options: before } = await server.get<{ options: Json }>(path)
  expect(before[option]).toBe('')
  for (const text of [value, '']) {
    const { options } = await send('PUT', path, 200, { options: { [option]: text } })
    expect(options).toEqual({ ...before, [option]: text })
    expect((await server.get<{ options: Json }>(path)).options).toEqual(options)
  }
})

test('rules that end in a line break, as heredocs do, read back line by line', async () => {
  const { slug } = await server.createProject('heredoc')
  const rules = {
    fingerprintingRules: 'message:lost -> lost',
    groupingEnhancements: 'path:**/vendor/** -app',
  }
  const body = Object.fromEntries(Object.entries(rules).map(([field, text]) => [field, `${text}\n`]))
  const updated = await send('PUT', `/projects/default/${slug}/`, 200, body)
  for (const [field, text] of Object.entries(rules)) expect(String(updated[field]).trim()).toBe(text)
  expect(await server.get(`/projects/default/${slug}/`)).toEqual(updated)
})

test('what a plan sets back is empty again', async () => {
  await server.createProject('set-back')
  const path = '/projects/default/set-back/'
  await send('PUT', path, 200, { ...planned, slug: 'set-back' })
  const back = {
    resolveAge: 0,
    fingerprintingRules: '',
    groupingEnhancements: '',
    allowedDomains: ['*'],
    scrapeJavaScript: true,
    securityToken: '',
    securityTokenHeader: '',
    verifySSL: false,
    highlightTags: [],
  }
  const updated = await send('PUT', path, 200, back)
  expect(updated).toMatchObject(back)
  expect(await server.get(path)).toEqual(updated)
})

test('a project that nobody configured decodes: nothing is null that must not be', async () => {
  const { slug } = await server.createProject('plain')
  expect(await server.get(`/projects/default/${slug}/`)).toMatchObject({
    id: expect.any(String),
    slug,
    name: slug,
    platform: null,
    dateCreated: iso,
    organization: { id: expect.any(String), slug: 'default', name: 'Default', dateCreated: iso },
    teams: [{ id: expect.any(String), slug: 'default', name: 'Default' }],
    features: expect.any(Array),
    color: expect.stringMatching(/^#[0-9a-f]{6}$/),
    isPublic: false,
    digestsMinDelay: expect.any(Number),
    digestsMaxDelay: expect.any(Number),
    resolveAge: 0,
    fingerprintingRules: '',
    groupingEnhancements: '',
    allowedDomains: ['*'],
    scrapeJavaScript: true,
    subjectTemplate: expect.any(String),
    securityToken: expect.any(String),
    securityTokenHeader: null,
    verifySSL: false,
    highlightTags: expect.any(Array),
    options: {
      'filters:blacklisted_ips': '',
      'filters:releases': '',
      'filters:error_messages': '',
      'quotas:spike-protection-disabled': false,
    },
  })
})

test('the default key is removed by its name, under the number of the project', async () => {
  const { id, slug } = await server.createProject('keyless')
  const [key] = await keysOf(slug)
  expect(key?.name).toBe('Default')
  await send('DELETE', `/projects/default/${id}/keys/${key?.id}/`, 204)
  expect(await keysOf(slug)).toEqual([])
  await send('DELETE', `/projects/default/${id}/keys/${key?.id}/`, 404)
})

test('the teams of a project follow the plan', async () => {
  const { slug } = await server.createProject('shared')
  for (const team of ['one', 'two']) {
    await send('POST', '/organizations/default/teams/', 201, { slug: team })
    await send('POST', `/projects/default/${slug}/teams/${team}/`, 201)
  }
  const teams = async () =>
    (await server.get<{ teams: { slug: string }[] }>(`/projects/default/${slug}/`)).teams.map(
      (team) => team.slug,
    )
  expect((await teams()).toSorted()).toEqual(['default', 'one', 'two'])
  await send('DELETE', `/projects/default/${slug}/teams/default/`, 200)
  expect((await teams()).toSorted()).toEqual(['one', 'two'])
})

test('a team reads back its name and slug, and is gone after its end', async () => {
  const team = await send('POST', '/organizations/default/teams/', 201, { name: 'Blue', slug: 'blue' })
  expect(await server.get('/teams/default/blue/')).toMatchObject({ id: team.id, name: 'Blue', slug: 'blue' })
  await send('PUT', '/teams/default/blue/', 200, { name: 'Navy', slug: 'navy' })
  expect(await server.get('/teams/default/navy/')).toMatchObject({ id: team.id, name: 'Navy', slug: 'navy' })
  await send('DELETE', '/teams/default/navy/', 204)
  await send('GET', '/teams/default/navy/', 404)
  await send('DELETE', '/teams/default/navy/', 404)
})

test('a destroyed project is gone, and its slug is free for the next', async () => {
  const { id, slug } = await server.createProject('short-lived')
  await send('DELETE', `/projects/default/${slug}/`, 204)
  for (const path of [slug, id]) await send('GET', `/projects/default/${path}/`, 404)
  await send('DELETE', `/projects/default/${slug}/`, 404)
  const next = await send('POST', '/teams/default/default/projects/', 201, { name: slug, slug })
  expect(next).toMatchObject({ slug })
})

test('a key without settings reads back the defaults that the provider expects', async () => {
  const { id, slug } = await server.createProject('defaults')
  const key = await send<Key>('POST', `/projects/default/${slug}/keys/`, 201, { name: 'Plain' })
  expect(key).toMatchObject({
    id: key.public,
    name: 'Plain',
    label: 'Plain',
    public: expect.stringMatching(/^[0-9a-f]{32}$/),
    secret: expect.stringMatching(/^[0-9a-f]{32}$/),
    projectId: id,
    isActive: true,
    rateLimit: null,
    browserSdkVersion: expect.stringMatching(/^\d+\.x$/),
    dateCreated: iso,
    dynamicSdkLoaderOptions: { hasReplay: true, hasPerformance: true, hasDebug: false },
  })
  for (const [name, dsn] of Object.entries(key.dsn)) expect(dsn, name).toMatch(/^http:\/\/.+/)
  expect(Object.keys(key.dsn)).toEqual(
    expect.arrayContaining([
      'public',
      'secret',
      'csp',
      'security',
      'minidump',
      'nel',
      'unreal',
      'cdn',
      'crons',
    ]),
  )
  expect(await server.get(`/projects/default/${id}/keys/${key.id}/`)).toEqual(key)
})

test.each([
  ['a rate limit', { rateLimit: { count: 1000, window: 86_400 } }],
  ['a window of one second', { rateLimit: { count: 2, window: 1 } }],
  ['a window of three seconds', { rateLimit: { count: 4, window: 3 } }],
  [
    'loader settings',
    {
      browserSdkVersion: '7.x',
      dynamicSdkLoaderOptions: { hasReplay: false, hasPerformance: false, hasDebug: true },
    },
  ],
])('a key takes %s at its creation', async (title, settings) => {
  const slug = title.replaceAll(' ', '-')
  await server.createProject(slug)
  const body = { name: 'Configured', ...settings }
  const key = await send<Key>('POST', `/projects/default/${slug}/keys/`, 201, body)
  expect(key).toMatchObject(body)
  expect(await server.get(`/projects/default/${slug}/keys/${key.id}/`)).toEqual(key)
})

test('a renamed key keeps everything else', async () => {
  const { id, slug } = await server.createProject('renamed-key')
  const settings = {
    rateLimit: { count: 10, window: 60 },
    browserSdkVersion: '7.x',
    dynamicSdkLoaderOptions: { hasReplay: false, hasPerformance: true, hasDebug: true },
  }
  const key = await send<Key>('POST', `/projects/default/${slug}/keys/`, 201, { name: 'Before', ...settings })
  const renamed = await send('PUT', `/projects/default/${id}/keys/${key.id}/`, 200, { name: 'After' })
  expect(renamed).toEqual({ ...key, name: 'After', label: 'After' })
  expect(await server.get(`/projects/default/${slug}/keys/${key.id}/`)).toEqual(renamed)
})

test.each([
  ['other numbers', { count: 5, window: 3 }, { count: 5, window: 3 }],
  ['null', null, null],
  ['zeros', { count: 0, window: 0 }, null],
])('a rate limit changes to %s and reads back', async (title, sent, shown) => {
  const slug = `limit-${title.replaceAll(' ', '-')}`
  await server.createProject(slug)
  const path = `/projects/default/${slug}/keys/`
  const rateLimit = { count: 100, window: 60 }
  const key = await send<Key>('POST', path, 201, { name: 'Limited', rateLimit })
  const changed = await send('PUT', `${path}${key.id}/`, 200, { name: 'Limited', rateLimit: sent })
  expect(changed).toEqual({ ...key, rateLimit: shown })
  expect(await server.get(`${path}${key.id}/`)).toEqual(changed)
})

test('zeros at the creation of a key mean no limit', async () => {
  const { slug } = await server.createProject('zeros-at-creation')
  const body = { name: 'Unlimited', rateLimit: { count: 0, window: 0 } }
  const key = await send<Key>('POST', `/projects/default/${slug}/keys/`, 201, body)
  expect(key).toMatchObject({ name: 'Unlimited', rateLimit: null })
})

test('a missing key is 404 for reads, changes and removal', async () => {
  const { slug } = await server.createProject('missing-key')
  const path = `/projects/default/${slug}/keys/${'0'.repeat(32)}/`
  await send('GET', path, 404)
  await send('PUT', path, 404, { name: 'Nobody' })
  await send('DELETE', path, 404)
})

test('keys are listed page by page and by their state', async () => {
  const { slug } = await server.createProject('many-keys')
  const path = `/projects/default/${slug}/keys/`
  const names = ['Default']
  for (let index = 0; index < 12; index += 1) {
    const { id } = await send<Key>('POST', path, 201, { name: `Key ${index}` })
    names.unshift(`Key ${index}`)
    if (index % 4 === 0) await send('PUT', `${path}${id}/`, 200, { name: `Key ${index}`, isActive: false })
  }
  expect(await namesByPages(path)).toEqual(names)
  const inactive = ['Key 8', 'Key 4', 'Key 0']
  expect(await namesByPages(`${path}?status=inactive`)).toEqual(inactive)
  expect(await namesByPages(`${path}?status=active`)).toEqual(
    names.filter((name) => !inactive.includes(name)),
  )
})

test.each([
  ['browser-extensions', { active: true }, true],
  ['browser-extensions', { active: false }, false],
  ['filtered-transaction', { active: false }, false],
  ['filtered-transaction', { active: true }, true],
  ['localhost', { active: true }, true],
  ['web-crawlers', { active: true }, true],
  ['legacy-browsers', { active: true }, true],
  ['legacy-browsers', { active: false }, false],
  ['legacy-browsers', { subfilters: ['ie', 'android'] }, ['android', 'ie']],
  ['legacy-browsers', { subfilters: ['ie9', 'opera_pre_15'] }, ['ie9', 'opera_pre_15']],
  ['legacy-browsers', { subfilters: [] }, false],
])('the inbound filter %s with %j reads back as %j', async (id, body, active) => {
  const { slug } = await server.createProject(`filter-${crypto.randomUUID()}`)
  const path = `/projects/default/${slug}/filters/`
  const before = await server.get<{ id: string; active: unknown }[]>(path)
  await send('PUT', `${path}${id}/`, 204, body)
  const after = await server.get<{ id: string; active: unknown }[]>(path)
  expect(after).toEqual(before.map((filter) => (filter.id === id ? { ...filter, active } : filter)))
})

test('spike protection reads back in the project and in the list of projects', async () => {
  const option = 'quotas:spike-protection-disabled'
  const { id, slug } = await server.createProject('spiky')
  const path = '/organizations/default/spike-protections/'
  const states = async () => {
    const { options } = await server.get<{ options: Json }>(`/projects/default/${id}/`)
    const list = await server.get<{ slug: string; options?: Json }[]>(
      `/organizations/default/projects/?options=${encodeURIComponent(option)}`,
    )
    return [options[option], list.find((project) => project.slug === slug)?.options?.[option]]
  }
  await send('DELETE', path, 200, { projects: [slug] })
  expect(await states()).toEqual([true, true])
  await send('POST', path, 201, { projects: [slug] })
  expect(await states()).toEqual([false, false])
  await send('DELETE', path, 200, { projects: ['$all'] })
  expect(await states()).toEqual([true, true])
})

async function send<T = Json>(method: string, path: string, status: number, body?: unknown): Promise<T> {
  const response = await server.api(path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const text = await response.text()
  expect(response.status, `${method} ${path}: ${text}`).toBe(status)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

function keysOf(slug: string): Promise<Key[]> {
  return server.get(`/projects/default/${slug}/keys/`)
}

/** Follows `rel="next"` until it has no results, as the provider does. */
async function namesByPages(path: string): Promise<string[]> {
  const names: string[] = []
  let cursor: string | undefined = ''
  while (cursor !== undefined) {
    const response = await server.api(`${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`)
    names.push(...((await response.json()) as Key[]).map(({ name }) => name))
    const link: string = response.headers.get('link') ?? ''
    cursor = /rel="next"; results="true"; cursor="([^"]+)"/.exec(link)?.[1]
  }
  return names
}
