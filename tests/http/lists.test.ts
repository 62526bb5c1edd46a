/** What all lists share: pages, cursors, the Link header, and the small grammar of `query`. */
import { afterAll, describe, expect, test } from 'vitest'
import { newKey } from '../../src/protocol/ids.ts'
import { insertKey } from '../../src/store/client-keys.ts'
import {
  type Answer,
  addPerson,
  addProject,
  addTeam,
  type Caller,
  enrol,
  type Founded,
  found,
  type Installation,
  openInstallation,
  type Person,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Link {
  /** Path below /api/0, with its query. */
  readonly path: string
  readonly results: boolean
  readonly cursor: string
}

/** Both relations of a Link header, taken apart as clients do. */
function linksOf({ headers }: Answer): { readonly previous: Link; readonly next: Link } {
  const links = new Map<string, Link>()
  for (const part of headers.link?.split(', ') ?? []) {
    const [, url = '', relation = '', results, cursor = ''] =
      /^<([^>]+)>; rel="(\w+)"; results="(true|false)"; cursor="([^"]+)"$/.exec(part) ?? []
    const { pathname, search } = new URL(url)
    const path = decodeURIComponent(pathname.replace('/api/0', '')) + search
    links.set(relation, { path, results: results === 'true', cursor })
  }
  const [previous, next] = [links.get('previous'), links.get('next')]
  if (previous === undefined || next === undefined) throw new Error(`Not a Link header: ${headers.link}`)
  return { previous, next }
}

interface Listed {
  readonly id: string
}

const idsOf = (answer: Answer<Listed[]>) => answer.body.map(({ id }) => id)

interface List {
  readonly path: string
  /** The same list, or one of its kind, with nothing in it. */
  readonly empty: string
  readonly caller: Caller
}

/** Lists with five rows each. Everything was made in the same millisecond, as an import would. */
const lists: Readonly<Record<string, (place: Founded) => Promise<List>>> = {
  'an organization’s projects': async ({ organization, owner }) => {
    for (const slug of ['api', 'mobile', 'worker', 'admin']) await addProject(vedette, organization, { slug })
    return queried(`/organizations/${organization.slug}/projects/`, owner.caller)
  },
  'a team’s projects': async ({ organization, owner, team }) => {
    for (const slug of ['api', 'mobile', 'worker', 'admin']) {
      await addProject(vedette, organization, { slug, teams: [team] })
    }
    await addTeam(vedette, organization, 'idle')
    const at = (slug: string) => `/teams/${organization.slug}/${slug}/projects/`
    return { path: at('crew'), empty: at('idle'), caller: owner.caller }
  },
  'an organization’s teams': async ({ organization, owner }) => {
    for (const slug of ['red', 'green', 'blue', 'white']) await addTeam(vedette, organization, slug)
    return queried(`/organizations/${organization.slug}/teams/`, owner.caller)
  },
  'an organization’s members': async ({ organization, owner }) => {
    for (let n = 0; n < 4; n++) await addPerson(vedette, { organization })
    return queried(`/organizations/${organization.slug}/members/`, owner.caller)
  },
  'a project’s keys': async ({ organization, owner, project }) => {
    for (let n = 0; n < 4; n++) await addKey(vedette, project.id)
    const path = `/projects/${organization.slug}/web/keys/`
    return { path, empty: `${path}?status=nonsense`, caller: owner.caller }
  },
  'an organization’s keys': async ({ organization, owner, project }) => {
    for (let n = 0; n < 4; n++) await addKey(vedette, project.id)
    const path = `/organizations/${organization.slug}/project-keys/`
    return { path, empty: `${path}?status=nonsense`, caller: owner.caller }
  },
  'the caller’s projects': async ({ organization, owner, team }) => {
    for (const slug of ['api', 'mobile', 'worker', 'admin']) {
      await addProject(vedette, organization, { slug, teams: [team] })
    }
    return queried('/projects/', owner.caller)
  },
  'the caller’s organizations': async ({ owner }) => {
    await joinFour(owner)
    return queried('/organizations/', owner.caller)
  },
  'the caller’s organizations by size': async ({ owner }) => {
    await joinFour(owner)
    return queried('/organizations/?sortBy=members', owner.caller)
  },
}

/** A list that an unknown key in its query empties. */
function queried(path: string, caller: Caller): List {
  return { path, empty: withParameters(path, 'query=unknown:key'), caller }
}

async function joinFour(person: Person): Promise<void> {
  for (let n = 0; n < 4; n++) {
    const { organization } = await found(vedette)
    await enrol(vedette, person, { organization })
  }
}

function addKey(own: Installation, projectId: number) {
  const now = own.clock.now()
  const key = {
    projectId,
    publicKey: newKey(),
    secretKey: newKey(),
    label: 'Another',
    loaderOptions: {},
    now,
  }
  return own.write((tx) => insertKey(tx, key))
}

