/** Client keys as they are read, with every address made from them. */
import { afterAll, describe, expect, test } from 'vitest'
import { insertKey, type LoaderOptions } from '../../src/store/client-keys.ts'
import { createProject } from '../../src/store/new-project.ts'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Founded,
  flush,
  found,
  type Installation,
  openInstallation,
  sessionOf,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Listed {
  readonly id: string
  readonly name: string
}

const at = ({ organization }: Founded, query = '') => `/projects/${organization.slug}/web/keys/${query}`

/** Further keys of the project, named `first`, `second` … in the order in which they are made. */
async function addKeys(
  own: Installation,
  { project }: Founded,
  ...keys: readonly {
    label: string
    publicKey?: string
    isActive?: boolean
    useCase?: string
    rateLimit?: { count: number; window: number }
    browserSdkVersion?: string
    loaderOptions?: LoaderOptions
  }[]
): Promise<void> {
  for (const { isActive = true, publicKey = hex(), loaderOptions = {}, ...key } of keys) {
    const input = { projectId: project.id, publicKey, secretKey: hex(), loaderOptions, now: startAt, ...key }
    await own.write(async (tx) => {
      const { id } = await insertKey(tx, input)
      if (!isActive) await tx.updateTable('client_key').set({ is_active: 0 }).where('id', '=', id).execute()
    })
  }
}

let keys = 0
function hex(): string {
  keys += 1
  return keys.toString(16).padStart(32, 'a')
}

/** Every address of a key. Source: web API, the `dsn` object. */
function addresses(base: string, projectId: number, publicKey: string, secretKey: string) {
  const [scheme, rest] = base.split('://')
  return {
    secret: `${scheme}://${publicKey}:${secretKey}@${rest}/${projectId}`,
    public: `${scheme}://${publicKey}@${rest}/${projectId}`,
    csp: `${base}/api/${projectId}/csp-report/?sentry_key=${publicKey}`,
    security: `${base}/api/${projectId}/security/?sentry_key=${publicKey}`,
    minidump: `${base}/api/${projectId}/minidump/?sentry_key=${publicKey}`,
    nel: `${base}/api/${projectId}/nel/?sentry_key=${publicKey}`,
    unreal: `${base}/api/${projectId}/unreal/${publicKey}/`,
    crons: `${base}/api/${projectId}/cron/___MONITOR_SLUG___/${publicKey}/`,
    cdn: `${base}/js-sdk-loader/${publicKey}.min.js`,
    playstation: `${base}/api/${projectId}/playstation/?sentry_key=${publicKey}`,
    integration: `${base}/api/${projectId}/integration/`,
    otlp_traces: `${base}/api/${projectId}/integration/otlp/v1/traces`,
    otlp_logs: `${base}/api/${projectId}/integration/otlp/v1/logs`,
  }
}

