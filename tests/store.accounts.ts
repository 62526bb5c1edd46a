/** The store's contract: users, their sessions, and every kind of token. */
import { expect } from 'vitest'
import {
  confirmSession,
  deleteSession,
  deleteSessionById,
  deleteSessionsOf,
  hasAnyUser,
  insertSession,
  insertUser,
  listSessions,
  noteSignIn,
  renameUser,
  type Session,
  sessionByHash,
  setPassword,
  touchSession,
  userByEmail,
  userById,
  userBySignIn,
  usersById,
} from '../src/store/accounts.ts'
import { memberOfUser } from '../src/store/members.ts'
import { isUniqueViolation } from '../src/store/sqlite.ts'
import {
  deleteUserToken,
  insertOrganizationToken,
  insertUserToken,
  listUserTokens,
  organizationTokenByHash,
  touchOrganizationToken,
  touchUserToken,
  userTokenByHash,
} from '../src/store/tokens.ts'
import {
  addMember,
  addOrganization,
  addUser,
  type Behaviours,
  type OpenStore,
  startAt,
} from './store.fixtures.ts'

const hash = (letter: string) => letter.repeat(64)

function addToken({ db }: OpenStore, userId: number, name: string, tokenHash: string): Promise<number> {
  const scopes = ['project:write', 'org:read']
  return db.write((tx) =>
    insertUserToken(tx, { userId, name, tokenHash, tokenLast4: 'cafe', scopes, now: startAt }),
  )
}

/** A session that is known by its user agent. */
async function addSession(
  { db }: OpenStore,
  userId: number,
  name: string,
  { now = startAt, expiresAt = startAt + 1_000_000 }: { now?: number; expiresAt?: number },
): Promise<Session> {
  const tokenHash = hash(name)
  await db.write((tx) => insertSession(tx, { userId, tokenHash, now, expiresAt, userAgent: name }))
  const found = await sessionByHash(db.read, tokenHash)
  if (found === undefined) throw new Error(`The session ${name} is not there`)
  return found.session
}

async function sessionsOf({ db }: OpenStore, userId: number, now = startAt): Promise<(string | null)[]> {
  return (await listSessions(db.read, { userId, now })).map(({ userAgent }) => userAgent)
}

