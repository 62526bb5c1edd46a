/** Sentry's public OpenAPI document, as a judge of answers. It stands beside the repository, not in it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormatsModule from 'ajv-formats'

const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default

/** From the root of the repository. */
const place = '../shared/spec/public-openapi.json'

export const absentText = `Answers are not compared with the public schema: ${place} is absent`

export interface JudgedAnswer {
  readonly method: string
  /** Whole path, with its query. */
  readonly path: string
  readonly status: number
  readonly body: unknown
}

export interface PublicSchema {
  /** `GET /api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/`; undefined if it is not documented. */
  operationOf(method: string, path: string): string | undefined
  /** Where a successful answer departs from the document; empty if nowhere, or if the operation is not in it. */
  problems(answer: JudgedAnswer): readonly string[]
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json'?: { readonly schema?: object } } }>
  >
}

/** Undefined when the document is absent; then nothing is judged. */
export const publicSchema: PublicSchema | undefined = openPublicSchema()

function openPublicSchema(): PublicSchema | undefined {
  let text: string
  try {
    text = readFileSync(fileURLToPath(new URL(`../../${place}`, import.meta.url)), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> }
  // With fewest placeholders first: `/members/me/` and `/members/{id}/` both match, and the former is meant.
  const templates = Object.keys(paths)
    .sort((a, b) => a.split('{').length - b.split('{').length)
    .map((template) => ({ template, pattern: patternOf(template) }))
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  addFormats(ajv)
  const validators = new Map<object, ValidateFunction>()

  function validatorOf(schema: object): ValidateFunction {
    const validator = validators.get(schema) ?? ajv.compile(withNulls(schema) as object)
    validators.set(schema, validator)
    return validator
  }

  function find(method: string, path: string): { name: string; operation: Operation } | undefined {
    const [plain = ''] = path.split('?')
    const template = templates.find(({ pattern }) => pattern.test(plain))?.template
    const operation = template && paths[template]?.[method.toLowerCase()]
    return template && operation ? { name: `${method} ${template}`, operation } : undefined
  }

  return {
    operationOf: (method, path) => find(method, path)?.name,
    problems({ method, path, status, body }) {
      const found = status >= 200 && status < 300 ? find(method, path) : undefined
      if (found === undefined) return []
      const { responses } = found.operation
      const departure = departures[found.name]
      const mayBeFile = new URLSearchParams(path.split('?')[1]).has(departure?.fileIf ?? '')
      if (mayBeFile && typeof body === 'string') return []
      const documented = responses[departure?.documentedAs?.[status] ?? status]
      if (documented === undefined) return [`the documented answers are ${Object.keys(responses).join(', ')}`]
      const schema = documented.content?.['application/json']?.schema
      if (schema === undefined) return []
      const validate = validatorOf(schema)
      if (validate(body)) return []
      const isDeparture = ({ instancePath, keyword }: ErrorObject) =>
        keyword === 'type' && departure?.nullable.includes(instancePath)
      return (validate.errors ?? []).filter((error) => !isDeparture(error)).map(describe)
    },
  }
}

interface Departure {
  /** The status under which the document describes an answer that comes with another. */
  readonly documentedAs?: Readonly<Record<number, number>>
  /** With this parameter the answer may be a file. */
  readonly fileIf?: string
  /** Where null may stand all the same. */
  readonly nullable: readonly string[]
}

const ownership = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/ownership/'
const summary = '/api/0/organizations/{organization_id_or_slug}/stats-summary/'
const unsetOwnership = ['/raw', '/dateCreated', '/lastUpdated']

/** Where the server that the document speaks of does otherwise, and ours does as that server. */
const departures: Readonly<Record<string, Departure>> = {
  [`GET ${ownership}`]: { nullable: unsetOwnership },
  [`GET ${summary}`]: { fileIf: 'download', nullable: [] },
  [`PUT ${ownership}`]: { documentedAs: { 200: 202 }, nullable: unsetOwnership },
}

/** OpenAPI 3.0 writes `nullable` beside a schema, JSON Schema knows only types. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls)
  if (typeof value !== 'object' || value === null) return value
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withNulls(inner)]),
  )
  if (nullable === undefined) return rest
  return nullable === true ? { anyOf: [rest, { type: 'null' }] } : { ...rest, nullable }
}

function patternOf(template: string): RegExp {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')
  return new RegExp(`^${escaped}$`)
}

function describe({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`
}