async function listOf(name: string): Promise<List> {
  const make = lists[name]
  if (make === undefined) throw new Error(`No list ${name}`)
  return make(await found(vedette))
}

function withParameters(path: string, parameters: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${parameters}`
}

const names = Object.keys(lists)

describe('pages', () => {
  test.each(names)('of %s lead forth and back through every row, each once', async (name) => {
    const { path, caller } = await listOf(name)
    const whole = idsOf(await vedette.get<Listed[]>(path, caller))
    expect(new Set(whole).size).toBe(5)

    const pages: string[][] = []
    let answer = await vedette.get<Listed[]>(withParameters(path, 'per_page=2'), caller)
    expect(linksOf(answer).previous.results).toBe(false)
    pages.push(idsOf(answer))
    while (linksOf(answer).next.results && pages.length < 9) {
      answer = await vedette.get<Listed[]>(linksOf(answer).next.path, caller)
      pages.push(idsOf(answer))
    }
    expect(pages).toEqual([whole.slice(0, 2), whole.slice(2, 4), whole.slice(4)])

    const back: string[][] = []
    while (linksOf(answer).previous.results && back.length < 9) {
      answer = await vedette.get<Listed[]>(linksOf(answer).previous.path, caller)
      back.push(idsOf(answer))
    }
    expect(back).toEqual([whole.slice(2, 4), whole.slice(0, 2)])
    expect(linksOf(answer).next.results).toBe(true)
  })

  test.each(names)('of %s that are empty carry both links', async (name) => {
    const { empty, caller } = await listOf(name)
    const answer = await vedette.get(empty, caller)
    expect(answer).toMatchObject({ status: 200, body: [] })
    const { previous, next } = linksOf(answer)
    expect({ previous: previous.results, next: next.results }).toEqual({ previous: false, next: false })
  })

  test.each(names)('of %s refuse bad sizes and cursors', async (name) => {
    const { path, caller } = await listOf(name)
    const notANumber = 'Invalid per_page parameter.'
    const outOfRange = 'Invalid per_page value. Must be between 1 and 100.'
    const badCursor = 'Invalid cursor parameter.'
    const details = {
      'per_page=nope': notANumber,
      'per_page=1.5': notANumber,
      'per_page=0': outOfRange,
      'per_page=-1': outOfRange,
      'per_page=101': outOfRange,
      'cursor=nope': badCursor,
      'cursor=1:2': badCursor,
      'cursor=a:0:0': badCursor,
      'cursor=1:b:0': badCursor,
      'cursor=1:0:c': badCursor,
      'cursor=1:0:0:0': badCursor,
      'cursor=100:-1:0': 'Pagination offset cannot be negative',
    }
    const answers = await Promise.all(
      Object.keys(details).map(async (parameters) => {
        const { status, body } = await vedette.get<{ detail: string }>(
          withParameters(path, parameters),
          caller,
        )
        return [parameters, status === 400 ? body.detail : status]
      }),
    )
    expect(Object.fromEntries(answers)).toEqual(details)
  })

  test.each(names)('of %s begin at the top for an empty cursor, which sentry-cli sends', async (name) => {
    const { path, caller } = await listOf(name)
    const whole = await vedette.get<Listed[]>(path, caller)
    const { status, body } = await vedette.get(withParameters(path, 'cursor='), caller)
    expect({ status, body }).toEqual({ status: 200, body: whole.body })
  })

  test('have 100 rows at most and by default', async () => {
    const { organization, owner } = await found(vedette)
    await vedette.write(async (tx) => {
      const values = Array.from({ length: 101 }, (_, n) => ({
        organization_id: organization.id,
        slug: `team-${n}`,
        name: `Team ${n}`,
        created_at: 0,
      }))
      await tx.insertInto('team').values(values).execute()
    })
    const path = `/organizations/${organization.slug}/teams/?detailed=0`
    const first = await vedette.get<Listed[]>(path, owner.caller)
    expect(first.body.length).toBe(100)
    const second = await vedette.get<Listed[]>(linksOf(first).next.path, owner.caller)
    expect(second.body.length).toBe(2)
  })

  test('of keys have 10 rows by default and 100 at most', async () => {
    const { organization, owner, project } = await found(vedette)
    for (let n = 0; n < 11; n++) await addKey(vedette, project.id)
    const path = `/projects/${organization.slug}/web/keys/`
    expect((await vedette.get<Listed[]>(path, owner.caller)).body.length).toBe(10)
    expect((await vedette.get<Listed[]>(`${path}?per_page=100`, owner.caller)).body.length).toBe(12)
  })
})

describe('the Link header', () => {
  const host = { headers: { host: 'errors.example.net' } }

  test('of numbered pages counts them', async () => {
    const { path, caller } = await listOf('an organization’s teams')
    const link = (relation: string, results: boolean, cursor: string) =>
      `<http://errors.example.net/api/0${path}?per_page=2&cursor=${cursor}>; rel="${relation}"; results="${results}"; cursor="${cursor}"`
    const at = async (cursor: string) =>
      (await vedette.get(`${path}?per_page=2${cursor}`, caller, host)).headers.link
    expect(await at('')).toBe(`${link('previous', false, '2:-1:1')}, ${link('next', true, '2:1:0')}`)
    expect(await at('&cursor=2:1:0')).toBe(
      `${link('previous', true, '2:0:1')}, ${link('next', true, '2:2:0')}`,
    )
    expect(await at('&cursor=2:2:0')).toBe(
      `${link('previous', true, '2:1:1')}, ${link('next', false, '2:3:0')}`,
    )
  })

  test('of a first and only page without parameters has the literal form', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/organizations/${organization.slug}/teams/`
    const { headers } = await vedette.get(path, owner.caller, host)
    const url = `http://errors.example.net/api/0${path}?&cursor=`
    expect(headers.link).toBe(
      `<${url}100:-1:1>; rel="previous"; results="false"; cursor="100:-1:1", <${url}100:1:0>; rel="next"; results="false"; cursor="100:1:0"`,
    )
  })

  test('of keys names the first row of the page it leads to', async () => {
    const { organization, owner, project, key } = await found(vedette)
    const second = await addKey(vedette, project.id)
    const third = await addKey(vedette, project.id)
    const path = `/projects/${organization.slug}/web/keys/?per_page=2`
    const { headers } = await vedette.get(path, owner.caller, host)
    const url = `http://errors.example.net/api/0${path}&cursor=`
    const [before, after] = [`${third.id}:0:1`, `${key.id}:0:0`]
    expect(second.id).toBeGreaterThan(key.id)
    expect(headers.link).toBe(
      `<${url}${before}>; rel="previous"; results="false"; cursor="${before}", <${url}${after}>; rel="next"; results="true"; cursor="${after}"`,
    )
  })

  test('keeps the request’s parameters, but for its cursor, and encodes them', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/organizations/${organization.slug}/teams/`
    const answer = await vedette.get(`${path}?query=gr%C3%BCn+crew&cursor=100:0:0&x=a%26b&x=c`, owner.caller)
    const { search } = new URL(/<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1] ?? '')
    expect(search).toBe('?query=gr%C3%BCn+crew&x=a%26b&x=c&cursor=100:1:0')
  })

  test('percent-encodes colons of the path', async () => {
    const { owner, organization } = await found(vedette, { slug: 'a:b' })
    const { headers } = await vedette.get(`/organizations/${organization.slug}/teams/`, owner.caller, host)
    expect(headers.link).toContain('<http://errors.example.net/api/0/organizations/a%3Ab/teams/?&cursor=')
  })

  test('has the scheme and host that a proxy was asked for, and the path of the public URL', async () => {
    await using behind = await openInstallation({ url: 'https://errors.example.net/sentry' })
    const { organization, owner } = await found(behind)
    const { headers } = await behind.get(`/organizations/${organization.slug}/teams/`, owner.caller, {
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'errors.example.net' },
    })
    expect(headers.link).toContain(
      `<https://errors.example.net/sentry/api/0/organizations/${organization.slug}/teams/?&cursor=`,
    )
  })
})

