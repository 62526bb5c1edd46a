/** Changing a project: who may, what follows from it, and what is recorded. */
import { afterAll, describe, expect, test } from 'vitest'
import { saveOwnership } from '../../src/store/ownership.ts'
import { projectOptions, setProjectOptions } from '../../src/store/project-options.ts'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Caller,
  type Founded,
  flush,
  found,
  openInstallation,
  sessionOf,
  setOrganizationOptions,
  startAt,
  tokenOf,
} from './installation.ts'
import { auditTrail, recorded } from './recorded-changes.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Detail {
  readonly options: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

const at = ({ organization }: Founded, project = 'web') => `/projects/${organization.slug}/${project}/`

function put(place: Founded, body: unknown, caller: Caller = place.owner.caller) {
  return vedette.put<Detail>(at(place), caller, body)
}

async function get(place: Founded, project = 'web'): Promise<Detail> {
  return (await vedette.get<Detail>(at(place, project), place.owner.caller)).body
}

async function optionsOf({ project }: Founded) {
  return (await projectOptions(vedette.app.db.read, [project.id])).get(project.id) ?? {}
}

const isBad = { bool: 'Must be a valid boolean.' }

describe('the slug of a project', () => {
  test('leads to its new address once it has changed', async () => {
    const place = await found(vedette)
    const { caller } = place.owner
    const org = place.organization.slug
    expect((await put(place, { slug: 'shop' })).body).toMatchObject({
      slug: 'shop',
      id: String(place.project.id),
    })
    const old = await vedette.get(`${at(place)}?include=stats`, caller)
    const url = `/api/0/projects/${org}/shop/?include=stats`
    expect([old.status, old.headers.location, old.body]).toEqual([
      302,
      url,
      {
        slug: 'shop',
        detail: { code: 'resource-moved', message: 'Resource has been moved', extra: { url, slug: 'shop' } },
      },
    ])
    // Whoever has no business there is not told.
    const stranger = await addPerson(vedette)
    expect((await vedette.get(at(place), stranger.caller)).status).toBe(403)
    // A new project by the old name wins.
    await addProject(vedette, place.organization, { slug: 'web', name: 'Second' })
    expect(await get(place)).toMatchObject({ name: 'Second' })
  })

  test('leads to the project that had it last', async () => {
    const place = await found(vedette)
    const { caller } = place.owner
    await put(place, { slug: 'first' })
    await addProject(vedette, place.organization, { slug: 'web' })
    await put(place, { slug: 'second' })
    expect((await vedette.get(at(place), caller)).headers.location).toMatch(/\/second\/$/)
  })

  test('may be what it is already, and may be taken in another organization', async () => {
    const [place, other] = [await found(vedette), await found(vedette)]
    await addProject(vedette, other.organization, { slug: 'shop' })
    expect((await put(place, { slug: 'web' })).status).toBe(200)
    expect((await put(place, { slug: 'shop' })).status).toBe(200)
  })
})

describe('a caller who only reads the project', () => {
  async function reader(place: Founded): Promise<readonly Caller[]> {
    const { organization, team } = place
    const member = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    const session = await sessionOf(vedette, member)
    return [member.caller, session, await tokenOf(vedette, place.owner, ['project:read'])]
  }

  test.each([
    { isBookmarked: true },
    { autofixAutomationTuning: 'high' },
    { seerScannerAutomation: false },
    { preprodSizeStatusChecksEnabled: true, preprodSizeStatusChecksRules: [{ id: 'a' }] },
    { preprodSizeEnabledQuery: 'x', preprodDistributionEnabledByCustomer: true },
  ])('may set %j', async (sent) => {
    const place = await found(vedette)
    for (const caller of await reader(place)) {
      const { status, body } = await put(place, sent, caller)
      expect({ status, body }).toMatchObject({ status: 200, body: sent })
    }
  })

  test.each([
    { platform: 'python' },
    { isBookmarked: true, slug: 'shop' },
    { isBookmarked: true, options: { 'filters:releases': '1.*' } },
    { isBookmarked: true, verifySSL: 'false' },
    { copy_from_project: 1 },
    { symbolSources: '[]' },
    { team: 'crew' },
    { isBookmarked: 'false' },
    { dynamicSamplingBiases: [{}] },
  ])('may not set %j, nor anything with it', async (sent) => {
    const place = await found(vedette)
    for (const caller of await reader(place)) {
      const before = (await vedette.get(at(place), caller)).body
      const { status, body } = await put(place, sent, caller)
      expect({ status, body }).toEqual({
        status: 403,
        body: { detail: 'You do not have permission to perform this action.' },
      })
      expect((await vedette.get(at(place), caller)).body).toEqual(before)
    }
    expect(await recorded(vedette, place.organization)).toEqual([])
  })

  test('changes nothing by fields that say nothing', async () => {
    const place = await found(vedette)
    const sent = {
      verifySSL: false,
      resolveAge: 0,
      name: '',
      platform: null,
      allowedDomains: [],
      options: {},
      highlightContext: {},
      unknown: 'x',
    }
    for (const caller of await reader(place)) {
      const before = (await vedette.get(at(place), caller)).body
      expect(await put(place, sent, caller)).toMatchObject({ status: 200, body: before })
    }
  })

  test('is told of bad values first', async () => {
    const place = await found(vedette)
    for (const caller of await reader(place)) {
      const { status, body } = await put(place, { isBookmarked: 'perhaps', platform: 'python' }, caller)
      expect({ status, body }).toEqual({ status: 400, body: { isBookmarked: [isBad.bool] } })
    }
  })
})

