/**
 * Bad input at every address that reads a body: refused in plain words, and nothing of it is written. The cases
 * are made from the API document, so an address has them once it is declared.
 */
import { DatabaseSync } from 'node:sqlite'
import { Ajv } from 'ajv'
import { afterAll, describe, expect, test } from 'vitest'
import { newInvite } from '../../src/api/invite-links.ts'
import { hashPassword } from '../../src/api/passwords.ts'
import { setPassword } from '../../src/store/accounts.ts'
import { insertMember, setInvite } from '../../src/store/members.ts'
import { insertUserToken } from '../../src/store/tokens.ts'
import {
  type Answer,
  addPerson,
  type Caller,
  flush,
  found,
  type Method,
  nobody,
  openInstallation,
  sessionOf,
  startAt,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const MIB = 1024 * 1024
const password = 'correct horse battery'
const passwordHash = await hashPassword(password)

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly maxItems?: number
  readonly anyOf?: readonly Schema[]
  readonly maxLength?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
}

interface Operation {
  readonly name: string
  readonly method: Method
  readonly path: string
  readonly body: Schema
}

const document = (
  await vedette.get<{
    paths: Record<
      string,
      Record<string, { requestBody?: { content: Record<string, { schema: Schema }> }; security: unknown[] }>
    >
    components: { schemas: Record<string, Schema> }
  }>('/openapi.json')
).body

function resolved(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolved(document.components.schemas[decodeURIComponent(name)] ?? {})
}

const operations: readonly Operation[] = Object.entries(document.paths)
  .filter(([path]) => path.startsWith('/api/0/'))
  .flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([verb, { requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema
      const method = verb.toUpperCase() as Method
      return schema === undefined ? [] : [{ name: `${method} ${path}`, method, path, body: resolved(schema) }]
    }),
  )

/** Whoever asks may do everything here, so it is the input alone that is refused. */
interface Place {
  readonly caller: Caller
  readonly email: string
  readonly url: (path: string) => string
}

async function settle(): Promise<Place> {
  const { organization, owner, project, team, key } = await found(vedette)
  const now = startAt
  const other = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
  const invite = newInvite(now)
  const { invited, token } = await vedette.write(async (tx) => {
    await setPassword(tx, { userId: owner.userId, passwordHash })
    const secret = { token: '', tokenHash: organization.slug, tokenLast4: '1234' }
    const token = await insertUserToken(tx, { userId: owner.userId, name: 'CI', scopes: [], now, ...secret })
    const email = `keeper@${organization.slug}.example`
    const invitation = { organizationId: organization.id, userId: null, email, role: 'member' }
    const { id: invited } = await insertMember(tx, { ...invitation, inviterId: null, now })
    await setInvite(tx, { memberId: invited, ...invite })
    return { invited, token }
  })
  const caller = await sessionOf(vedette, owner)
  const { body } = await vedette.post<{ id: string }>(
    `/organizations/${organization.slug}/org-auth-tokens/`,
    caller,
    { name: 'CI' },
  )
  flush(vedette, (tx) => tx.noteEnvironment(project.id, 'production', now))
  const names: Readonly<Record<string, string | number | undefined>> = {
    organization_id_or_slug: organization.slug,
    project_id_or_slug: project.slug,
    team_id_or_slug: 'crew',
    key_id: key.publicKey,
    member_id: other.memberId,
    filter_id: 'legacy-browsers',
    environment: 'production',
  }
  const url = (path: string) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const isInvited = /accept-invite|members\/\{member_id\}\/$/.test(path)
      if (name === 'member_id' && isInvited) return String(invited)
      if (name === 'token' && isInvited) return invite.token
      if (name === 'token') return String(path.includes('/org-auth-tokens/') ? body.id : token)
      if (names[name] === undefined) throw new Error(`Nothing to put in place of {${name}}`)
      return String(names[name])
    })
  return { caller, email: owner.email, url }
}

const ledger = new DatabaseSync(vedette.file, { readOnly: true })
afterAll(() => ledger.close())

const tables = ledger
  .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
  .all()
  .map(({ name }) => String(name))
  .filter((name) => name !== 'session')

let version: unknown
let content = ''

/** Everything in the database but who was last seen when. It is read again when somebody has written. */
function everything(): string {
  const current = ledger.prepare('pragma data_version').get()?.data_version
  if (current !== version) {
    version = current
    content = tables
      .map((table) => {
        const rows = ledger.prepare(`select * from "${table}"`).all()
        return `${table} ${JSON.stringify(rows, (name, value) => (/^last_\w+_at$/.test(name) ? undefined : value))}`
      })
      .join('\n')
  }
  return content
}

/** Stands in a body for JSON that no value is written as. */
const huge = '<huge>'
const deep = '<deep>'
const textOf = (value: unknown) =>
  JSON.stringify(value)
    .replaceAll(`"${huge}"`, '1e999')
    .replaceAll(`"${deep}"`, '['.repeat(50_000) + ']'.repeat(50_000))