export const accounts: Behaviours = {
  'has no user until the first one is there': async (store) => {
    expect(await hasAnyUser(store.db.read)).toBe(false)
    await addUser(store, 'ada@example.net')
    expect(await hasAnyUser(store.db.read)).toBe(true)
  },

  'keeps everything about a user': async ({ db }) => {
    const id = await db.write((tx) =>
      insertUser(tx, {
        email: 'Ada@Example.net',
        passwordHash: 'scrypt$…',
        name: 'Ada Lovelace',
        isSuperuser: true,
        now: startAt,
      }),
    )
    expect((await usersById(db.read, [id])).get(id)).toEqual({
      id,
      email: 'ada@example.net',
      username: 'ada@example.net',
      name: 'Ada Lovelace',
      passwordHash: 'scrypt$…',
      hasGeneratedPassword: false,
      isActive: true,
      isSuperuser: true,
      createdAt: startAt,
      lastLoginAt: null,
      lastActiveAt: null,
    })
  },

  'an email address belongs to one user, whatever its case': async (store) => {
    const id = await addUser(store, 'Ada@Example.net')
    expect((await userByEmail(store.db.read, 'ADA@example.NET'))?.id).toBe(id)
    expect(await userByEmail(store.db.read, 'bob@example.net')).toBeUndefined()
    await expect(addUser(store, 'aDA@example.net')).rejects.toSatisfy(isUniqueViolation)
  },

  'finds users by their ids and leaves out those it does not know': async (store) => {
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    await addUser(store, 'eve@example.net')
    const found = await usersById(store.db.read, [bob, ada, 999])
    expect([...found].map(([id, { email }]) => [id, email]).sort()).toEqual([
      [ada, 'ada@example.net'],
      [bob, 'bob@example.net'],
    ])
    expect(await usersById(store.db.read, [])).toEqual(new Map())
  },

  'a new password and a sign-in change the one user only': async (store) => {
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    await store.db.write((tx) => setPassword(tx, { userId: ada, passwordHash: 'scrypt$new' }))
    await store.db.write((tx) => noteSignIn(tx, { userId: ada, now: startAt + 5 }))
    const users = await usersById(store.db.read, [ada, bob])
    expect(users.get(ada)).toMatchObject({
      passwordHash: 'scrypt$new',
      lastLoginAt: startAt + 5,
      lastActiveAt: startAt + 5,
    })
    expect(users.get(bob)).toMatchObject({ passwordHash: null, lastLoginAt: null })
  },

  'a token is found by its digest, with its user': async (store) => {
    const userId = await addUser(store, 'ada@example.net')
    const id = await addToken(store, userId, 'deploys', hash('1'))
    const found = await userTokenByHash(store.db.read, hash('1'))
    expect(found?.user.email).toBe('ada@example.net')
    expect(found?.token).toEqual({
      id,
      userId,
      name: 'deploys',
      tokenLast4: 'cafe',
      scopes: ['project:write', 'org:read'],
      createdAt: startAt,
      expiresAt: null,
      lastUsedAt: null,
    })
    expect(await userTokenByHash(store.db.read, hash('2'))).toBeUndefined()
    await expect(addToken(store, userId, 'twin', hash('1'))).rejects.toSatisfy(isUniqueViolation)
  },

  'the use of a token is noted, and its end is kept': async ({ db, ...store }) => {
    const userId = await addUser({ db, ...store }, 'ada@example.net')
    const tokenId = await db.write((tx) =>
      insertUserToken(tx, {
        userId,
        name: '',
        tokenHash: hash('1'),
        tokenLast4: 'cafe',
        scopes: [],
        now: startAt,
        expiresAt: startAt + 100,
      }),
    )
    await db.write((tx) => touchUserToken(tx, { tokenId, now: startAt + 7 }))
    const found = await userTokenByHash(db.read, hash('1'))
    expect(found?.token).toMatchObject({ lastUsedAt: startAt + 7, expiresAt: startAt + 100, scopes: [] })
  },

  'lists the tokens of a user, newest first, and deletes only their own': async (store) => {
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    const first = await addToken(store, ada, 'first', hash('1'))
    await addToken(store, ada, 'second', hash('2'))
    await addToken(store, bob, 'third', hash('3'))
    const names = async () => (await listUserTokens(store.db.read, ada)).map(({ name }) => name)
    expect(await names()).toEqual(['second', 'first'])
    const remove = (userId: number) => store.db.write((tx) => deleteUserToken(tx, { userId, tokenId: first }))
    expect([await remove(bob), await remove(ada), await remove(ada)]).toEqual([false, true, false])
    expect(await names()).toEqual(['second'])
  },

  'an organization token is found by its digest, and its use is noted': async (store) => {
    const { id: organizationId } = await addOrganization(store, 'acme')
    const id = await store.db.write((tx) =>
      insertOrganizationToken(tx, {
        organizationId,
        kind: 'api-key',
        name: 'ci',
        tokenHash: hash('1'),
        tokenLast4: 'beef',
        scopes: ['org:ci'],
        createdBy: null,
        now: startAt,
      }),
    )
    await store.db.write((tx) => touchOrganizationToken(tx, { tokenId: id, now: startAt + 9 }))
    expect(await organizationTokenByHash(store.db.read, hash('1'))).toEqual({
      id,
      organizationId,
      kind: 'api-key',
      name: 'ci',
      tokenLast4: 'beef',
      scopes: ['org:ci'],
      createdBy: null,
      createdAt: startAt,
      lastUsedAt: startAt + 9,
      deactivatedAt: null,
    })
    expect(await organizationTokenByHash(store.db.read, hash('2'))).toBeUndefined()
  },

  'a session is found by its digest until it is deleted': async (store) => {
    const userId = await addUser(store, 'ada@example.net')
    const expiresAt = startAt + 1000
    const from = { ipAddress: '192.0.2.7', userAgent: 'Firefox' }
    await store.db.write((tx) =>
      insertSession(tx, { userId, tokenHash: hash('1'), now: startAt, expiresAt, ...from }),
    )
    const found = await sessionByHash(store.db.read, hash('1'))
    expect(found?.user.email).toBe('ada@example.net')
    expect(found?.session).toEqual({
      id: found?.session.id,
      userId,
      createdAt: startAt,
      confirmedAt: startAt,
      expiresAt,
      lastUsedAt: startAt,
      ...from,
    })
    await store.db.write((tx) => deleteSession(tx, hash('1')))
    expect(await sessionByHash(store.db.read, hash('1'))).toBeUndefined()
  },

  'a session knows when its user last gave their password': async (store) => {
    const userId = await addUser(store, 'ada@example.net')
    for (const letter of ['1', '2']) {
      await store.db.write((tx) =>
        insertSession(tx, { userId, tokenHash: hash(letter), now: startAt, expiresAt: startAt + 9 }),
      )
    }
    await store.db.write((tx) => confirmSession(tx, { tokenHash: hash('1'), now: startAt + 5 }))
    const confirmedAt = async (letter: string) =>
      (await sessionByHash(store.db.read, hash(letter)))?.session.confirmedAt
    expect([await confirmedAt('1'), await confirmedAt('2')]).toEqual([startAt + 5, startAt])
  },

  'lists the sessions of a user that have not run out, the last used first': async (store) => {
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    await addSession(store, ada, '1', { expiresAt: startAt + 10 })
    await addSession(store, ada, '2', {})
    await addSession(store, ada, '3', { now: startAt - 5 })
    await addSession(store, bob, '4', {})
    expect(await sessionsOf(store, ada, startAt + 9)).toEqual(['2', '1', '3'])
    expect(await sessionsOf(store, ada, startAt + 10)).toEqual(['2', '3'])
  },

  'the use of a session is noted, with where it came from, and its user was active then': async (store) => {
    const { db } = store
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    const [session] = [await addSession(store, ada, '1', {}), await addSession(store, ada, '2', {})]
    const use = { now: startAt + 70, ipAddress: '2001:db8::1', userAgent: null }
    await db.write((tx) => touchSession(tx, { session, ...use }))
    expect((await sessionByHash(db.read, hash('1')))?.session).toEqual({
      ...session,
      lastUsedAt: startAt + 70,
      ipAddress: '2001:db8::1',
      userAgent: null,
    })
    expect((await sessionByHash(db.read, hash('2')))?.session.lastUsedAt).toBe(startAt)
    const users = await usersById(db.read, [ada, bob])
    expect([users.get(ada)?.lastActiveAt, users.get(bob)?.lastActiveAt]).toEqual([startAt + 70, null])
  },

  'sessions end one by one, all but one, or all, and only those of the one user': async (store) => {
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    const [one, two] = [await addSession(store, ada, '1', {}), await addSession(store, ada, '2', {})]
    await addSession(store, ada, '3', {})
    const other = await addSession(store, bob, '4', {})
    const end = (sessionId: number) =>
      store.db.write((tx) => deleteSessionById(tx, { userId: ada, sessionId }))
    expect([await end(one.id), await end(one.id), await end(other.id)]).toEqual([true, false, false])
    await store.db.write((tx) => deleteSessionsOf(tx, { userId: ada, exceptId: two.id }))
    expect(await sessionsOf(store, ada)).toEqual(['2'])
    await store.db.write((tx) => deleteSessionsOf(tx, { userId: ada }))
    expect([await sessionsOf(store, ada), await sessionsOf(store, bob)]).toEqual([[], ['4']])
  },

  'a user has a hundred sessions at most: those that were used least lately end': async (store) => {
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    await addSession(store, bob, 'bob', { now: startAt - 1000 })
    for (let turn = 0; turn < 102; turn++) await addSession(store, ada, `${turn}`, { now: startAt + turn })
    const left = await sessionsOf(store, ada, startAt + 102)
    expect([left.length, left[0], left.at(-1)]).toEqual([100, '101', '2'])
    expect(await sessionsOf(store, bob)).toEqual(['bob'])
  },

  'a password that the server made up is known as one until another is chosen': async (store) => {
    const { db } = store
    const userId = await db.write((tx) =>
      insertUser(tx, {
        email: 'ada@example.net',
        passwordHash: 'scrypt$made-up',
        hasGeneratedPassword: true,
        isSuperuser: true,
        now: startAt,
      }),
    )
    expect((await userById(db.read, userId))?.hasGeneratedPassword).toBe(true)
    await db.write((tx) => setPassword(tx, { userId, passwordHash: 'scrypt$chosen' }))
    expect((await userById(db.read, userId))?.hasGeneratedPassword).toBe(false)
  },

  'a new name is that of the one user': async (store) => {
    const ada = await addUser(store, 'ada@example.net')
    const bob = await addUser(store, 'bob@example.net')
    await store.db.write((tx) => renameUser(tx, { userId: ada, name: 'Ada Lovelace' }))
    const users = await usersById(store.db.read, [ada, bob])
    expect([users.get(ada)?.name, users.get(bob)?.name]).toEqual(['Ada Lovelace', ''])
  },

  'a user signs in by username or email address, whatever the case': async (store) => {
    const id = await addUser(store, 'ada@example.net')
    await store.db.write((tx) =>
      tx.updateTable('user').set({ username: 'ada' }).where('id', '=', id).execute(),
    )
    const found = async (name: string) => (await userBySignIn(store.db.read, name))?.id
    expect([await found('Ada'), await found('ADA@example.net'), await found('bob')]).toEqual([
      id,
      id,
      undefined,
    ])
  },

  'what belongs to a user goes with them': async (store) => {
    const organization = await addOrganization(store, 'acme')
    const { userId } = await addMember(store, organization, 'ada@example.net')
    if (userId === null) throw new Error('The member has no user')
    await addToken(store, userId, 'deploys', hash('1'))
    await store.db.write((tx) =>
      insertSession(tx, { userId, tokenHash: hash('2'), now: startAt, expiresAt: startAt + 1 }),
    )
    await store.db.write((tx) => tx.deleteFrom('user').where('id', '=', userId).execute())
    expect(await userTokenByHash(store.db.read, hash('1'))).toBeUndefined()
    expect(await sessionByHash(store.db.read, hash('2'))).toBeUndefined()
    expect(await memberOfUser(store.db.read, { organizationId: organization.id, userId })).toBeUndefined()
    expect(await listUserTokens(store.db.read, userId)).toEqual([])
  },
}
