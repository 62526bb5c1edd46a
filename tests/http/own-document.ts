/**
 * Our own OpenAPI document, as a judge of answers. Unlike a reader of the document, the judge is strict: an answer
 * may have no field that the document does not name.
 */
import { Ajv, type ValidateFunction } from 'ajv'
import addFormatsModule from 'ajv-formats'
import type { OpenApiDocument } from '../../src/api/openapi.ts'
import type { JudgedAnswer } from './public-schema.ts'

const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

/** Answers a function that says where an answer departs from the document; empty if nowhere. */
export function judgeOf(document: OpenApiDocument): (answer: JudgedAnswer) => readonly string[] {
  const strict = closed(document) as OpenApiDocument
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  addFormats(ajv)
  ajv.addSchema({ $id: 'own', ...strict })
  const validators = new Map<string, ValidateFunction>()
  const paths = Object.keys(strict.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }))

  return ({ method, path, status, body }) => {
    const [plain = ''] = path.split('?')
    const matching = paths.filter(({ pattern }) => pattern.test(plain)).map(({ template }) => template)
    const template = matching.sort((a, b) => a.split('{').length - b.split('{').length)[0]
    const operation = template && (strict.paths[template]?.[method.toLowerCase()] as Operation | undefined)
    if (!template || !operation) return []
    const name = operation.responses[status] === undefined ? 'default' : String(status)
    if (status < 300 && name === 'default') return [`${method} ${template} documents no ${status}`]
    const content = operation.responses[name]?.content
    if (content === undefined)
      return body === '' ? [] : [`${method} ${template} documents an empty ${status}`]
    if (content['application/json'] === undefined || typeof body === 'string') return []
    const escaped = template.replaceAll('~', '~0').replaceAll('/', '~1')
    const pointer = `#/paths/${escaped}/${method.toLowerCase()}/responses/${name}/content/application~1json/schema`
    const validate = validators.get(pointer) ?? ajv.compile({ $ref: `own${encodeURI(pointer)}` })
    validators.set(pointer, validate)
    if (validate(body)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `own document: ${instancePath} ${message} ${JSON.stringify(params)}`,
    )
  }
}

/** Objects that list their properties have no others, unless they say so. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  const isShape = inner.type === 'object' && typeof inner.properties === 'object'
  return isShape && inner.additionalProperties === undefined
    ? { ...inner, additionalProperties: false }
    : inner
}
