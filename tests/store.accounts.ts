/** The store's contract: users, their sessions, and every kind of token. */
import { expect } from 'vitest'
import {
  confirmSession,
  deleteSession,
  hasAnyUser,
  insertSession,
  insertUser,
  noteSignIn,
  sessionByHash,
  setPassword,
  userByEmail,
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
    await store.db.write((tx) => insertSession(tx, { userId, tokenHash: hash('1'), now: startAt, expiresAt }))
    const found = await sessionByHash(store.db.read, hash('1'))
    expect(found?.user.email).toBe('ada@example.net')
    expect(found?.session).toEqual({ id: found?.session.id, userId, confirmedAt: startAt, expiresAt })
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
