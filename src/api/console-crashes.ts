/** The `playstation` address of a DSN: there, because keys list it, and refused, because the format is not public. */
import type { Door, DoorOperation } from './dsn-request.ts'
import { IngestError } from './ingest-errors.ts'

const refused: DoorOperation = {
  documentation: {
    summary: 'Crash dumps of consoles, which are not taken: always 404',
    method: 'POST',
    tag: 'ingestion',
    accepts: ['multipart/form-data'],
    answer: {
      status: 404,
      type: 'application/json',
      schema: { type: 'object', properties: { detail: { type: 'string' } }, required: ['detail'] },
    },
  },
  take: async () => {
    throw new IngestError(404, 'crash dumps of consoles are not taken by this server')
  },
}

export const consoleDoors: readonly Door[] = [
  { path: '/api/:project/playstation', operations: { POST: refused } },
]
