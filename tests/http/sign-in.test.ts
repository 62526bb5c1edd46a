/** Signing in with a password, out again, and giving the password once more; what the cookie is worth. */
import { afterAll, describe, expect, test } from 'vitest'
import { hashToken, sessionCookie } from '../../src/api/access.ts'
import { hashPassword } from '../../src/api/passwords.ts'
import { setPassword } from '../../src/store/accounts.ts'
import { DAY, MINUTE, SECOND } from '../../src/time.ts'
import {
  type Answer,
  addPerson,
  type Caller,
  type Installation,
  nobody,
  openInstallation,
  type Person,
  sessionOf,
} from './installation.ts'
import { quickHash } from './quick-password.ts'
import { unreadableFields } from './unreadable.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const password = 'correct horse'

/** Somebody who can sign in. */
async function withPassword(
  own: Installation = vedette,
  passwordHash = quickHash(password),
): Promise<Person> {
  const person = await addPerson(own)
  await own.write((tx) => setPassword(tx, { userId: person.userId, passwordHash }))
  return person
}

interface SignedIn {
  readonly nextUri: string
  readonly user: { readonly id: string; readonly email: string; readonly lastLogin: string | null }
}

function signIn(username: unknown, given: unknown = password, own = vedette): Promise<Answer<SignedIn>> {
  return own.post('/auth/login/', nobody, { username, password: given })
}

function cookieOf({ headers }: Answer): Caller {
  return { headers: { cookie: (headers['set-cookie'] ?? '').split(';')[0] ?? '' } }
}

const failed = {
  detail: 'Login attempt failed',
  errors: {
    __all__: ['Please enter a correct username and password. Note that both fields may be case-sensitive.'],
  },
}

describe('signing in', () => {
  test('gives a session to somebody who knows the password', async () => {
    const person = await withPassword(vedette, await hashPassword(password))
    const answer = await signIn(person.email)
    expect(answer).toMatchObject({
      status: 200,
      body: {
        nextUri: '/',
        user: { id: String(person.userId), email: person.email, lastLogin: '2026-01-05T09:30:00Z' },
      },
    })
    const session = cookieOf(answer)
    expect(await vedette.get('/auth/', session)).toMatchObject({
      status: 200,
      body: { id: String(person.userId), lastLogin: '2026-01-05T09:30:00Z' },
    })
    expect(await vedette.get('/', session)).toMatchObject({
      body: { auth: null, user: { email: person.email } },
    })
  })

  test('takes the address in any case, and blanks around it', async () => {
    const person = await withPassword()
    expect((await signIn(` ${person.email.toUpperCase()} `)).status).toBe(200)
  })

  test('keeps no more of the cookie than its digest', async () => {
    const person = await withPassword()
    const [, value = ''] = (cookieOf(await signIn(person.email)).headers.cookie ?? '').split('=')
    expect(value).toMatch(/^[0-9a-f]{64}$/)
    const stored = await vedette.app.db.read
      .selectFrom('session')
      .select('token_hash')
      .where('user_id', '=', person.userId)
      .execute()
    expect(stored).toEqual([{ token_hash: hashToken(value) }])
  })

  test('ends the session that was there before', async () => {
    const person = await withPassword()
    const first = cookieOf(await signIn(person.email))
    const again = await vedette.post('/auth/login/', first, { username: person.email, password })
    expect((await vedette.get('/auth/', first)).status).toBe(401)
    expect((await vedette.get('/auth/', cookieOf(again))).status).toBe(200)
  })

  test('says the same whether account or password is wrong, and sets no cookie', async () => {
    const person = await withPassword()
    const [passwordless, deactivated] = [await addPerson(vedette), await withPassword()]
    await vedette.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('id', '=', deactivated.userId).execute(),
    )
    for (const answer of [
      await signIn(person.email, 'incorrect horse'),
      await signIn(person.email, ` ${password}`),
      await signIn('no-such@example.net'),
      await signIn(passwordless.email, ''.padEnd(8)),
      await signIn(deactivated.email),
    ]) {
      expect([answer.status, answer.body]).toEqual([400, failed])
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })

  test.each<[unknown, unknown]>([
    [{}, { username: ['This field is required.'], password: ['This field is required.'] }],
    [{ username: 'ada', password: '' }, { password: ['This field may not be blank.'] }],
    [
      { username: null, password: null },
      { username: ['This field may not be null.'], password: ['This field may not be null.'] },
    ],
    [
      { username: {}, password: [] },
      { username: ['Not a valid string.'], password: ['Not a valid string.'] },
    ],
    [
      { username: 'x'.repeat(255), password: 'x'.repeat(1025) },
      {
        username: ['Ensure this field has no more than 254 characters.'],
        password: ['Ensure this field has no more than 1024 characters.'],
      },
    ],
  ])('refuses %j', async (input, errors) => {
    const { status, body } = await vedette.post('/auth/login/', nobody, input)
    expect([status, body]).toEqual([400, errors])
  })

  test.each(unreadableFields)('refuses $name', async ({ sending, answer }) => {
    expect(await vedette.send('POST', '/api/0/auth/login/', nobody, sending)).toMatchObject(answer)
  })

  test('works from a form', async () => {
    const person = await withPassword()
    const { status } = await vedette.send('POST', '/api/0/auth/login/', nobody, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ username: person.email, password }).toString(),
    })
    expect(status).toBe(200)
  })
})

