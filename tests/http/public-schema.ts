/** Sentry's public OpenAPI document, as a judge of answers. It stands beside the repository, not in it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormatsModule from 'ajv-formats'

const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default

/** `..` of the repository's root. */
const file = fileURLToPath(new URL('../../../shared/spec/public-openapi.json', import.meta.url))

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

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: { readonly 'application/json'?: { readonly schema?: object } } }>
  >
}

/** Undefined when the document is absent; then nothing is judged. */
export const publicSchema: PublicSchema | undefined = openPublicSchema()

export const absentText = `skipped: ${file} is absent`

function openPublicSchema(): PublicSchema | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const document = withNulls(JSON.parse(text)) as Document
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  addFormats(ajv)
  ajv.addSchema({ $id: 'public', ...document })
  const paths = Object.keys(document.paths).map((template) => ({ template, pattern: patternOf(template) }))
  const validators = new Map<string, ValidateFunction>()

  function find(
    method: string,
    path: string,
  ): { name: string; operation: Operation; pointer: string } | undefined {
    const [plain = ''] = path.split('?')
    const matching = paths.filter(({ pattern }) => pattern.test(plain)).map(({ template }) => template)
    // `/members/me/` and `/members/{id}/` both match; the one with fewer placeholders means it.
    const template = matching.sort((a, b) => a.split('{').length - b.split('{').length)[0]
    const operation = template && document.paths[template]?.[method.toLowerCase()]
    if (!template || !operation) return undefined
    const pointer = `#/paths/${template.replaceAll('~', '~0').replaceAll('/', '~1')}/${method.toLowerCase()}/responses`
    return { name: `${method} ${template}`, operation, pointer }
  }

  return {
    operationOf: (method, path) => find(method, path)?.name,
    problems({ method, path, status, body }) {
      const found = status >= 200 && status < 300 ? find(method, path) : undefined
      if (found === undefined) return []
      const documented = found.operation.responses[status]
      if (documented === undefined) {
        return [`the documented answers are ${Object.keys(found.operation.responses).join(', ')}`]
      }
      if (documented.content?.['application/json']?.schema === undefined) return []
      const pointer = `${found.pointer}/${status}/content/application~1json/schema`
      const validate = validators.get(pointer) ?? ajv.compile({ $ref: `public${encodeURI(pointer)}` })
      validators.set(pointer, validate)
      return validate(body) ? [] : (validate.errors ?? []).map(describe)
    },
  }
}

/** OpenAPI 3.0 writes `nullable` beside a schema, JSON Schema knows only the type. */
function withNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNulls)
  if (typeof value !== 'object' || value === null) return value
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withNulls(inner)]),
  )
  if (nullable !== true) return nullable === undefined ? rest : { ...rest, nullable }
  return { anyOf: [rest, { type: 'null' }] }
}

function patternOf(template: string): RegExp {
  const escaped = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')
  return new RegExp(`^${escaped}$`)
}

function describe({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`
}
