/**
 * The API document: OpenAPI 3.1, made of the same declarations that route, check and answer requests.
 *
 * Shapes that a title names are written once, under components.
 */
import type { TSchema } from 'typebox'
import type { JsonSchema } from './body.ts'
import type { Endpoint, Gatekeeper, Method, Parameter, PlainOperation } from './endpoint.ts'

/** One method of one path, as it was registered. `path` is in the framework's spelling. */
export type Documented =
  | { readonly path: string; readonly endpoint: Endpoint<never>; readonly method: Method }
  | { readonly path: string; readonly plain: PlainOperation }

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: Readonly<Record<string, unknown>>
}

/** `url` is the server's public base URL, `version` that of the program. */
export function openApiDocument(
  documented: readonly Documented[],
  { url, version }: { url: string; version: string },
): OpenApiDocument {
  const schemas: Record<string, unknown> = {}
  const paths: Record<string, Record<string, unknown>> = {}
  for (const each of [...documented].sort((a, b) => compareText(a.path, b.path))) {
    const path = each.path.replace(/:(\w+)/g, (_, name: string) => `{${pathName(each.path, name)}}`)
    const method = ('plain' in each ? each.plain.method : each.method).toLowerCase()
    const item = paths[path] ?? {}
    paths[path] = item
    item[method] =
      'plain' in each
        ? plainOperation(each.path, each.plain, schemas)
        : operation(each.endpoint, each.method, schemas)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vedette',
      version,
      description:
        'Sentry-compatible: project configuration, client keys, statistics, and the doors that SDKs knock on.',
    },
    servers: [{ url }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => compareText(a, b))),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A user token or an organization token' },
        apiKey: { type: 'http', scheme: 'basic', description: 'A legacy API key as user name, no password' },
        session: { type: 'apiKey', in: 'cookie', name: 'vedette_session' },
      },
    },
  }
}

/** Independent of the machine's language, so that the document is the same everywhere. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Path parameters by the names that Sentry's own document gives them. */
const pathNames: Readonly<Record<string, string>> = {
  org: 'organization_id_or_slug',
  team: 'team_id_or_slug',
  key: 'key_id',
  member: 'member_id',
  filter: 'filter_id',
  event: 'event_id',
  session: 'session_id',
}

function pathName(path: string, name: string): string {
  // The DSN endpoints know projects by number only.
  if (name === 'project') return path.startsWith('/api/0/') ? 'project_id_or_slug' : 'project'
  return pathNames[name] ?? name
}