describe('a key', () => {
  test('leaves out its secret half when it is asked to', async () => {
    const place = await found(vedette)
    const { key, owner } = place
    type Key = { secret: string; dsn: Record<string, string> }
    const whole = (await vedette.get<Key>(at(place, `${key.publicKey}/`), owner.caller)).body
    const bare = { ...whole, secret: '', dsn: { ...whole.dsn, secret: '' } }
    for (const path of [
      at(place, '?collapse=secret'),
      `/organizations/${place.organization.slug}/project-keys/?collapse=secret`,
    ]) {
      const { body, text } = await vedette.get(path, owner.caller)
      expect([body, text.includes(key.secretKey)]).toEqual([[bare], false])
    }
    const { body } = await vedette.get(at(place, `${key.publicKey}/?collapse=secret`), owner.caller)
    expect(body).toEqual(bare)
    expect(whole.secret).toBe(key.secretKey)
    expect(whole.dsn.secret).toContain(key.secretKey)
  })

  test('reads as the worked example', async () => {
    await using own = await openInstallation({ url: 'https://errors.example.net' })
    const { organization, owner, team } = await found(own)
    const publicKey = '0123456789abcdef0123456789abcdef'
    const secretKey = 'fedcba9876543210fedcba9876543210'
    own.clock.set(Date.UTC(2026, 0, 5, 9, 30, 0, 123))
    await own.write((tx) =>
      createProject(tx, {
        id: 7,
        organizationId: organization.id,
        teamId: team.id,
        name: 'Seven',
        platform: null,
        publicKey,
        secretKey,
        now: own.clock.now(),
      }),
    )
    const { status, body } = await own.get(`/projects/${organization.slug}/seven/keys/`, owner.caller)
    expect(status).toBe(200)
    expect(body).toEqual([
      {
        id: publicKey,
        name: 'Default',
        label: 'Default',
        public: publicKey,
        secret: secretKey,
        projectId: 7,
        isActive: true,
        rateLimit: null,
        dsn: {
          secret: `https://${publicKey}:${secretKey}@errors.example.net/7`,
          public: `https://${publicKey}@errors.example.net/7`,
          csp: `https://errors.example.net/api/7/csp-report/?sentry_key=${publicKey}`,
          security: `https://errors.example.net/api/7/security/?sentry_key=${publicKey}`,
          minidump: `https://errors.example.net/api/7/minidump/?sentry_key=${publicKey}`,
          nel: `https://errors.example.net/api/7/nel/?sentry_key=${publicKey}`,
          unreal: `https://errors.example.net/api/7/unreal/${publicKey}/`,
          crons: `https://errors.example.net/api/7/cron/___MONITOR_SLUG___/${publicKey}/`,
          cdn: `https://errors.example.net/js-sdk-loader/${publicKey}.min.js`,
          playstation: `https://errors.example.net/api/7/playstation/?sentry_key=${publicKey}`,
          integration: 'https://errors.example.net/api/7/integration/',
          otlp_traces: 'https://errors.example.net/api/7/integration/otlp/v1/traces',
          otlp_logs: 'https://errors.example.net/api/7/integration/otlp/v1/logs',
        },
        browserSdkVersion: '10.x',
        browserSdk: {
          choices: [
            ['10.x', '10.x'],
            ['9.x', '9.x'],
            ['8.x', '8.x'],
            ['7.x', '7.x'],
          ],
        },
        dateCreated: '2026-01-05T09:30:00.123000Z',
        // Not Sentry's: when a key was last used, and which key it replaces or is replaced by.
        lastUsed: null,
        rotatedFrom: null,
        rotatedTo: null,
        dynamicSdkLoaderOptions: {
          hasReplay: true,
          hasPerformance: true,
          hasDebug: false,
          hasFeedback: false,
          hasLogsAndMetrics: false,
        },
      },
    ])
  })

  test.each([
    [undefined, 'http://localhost:9000'],
    ['https://errors.example.net/', 'https://errors.example.net'],
    ['http://10.0.0.7:8080/tools/sentry/', 'http://10.0.0.7:8080/tools/sentry'],
  ])('has its addresses at VEDETTE_URL %s', async (url, base) => {
    await using own = await openInstallation(url === undefined ? {} : { url })
    const place = await found(own)
    const { body } = await own.get<{ dsn: unknown }[]>(at(place), place.owner.caller)
    const { publicKey, secretKey } = place.key
    expect(body.map(({ dsn }) => dsn)).toEqual([addresses(base, place.project.id, publicKey, secretKey)])
  })

  test('without a label is called by the beginning of its public key', async () => {
    const place = await found(vedette)
    await addKeys(vedette, place, { label: '', publicKey: 'ab'.repeat(16) })
    const { body } = await vedette.get(at(place), place.owner.caller)
    expect(body).toMatchObject([{ name: 'ababababababab', label: 'ababababababab' }, { name: 'Default' }])
  })

  test('shows its rate limit and loader settings', async () => {
    const place = await found(vedette)
    await addKeys(vedette, place, {
      label: 'limited',
      rateLimit: { count: 10, window: 60 },
      browserSdkVersion: '7.x',
      loaderOptions: { hasDebug: true, hasFeedback: true },
    })
    const { body } = await vedette.get<unknown[]>(at(place), place.owner.caller)
    expect(body[0]).toMatchObject({
      rateLimit: { count: 10, window: 60 },
      browserSdkVersion: '7.x',
      // What is not stored reads as false.
      dynamicSdkLoaderOptions: {
        hasReplay: false,
        hasPerformance: false,
        hasDebug: true,
        hasFeedback: true,
        hasLogsAndMetrics: false,
      },
    })
  })

  test.each([
    { count: 0, window: 60 },
    { count: 10, window: 0 },
    { count: 0, window: 0 },
  ])('has no limit unless both numbers are set: %j', async (rateLimit) => {
    const place = await found(vedette)
    await addKeys(vedette, place, { label: 'unlimited', rateLimit })
    const { body } = await vedette.get<unknown[]>(at(place), place.owner.caller)
    expect(body[0]).toMatchObject({ name: 'unlimited', rateLimit: null })
  })

  test('tells when it was last used', async () => {
    const place = await found(vedette)
    flush(vedette, (tx) => tx.noteKeyUse(place.key.id, startAt + 2000))
    const { body } = await vedette.get(at(place), place.owner.caller)
    expect(body).toMatchObject([{ lastUsed: '2026-01-05T09:30:02Z' }])
  })

  test('shows its secret to whoever may read the project', async () => {
    const place = await found(vedette)
    const ada = await addPerson(vedette, { organization: place.organization })
    const caller = await tokenOf(vedette, ada, ['project:read'])
    const { body } = await vedette.get(at(place), caller)
    expect(body).toMatchObject([{ secret: place.key.secretKey }])
  })
})