describe('the cookie', () => {
  test.each([
    ['http://localhost:9000', 'Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax', '/'],
    ['https://errors.example.net', 'Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax; Secure', '/'],
    [
      'https://example.net/sentry',
      'Path=/sentry; Max-Age=1209600; HttpOnly; SameSite=Lax; Secure',
      '/sentry/',
    ],
  ])('of %s: %s', async (url, attributes, nextUri) => {
    await using own = await openInstallation({ url })
    const answer = await signIn((await withPassword(own)).email, password, own)
    expect(answer.headers['set-cookie']?.replace(/^[^;]+; /, '')).toBe(attributes)
    expect(answer.headers['set-cookie']).toContain(`${sessionCookie}=`)
    expect(answer.body.nextUri).toBe(nextUri)
  })

  test('is for TLS alone where a proxy says that there is TLS', async () => {
    const person = await withPassword()
    const { headers } = await vedette.send('POST', '/api/0/auth/login/', nobody, {
      headers: { 'x-forwarded-proto': 'https' },
      body: { username: person.email, password },
    })
    expect(headers['set-cookie']).toMatch(/; Secure$/)
  })

  test('is good for a fortnight', async () => {
    await using own = await openInstallation()
    const session = cookieOf(await signIn((await withPassword(own)).email, password, own))
    own.clock.advance(14 * DAY - 1)
    expect((await own.get('/auth/', session)).status).toBe(200)
    own.clock.advance(1)
    expect((await own.get('/auth/', session)).status).toBe(401)
  })
})

describe('too many attempts', () => {
  const wrong = 'incorrect horse'

  test('on one account are refused for a minute, the right password included; others are not', async () => {
    await using own = await openInstallation()
    const [ada, bob] = [await withPassword(own), await withPassword(own)]
    const statuses = []
    for (let attempt = 0; attempt < 10; attempt++) {
      own.clock.advance(SECOND)
      statuses.push((await signIn(ada.email, wrong, own)).status)
    }
    expect(statuses).toEqual(Array(10).fill(400))
    own.clock.advance(500)
    const { status, headers, body } = await signIn(ada.email.toUpperCase(), password, own)
    expect({ status, retryAfter: headers['retry-after'], body }).toEqual({
      status: 429,
      retryAfter: '51',
      body: { detail: 'You have made too many login attempts. Please try again in 51 seconds.' },
    })
    expect((await signIn(bob.email, password, own)).status).toBe(200)
    own.clock.advance(51 * SECOND)
    expect((await signIn(ada.email, password, own)).status).toBe(200)
  })

  test('from one address are refused, whatever the account', async () => {
    await using own = await openInstallation()
    const people = []
    for (let count = 0; count < 55; count++) people.push(await withPassword(own))
    const answers = await Promise.all(people.map(({ email }) => signIn(email, wrong, own)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([...Array(50).fill(400), ...Array(5).fill(429)])
    own.clock.advance(MINUTE)
    expect((await signIn(people[54]?.email, wrong, own)).status).toBe(400)
  })

  test('are not those that go well', async () => {
    await using own = await openInstallation()
    const ada = await withPassword(own)
    for (let time = 0; time < 12; time++) {
      expect((await signIn(ada.email, password, own)).status).toBe(200)
    }
  })
})

describe('signing out', () => {
  test('ends this session, and no other', async () => {
    const person = await withPassword()
    const [here, there] = [cookieOf(await signIn(person.email)), cookieOf(await signIn(person.email))]
    const answer = await vedette.delete('/auth/', here)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers['set-cookie']).toBe(`${sessionCookie}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`)
    expect((await vedette.get('/auth/', here)).status).toBe(401)
    expect((await vedette.get('/auth/', there)).status).toBe(200)
  })

  test('does nothing to tokens, and no harm to strangers', async () => {
    const { caller } = await addPerson(vedette)
    for (const each of [caller, nobody]) expect((await vedette.delete('/auth/', each)).status).toBe(204)
    expect((await vedette.get('/auth/', caller)).status).toBe(200)
  })
})

describe('giving the password once more', () => {
  const wrong = { detail: { code: 'ignore', message: 'The password is wrong.' } }

  test('is answered with the user, or refused without ending the session', async () => {
    const person = await withPassword()
    const session = await sessionOf(vedette, person)
    const confirm = async (caller: Caller, body: unknown) => {
      const answer = await vedette.put('/auth/', caller, body)
      return [answer.status, answer.status === 200 ? 'confirmed' : answer.body]
    }
    const required = { password: ['This field is required.'] }
    const anonymous = { detail: 'Authentication credentials were not provided.' }
    expect([
      await confirm(session, { password: 'incorrect horse' }),
      await confirm(session, {}),
      await confirm(session, { password }),
      await confirm(await sessionOf(vedette, await addPerson(vedette)), { password }),
      await confirm(person.caller, { password }),
      await confirm(nobody, { password }),
    ]).toEqual([
      [403, wrong],
      [400, required],
      [200, 'confirmed'],
      [403, wrong],
      [401, anonymous],
      [401, anonymous],
    ])
    expect((await vedette.get('/auth/', session)).status).toBe(200)
  })

  test('may be guessed no more often than at the sign-in', async () => {
    await using own = await openInstallation()
    const person = await withPassword(own)
    const session = await sessionOf(own, person)
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await own.put('/auth/', session, { password: 'guess' })).status).toBe(403)
    }
    expect((await own.put('/auth/', session, { password })).status).toBe(429)
    expect((await signIn(person.email, password, own)).status).toBe(429)
  })

  test.each(unreadableFields)('refuses $name', async ({ sending, answer }) => {
    const session = await sessionOf(vedette, await withPassword())
    expect(await vedette.send('PUT', '/api/0/auth/', session, sending)).toMatchObject(answer)
  })
})
