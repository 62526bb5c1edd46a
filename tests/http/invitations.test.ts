/** Links to invitations: who gets one, and what somebody can do with it who has no account, or has one. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { sessionCookie } from '../../src/api/access.ts'
import { insertUser } from '../../src/store/accounts.ts'
import { linkInvitations } from '../../src/store/members.ts'
import { DAY } from '../../src/time.ts'
import {
  type Answer,
  addPerson,
  type Caller,
  type Founded,
  found,
  type Installation,
  nobody,
  openInstallation,
  type Person,
  sessionOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const password = 'correct horse battery'

interface Member {
  readonly id: string
  readonly email: string
  readonly pending: boolean
  readonly expired: boolean
  readonly invite_link: string | null
  readonly user: { readonly email: string } | null
  readonly teams: readonly string[]
}

let guests = 0
function newGuest(): string {
  guests += 1
  return `guest-${guests}@example.net`
}

const membersOf = ({ organization }: Founded) => `/organizations/${organization.slug}/members/`

async function invite(
  place: Founded,
  input: { by?: Caller; email?: string; own?: Installation; orgRole?: string } = {},
): Promise<Member> {
  const {
    own = vedette,
    by = await sessionOf(own, place.owner),
    email = newGuest(),
    orgRole = 'member',
  } = input
  const teamRoles = [{ teamSlug: 'crew', role: 'contributor' }]
  const answer = await own.post<Member>(membersOf(place), by, { email, orgRole, teamRoles })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

/** The address of the API behind the link of a page. */
function addressIn(link: string | null | undefined): string {
  const [, path] = /\/accept(\/\d+\/[0-9a-f]{64}\/)$/.exec(link ?? '') ?? []
  if (path === undefined) throw new Error(`${link} is no link to an invitation`)
  return `/accept-invite${path}`
}

const cookieOf = ({ headers }: Answer): Caller => ({
  headers: { cookie: (headers['set-cookie'] ?? '').split(';')[0] ?? '' },
})