describe('a project may be changed by', () => {
  test.each([
    ['an owner', 'owner', undefined],
    ['a manager', 'manager', undefined],
    ['an admin', 'admin', undefined],
    ['a Team Admin', 'member', 'admin'],
  ] as const)('%s', async (_, role, teamRole) => {
    const place = await found(vedette)
    const { organization, team } = place
    const teams = teamRole === undefined ? {} : { [team.id]: teamRole }
    const person = await addPerson(vedette, { organization, role, teams })
    for (const scope of ['project:write', 'project:admin'] as const) {
      const caller = await tokenOf(vedette, person, [scope])
      expect((await put(place, { platform: 'python' }, caller)).status).toBe(200)
    }
  })

  test('an API key, which has no bookmarks', async () => {
    const place = await found(vedette)
    const key = await apiKeyOf(vedette, place.organization, ['project:write'])
    const { status, body } = await put(place, { name: 'Shop', isBookmarked: true }, key)
    expect({ status, body }).toMatchObject({ status: 200, body: { name: 'Shop', isBookmarked: false } })
    expect(await get(place)).toMatchObject({ name: 'Shop', isBookmarked: false })
  })
})

test('a bookmark is the caller’s own, and goes as it came', async () => {
  const place = await found(vedette)
  const other = await addPerson(vedette, { organization: place.organization })
  const shown = async () => [
    (await get(place)).isBookmarked,
    (await vedette.get<Detail>(at(place), other.caller)).body.isBookmarked,
  ]
  for (const [isBookmarked, expected] of [
    [true, [true, false]],
    [true, [true, false]],
    [false, [false, false]],
  ] as const) {
    await put(place, { isBookmarked })
    expect(await shown()).toEqual(expected)
  }
})

describe('symbol sources', () => {
  const source = {
    id: 'mine',
    type: 'http',
    name: 'Ours',
    layout: { type: 'native' },
    url: 'https://symbols.example',
    username: 'ada',
    password: 'swordfish',
  }
  const hidden = { 'hidden-secret': true }
  const sourcesOf = (detail: Detail) => JSON.parse(String(detail.symbolSources)) as Record<string, unknown>[]

  test('keep their secrets, which are never shown, until they are changed', async () => {
    const place = await found(vedette)
    const first = await put(place, { symbolSources: JSON.stringify([source]) })
    expect(first.text).not.toContain('swordfish')
    const [shown] = sourcesOf(first.body)
    expect(shown).toEqual({ ...source, id: shown?.id, password: hidden })

    // What was shown may be sent back.
    const again = await put(place, { symbolSources: first.body.symbolSources })
    expect(sourcesOf(again.body)).toEqual([shown])
    const renamed = await put(place, { symbolSources: JSON.stringify([{ ...shown, name: 'Theirs' }]) })
    const [changed] = sourcesOf(renamed.body)
    expect(changed).toEqual({ ...shown, name: 'Theirs', id: changed?.id })
    expect(changed?.id).not.toBe(shown?.id)
    const kept = JSON.parse(String((await optionsOf(place))['sentry:symbol_sources']))
    expect(kept).toEqual([{ ...source, name: 'Theirs', id: changed?.id }])

    const unknown = await put(place, { symbolSources: JSON.stringify([{ ...shown, id: 'oops' }]) })
    expect(unknown).toMatchObject({
      status: 400,
      body: { symbolSources: ['Hidden symbol source secret is missing a value'] },
    })
    expect(sourcesOf((await put(place, { symbolSources: '[]' })).body)).toEqual([])
    const log = JSON.stringify(await recorded(vedette, place.organization))
    expect(log).not.toContain('swordfish')
  })

  test('are shown without secrets in the organization’s list, too', async () => {
    const place = await found(vedette)
    await put(place, { symbolSources: JSON.stringify([source]) })
    const path = `/organizations/${place.organization.slug}/projects/?options=sentry:symbol_sources`
    const { text } = await vedette.get(path, place.owner.caller)
    expect(text).toContain('hidden-secret')
    expect(text).not.toContain('swordfish')
  })
})

