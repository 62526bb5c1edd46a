/** The store's contract: tokens that are listed, renamed and revoked; changes to what belongs to a person. */
import { expect } from 'vitest'
import { listAuditEntries, recordPersonalChange } from '../src/store/audit-log.ts'
import { insertMember } from '../src/store/members.ts'
import {
  insertOrganizationToken,
  insertUserToken,
  listOrganizationTokens,
  listUserTokens,
  organizationTokenByHash,
  organizationTokenById,
  renameOrganizationToken,
  renameUserToken,
  revokeOrganizationToken,
  touchOrganizationToken,
  userTokenById,
} from '../src/store/tokens.ts'
import {
  addOrganization,
  addUser,
  type Behaviours,
  type OpenStore,
  startAt,
  wholeKeyPage,
} from './store.fixtures.ts'

let made = 0

async function addOrganizationToken(
  { db }: OpenStore,
  organizationId: number,
  name: string,
  kind: 'token' | 'api-key' = 'token',
): Promise<{ id: number; tokenHash: string }> {
  made += 1
  const tokenHash = String(made).padStart(64, '0')
  const more = { tokenHash, tokenLast4: 'cafe', scopes: ['org:ci'], createdBy: null, now: startAt }
  const id = await db.write((tx) => insertOrganizationToken(tx, { organizationId, kind, name, ...more }))
  return { id, tokenHash }
}

export const tokens: Behaviours = {
  'lists the tokens of an organization: the last used first, then by name, newest first': async (store) => {
    const { id: acme } = await addOrganization(store, 'acme')
    const { id: bolt } = await addOrganization(store, 'bolt')
    const twins = [await addOrganizationToken(store, acme, 'b'), await addOrganizationToken(store, acme, 'b')]
    const a = await addOrganizationToken(store, acme, 'a')
    const early = await addOrganizationToken(store, acme, 'early')
    const late = await addOrganizationToken(store, acme, 'late')
    const revoked = await addOrganizationToken(store, acme, 'revoked')
    await addOrganizationToken(store, acme, 'key', 'api-key')
    await addOrganizationToken(store, bolt, 'other')
    await store.db.write(async (tx) => {
      await touchOrganizationToken(tx, { tokenId: late.id, now: startAt + 2 })
      await touchOrganizationToken(tx, { tokenId: early.id, now: startAt + 1 })
      await revokeOrganizationToken(tx, { tokenId: revoked.id, now: startAt })
    })
    const found = await listOrganizationTokens(store.db.read, acme)
    expect(found.map(({ id }) => id)).toEqual([late.id, early.id, a.id, twins[1]?.id, twins[0]?.id])
  },

  'an organization token is found by id until it is revoked': async (store) => {
    const { id: organizationId } = await addOrganization(store, 'acme')
    const { id: bolt } = await addOrganization(store, 'bolt')
    const token = await addOrganizationToken(store, organizationId, 'ci')
    const other = await addOrganizationToken(store, organizationId, 'other')
    const key = await addOrganizationToken(store, organizationId, 'key', 'api-key')
    const find = async (tokenId: number, id = organizationId) =>
      (await organizationTokenById(store.db.read, { organizationId: id, tokenId }))?.name
    await store.db.write((tx) => renameOrganizationToken(tx, { tokenId: token.id, name: 'deploys' }))
    expect([
      await find(token.id),
      await find(other.id),
      await find(token.id, bolt),
      await find(key.id),
    ]).toEqual(['deploys', 'other', undefined, undefined])
    await store.db.write((tx) => revokeOrganizationToken(tx, { tokenId: token.id, now: startAt + 1 }))
    expect([await find(token.id), await find(other.id)]).toEqual([undefined, 'other'])
    expect(await organizationTokenByHash(store.db.read, token.tokenHash)).toMatchObject({
      deactivatedAt: startAt + 1,
    })
  },

  'a personal token is found by id and renamed, by its owner': async (store) => {
    const [ada, bob] = [await addUser(store, 'ada@example.net'), await addUser(store, 'bob@example.net')]
    const add = (tokenHash: string) =>
      store.db.write((tx) =>
        insertUserToken(tx, {
          userId: ada,
          name: 'one',
          tokenHash,
          tokenLast4: 'cafe',
          scopes: [],
          now: startAt,
        }),
      )
    const [tokenId, other] = [await add('1'.repeat(64)), await add('2'.repeat(64))]
    await store.db.write((tx) => renameUserToken(tx, { tokenId, name: 'two' }))
    const names = (await listUserTokens(store.db.read, ada)).map(({ id, name }) => [id, name])
    expect(names).toEqual([
      [other, 'one'],
      [tokenId, 'two'],
    ])
    expect(await userTokenById(store.db.read, { userId: ada, tokenId })).toMatchObject({
      id: tokenId,
      name: 'two',
    })
    expect(await userTokenById(store.db.read, { userId: bob, tokenId })).toBeUndefined()
  },

  'a change to what belongs to a person is recorded wherever they are a member': async (store) => {
    const userId = await addUser(store, 'ada@example.net')
    const organizations = await Promise.all(
      ['acme', 'bolt', 'cord'].map((slug) => addOrganization(store, slug)),
    )
    const by = { userId: null, label: 'command line', ipAddress: null }
    await store.db.write(async (tx) => {
      for (const { id: organizationId } of organizations.slice(0, 2)) {
        const email = 'ada@example.net'
        await insertMember(tx, {
          organizationId,
          userId,
          email,
          role: 'member',
          inviterId: null,
          now: startAt,
        })
      }
      const change = {
        userId,
        event: 'user-auth-token.create',
        targetObject: 7,
        data: { name: 'x' },
      } as const
      await recordPersonalChange(tx, by, change, startAt)
    })
    const entries = []
    for (const { id: organizationId } of organizations) {
      entries.push((await listAuditEntries(store.db.read, { organizationId }, wholeKeyPage)).rows)
    }
    const entry = {
      changer: by,
      targetObject: 7,
      targetUserId: userId,
      data: { name: 'x' },
      createdAt: startAt,
    }
    expect(entries).toMatchObject([[entry], [entry], []])
  },
}