describe('the query of a list', () => {
  /** Teams whose slugs and names tell apart what a query means. */
  async function teams(query: string) {
    const { organization, owner } = await found(vedette)
    await addTeam(vedette, organization, 'red', 'Red Sails')
    await addTeam(vedette, organization, 'blue', 'Blue  Sails')
    await addTeam(vedette, organization, 'and-or', 'AND')
    const path = `/organizations/${organization.slug}/teams/?query=${encodeURIComponent(query)}`
    const { body } = await vedette.get<{ slug: string }[]>(path, owner.caller)
    return body.map(({ slug }) => slug)
  }

  test.each([
    ['', ['and-or', 'blue', 'crew', 'red']],
    ['slug:red', ['red']],
    ['slug:red slug:blue', ['blue', 'red']],
    ['slug:"red"', ['red']],
    ['slug:RED', []],
    ['sails', ['blue', 'red']],
    ['SAILS', ['blue', 'red']],
    ['red sails', ['red']],
    ['red   sails', ['red']],
    ['"red sails"', ['red']],
    ['sails red', []],
    ['slug:red sails', ['red']],
    ['slug:crew sails', []],
    ['red AND sails', ['red']],
    ['slug:red OR slug:blue', ['blue', 'red']],
    ['unknown:key', []],
    ['slug:red unknown:key', []],
    ['%', []],
    ['_', []],
  ])('%s', async (query, expected) => {
    expect(await teams(query)).toEqual(expected)
  })
})