describe('a link', () => {
  test('is shown to who invites somebody without an account, and only then', async () => {
    const place = await found(vedette)
    const { id, invite_link: link, pending, user } = await invite(place)
    expect([pending, user]).toEqual([true, null])
    expect(link).toMatch(new RegExp(`^http://localhost:9000/accept/${id}/[0-9a-f]{64}/$`))
    const session = await sessionOf(vedette, place.owner)
    const [, secret = 'missing'] = /([0-9a-f]{64})/.exec(link ?? '') ?? []
    for (const path of [membersOf(place), `${membersOf(place)}${id}/`]) {
      const { status, text } = await vedette.get(path, session)
      expect([status, text.includes(secret)]).toEqual([200, false])
    }
    const audit = await vedette.get(`/organizations/${place.organization.slug}/audit-logs/`, session)
    expect(audit.text).not.toContain(secret)
  })

  test('is below the path of the public address', async () => {
    await using own = await openInstallation({ url: 'https://example.net/sentry' })
    const { invite_link: link } = await invite(await found(own), { own })
    expect(link).toMatch(/^https:\/\/example\.net\/sentry\/accept\/\d+\//)
  })

  test('is not needed for who has an account: they are a member at once', async () => {
    const place = await found(vedette)
    const { email } = await addPerson(vedette)
    expect(await invite(place, { email })).toMatchObject({
      pending: false,
      invite_link: null,
      user: { email },
    })
  })

  test.each<[string, (place: Founded) => Promise<Caller>]>([
    ['a token, which could do less than what it leads to', async ({ owner }) => owner.caller],
    [
      'a plain member, who may invite',
      async ({ organization }) => sessionOf(vedette, await addPerson(vedette, { organization })),
    ],
  ])('is not for %s', async (_, callerIn) => {
    const place = await found(vedette)
    const by = await callerIn(place)
    const { id, pending, invite_link: link } = await invite(place, { by })
    expect([pending, link]).toEqual([true, null])
    expect((await vedette.put(`${membersOf(place)}${id}/`, by, { reinvite: true })).status).toBe(403)
  })

  test('is made anew when it is asked for, and the one before is worth nothing', async () => {
    const place = await found(vedette)
    const session = await sessionOf(vedette, place.owner)
    const { id, email, invite_link: first } = await invite(place)
    for (const body of [{ reinvite: true }, { regenerate: true }]) {
      const answer = await vedette.put<Member>(`${membersOf(place)}${id}/`, session, body)
      expect([answer.status, answer.body.pending]).toEqual([200, true])
      expect((await vedette.get(addressIn(answer.body.invite_link))).status).toBe(200)
    }
    expect((await vedette.get(addressIn(first))).status).toBe(400)
    const audit = await vedette.get<{ rows: { event: string; note: string }[] }>(
      `/organizations/${place.organization.slug}/audit-logs/`,
      session,
    )
    expect(audit.body.rows[0]).toMatchObject({
      event: 'member.reinvite',
      note: `made a new invitation link for ${email}`,
    })
  })

  test('is not made for who is a member already', async () => {
    const place = await found(vedette)
    const { memberId } = await addPerson(vedette, { organization: place.organization })
    const session = await sessionOf(vedette, place.owner)
    const { status, body } = await vedette.put(`${membersOf(place)}${memberId}/`, session, { reinvite: true })
    expect([status, body]).toEqual([
      400,
      { detail: 'You cannot send an invitation to a user who is already a full member.' },
    ])
  })

  test('to a role above one’s own is not for a manager', async () => {
    const place = await found(vedette)
    const { id } = await invite(place, { orgRole: 'owner' })
    const manager = await addPerson(vedette, { organization: place.organization, role: 'manager' })
    const session = await sessionOf(vedette, manager)
    expect((await vedette.put(`${membersOf(place)}${id}/`, session, { reinvite: true })).status).toBe(403)
    const member = await invite(place, { orgRole: 'member' })
    expect((await vedette.put(`${membersOf(place)}${member.id}/`, session, { reinvite: true })).status).toBe(
      200,
    )
  })

  test('is good for thirty days, and the invitation says when they are over', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    const { id, invite_link: link } = await invite(place, { own })
    const expired = async () =>
      (await own.get<Member>(`${membersOf(place)}${id}/`, place.owner.caller)).body.expired
    own.clock.advance(30 * DAY - 1)
    expect([(await own.get(addressIn(link))).status, await expired()]).toEqual([200, false])
    own.clock.advance(1)
    const { status, body } = await own.post(addressIn(link), nobody, { password })
    expect([status, body, await expired()]).toEqual([
      400,
      { detail: 'This invitation has expired. Ask for a new link.' },
      true,
    ])
  })
})