describe('the list of keys', () => {
  test('begins with the newest', async () => {
    const place = await found(vedette)
    await addKeys(vedette, place, { label: 'first' }, { label: 'second' })
    const { body } = await vedette.get<Listed[]>(at(place), place.owner.caller)
    expect(body.map(({ name }) => name)).toEqual(['second', 'first', 'Default'])
  })

  test('is narrowed by status', async () => {
    const place = await found(vedette)
    await addKeys(vedette, place, { label: 'off', isActive: false })
    const names = async (query: string) =>
      (await vedette.get<Listed[]>(at(place, query), place.owner.caller)).body.map(({ name }) => name)
    expect(await names('')).toEqual(['off', 'Default'])
    expect(await names('?status=')).toEqual(['off', 'Default'])
    expect(await names('?status=active')).toEqual(['Default'])
    expect(await names('?status=inactive')).toEqual(['off'])
    expect(await names('?status=nonsense')).toEqual([])
    expect(await names('?status=Active')).toEqual([])
  })

  test('keeps its status through its pages', async () => {
    const place = await found(vedette)
    await addKeys(vedette, place, { label: 'a' }, { label: 'off', isActive: false }, { label: 'b' })
    const first = await vedette.get<Listed[]>(at(place, '?status=active&per_page=2'), place.owner.caller)
    expect(first.body.map(({ name }) => name)).toEqual(['b', 'a'])
    const next = /<http:\/\/[^/]+\/api\/0([^>]+)>; rel="next"; results="true"/.exec(first.headers.link ?? '')
    const second = await vedette.get<Listed[]>(next?.[1] ?? '', place.owner.caller)
    expect(second.body.map(({ name }) => name)).toEqual(['Default'])
  })

  test('has nothing of other projects', async () => {
    const [one, other] = [await found(vedette), await found(vedette)]
    await addKeys(vedette, other, { label: 'foreign' })
    const { body } = await vedette.get<Listed[]>(at(one), one.owner.caller)
    expect(body.map(({ id }) => id)).toEqual([one.key.publicKey])
  })

  test('shows internal keys to signed-in superusers alone', async () => {
    const place = await found(vedette)
    await addKeys(vedette, place, { label: 'internal', useCase: 'profiling' })
    const admin = await addPerson(vedette, { isSuperuser: true })
    const read = async (caller: typeof admin.caller) =>
      (await vedette.get<(Listed & { useCase?: string })[]>(at(place), caller)).body.map(
        ({ name, useCase }) => ({ name, useCase }),
      )
    expect(await read(await sessionOf(vedette, admin))).toEqual([
      { name: 'internal', useCase: 'profiling' },
      { name: 'Default', useCase: 'user' },
    ])
    const key = await apiKeyOf(vedette, place.organization, ['project:admin'])
    for (const caller of [place.owner.caller, await sessionOf(vedette, place.owner), key]) {
      expect(await read(caller)).toEqual([{ name: 'Default', useCase: undefined }])
    }
  })

  test('has dates that a strict ISO reader takes', async () => {
    const place = await found(vedette)
    const { body } = await vedette.get<{ dateCreated: string }[]>(at(place), place.owner.caller)
    expect(body[0]?.dateCreated).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  })
})