const ajv = new Ajv({ strict: false })
const typesOf = ({ type = [] }: Schema) => (typeof type === 'string' ? [type] : type)

/** What no address takes for a value of this schema. Numbers pass for text, and words like `yes` for booleans. */
function badValues(given: Schema): readonly unknown[] {
  const schema = resolved(given)
  const types = typesOf(schema)
  const [first, ...alternatives] = schema.anyOf ?? []
  if (first !== undefined) {
    return badValues(first).filter((value) => !alternatives.some((other) => ajv.validate(other, value)))
  }
  if (types.length === 0) return []
  const { minimum, maximum, maxLength, minLength, pattern, items = {}, maxItems, properties = {} } = schema
  const always = types.includes('null') ? [] : [null]
  if (schema.enum !== undefined) return [...always, 'unheard-of', '', 5, true, {}, [], deep]
  if (types.includes('boolean')) return [...always, 'perhaps', '', 2, -1, {}, [], [true], deep]
  if (types.includes('integer') || types.includes('number')) {
    return [
      ...always,
      ...(types.includes('integer') ? [1.5, '1.5', 1e300, 2 ** 53, '9'.repeat(40)] : []),
      ...(minimum === undefined ? [] : [minimum - 1]),
      ...(maximum === undefined ? [] : [maximum + 1, String(maximum + 1)]),
      ...['many', '0x10', '1 2', true, {}, [], [1], huge, deep],
    ]
  }
  if (types.includes('string')) {
    return [
      ...always,
      ...(minLength === undefined ? [] : ['']),
      ...(maxLength === undefined ? [] : ['a'.repeat(maxLength + 1), '🦭'.repeat(maxLength + 1)]),
      ...(pattern === undefined ? [] : ['¿?', 'a'.repeat(300_000)]),
      ...['a\0b', '\ud800', true, {}, [], ['a'], deep],
    ]
  }
  if (types.includes('array')) {
    const many = maxItems === undefined ? [] : [Array(maxItems + 1).fill(resolved(items).enum?.[0] ?? 'a')]
    return [...always, 5, true, {}, 'text', deep, ...many, ...badValues(items).map((bad) => [bad])]
  }
  const inner = Object.entries(properties).flatMap(([name, property]) =>
    badValues(property).map((bad) => ({ ...company(schema), [name]: bad })),
  )
  return [...always, 5, true, [], [{}], 'text', deep, ...inner]
}

/** Values of fields that a body cannot do without, and of those that true is wrong for. */
const sound: Readonly<Record<string, unknown>> = {
  name: 'Lamps',
  email: 'keeper@example.net',
  password,
  passwordNew: 'another horse battery',
  passwordVerify: 'another horse battery',
  projects: ['web'],
  scopes: ['org:read'],
  environmentNames: ['production'],
  teamSlug: 'crew',
  id: 'boostEnvironments',
  publicKey: 'abc',
  // Nobody here has a second factor.
  require2FA: false,
}

/** What stands beside a bad field: whatever would change if each field were written when it is read. */
function company(schema: Schema): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [] } = schema
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) => {
      const isSent = required.includes(name) || name === 'name' || resolved(property).type === 'boolean'
      return isSent ? [[name, sound[name] ?? true]] : []
    }),
  )
}

interface Case {
  readonly title: string
  readonly text: string
  readonly type?: string
  readonly status: number
  /** Of the body's fields, the one that the answer must name. */
  readonly field?: string
}

/** Each field wrong in every way, beside others that are right. */
function fieldCases(schema: Schema, beside: Readonly<Record<string, unknown>>): readonly Case[] {
  const { properties = {}, required = [] } = schema
  const wrong = Object.entries(properties).flatMap(([field, property]) =>
    badValues(property).map((bad) => ({
      title: `${field}: ${textOf(bad).slice(0, 60)}`,
      text: textOf({ ...beside, [field]: bad }),
      status: 400,
      field,
    })),
  )
  const missing = required.map((field) => ({
    title: `no ${field}`,
    text: textOf({ ...beside, [field]: undefined }),
    status: 400,
    field,
  }))
  const inForms = Object.entries(properties)
    .filter(([, property]) => {
      const { enum: choices, ...others } = resolved(property)
      return choices !== undefined || typesOf(others).some((type) => /^(boolean|integer|number)$/.test(type))
    })
    .map(([field]) => ({
      title: `${field}=perhaps in a form`,
      text: String(new URLSearchParams({ ...formOf(beside), [field]: 'perhaps' })),
      type: 'application/x-www-form-urlencoded',
      status: 400,
      field,
    }))
  return [...wrong, ...missing, ...inForms]
}

