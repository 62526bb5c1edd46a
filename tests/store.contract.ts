/**
 * What the store promises, whatever database is under it: one list of behaviours for all of them. The subjects
 * are in the files beside this one; transactions are here.
 */
import type { Kysely } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import type { Tx } from '../src/store/database.ts'
import { insertOrganization, organizationByIdOrSlug } from '../src/store/organizations.ts'
import type { Schema } from '../src/store/schema.ts'
import { accounts } from './store.accounts.ts'
import { counts, flushes, retention } from './store.events.ts'
import {
  addOrganization,
  type Behaviours,
  countOf,
  eventOf,
  type OpenStore,
  startAt,
  storeEvents,
} from './store.fixtures.ts'
import { members } from './store.members.ts'
import { organizations } from './store.organizations.ts'
import { projectChanges } from './store.project-changes.ts'
import { clientKeys, projects } from './store.projects.ts'
import { rateLimits } from './store.rate-limits.ts'
import { tokens } from './store.tokens.ts'
import { droppedItems, eventFacetCounts } from './store.usage.ts'

const slugs = async ({ db }: Pick<OpenStore, 'db'>) => {
  const rows = await db.read.selectFrom('organization').select('slug').orderBy('id').execute()
  return rows.map(({ slug }) => slug)
}

const insert = (tx: Tx, slug: string) => insertOrganization(tx, { slug, name: slug, now: startAt })

/** Adds one to a number in a way that loses the sum if two do it at once. */
async function countUp(tx: Tx): Promise<void> {
  const { options } = await tx.selectFrom('organization').select('options').executeTakeFirstOrThrow()
  const count = Number(JSON.parse(options).count ?? 0) + 1
  await tx
    .updateTable('organization')
    .set({ options: JSON.stringify({ count }) })
    .execute()
}

const transactions: Behaviours = {
  'a transaction that fails leaves nothing behind, and the next one goes through': async (store) => {
    const failing = store.db.write(async (tx) => {
      await insert(tx, 'acme')
      throw new RangeError('changed my mind')
    })
    await expect(failing).rejects.toThrow(new RangeError('changed my mind'))
    expect(await slugs(store)).toEqual([])
    await addOrganization(store, 'acme')
    expect(await slugs(store)).toEqual(['acme'])
  },

  'a transaction reads what it wrote, and others only after it is committed': async (store) => {
    const another = await store.another()
    const inside = await store.db.write(async (tx) => {
      await insert(tx, 'acme')
      return [
        (await organizationByIdOrSlug(tx, 'acme'))?.slug,
        await organizationByIdOrSlug(store.db.read, 'acme'),
        await organizationByIdOrSlug(another.read, 'acme'),
      ]
    })
    expect(inside).toEqual(['acme', undefined, undefined])
    expect([await slugs(store), await slugs({ db: another })]).toEqual([['acme'], ['acme']])
  },

  'a reader cannot write': async ({ db }) => {
    const reader = db.read as unknown as Kysely<Schema>
    const attempt = reader.insertInto('config_version').values({ id: 1, version: 9 }).execute()
    await expect(attempt).rejects.toThrow(/readonly|read-only/)
  },

  'writers take turns, in one process and between two': async (store) => {
    const another = await store.another()
    await addOrganization(store, 'acme')
    await Promise.all(
      [store.db, another, store.db, another, store.db, another].map((db) => db.write(countUp)),
    )
    const acme = await organizationByIdOrSlug(store.db.read, 'acme')
    expect(acme?.options).toEqual({ count: 6 })
  },

  'a writer that waits for another process keeps nobody else waiting': async (store) => {
    const another = await store.another()
    const held = Promise.withResolvers<void>()
    const holding = Promise.withResolvers<void>()
    const first = another.write(async (tx) => {
      await insert(tx, 'first')
      holding.resolve()
      await held.promise
    })
    await holding.promise
    let isDone = false
    const second = store.db
      .write((tx) => insert(tx, 'second'))
      .then(() => {
        isDone = true
      })
    // Others read meanwhile; were the thread blocked, none of this would come back.
    for (let round = 0; round < 20; round++) {
      expect(await slugs(store)).toEqual([])
      await new Promise(setImmediate)
    }
    expect(isDone).toBe(false)
    held.resolve()
    await Promise.all([first, second])
    expect(await slugs(store)).toEqual(['first', 'second'])
  },

  'the version of the configuration rises with every administrative write, and only then': async (store) => {
    const version = () => store.db.configVersion()
    const before = version()
    await addOrganization(store, 'acme')
    const after = version()
    expect(after).toBeGreaterThan(before)

    await store.db.write(() => Promise.reject(new Error('no'))).catch(() => {})
    await store.flush((into) => {
      storeEvents(into, eventOf(7))
      into.addOutcomes(countOf(7))
    })
    const fresh = await store.another()
    expect([version(), fresh.configVersion()]).toEqual([after, after])
  },

  'a write of another process shows in the version of the configuration within a second': async (store) => {
    const another = await store.another()
    const before = store.db.configVersion()
    await another.write((tx) => insert(tx, 'acme'))
    await vi.waitFor(() => expect(store.db.configVersion()).toBeGreaterThan(before), {
      timeout: 1000,
      interval: 10,
    })
  },

  'what one process has committed the next one finds': async (store) => {
    await addOrganization(store, 'acme')
    await store.flush((into) => storeEvents(into, eventOf(7)))
    const another = await store.another()
    expect(await slugs({ db: another })).toEqual(['acme'])
    expect(await another.read.selectFrom('event').select('project_id').execute()).toEqual([{ project_id: 7 }])
  },
}

const contract: Readonly<Record<string, Behaviours>> = {
  transactions,
  accounts,
  organizations,
  'members and teams': members,
  tokens,
  projects,
  'changes to projects': projectChanges,
  'client keys': clientKeys,
  flushes,
  counts,
  'rate limits': rateLimits,
  'dropped items': droppedItems,
  'facets of events': eventFacetCounts,
  retention,
}

/** Title → why this database differs. */
export type Exceptions = Readonly<Record<string, string>>

/** Runs every behaviour on a store of its own, which `open` makes. Exceptions are skipped with their reason. */
export function storeContract(open: () => Promise<OpenStore>, exceptions: Exceptions = {}): void {
  for (const [subject, behaviours] of Object.entries(contract)) {
    describe(subject, () => {
      for (const [title, behaves] of Object.entries(behaviours)) {
        const reason = exceptions[title]
        test.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (${reason})`, async () => {
          await using store = await open()
          await behaves(store)
        })
      }
    })
  }

  test('every exception names a behaviour', () => {
    const titles = new Set(Object.values(contract).flatMap((behaviours) => Object.keys(behaviours)))
    expect(Object.keys(exceptions).filter((title) => !titles.has(title))).toEqual([])
  })
}