describe('settings copied from another project', () => {
  async function twoProjects() {
    const place = await found(vedette)
    const { organization } = place
    const team = await addTeam(vedette, organization, 'bridge')
    const source = await addProject(vedette, organization, { slug: 'source', teams: [team] })
    await vedette.write(async (tx) => {
      const options = { 'sentry:resolve_age': 7, 'filters:localhost': '1', 'sentry:releases': ['1.*'] }
      await setProjectOptions(tx, { projectId: source.id, options })
      const ownership = {
        raw: '*.js #bridge',
        fallthrough: false,
        autoAssignment: 'Turn off Auto-Assignment',
        codeownersAutoSync: true,
        createdAt: startAt,
        updatedAt: startAt,
      }
      await saveOwnership(tx, { projectId: source.id, ownership })
    })
    flush(vedette, (tx) => {
      for (const name of ['production', 'staging']) tx.noteEnvironment(source.id, name, startAt)
      for (const name of ['production', 'own']) tx.noteEnvironment(place.project.id, name, startAt)
    })
    await vedette.put(`${at(place, 'source')}environments/production/`, place.owner.caller, {
      isHidden: true,
    })
    return { place, team, source }
  }

  test('are its options, teams, environments and ownership rules; its own environments stay', async () => {
    const { place, source } = await twoProjects()
    const { status, body } = await put(place, { copy_from_project: source.id, resolveAge: 3 })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        name: 'Web',
        resolveAge: 7,
        options: { 'filters:releases': '1.*' },
        teams: [{ slug: 'bridge' }],
      },
    })
    const part = async (project: string, path: string) =>
      (await vedette.get<{ id?: string }[]>(`${at(place, project)}${path}`, place.owner.caller)).body
    expect(await part('web', 'filters/')).toEqual(await part('source', 'filters/'))
    expect(await part('web', 'ownership/')).toEqual(await part('source', 'ownership/'))
    expect(await part('web', 'environments/?visibility=all')).toMatchObject([
      { name: 'own', isHidden: false },
      { name: 'production', isHidden: true },
      { name: 'staging', isHidden: false },
    ])
    expect((await part('source', 'environments/?visibility=all')).length).toBe(2)
    expect(await recorded(vedette, place.organization)).toMatchObject([
      ['project.environment-edit', {}],
      ['project.edit', { slug: 'web', changed: ['resolveAge', 'copy_from_project'] }],
    ])
  })

  test.each([
    ['of another organization', 'not found.'],
    ['out of reach', 'cannot be copied from a project you do not have access to.'],
    [
      'of a team they do not administer',
      'cannot be copied from a project with a team you do not have write access to.',
    ],
  ])('are refused when the project is %s', async (what, problem) => {
    const { place, team, source } = await twoProjects()
    const { organization, team: crew } = place
    const foreign = await found(vedette)
    const isClosed = what === 'out of reach'
    if (isClosed) await setOrganizationOptions(vedette, organization, { openMembership: false })
    const teams = isClosed
      ? { [crew.id]: 'admin' as const }
      : { [crew.id]: 'admin' as const, [team.id]: 'contributor' as const }
    const { caller } = await addPerson(vedette, { organization, role: 'member', teams })
    const before = await get(place)
    const id = what === 'of another organization' ? foreign.project.id : source.id
    const { status, body } = await put(place, { name: 'Else', copy_from_project: id }, caller)
    const subject = problem === 'not found.' ? 'Project to copy settings from' : 'Project settings'
    expect({ status, body }).toEqual({ status: 400, body: { copy_from_project: [`${subject} ${problem}`] } })
    expect(await get(place)).toEqual(before)
  })
})

describe('the audit log', () => {
  test('says which fields of a project were changed, and by whom', async () => {
    const place = await found(vedette)
    await put(place, {
      name: 'Shop',
      slug: 'shop',
      verifySSL: true,
      dataScrubber: true,
      options: { 'filters:releases': '1.*', 'feedback:branding': true },
    })
    const entries = await auditTrail(vedette, place.organization)
    expect(entries).toEqual([
      {
        id: entries[0]?.id,
        changer: { userId: place.owner.userId, label: place.owner.email, ipAddress: '127.0.0.1' },
        event: 'project.edit',
        targetObject: place.project.id,
        targetUserId: null,
        data: {
          slug: 'shop',
          old_slug: 'web',
          changed: ['name', 'slug', 'verifySSL', 'filters:releases'],
        },
        createdAt: startAt,
      },
    ])
  })

  test('says nothing when nothing was', async () => {
    const place = await found(vedette)
    await put(place, { name: 'Web', slug: 'web', verifySSL: false, isBookmarked: true })
    expect(await recorded(vedette, place.organization)).toEqual([])
  })

  test('says who created a project, and where they came from', async () => {
    const place = await found(vedette)
    const { organization, owner } = place
    const body = { name: 'Shop', platform: 'python', origin: 'ui' }
    await vedette.post(`/teams/${organization.slug}/crew/projects/`, owner.caller, body)
    await vedette.post(`/organizations/${organization.slug}/projects/`, owner.caller, { name: 'Bridge' })
    expect(await recorded(vedette, place.organization)).toMatchObject([
      ['project.create', { slug: 'shop', name: 'Shop', platform: 'python', origin: 'ui' }],
      ['team.create', { slug: expect.stringMatching(/^team-/) }],
      ['project.create', { slug: 'bridge', name: 'Bridge', platform: null }],
    ])
  })
})
