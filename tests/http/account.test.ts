/** The account of whoever is signed in: name, password, and the places where they are signed in. */
import { afterAll, describe, expect, test } from 'vitest'
import { hashToken, sessionCookie } from '../../src/api/access.ts'
import { setPassword } from '../../src/store/accounts.ts'
import { DAY, MINUTE, SECOND } from '../../src/time.ts'
import {
  type Answer,
  addPerson,
  type Caller,
  found,
  type Installation,
  nobody,
  openInstallation,
  type Person,
  sessionOf,
} from './installation.ts'
import { quickHash } from './quick-password.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const password = 'correct horse'
const passwordHash = quickHash(password)
const chosen = 'battery staple'

/** Somebody who can sign in. */
async function withPassword(own: Installation = vedette): Promise<Person> {
  const person = await addPerson(own)
  await own.write((tx) => setPassword(tx, { userId: person.userId, passwordHash }))
  return person
}

async function signIn(
  { email }: Person,
  { own = vedette, given = password, userAgent = 'Firefox' } = {},
): Promise<Caller> {
  const answer = await own.send('POST', '/api/0/auth/login/', nobody, {
    body: { username: email, password: given },
    headers: { 'user-agent': userAgent },
  })
  if (answer.status !== 200) throw new Error(answer.text)
  return cookieOf(answer)
}

function cookieOf({ headers }: Answer): Caller {
  return { headers: { cookie: (headers['set-cookie'] ?? '').split(';')[0] ?? '' } }
}

const isSignedIn = async (caller: Caller, own = vedette) => (await own.get('/auth/', caller)).status === 200

interface Me {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly flags: { readonly has_generated_password: boolean }
}

describe('one’s own name', () => {
  const rename = async (person: Person, body: unknown) => {
    const session = await sessionOf(vedette, person)
    const answer = await vedette.put<Me>('/users/me/', session, body)
    return { answer, me: (await vedette.get<Me>('/users/me/', session)).body }
  }

  test('is read and changed', async () => {
    const person = await addPerson(vedette, { name: 'Ada' })
    const { answer, me } = await rename(person, { name: ' Ada Lovelace ' })
    expect([answer.status, answer.body]).toEqual([200, me])
    expect(me).toMatchObject({ id: String(person.userId), name: 'Ada Lovelace', email: person.email })
  })

  test('is the email address when there is none', async () => {
    const person = await addPerson(vedette, { name: 'Ada' })
    expect((await rename(person, { name: '' })).me.name).toBe(person.email)
  })

  test('stays when nothing is said about it, and nothing else can be changed with it', async () => {
    const person = await addPerson(vedette, { name: 'Ada' })
    const body = { email: 'owner@example.net', isSuperuser: true, username: 'root', isActive: false }
    const { answer, me } = await rename(person, body)
    expect(answer.status).toBe(200)
    expect(me).toMatchObject({ name: 'Ada', email: person.email, username: person.email, isSuperuser: false })
  })

  test('is that of a member in lists', async () => {
    const { organization, owner } = await found(vedette)
    await rename(owner, { name: 'Grace Hopper' })
    const { body } = await vedette.get<{ name: string }[]>(
      `/organizations/${organization.slug}/members/`,
      owner.caller,
    )
    expect(body.map(({ name }) => name)).toEqual(['Grace Hopper'])
  })
})