function pathParameters(path: string): unknown[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name: pathName(path, name),
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters(query: Readonly<Record<string, Parameter>> = {}): unknown[] {
  return Object.entries(query).map(([name, { description, schema = { type: 'string' } }]) => ({
    name,
    in: 'query',
    description,
    schema,
  }))
}

function operation(
  { path, gate, operations }: Endpoint<never>,
  method: Method,
  schemas: Record<string, unknown>,
): unknown {
  const declared = operations[method]
  if (declared === undefined) throw new Error(`${method} ${path} is not declared`)
  const { summary, query, body, response } = declared
  const id = operationId(method, path)
  return {
    summary,
    operationId: id,
    tags: [tagOf(path)],
    ...security(gate, method),
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body === undefined
      ? {}
      : { requestBody: { content: bodyContent({ ...body, title: `${id}Body` }, schemas) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(response).map(([status, schema]) => [status, responseOf(schema, schemas)]),
      ),
      ...errorResponses(gate, body !== undefined || query !== undefined, path.includes(':'), schemas),
    },
  }
}

const bodyTypes = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

/** The same body in each of the forms in which it may come. */
function bodyContent(body: JsonSchema, schemas: Record<string, unknown>): Record<string, unknown> {
  const schema = hoist(body, schemas)
  return Object.fromEntries(bodyTypes.map((type) => [type, { schema }]))
}

function responseOf(schema: TSchema | null | undefined, schemas: Record<string, unknown>): unknown {
  if (schema === null || schema === undefined) return { description: 'Done' }
  const {
    content = 'application/json',
    alsoAs = [],
    ...shape
  } = schema as { content?: string; alsoAs?: readonly string[] }
  const others = alsoAs.map((type) => [type, { schema: { type: 'string' } }])
  return {
    description: 'Success',
    content: { [content]: { schema: hoist(shape, schemas) }, ...Object.fromEntries(others) },
  }
}

const errorSchema = {
  title: 'Error',
  description: 'One sentence, or the messages of each bad field',
  type: ['object', 'array', 'string'],
}

function errorResponses(
  gate: Gatekeeper,
  hasInput: boolean,
  hasPath: boolean,
  schemas: Record<string, unknown>,
): Record<string, unknown> {
  const schema = hoist(errorSchema, schemas)
  const problem = (description: string) => ({ description, content: { 'application/json': { schema } } })
  return {
    ...(hasInput ? { 400: problem('Something about the request is wrong') } : {}),
    ...(gate === 'anybody' ? {} : { 401: problem('Nobody is signed in, or the token is wrong') }),
    ...(gate === 'anybody' ? {} : { 403: problem('The caller may not do this') }),
    ...(hasPath ? { 404: problem('There is no such thing') } : {}),
    default: problem('Something else was wrong, as the status says'),
  }
}

function security(gate: Gatekeeper, method: Method): Record<string, unknown> {
  if (gate === 'anybody') return { security: [{}, { token: [] }, { session: [] }] }
  if (gate === 'session') return { security: [{ session: [] }] }
  // OpenAPI lets other schemes than OAuth name the roles they need; any one of them is enough.
  const oneOf = gate[method].map((scope) => ({ token: [scope] }))
  return { security: [...oneOf, { apiKey: [] }, { session: [] }] }
}

function plainOperation(path: string, declared: PlainOperation, schemas: Record<string, unknown>): unknown {
  const { summary, method, tag, accepts, query, answer } = declared
  const content =
    answer.type === undefined ? {} : { content: { [answer.type]: { schema: hoist(answer.schema, schemas) } } }
  return {
    summary,
    operationId: operationId(method, path),
    tags: [tag],
    security: [],
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(accepts.length === 0
      ? {}
      : {
          requestBody: {
            content: Object.fromEntries(
              accepts.map((each) => [each, { schema: { type: 'string', format: 'binary' } }]),
            ),
          },
        }),
    responses: {
      [answer.status]: {
        description: answer.status < 300 ? 'Kept, or dropped by a filter' : 'Refused',
        ...content,
      },
      default: {
        description: 'Refused, with the reason in `detail`',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: {
                detail: { type: 'string' },
                causes: { type: 'array', items: { type: 'string' } },
              },
              required: ['detail'],
            },
          },
        },
      },
    },
  }
}

/** The noun that a path is about: its last fixed word after the collection it lies in. */
function tagOf(path: string): string {
  const words = path
    .split('/')
    .slice(3)
    .filter((word) => word !== '' && !word.startsWith(':'))
  const known = words.findLast((word) => Object.hasOwn(tags, word))
  return known === undefined ? 'server' : (tags[known] ?? 'server')
}

const tags: Readonly<Record<string, string>> = {
  organizations: 'organizations',
  projects: 'projects',
  teams: 'teams',
  'user-teams': 'teams',
  members: 'members',
  keys: 'client keys',
  'project-keys': 'client keys',
  stats: 'statistics',
  usage: 'statistics',
  'project-usage': 'statistics',
  filters: 'inbound filters',
  environments: 'environments',
  ownership: 'projects',
  events: 'events',
  'api-tokens': 'tokens',
  'org-auth-tokens': 'tokens',
  'audit-logs': 'audit log',
  auth: 'sign-in',
  users: 'account',
}

/** `GET /api/0/projects/:org/:project/keys/` → `getProjectsOrgProjectKeys`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/api\/0?/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
  const suffix = path.endsWith('/') ? '' : 'WithoutSlash'
  return (
    method.toLowerCase() +
    words.map((word) => (word[0] ?? '').toUpperCase() + word.slice(1)).join('') +
    suffix
  )
}

/** Moves every shape with a title under components and leaves a reference. Two shapes never share a title. */
function hoist(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((each) => hoist(each, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, name === 'enum' ? value : hoist(value, schemas)]),
  )
  const { title } = inner
  if (typeof title !== 'string') return inner
  const known = schemas[title]
  if (known === undefined) schemas[title] = inner
  else if (JSON.stringify(known) !== JSON.stringify(inner)) {
    throw new Error(`Two different shapes are called ${title}`)
  }
  return { $ref: `#/components/schemas/${encodeURIComponent(title)}` }
}
