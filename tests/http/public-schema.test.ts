/** Answers agree with Sentry's public OpenAPI document, and the judge of that can tell when they do not. */
import { afterAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  addPerson,
  addProject,
  addTeam,
  type Founded,
  flush,
  found,
  openInstallation,
  startAt,
} from './installation.ts'
import { absentText, publicSchema } from './public-schema.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

if (publicSchema === undefined) console.warn(absentText)

describe.skipIf(publicSchema === undefined)('the public document', () => {
  type Call = (place: Founded) => readonly ['GET' | 'POST', string, unknown?]

  /** Each asks something of an organization in which everything that may be null or absent is present once. */
  const calls: Readonly<Record<string, Call>> = {
    'GET /api/0/organizations/{organization_id_or_slug}/': ({ organization }) => [
      'GET',
      `/organizations/${organization.slug}/`,
    ],
    'GET /api/0/organizations/{organization_id_or_slug}/projects/': ({ organization }) => [
      'GET',
      `/organizations/${organization.slug}/projects/`,
    ],
    'POST /api/0/organizations/{organization_id_or_slug}/projects/': ({ organization }) => [
      'POST',
      `/organizations/${organization.slug}/projects/`,
      { name: 'Bridge' },
    ],
    'GET /api/0/organizations/{organization_id_or_slug}/members/': ({ organization }) => [
      'GET',
      `/organizations/${organization.slug}/members/`,
    ],
    'POST /api/0/organizations/{organization_id_or_slug}/members/': ({ organization }) => [
      'POST',
      `/organizations/${organization.slug}/members/`,
      { email: `document-${organization.id}@example.net`, orgRole: 'member' },
    ],
    'GET /api/0/organizations/{organization_id_or_slug}/teams/': ({ organization }) => [
      'GET',
      `/organizations/${organization.slug}/teams/`,
    ],
    'POST /api/0/organizations/{organization_id_or_slug}/teams/': ({ organization }) => [
      'POST',
      `/organizations/${organization.slug}/teams/`,
      { name: 'Bridge' },
    ],
    'GET /api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/': ({ organization }) => [
      'GET',
      `/teams/${organization.slug}/crew/`,
    ],
    'GET /api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/projects/': ({ organization }) => [
      'GET',
      `/teams/${organization.slug}/crew/projects/`,
    ],
    'POST /api/0/teams/{organization_id_or_slug}/{team_id_or_slug}/projects/': ({ organization }) => [
      'POST',
      `/teams/${organization.slug}/crew/projects/`,
      { name: 'Bridge', platform: 'python' },
    ],
    'GET /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/': ({ organization }) => [
      'GET',
      `/projects/${organization.slug}/web/`,
    ],
    'GET /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/keys/': ({ organization }) => [
      'GET',
      `/projects/${organization.slug}/web/keys/`,
    ],
    'GET /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/stats/': ({ organization }) => [
      'GET',
      `/projects/${organization.slug}/web/stats/`,
    ],
  }

  async function furnished(): Promise<Founded> {
    const place = await found(vedette, { platform: 'javascript' })
    const { organization, project, team } = place
    await addTeam(vedette, organization, 'idle')
    await addProject(vedette, organization, { slug: 'bare' })
    await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    await vedette.post(`/organizations/${organization.slug}/members/`, place.owner.caller, {
      email: `invited-${organization.id}@example.net`,
    })
    flush(vedette, (tx) => {
      tx.noteFirstEvent(project.id, startAt + 1)
      tx.noteSeen(project.id, 'platform:javascript', startAt)
      tx.noteRelease(project.id, 'web@1.0', startAt)
      tx.noteEnvironment(project.id, 'production', startAt)
      tx.noteKeyUse(place.key.id, startAt)
    })
    return place
  }

  test.each(Object.entries(calls))('agrees with %s', async (operation, call) => {
    const place = await furnished()
    const [method, path, body] = call(place)
    expect(publicSchema?.operationOf(method, `/api/0${path}`)).toBe(operation)
    // A departure from the document is thrown by `send`, whichever test it happens in.
    const sending = body === undefined ? {} : { body }
    const { status } = await vedette.send(method, `/api/0${path}`, place.owner.caller, sending)
    expect(status).toBe(method === 'POST' ? 201 : 200)
  })

  const keysPath = '/api/0/projects/acme/web/keys/?status=active'

  async function keys(): Promise<Answer<Record<string, unknown>[]>> {
    const { organization, owner } = await found(vedette)
    return vedette.get(`/projects/${organization.slug}/web/keys/`, owner.caller)
  }

  const judge = (status: number, body: unknown) =>
    publicSchema?.problems({ method: 'GET', path: keysPath, status, body }) ?? []

  test('is satisfied by a list of keys as it is', async () => {
    const { body } = await keys()
    expect(judge(200, body)).toEqual([])
  })

  test.each<[string, (key: Record<string, unknown>) => unknown, RegExp]>([
    ['a missing field', ({ secret, ...key }) => [key], /must have required property 'secret'/],
    ['another type', (key) => [{ ...key, projectId: '7' }], /\/0\/projectId must be/],
    ['null where none may be', (key) => [{ ...key, label: null }], /\/0\/label must be string/],
    [
      'a date that is none',
      (key) => [{ ...key, dateCreated: 'yesterday' }],
      /\/0\/dateCreated must match format/,
    ],
    ['an object for a list', (key) => key, /must be array/],
  ])('notices %s', async (_, spoil, expected) => {
    const { body } = await keys()
    expect(judge(200, spoil(body[0] ?? {})).join('\n')).toMatch(expected)
  })

  test('allows null where it says so', async () => {
    const { body } = await keys()
    expect(judge(200, [{ ...body[0], rateLimit: null, dateCreated: null }])).toEqual([])
  })

  test('notices a success that it does not document, and leaves failures alone', () => {
    expect(judge(202, [])).toEqual([expect.stringMatching(/^the documented answers are 200/)])
    expect(judge(404, { detail: 'Project does not exist' })).toEqual([])
  })

  test('says nothing of operations that are not in it', () => {
    expect(publicSchema?.operationOf('GET', '/api/0/internal/health/')).toBeUndefined()
    expect(publicSchema?.problems({ method: 'GET', path: '/api/0/', status: 200, body: 7 })).toEqual([])
  })
})
