/** Which operations of Sentry's public API are answered here, and how well: the list is operations.json. */
import listed from './operations.json' with { type: 'json' }

export interface ComparedOperation {
  readonly chapter: string
  /** As Sentry's document writes it: `GET /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/`. */
  readonly operation: string
  readonly title: string
  readonly answer: 'yes' | 'partly' | 'no'
  readonly differs?: string
}

export const operations = listed as readonly ComparedOperation[]