describe('another password', () => {
  const change = (caller: Caller, body: unknown, own = vedette) =>
    own.put('/users/me/password/', caller, body)
  const sound = { password, passwordNew: chosen, passwordVerify: chosen }

  test('is chosen by who knows the one before, and signs in from then on', async () => {
    const person = await withPassword()
    const answer = await change(await signIn(person), sound)
    expect([answer.status, answer.text]).toEqual([204, ''])
    await expect(signIn(person)).rejects.toThrow('Login attempt failed')
    expect(await isSignedIn(await signIn(person, { given: chosen }))).toBe(true)
  })

  test('ends every session: the browser that chose it has a new cookie, and its old one is worth nothing', async () => {
    const [person, other] = [await withPassword(), await withPassword()]
    const [here, there, elsewhere] = [await signIn(person), await signIn(person), await signIn(other)]
    const answer = await change(here, sound)
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^${sessionCookie}=[0-9a-f]{64}; Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax$`),
    )
    const states = [here, there, cookieOf(answer), elsewhere].map((caller) => isSignedIn(caller))
    expect(await Promise.all(states)).toEqual([false, false, true, true])
  })

  test('leaves tokens alone', async () => {
    const person = await withPassword()
    await change(await signIn(person), sound)
    expect(await isSignedIn(person.caller)).toBe(true)
  })

  test.each<[string, Record<string, unknown>, Record<string, string[]>]>([
    [
      'a wrong one before',
      { password: 'incorrect horse' },
      { password: ['The password you entered is not correct.'] },
    ],
    [
      'one that is short',
      { passwordNew: 'seven77', passwordVerify: 'seven77' },
      { passwordNew: ['This password is too short. It must contain at least 8 characters.'] },
    ],
    [
      'another spelling the second time',
      { passwordVerify: 'battery stapel' },
      { non_field_errors: ['The passwords you entered did not match.'] },
    ],
    [
      'the same again',
      { passwordNew: password, passwordVerify: password },
      { passwordNew: ['This is the password that you have already.'] },
    ],
    [
      'nothing',
      { password: undefined, passwordNew: undefined, passwordVerify: undefined },
      {
        password: ['This field is required.'],
        passwordNew: ['This field is required.'],
        passwordVerify: ['This field is required.'],
      },
    ],
  ])('is refused for %s, and nothing changes', async (_, wrong, errors) => {
    const person = await withPassword()
    const session = await signIn(person)
    const { status, body } = await change(session, { ...sound, ...wrong })
    expect([status, body]).toEqual([400, errors])
    expect(await isSignedIn(session)).toBe(true)
    expect(await isSignedIn(await signIn(person))).toBe(true)
  })

  test('is refused when it is the email address', async () => {
    const person = await withPassword()
    const passwordNew = person.email.toUpperCase()
    const { status, body } = await change(await signIn(person), {
      ...sound,
      passwordNew,
      passwordVerify: passwordNew,
    })
    expect([status, body]).toEqual([
      400,
      { passwordNew: ['The password is too similar to your name or email address.'] },
    ])
  })

  test('keeps its blanks and its case', async () => {
    const person = await withPassword()
    const passwordNew = '  Battery Staple  '
    await change(await signIn(person), { ...sound, passwordNew, passwordVerify: passwordNew })
    await expect(signIn(person, { given: passwordNew.trim() })).rejects.toThrow()
    expect(await isSignedIn(await signIn(person, { given: passwordNew }))).toBe(true)
  })

  test('is no way around the limit of guesses', async () => {
    await using own = await openInstallation()
    const person = await withPassword(own)
    const session = await signIn(person, { own })
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await change(session, { ...sound, password: 'incorrect horse' }, own)).status).toBe(400)
    }
    const refused = await change(session, sound, own)
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60'])
    await expect(signIn(person, { own })).rejects.toThrow('too many login attempts')
    own.clock.advance(MINUTE)
    expect((await change(session, sound, own)).status).toBe(204)
  })
})

describe('a password that the server made up', () => {
  test('is known as one to who signs in with it, until they choose another', async () => {
    const person = await withPassword()
    await vedette.write((tx) =>
      tx.updateTable('user').set({ has_generated_password: 1 }).where('id', '=', person.userId).execute(),
    )
    const session = await signIn(person)
    const flag = async (caller: Caller) => (await vedette.get<Me>('/users/me/', caller)).body.flags
    expect(await flag(session)).toEqual({ newsletter_consent_prompt: false, has_generated_password: true })
    const body = { password, passwordNew: chosen, passwordVerify: chosen }
    const answer = await vedette.put('/users/me/password/', session, body)
    expect(await flag(cookieOf(answer))).toMatchObject({ has_generated_password: false })
  })
})

interface Session {
  readonly id: string
  readonly isCurrent: boolean
  readonly lastActive: string
  readonly userAgent: string | null
}

async function sessionsOf(caller: Caller, own = vedette): Promise<readonly Session[]> {
  return (await own.get<Session[]>('/users/me/sessions/', caller)).body
}

describe('the places where one is signed in', () => {
  test('are listed with when and whence they were used, and without their cookies', async () => {
    await using own = await openInstallation()
    const [person, other] = [await withPassword(own), await withPassword(own)]
    await signIn(other, { own })
    const phone = await signIn(person, { own, userAgent: 'Safari' })
    own.clock.advance(5 * SECOND)
    const here = await signIn(person, { own })
    const { body, text, headers } = await own.get('/users/me/sessions/', here)
    const common = { ipAddress: '127.0.0.1' }
    expect(body).toEqual([
      {
        id: expect.any(String),
        isCurrent: true,
        dateCreated: '2026-01-05T09:30:05Z',
        lastActive: '2026-01-05T09:30:05Z',
        expires: '2026-01-19T09:30:05Z',
        userAgent: 'Firefox',
        ...common,
      },
      {
        id: expect.any(String),
        isCurrent: false,
        dateCreated: '2026-01-05T09:30:00Z',
        lastActive: '2026-01-05T09:30:00Z',
        expires: '2026-01-19T09:30:00Z',
        userAgent: 'Safari',
        ...common,
      },
    ])
    for (const { headers } of [phone, here]) {
      const [, cookie = 'missing'] = headers.cookie?.split('=') ?? []
      expect(text).not.toContain(cookie)
      expect(text).not.toContain(hashToken(cookie))
    }
    expect(headers['cache-control']).toContain('no-store')
  })

  test('tell of their last use, once a minute, and so does the user', async () => {
    await using own = await openInstallation()
    const person = await withPassword(own)
    const session = await signIn(person, { own })
    const use = async (userAgent: string) => {
      await own.send('GET', '/api/0/auth/', session, { headers: { 'user-agent': userAgent } })
      // Nobody waits for the note, and the next write comes after it.
      await own.write(async () => {})
      const user = await own.app.db.read
        .selectFrom('user')
        .select('last_active_at')
        .where('id', '=', person.userId)
        .executeTakeFirstOrThrow()
      const [listed] = await sessionsOf(session, own)
      return [
        listed?.lastActive,
        listed?.userAgent,
        new Date(user.last_active_at ?? 0).toISOString().slice(11, 19),
      ]
    }
    own.clock.advance(MINUTE - 1)
    expect(await use('Firefox 1')).toEqual(['2026-01-05T09:30:00Z', 'Firefox', '09:30:00'])
    own.clock.advance(1)
    expect(await use('Firefox 2')).toEqual(['2026-01-05T09:31:00Z', 'Firefox 2', '09:31:00'])
  })

  test('are no longer listed when they have run out', async () => {
    await using own = await openInstallation()
    const person = await withPassword(own)
    await signIn(person, { own })
    own.clock.advance(DAY)
    const here = await signIn(person, { own })
    expect(await sessionsOf(here, own)).toHaveLength(2)
    own.clock.advance(13 * DAY)
    expect((await sessionsOf(here, own)).map(({ isCurrent }) => isCurrent)).toEqual([true])
  })

  test('are left one by one', async () => {
    const person = await withPassword()
    const [there, here] = [await signIn(person), await signIn(person)]
    const id = (await sessionsOf(here)).find(({ isCurrent }) => !isCurrent)?.id
    const answer = await vedette.delete(`/users/me/sessions/${id}/`, here)
    expect([answer.status, answer.headers['set-cookie']]).toEqual([204, undefined])
    expect([await isSignedIn(there), await isSignedIn(here)]).toEqual([false, true])
    expect((await vedette.delete(`/users/me/sessions/${id}/`, here)).status).toBe(404)
  })

  test('are left one by one, this one too, which loses its cookie', async () => {
    const here = await signIn(await withPassword())
    const [current] = await sessionsOf(here)
    const { status, headers } = await vedette.delete(`/users/me/sessions/${current?.id}/`, here)
    expect([status, headers['set-cookie']]).toEqual([
      204,
      `${sessionCookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`,
    ])
    expect(await isSignedIn(here)).toBe(false)
  })

  test('of somebody else cannot be left, nor can what is none', async () => {
    const [ada, eve] = [await signIn(await withPassword()), await signIn(await withPassword())]
    const [session] = await sessionsOf(ada)
    for (const id of [session?.id, '0', '-1', 'me', '9'.repeat(30)]) {
      expect((await vedette.delete(`/users/me/sessions/${id}/`, eve)).status).toBe(404)
    }
    expect(await isSignedIn(ada)).toBe(true)
  })

  test('are left all at once, but for this one', async () => {
    const [person, other] = [await withPassword(), await withPassword()]
    const [one, two, here] = [await signIn(person), await signIn(person), await signIn(person)]
    const elsewhere = await signIn(other)
    expect((await vedette.delete('/users/me/sessions/', here)).status).toBe(204)
    const states = [one, two, here, elsewhere].map((caller) => isSignedIn(caller))
    expect(await Promise.all(states)).toEqual([false, false, true, true])
  })

  test('are left everywhere by signing out of all', async () => {
    const [person, other] = [await withPassword(), await withPassword()]
    const [there, here, elsewhere] = [await signIn(person), await signIn(person), await signIn(other)]
    const { status, headers } = await vedette.delete('/auth/', here, { all: true })
    expect([status, headers['set-cookie']]).toEqual([
      204,
      `${sessionCookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`,
    ])
    const states = [there, here, elsewhere, person.caller].map((caller) => isSignedIn(caller))
    expect(await Promise.all(states)).toEqual([false, false, true, true])
  })

  test('are not left by a token that signs out of all', async () => {
    const person = await withPassword()
    const session = await signIn(person)
    expect((await vedette.delete('/auth/', person.caller, { all: true })).status).toBe(204)
    expect(await isSignedIn(session)).toBe(true)
  })
})
