/** What the database holds altogether, cheap enough to be asked for every few seconds. */
import type { Db } from './database.ts'
import { numberOf } from './dialect.ts'

/** What was counted of a project since it began. Category and outcome are numbers of protocol/outcome.ts. */
export interface FateTotal {
  readonly organization: string
  readonly project: string
  readonly category: number
  readonly outcome: number
  readonly quantity: number
}

/** Totals of all projects but those that were given up. */
export function listFateTotals(db: Db): Promise<readonly FateTotal[]> {
  return db
    .selectFrom('outcome_total')
    .innerJoin('project', 'project.id', 'outcome_total.project_id')
    .innerJoin('organization', 'organization.id', 'project.organization_id')
    .where('project.status', '=', 'active')
    .where('organization.status', '=', 'active')
    .select([
      'organization.slug as organization',
      'project.slug as project',
      'category',
      'outcome',
      numberOf('quantity').as('quantity'),
    ])
    .orderBy('outcome_total.project_id')
    .orderBy('category')
    .orderBy('outcome')
    .execute()
}

/**
 * How many events are stored, by their first and last id: what was deleted in between, such as a whole project,
 * counts until the retention has passed it. Counting rows would read all of them.
 */
export async function estimateEvents(db: Db): Promise<number> {
  const { first, last } = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('event')
        .select((e) => e.fn.min('id').as('id'))
        .as('first'),
      eb
        .selectFrom('event')
        .select((e) => e.fn.max('id').as('id'))
        .as('last'),
    ])
    .executeTakeFirstOrThrow()
  return first === null || last === null ? 0 : last - first + 1
}
