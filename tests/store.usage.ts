/** The store's contract: the last dropped items, and stored events by what they say of themselves. */
import { expect } from 'vitest'
import {
  type DroppedFilter,
  deleteOldDrops,
  listDroppedItems,
  projectsWithOldDrops,
} from '../src/store/dropped-items.ts'
import { type EventFacet, type FacetQuery, sumEventFacets } from '../src/store/event-facets.ts'
import { DROPPED_LIMIT } from '../src/store/flush.ts'
import { projectsWithOldCounts, pruneCounts } from '../src/store/stats.ts'
import {
  addProject,
  addProjectOfItsOwn,
  type Behaviours,
  dropOf,
  facetsOf,
  type OpenStore,
  startAt,
  startBucket,
  wholeKeyPage,
} from './store.fixtures.ts'

const HOUR = 3600
const DAY = 86_400

async function droppedOf({ db }: OpenStore, filter: DroppedFilter, limit = 10_000) {
  return (await listDroppedItems(db.read, filter, { ...wholeKeyPage, limit })).rows
}

export const droppedItems: Behaviours = {
  'dropped items are listed newest first, by project': async (store) => {
    const { project } = await addProjectOfItsOwn(store, 'web')
    const other = await addProjectOfItsOwn(store, 'app')
    await store.flush((into) => {
      into.listDropped(project.id, [dropOf({ quantity: 1 }), dropOf({ quantity: 2 })], 0)
      into.listDropped(other.project.id, [dropOf({ quantity: 9 })], 0)
    })
    await store.flush((into) =>
      into.listDropped(project.id, [dropOf({ client: null, detail: null, sizeBytes: null, quantity: 3 })], 0),
    )
    const first = { ...dropOf({ quantity: 1 }), number: 1, unlisted: 0 }
    expect(await droppedOf(store, { projectId: project.id })).toEqual([
      { ...first, number: 3, client: null, detail: null, sizeBytes: null, quantity: 3 },
      { ...first, number: 2, quantity: 2 },
      first,
    ])
    expect(await droppedOf(store, { projectId: other.project.id })).toEqual([{ ...first, quantity: 9 }])
  },

  'the last thousand are kept, however many come at once': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    const many = (count: number) => Array.from({ length: count }, () => dropOf())
    await store.flush((into) => into.listDropped(project.id, many(DROPPED_LIMIT - 1), 0))
    await store.flush((into) => into.listDropped(project.id, many(2), 0))
    const numbers = async () =>
      (await droppedOf(store, { projectId: project.id })).map(({ number }) => number)
    expect(await numbers()).toHaveLength(1000)
    expect([(await numbers())[0], (await numbers()).at(-1)]).toEqual([1001, 2])
    await store.flush((into) => into.listDropped(project.id, many(2500), 0))
    expect(await numbers()).toEqual(Array.from({ length: 1000 }, (_, index) => 3501 - index))
  },

  'what is not listed is noted on the one that came before it': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    const unlisted = async () =>
      (await droppedOf(store, { projectId: project.id })).map((row) => row.unlisted)
    await store.flush((into) => into.listDropped(project.id, [], 5))
    expect(await unlisted()).toEqual([])
    await store.flush((into) => into.listDropped(project.id, [dropOf(), dropOf()], 3))
    await store.flush((into) => into.listDropped(project.id, [], 4))
    await store.flush((into) => into.listDropped(project.id, [dropOf()], 1))
    expect(await unlisted()).toEqual([1, 7, 0])
  },

  'dropped items are found by key, category, outcome and reason': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    const projectId = project.id
    await store.flush((into) =>
      into.listDropped(
        projectId,
        [
          dropOf({ keyId: 2 }),
          dropOf({ category: 4 }),
          dropOf({ outcome: 3 }),
          dropOf({ reason: 'localhost' }),
          dropOf({ reason: '' }),
        ],
        0,
      ),
    )
    const found = async (filter: Omit<DroppedFilter, 'projectId'>) =>
      (await droppedOf(store, { projectId, ...filter })).map(({ number }) => number)
    expect(await found({ keyIds: [2, 7] })).toEqual([1])
    expect(await found({ categories: [4] })).toEqual([2])
    expect(await found({ outcomes: [3] })).toEqual([3])
    expect(await found({ reasons: ['localhost', ''] })).toEqual([5, 4])
    expect(await found({ keyIds: [] })).toEqual([])
    expect(await found({ keyIds: [1], outcomes: [1], reasons: ['web-crawlers'] })).toEqual([2])
  },

  'pages of dropped items neither overlap nor leave anything out': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    await store.flush((into) =>
      into.listDropped(
        project.id,
        [1, 2, 3, 4, 5].map(() => dropOf()),
        0,
      ),
    )
    const page = (position: { key: number; skip: number } | undefined) =>
      listDroppedItems(store.db.read, { projectId: project.id }, { limit: 2, position, backwards: false })
    const first = await page(undefined)
    const second = await page(first.next)
    const third = await page(second.next)
    expect([first, second, third].map(({ rows }) => rows.map(({ number }) => number))).toEqual([
      [5, 4],
      [3, 2],
      [1],
    ])
    expect([first, second, third].map(({ hasNext }) => hasNext)).toEqual([true, true, false])
  },

  'old dropped items are found by the oldest of each project, and go alone': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const young = await addProject(store, organization, 'young')
    await addProject(store, organization, 'empty')
    await store.flush((into) => {
      into.listDropped(
        project.id,
        [-2, -1, 0].map((ms) => dropOf({ receivedAt: startAt + ms })),
        0,
      )
      into.listDropped(young.id, [dropOf()], 0)
    })
    expect(await projectsWithOldDrops(store.db.read, startAt)).toEqual([project.id])
    const input = { projectId: project.id, before: startAt }
    expect(await store.db.write((tx) => deleteOldDrops(tx, input))).toBe(2)
    expect(await store.db.write((tx) => deleteOldDrops(tx, input))).toBe(0)
    expect(await projectsWithOldDrops(store.db.read, startAt)).toEqual([])
    expect((await droppedOf(store, { projectId: project.id })).map(({ number }) => number)).toEqual([3])
  },
}