/** What is no body at all. */
function bodyCases(beside: Readonly<Record<string, unknown>>): readonly Case[] {
  const json = textOf(beside)
  const padding = 'a'.repeat(MIB)
  const others = [[], [beside], 'text', 5, true, null, deep].map(textOf)
  const broken = ['{', '{"name": "a"', `${json}x`, `${json}${json}`, "{'name': 'a'}", 'nonsense']
  const types = ['text/plain', 'application/xml', 'application/octet-stream', 'nonsense']
  const large: readonly (readonly [type: string, text: string])[] = [
    ['application/json', textOf({ ...beside, padding })],
    ['application/x-www-form-urlencoded', `name=Lamps&padding=${padding}`],
    ['multipart/form-data; boundary=x', part(padding)],
  ]
  const forms: readonly (readonly [type: string, text: string])[] = [
    ['multipart/form-data', part('a')],
    ['multipart/form-data; boundary=y', part('a')],
    ['multipart/form-data; boundary=x', part('a').slice(0, -6)],
  ]
  return [
    ...[...others, ...broken].map((text) => ({ title: `the body ${text.slice(0, 60)}`, text, status: 400 })),
    ...types.map((type) => ({ title: `a body of ${type}`, text: json, type, status: 415 })),
    ...large.map(([type, text]) => ({ title: `more than 1 MiB of ${type}`, text, type, status: 413 })),
    ...forms.map(([type, text]) => ({ title: `a broken ${type}`, text, type, status: 400 })),
  ]
}

const part = (value: string) =>
  `--x\r\ncontent-disposition: form-data; name="padding"\r\n\r\n${value}\r\n--x--\r\n`

const formOf = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))

/** `{"field": ["What is wrong"]}`, nested like the input, or `{"detail": …}`. */
function saysWhatIsWrong(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false
  const isText = (value: unknown) => typeof value === 'string' && value !== ''
  if ('detail' in body)
    return isText(body.detail) || (Array.isArray(body.detail) && body.detail.every(isText))
  const isMessages = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.length > 0 && (value.every(isText) || value.every(isNested))
      : isNested(value) && Object.keys(value as object).length > 0
  const isNested = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(isMessages)
  return isMessages(body)
}

/** Clients of this address expect its own words for every mistake. */
const ownWords = 'DELETE /api/0/api-tokens/'

function problemOf(operation: Operation, each: Case, { status, body, text }: Answer): string | undefined {
  const { title, field } = each
  const said = `${title}: ${status} ${text.slice(0, 200)}`
  if (status !== each.status) return `expected ${each.status} for ${said}`
  if (operation.name === ownWords && status === 400 && /^\{"tokenId":/.test(text)) return undefined
  if (!saysWhatIsWrong(body)) return `not the shape of an error: ${said}`
  const names = Object.keys(body as object)
  if (field !== undefined && !names.includes(field) && !names.includes('detail'))
    return `names others: ${said}`
  return undefined
}

describe('bad input', () => {
  test.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s refuses it and writes nothing',
    async (_, operation) => {
      const { method, path } = operation
      const { caller: owner, email, url } = await settle()
      // Who has the link to an invitation need not be anybody yet.
      const isInvitation = path.startsWith('/api/0/accept-invite/')
      const caller = isInvitation ? nobody : owner
      const beside = {
        ...company(operation.body),
        ...(path === '/api/0/auth/login/' ? { username: email } : {}),
        ...(isInvitation ? { password } : {}),
        ...(path === '/api/0/api-tokens/' && method === 'DELETE' ? { tokenId: url('{token}') } : {}),
      }
      const send = (text: string, type = 'application/json') =>
        vedette.send(method, url(path), caller, { body: text, headers: { 'content-type': type } })

      const before = everything()
      const problems: string[] = []
      for (const each of [...fieldCases(operation.body, beside), ...bodyCases(beside)]) {
        const problem = problemOf(operation, each, await send(each.text, each.type))
        if (problem !== undefined) problems.push(problem)
        if (everything() !== before) throw new Error(`${each.title} was written`)
      }
      expect(problems).toEqual([])
      // What stood beside the bad fields was not what was wrong with them.
      const { status, text } = await send(textOf(beside))
      expect([200, 201, 204], text).toContain(status)
    },
  )

  const listsInLists = '['.repeat(50_000) + ']'.repeat(50_000)
  test.each<[field: string, value: unknown]>([
    [
      'symbolSources',
      `[{"id":"a","type":"http","name":"a","url":"https://a.example","layout":${listsInLists}}]`,
    ],
    ['symbolSources', listsInLists],
    ['relayPiiConfig', listsInLists],
    ['safeFields', ['('.repeat(100_000)]],
    ['safeFields', [`${'!('.repeat(3000)}a${')'.repeat(3000)}`]],
    ['groupingEnhancements', '['.repeat(100_000)],
    ['fingerprintingRules', '('.repeat(100_000)],
  ])('in a text with a language of its own is refused however deep it goes: %s', async (field, value) => {
    const { caller, url } = await settle()
    const before = everything()
    const path = url('/projects/{organization_id_or_slug}/{project_id_or_slug}/')
    const { status, body } = await vedette.put(path, caller, { name: 'Lamps', [field]: value })
    expect([status, Object.keys(body as object)]).toEqual([400, [field]])
    expect(everything() === before).toBe(true)
  })

  test('there are addresses to try it on', () => {
    expect(operations.length).toBeGreaterThan(25)
  })
})
