/** The last items that a project has lost, each with the reason in words. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { dropWords } from '../protocol/drop-words.ts'
import { categoryNumber, dataCategories, type Fate, outcomeNumber, outcomes } from '../protocol/outcome.ts'
import { type ClientKey, keyNames, keysOfOrganization } from '../store/client-keys.ts'
import type { Db } from '../store/database.ts'
import { type DroppedFilter, type DroppedItem, listDroppedItems } from '../store/dropped-items.ts'
import { endpoint, ok } from './endpoint.ts'
import { keyLinks, keyPageRequest } from './paging.ts'
import { projectPermission } from './permissions.ts'
import type { Query } from './query.ts'
import { DateTime, isoDate } from './serialize/dates.ts'
import { questionParameters, readFilter } from './stats-question.ts'
import { type ProjectTarget, resolveProject } from './targets.ts'

const DroppedItemJson = Type.Object(
  {
    id: Type.String(),
    dateCreated: DateTime,
    key: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
    sdk: Type.Union([Type.String(), Type.Null()]),
    category: Type.String(),
    outcome: Type.String(),
    reason: Type.Union([Type.String(), Type.Null()]),
    quantity: Type.Integer(),
    sizeBytes: Type.Union([Type.Integer(), Type.Null()]),
    message: Type.String(),
    unlisted: Type.Integer({
      description:
        'How many more were dropped after this one and before the next that is listed: under a flood some of them are only counted',
    }),
  },
  { title: 'DroppedItem' },
)

export function droppedItemRoutes(server: FastifyInstance, app: App): void {
  const { category, outcome, reason, key_id } = questionParameters
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/usage/dropped/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'Why data was dropped: the last items that a project has lost, newest first',
        query: {
          ...(category && { category }),
          ...(outcome && { outcome }),
          ...(reason && { reason }),
          ...(key_id && { key_id }),
          cursor: { description: 'From the Link header' },
          per_page: { description: 'At most 100, which is the default', schema: { type: 'integer' } },
        },
        response: { 200: Type.Array(DroppedItemJson) },
        handle: async ({ query, target }) => {
          const db = app.db.read
          const page = await listDroppedItems(db, await readDropped(db, query, target), keyPageRequest(query))
          const keys = await keyNames(db, [...new Set(page.rows.map(({ keyId }) => keyId))])
          const rows = page.rows.map((item) => droppedItemJson(item, keys.get(item.keyId)))
          return ok(rows, keyLinks(page))
        },
      },
    },
  })
}

/** Errors: ApiError 400. */
async function readDropped(
  db: Db,
  query: Query,
  { organization, project }: ProjectTarget,
): Promise<DroppedFilter> {
  const { outcomes, categories, reasons, keys } = readFilter(query)
  const found = keys && (await keysOfOrganization(db, { organizationId: organization.id, names: keys }))
  return {
    projectId: project.id,
    ...(outcomes && { outcomes: outcomes.map(outcomeNumber) }),
    ...(categories && { categories: categories.map(categoryNumber) }),
    ...(reasons && { reasons }),
    ...(found && { keyIds: found.map(({ id }) => id) }),
  }
}

function droppedItemJson(
  item: DroppedItem,
  key: Pick<ClientKey, 'publicKey' | 'label'> | undefined,
): Record<string, unknown> {
  const { number, receivedAt, client, reason, detail, quantity, sizeBytes, unlisted } = item
  const outcome = outcomes[item.outcome] ?? 'invalid'
  const fate: Fate = { outcome, reason, ...(detail === null ? {} : { detail }) }
  return {
    id: String(number),
    dateCreated: isoDate(receivedAt),
    key: key === undefined ? null : { id: key.publicKey, name: key.label },
    sdk: client,
    category: dataCategories[item.category] ?? 'default',
    outcome,
    reason: reason === '' ? null : reason,
    quantity,
    sizeBytes,
    message: dropWords(fate, key?.label),
    unlisted,
  }
}
