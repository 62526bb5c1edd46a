/** Changing and removing a team, and who is in it. */
import { afterAll, describe, expect, test } from 'vitest'
import { hashPassword } from '../../src/api/passwords.ts'
import { setPassword } from '../../src/store/accounts.ts'
import { HOUR } from '../../src/time.ts'
import { entriesOf, trailOf } from './audit-trail.ts'
import {
  addPerson,
  addTeam,
  type Caller,
  enrol,
  type Founded,
  found,
  openInstallation,
  sessionOf,
} from './installation.ts'
import { unreadableFields } from './unreadable.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const at = ({ organization }: Pick<Founded, 'organization'>, team: string | number = 'crew') =>
  `/teams/${organization.slug}/${team}/`

async function teamOf(place: Founded, team: string | number = 'crew') {
  const { status, body } = await vedette.get(`${at(place, team)}?collapse=organization`, place.owner.caller)
  return { status, body }
}

describe('changing a team', () => {
  test('gives it another name and another address', async () => {
    const place = await found(vedette)
    const { owner, team } = place
    const named = await vedette.put(at(place), owner.caller, { name: 'The crew' })
    expect(named).toMatchObject({ status: 200, body: { slug: 'crew', name: 'The crew', memberCount: 1 } })
    const moved = await vedette.put(at(place, team.id), owner.caller, { slug: 'hands' })
    expect(moved).toMatchObject({
      status: 200,
      body: { id: String(team.id), slug: 'hands', name: 'The crew' },
    })
    expect(await teamOf(place)).toMatchObject({ status: 404 })
    expect(await teamOf(place, 'hands')).toEqual({ status: 200, body: moved.body })
  })

  test('with nothing, or with what it has, changes nothing', async () => {
    const place = await found(vedette)
    const before = await teamOf(place)
    for (const input of [{}, { slug: 'crew' }, { slug: 'crew', name: 'Crew', org: 'x' }]) {
      const { status, body } = await vedette.put(at(place), place.owner.caller, input)
      expect({ status, body }).toEqual(before)
    }
    expect(await trailOf(vedette, place)).toEqual([])
  })

  test('to the slug of another is refused; those of other organizations are free', async () => {
    const [place, elsewhere] = [await found(vedette), await found(vedette)]
    await addTeam(vedette, place.organization, 'gunners')
    await addTeam(vedette, elsewhere.organization, 'cooks')
    const put = async (slug: string) => {
      const { status, body } = await vedette.put(at(place), place.owner.caller, { name: 'Never', slug })
      return [status, status === 200 ? 'done' : body]
    }
    expect(await put('gunners')).toEqual([400, { slug: ['The slug "gunners" is already in use.'] }])
    expect(await teamOf(place)).toMatchObject({ body: { slug: 'crew', name: 'Crew' } })
    expect(await put('cooks')).toEqual([200, 'done'])
  })

  const badSlug = [
    'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.',
  ]
  test.each<[unknown, unknown]>([
    [{ slug: '' }, { slug: ['This field may not be blank.'] }],
    [{ slug: null }, { slug: ['This field may not be null.'] }],
    [{ slug: [] }, { slug: ['Not a valid string.'] }],
    [{ slug: '42' }, { slug: badSlug }],
    [{ slug: 'Crew' }, { slug: badSlug }],
    [{ slug: 'x'.repeat(51) }, { slug: ['Ensure this field has no more than 50 characters.'] }],
    [{ name: '' }, { name: ['This field may not be blank.'] }],
    [{ name: null }, { name: ['This field may not be null.'] }],
    [{ name: 'x'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
    [{ slug: 'fine', name: true }, { name: ['Not a valid string.'] }],
  ])('refuses %j', async (input, errors) => {
    const place = await found(vedette)
    const before = await teamOf(place)
    expect(await vedette.put(at(place), place.owner.caller, input)).toMatchObject({
      status: 400,
      body: errors,
    })
    expect(await teamOf(place)).toEqual(before)
  })

  test.each(unreadableFields)('refuses $name', async ({ sending, answer }) => {
    const place = await found(vedette)
    const before = await teamOf(place)
    expect(await vedette.send('PUT', `/api/0${at(place)}`, place.owner.caller, sending)).toMatchObject(answer)
    expect(await teamOf(place)).toEqual(before)
  })

  test('is recorded', async () => {
    const place = await found(vedette)
    await vedette.put(at(place), place.owner.caller, { slug: 'hands', name: 'Hands' })
    expect(await entriesOf(vedette, place)).toMatchObject([
      {
        event: 'team.edit',
        targetObject: place.team.id,
        data: { slug: 'hands', name: 'Hands', changed: ['name', 'slug'] },
        note: 'edited team hands (name, slug)',
      },
    ])
  })
})

describe('removing a team', () => {
  test('hides it, frees its slug at once, and leaves its projects', async () => {
    const place = await found(vedette)
    const { owner, organization, team } = place
    expect(await vedette.delete(at(place), owner.caller)).toMatchObject({ status: 204, text: '' })
    expect(await teamOf(place, team.id)).toMatchObject({ status: 404 })
    expect(await vedette.get(`/organizations/${organization.slug}/teams/`, owner.caller)).toMatchObject({
      body: [],
    })
    const again = await vedette.post(`/organizations/${organization.slug}/teams/`, owner.caller, {
      slug: 'crew',
    })
    expect(again).toMatchObject({ status: 201, body: { slug: 'crew', name: 'crew' } })
    const project = await vedette.get(`/projects/${organization.slug}/web/`, owner.caller)
    expect(project).toMatchObject({ status: 200, body: { teams: [], isMember: false } })
    expect(project.body).not.toHaveProperty('team')
  })

  test('takes away what its members could do through it', async () => {
    const place = await found(vedette, { options: { openMembership: false } })
    const { organization, team } = place
    const person = await addPerson(vedette, { organization, teams: { [team.id]: 'admin' } })
    const project = `/projects/${organization.slug}/web/`
    expect((await vedette.get(project, person.caller)).status).toBe(200)
    expect((await vedette.delete(at(place), person.caller)).status).toBe(204)
    expect((await vedette.get(project, person.caller)).status).toBe(403)
  })

  test('is recorded', async () => {
    const place = await found(vedette)
    await vedette.delete(at(place), place.owner.caller)
    expect(await entriesOf(vedette, place)).toMatchObject([
      {
        event: 'team.remove',
        actor: { id: String(place.owner.userId) },
        targetObject: place.team.id,
        data: { slug: 'crew', name: 'Crew' },
        note: 'removed team crew',
      },
    ])
  })

  test('wants a password of the last hour from people who have one, and from nobody else', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    const { owner, organization } = place
    const passwordHash = await hashPassword('correct horse')
    await own.write((tx) => setPassword(tx, { userId: owner.userId, passwordHash }))
    const session = await sessionOf(own, owner)
    const stranger = await addPerson(own, { organization, role: 'owner' })
    const withoutPassword = await sessionOf(own, stranger)
    let count = 0
    const remove = async (caller: Caller) => {
      count += 1
      await addTeam(own, organization, `team-${count}`)
      return own.delete(at(place, `team-${count}`), caller)
    }
    own.clock.advance(HOUR - 1)
    expect((await remove(session)).status).toBe(204)
    own.clock.advance(1)
    const { status, body } = await remove(session)
    expect({ status, body }).toEqual({
      status: 401,
      body: {
        detail: {
          code: 'sudo-required',
          message: 'Account verification required.',
          extra: { username: owner.email },
        },
      },
    })
    expect((await own.get(at(place, 'team-2'), owner.caller)).status).toBe(200)
    expect((await remove(owner.caller)).status).toBe(204)
    expect((await remove(withoutPassword)).status).toBe(204)
    expect((await own.put('/auth/', session, { password: 'correct horse' })).status).toBe(200)
    expect((await remove(session)).status).toBe(204)
  })
})

describe('the members of a team', () => {
  const names = (body: unknown) => (body as { email: string }[]).map(({ email }) => email)

  test('are listed by email with their role, without invitations and deactivated users', async () => {
    const place = await found(vedette)
    const { organization, owner, team } = place
    const unique = organization.slug
    const zoe = await addPerson(vedette, { email: `zoe-${unique}@example.net`, name: 'Zoe' })
    const ada = await addPerson(vedette, { email: `ada-${unique}@example.net` })
    const gone = await addPerson(vedette, { email: `gone-${unique}@example.net` })
    await enrol(vedette, zoe, { organization, teams: { [team.id]: 'contributor' } })
    await enrol(vedette, ada, { organization, role: 'manager', teams: { [team.id]: 'admin' } })
    await enrol(vedette, gone, { organization, teams: { [team.id]: 'admin' } })
    await addPerson(vedette, { organization })
    await vedette.post(`/organizations/${organization.slug}/members/`, owner.caller, {
      email: `invited-${unique}@example.net`,
      teamRoles: [{ teamSlug: 'crew', role: 'admin' }],
    })
    await vedette.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('id', '=', gone.userId).execute(),
    )

    const { body } = await vedette.get<unknown[]>(`${at(place)}members/`, owner.caller)
    expect(names(body)).toEqual([ada.email, owner.email, zoe.email])
    expect(body).toMatchObject([
      { orgRole: 'manager', teamRole: 'admin', teamSlug: 'crew', user: { id: String(ada.userId) } },
      { orgRole: 'owner', teamRole: 'admin', pending: false },
      { name: 'Zoe', orgRole: 'member', teamRole: 'contributor', teamSlug: 'crew' },
    ])
  })

  test('come in pages', async () => {
    const place = await found(vedette)
    const { organization, team, owner } = place
    for (let count = 0; count < 3; count++) {
      await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    }
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 3; page++) {
      const path = `${at(place)}members/?per_page=2&cursor=${cursor}`
      const { body, headers } = await vedette.get(path, owner.caller)
      seen.push(...names(body))
      const [, next] = /rel="next"; results="true"; cursor="([^"]+)"/.exec(headers.link ?? '') ?? []
      if (next === undefined) break
      cursor = next
    }
    expect(seen.length).toBe(4)
    expect(seen).toEqual([...new Set(seen)].sort())
  })
})