describe('an invitation', () => {
  test('says who is invited where, to who has the link', async () => {
    const place = await found(vedette)
    const { email, invite_link: link } = await invite(place)
    const { status, body, headers } = await vedette.get(addressIn(link))
    expect([status, body]).toEqual([
      200,
      {
        orgSlug: place.organization.slug,
        orgName: place.organization.name,
        email,
        role: 'member',
        roleName: 'Member',
        inviterName: place.owner.email,
        expires: '2026-02-04T09:30:00Z',
        needsAuthentication: true,
        hasAccount: false,
        existingMember: false,
      },
    ])
    expect(headers['cache-control']).toContain('no-store')
  })

  test('knows who is signed in, and whether they are a member already', async () => {
    const place = await found(vedette)
    const { invite_link: link } = await invite(place)
    const ask = async (person: Person) =>
      (await vedette.get(addressIn(link), await sessionOf(vedette, person))).body
    expect(await ask(place.owner)).toMatchObject({ needsAuthentication: false, existingMember: true })
    expect(await ask(await addPerson(vedette))).toMatchObject({
      needsAuthentication: false,
      existingMember: false,
    })
  })

  test.each<[string, (path: string) => string]>([
    ['another secret', (path) => path.replace(/[0-9a-f]{64}/, '0'.repeat(64))],
    ['no invitation', (path) => path.replace(/\/\d+\//, '/999999/')],
    ['no number', (path) => path.replace(/\/\d+\//, '/me/')],
    ['a part of the secret', (path) => path.replace(/[0-9a-f]{32}\/$/, '/')],
  ])('is not found by %s', async (_, change) => {
    const { invite_link: link } = await invite(await found(vedette))
    const path = change(addressIn(link))
    const detail = 'Invalid invite code. It may have been used already, or replaced by a new one.'
    for (const { status, body } of [
      await vedette.get(path),
      await vedette.post(path, nobody, { password }),
      await vedette.post(path, await sessionOf(vedette, await addPerson(vedette)), {}),
    ]) {
      expect([status, body]).toEqual([400, { detail }])
    }
  })

  test('that has no link cannot be taken up', async () => {
    const place = await found(vedette)
    const { id } = await invite(place, { by: place.owner.caller })
    const path = `/accept-invite/${id}/${'0'.repeat(64)}/`
    expect((await vedette.post(path, nobody, { password })).status).toBe(400)
  })
})

describe('taking up an invitation', () => {
  test('makes an account with the password that is chosen, and signs it in as a member', async () => {
    const place = await found(vedette)
    const { id, email, invite_link: link } = await invite(place)
    const answer = await vedette.post<{ nextUri: string; user: Record<string, unknown> }>(
      addressIn(link),
      nobody,
      { name: 'Ada Lovelace', password },
    )
    expect([answer.status, answer.body.nextUri]).toEqual([200, '/'])
    expect(answer.body.user).toMatchObject({
      email,
      name: 'Ada Lovelace',
      isSuperuser: false,
      lastLogin: '2026-01-05T09:30:00Z',
      flags: { has_generated_password: false },
    })
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^${sessionCookie}=[0-9a-f]{64}; Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax$`),
    )
    const session = cookieOf(answer)
    const member = await vedette.get<Member>(`${membersOf(place)}me/`, session)
    expect(member.body).toMatchObject({ id, email, pending: false, teams: ['crew'], user: { email } })
    const again = await vedette.post('/auth/login/', nobody, { username: email, password })
    expect(again.status).toBe(200)
  })

  test('works once', async () => {
    const { invite_link: link } = await invite(await found(vedette))
    expect((await vedette.post(addressIn(link), nobody, { password })).status).toBe(200)
    const again = await vedette.post(addressIn(link), nobody, { password })
    expect([again.status, again.headers['set-cookie']]).toEqual([400, undefined])
  })

  test('is recorded as the doing of who was invited', async () => {
    const place = await found(vedette)
    const { id, email, invite_link: link } = await invite(place)
    await vedette.post(addressIn(link), nobody, { password })
    const { body } = await vedette.get<{ rows: unknown[] }>(
      `/organizations/${place.organization.slug}/audit-logs/`,
      place.owner.caller,
    )
    expect(body.rows[0]).toMatchObject({
      event: 'member.accept-invite',
      note: `accepted the invitation of ${email}`,
      actor: { email },
      targetObject: Number(id),
      targetUser: { email },
    })
  })

  test('with an account that one has makes that a member, whatever its address', async () => {
    const place = await found(vedette)
    const { id, invite_link: link } = await invite(place)
    const person = await addPerson(vedette)
    const session = await sessionOf(vedette, person)
    const answer = await vedette.post<{ user: { id: string } }>(addressIn(link), session)
    expect([answer.status, answer.body.user.id]).toEqual([200, String(person.userId)])
    expect(answer.headers['set-cookie']).toBeUndefined()
    const member = await vedette.get<Member>(`${membersOf(place)}me/`, session)
    expect(member.body).toMatchObject({ id, email: person.email, pending: false, teams: ['crew'] })
  })

  test('is refused to who is a member already, and the link stays good', async () => {
    const place = await found(vedette)
    const { invite_link: link } = await invite(place)
    const { status, body } = await vedette.post(addressIn(link), await sessionOf(vedette, place.owner))
    expect([status, body]).toEqual([400, { detail: 'You are a member of this organization already.' }])
    expect((await vedette.get(addressIn(link))).status).toBe(200)
  })

  test('takes no other invitation to the same address: nobody has shown that they read its mail', async () => {
    const [place, other] = [await found(vedette), await found(vedette)]
    const email = newGuest()
    const { invite_link: link } = await invite(place, { email })
    const elsewhere = await invite(other, { email })
    const session = cookieOf(await vedette.post(addressIn(link), nobody, { password }))
    const { body } = await vedette.get<{ slug: string }[]>('/organizations/', session)
    expect(body.map(({ slug }) => slug)).toEqual([place.organization.slug])
    expect((await vedette.get(addressIn(elsewhere.invite_link))).body).toMatchObject({ hasAccount: true })
    expect((await vedette.post(addressIn(elsewhere.invite_link), session)).status).toBe(200)
  })

  test('makes no second account of an address that has one by now', async () => {
    const { email, invite_link: link } = await invite(await found(vedette))
    await vedette.write((tx) =>
      insertUser(tx, { email, passwordHash: null, isSuperuser: false, now: vedette.clock.now() }),
    )
    const { status, body } = await vedette.post(addressIn(link), nobody, { password })
    expect([status, body]).toEqual([
      409,
      { detail: `There is an account ${email} already. Sign in with it first.` },
    ])
  })

  test.each<[string, (email: string) => unknown, Record<string, string[]>]>([
    ['no password', () => ({}), { password: ['This field is required.'] }],
    [
      'a short one',
      () => ({ password: 'seven77' }),
      { password: ['This password is too short. It must contain at least 8 characters.'] },
    ],
    [
      'the email address for one',
      (email) => ({ password: email }),
      { password: ['The password is too similar to your name or email address.'] },
    ],
    [
      'a name that is too long',
      () => ({ name: 'a'.repeat(201), password }),
      { name: ['Ensure this field has no more than 200 characters.'] },
    ],
  ])('is refused for %s, and the link stays good', async (_, bodyFor, errors) => {
    const { email, invite_link: link } = await invite(await found(vedette))
    const { status, body } = await vedette.post(addressIn(link), nobody, bodyFor(email))
    expect([status, body]).toEqual([400, errors])
    expect((await vedette.get(addressIn(link))).status).toBe(200)
  })

  test('is refused to tokens', async () => {
    const { invite_link: link } = await invite(await found(vedette))
    const { caller } = await addPerson(vedette)
    expect((await vedette.post(addressIn(link), caller, { password })).status).toBe(403)
  })

  test('of two at once succeeds for one', async () => {
    const { invite_link: link } = await invite(await found(vedette))
    const path = addressIn(link)
    const people = [await sessionOf(vedette, await addPerson(vedette)), nobody]
    const lookedUp = Promise.withResolvers<void>()
    const busy = vedette.write(() => lookedUp.promise)
    const answers = people.map((caller) => vedette.post(path, caller, { password }))
    // Both have looked the invitation up, and wait for their turn to write.
    for (let turn = 0; turn < 50; turn++) await setImmediate()
    lookedUp.resolve()
    await busy
    const statuses = (await Promise.all(answers)).map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 400])
  })
})

test('who is given an account by an operator is a member at once, and their link is worth nothing', async () => {
  const place = await found(vedette)
  const { id, email, invite_link: link } = await invite(place)
  await vedette.write(async (tx) => {
    const userId = await insertUser(tx, { email, passwordHash: null, isSuperuser: false, now: 0 })
    await linkInvitations(tx, { userId, email })
  })
  const member = await vedette.get<Member>(`${membersOf(place)}${id}/`, place.owner.caller)
  expect(member.body).toMatchObject({ pending: false, user: { email } })
  expect((await vedette.get(addressIn(link))).status).toBe(400)
})