function sums({ db }: OpenStore, projectId: number, query: Partial<FacetQuery>) {
  return sumEventFacets(db.read, {
    projectIds: [projectId],
    ranges: [{ from: startBucket - DAY, to: startBucket + DAY, resolution: HOUR }],
    facets: [],
    byProject: false,
    limit: 100,
    ...query,
  })
}

export const eventFacetCounts: Behaviours = {
  'facets are added up at hours and days, which agree': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    const { id } = project
    await store.flush((into) => {
      into.addEventFacets(facetsOf(id, { quantity: 2 }))
      into.addEventFacets(facetsOf(id, { quantity: 3, bucket: startBucket + 1800 }))
      into.addEventFacets(facetsOf(id, { quantity: 4, release: '' }))
      into.addEventFacets(facetsOf(id, { quantity: 5, category: 2 }))
    })
    await store.flush((into) => into.addEventFacets(facetsOf(id, { quantity: 10 })))
    const thisHour = startBucket - 1800
    const plain = { projectId: 0, sdk: '', release: '', environment: '' }
    expect(await sums(store, id, { facets: ['release'], step: HOUR, categories: [1] })).toEqual([
      { ...plain, at: thisHour, category: 1, release: '', sum: 4 },
      { ...plain, at: thisHour, category: 1, release: 'shop@1.2.3', sum: 12 },
      { ...plain, at: thisHour + HOUR, category: 1, release: 'shop@1.2.3', sum: 3 },
    ])
    const days = [{ from: 0, to: startBucket + DAY, resolution: DAY }]
    expect(await sums(store, id, { ranges: days })).toEqual([
      { ...plain, at: 0, category: 1, sum: 19 },
      { ...plain, at: 0, category: 2, sum: 5 },
    ])
    const table = store.db.read.selectFrom('event_facet_count').select('resolution').distinct()
    expect((await table.execute()).map(({ resolution }) => resolution)).toEqual([HOUR, DAY])
  },

  'facets are told apart as they are asked for, and so are projects': async (store) => {
    const { organization, project } = await addProjectOfItsOwn(store)
    const other = await addProject(store, organization, 'other')
    await store.flush((into) => {
      into.addEventFacets(facetsOf(project.id, { sdk: 'a', environment: 'x' }))
      into.addEventFacets(facetsOf(project.id, { sdk: 'a', environment: 'y' }))
      into.addEventFacets(facetsOf(other.id, { sdk: 'b', environment: 'y' }))
    })
    const by = async (byProject: boolean, ...facets: readonly EventFacet[]) =>
      (await sums(store, 0, { projectIds: [project.id, other.id], facets, byProject })).map((row) => [
        row.projectId,
        row.sdk,
        row.environment,
        row.sum,
      ])
    expect(await by(false)).toEqual([[0, '', '', 3]])
    expect(await by(false, 'sdk')).toEqual([
      [0, 'a', '', 2],
      [0, 'b', '', 1],
    ])
    expect(await by(false, 'environment')).toEqual([
      [0, '', 'x', 1],
      [0, '', 'y', 2],
    ])
    expect((await by(true, 'sdk', 'environment')).toSorted()).toEqual(
      [
        [project.id, 'a', 'x', 1],
        [project.id, 'a', 'y', 1],
        [other.id, 'b', 'y', 1],
      ].toSorted(),
    )
    expect(await sums(store, project.id, { facets: ['environment'], limit: 1 })).toHaveLength(1)
    expect(await sums(store, 0, { projectIds: [] })).toEqual([])
  },

  'facets go with the other counts of their age': async (store) => {
    const { project } = await addProjectOfItsOwn(store)
    await store.flush((into) => {
      into.addEventFacets(facetsOf(project.id, { bucket: startBucket - 2 * DAY }))
      into.addEventFacets(facetsOf(project.id))
    })
    const old = { resolution: HOUR, before: startBucket - DAY }
    expect(await projectsWithOldCounts(store.db.read, old)).toEqual([project.id])
    expect(await store.db.write((tx) => pruneCounts(tx, { ...old, projectId: project.id, limit: 100 }))).toBe(
      1,
    )
    expect(await projectsWithOldCounts(store.db.read, old)).toEqual([])
    expect(await sums(store, project.id, {})).toHaveLength(1)
  },
}