describe('an organization’s keys', () => {
  const ofAll = ({ organization }: Founded, query = '') =>
    `/organizations/${organization.slug}/project-keys/${query}`

  /** Keys called `web`, `api` and `lone`, of a project of the team, one of both teams, and one of neither. */
  async function furnished() {
    const place = await found(vedette)
    const { organization, team, project } = place
    const other = await addTeam(vedette, organization, 'other')
    const api = await addProject(vedette, organization, { slug: 'api', teams: [team, other] })
    const lone = await addProject(vedette, organization, { slug: 'lone' })
    for (const { id, slug } of [project, api, lone]) {
      await vedette.write((tx) =>
        tx.updateTable('client_key').set({ label: slug }).where('project_id', '=', id).execute(),
      )
    }
    return { ...place, other, api, lone }
  }

  async function namesOf(place: Founded, query = '', caller = place.owner.caller) {
    const { status, body } = await vedette.get<Listed[]>(ofAll(place, query), caller)
    if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
    return body.map(({ name }) => name)
  }

  test('are those of the caller’s projects, newest first', async () => {
    const place = await furnished()
    expect(await namesOf(place)).toEqual(['api', 'web'])
    const elsewhere = await addPerson(vedette, { organization: place.organization })
    expect(await namesOf(place, '', elsewhere.caller)).toEqual([])
    const key = await apiKeyOf(vedette, place.organization, ['org:read'])
    expect(await namesOf(place, '', key)).toEqual(['lone', 'api', 'web'])
  })

  test('look as they do in their project', async () => {
    const place = await found(vedette)
    const [all, own] = await Promise.all([
      vedette.get(ofAll(place), place.owner.caller),
      vedette.get(at(place), place.owner.caller),
    ])
    expect(all.body).toEqual(own.body)
  })

  test('are narrowed by team, project and status', async () => {
    const place = await furnished()
    await vedette.write((tx) =>
      tx.updateTable('client_key').set({ is_active: 0 }).where('id', '=', place.key.id).execute(),
    )
    const expected: Readonly<Record<string, readonly string[]>> = {
      '?team=other': ['api'],
      [`?team=${place.other.id}`]: ['api'],
      [`?project=${place.project.id}`]: ['web'],
      [`?project=${place.project.id}&project=${place.api.id}`]: ['api', 'web'],
      '?project=-1': ['lone', 'api', 'web'],
      '?projectSlug=web': ['web'],
      '?status=active': ['api'],
      '?status=inactive': ['web'],
      '?status=nonsense': [],
    }
    const answers = await Promise.all(
      Object.keys(expected).map(async (query) => [query, await namesOf(place, query)]),
    )
    expect(Object.fromEntries(answers)).toEqual(expected)
  })

  test('of a team that is not there are not found', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.get(ofAll(place, '?team=no-such'), place.owner.caller)
    expect({ status, body }).toEqual({ status: 404, body: { detail: 'Team not found' } })
  })

  test('come ten to a page unless asked otherwise', async () => {
    const place = await found(vedette)
    await addKeys(vedette, place, ...Array.from({ length: 11 }, (_, n) => ({ label: `${n}` })))
    expect((await namesOf(place)).length).toBe(10)
    expect((await namesOf(place, '?per_page=100')).length).toBe(12)
  })
})

describe('what is wrong with a key is said field by field', () => {
  test.each<['POST' | 'PUT', unknown, unknown]>([
    [
      'POST',
      { rateLimit: { count: 10, window: 86_401 } },
      { rateLimit: { window: ['Ensure this value is less than or equal to 86400.'] } },
    ],
    [
      'POST',
      { rateLimit: { count: -1, window: 60 } },
      { rateLimit: { count: ['Ensure this value is greater than or equal to 0.'] } },
    ],
    ['POST', { rateLimit: null }, { rateLimit: ['This field may not be null.'] }],
    ['POST', { name: 'x'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
    ['POST', { public: 'xyz' }, { public: ['This value does not match the required pattern.'] }],
    ['PUT', { browserSdkVersion: '3.x' }, { browserSdkVersion: ['"3.x" is not a valid choice.'] }],
    [
      'PUT',
      { rateLimit: { count: 10, window: 86_401 } },
      { rateLimit: { window: ['Ensure this value is less than or equal to 86400.'] } },
    ],
  ])('%s %j', async (method, input, errors) => {
    const place = await found(vedette)
    const path = at(place, method === 'PUT' ? `${place.key.publicKey}/` : '')
    const { status, body } = await vedette.send(method, `/api/0${path}`, place.owner.caller, { body: input })
    expect({ status, body }).toEqual({ status: 400, body: errors })
  })
})
