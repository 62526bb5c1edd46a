/**
 * A Vedette of a test's own: temporary folder, real database, built server, held clock; requests are injected,
 * no port is opened.
 *
 * Opening one costs a thread. A file opens one for its tests and each test founds an organization in it, which
 * costs one transaction and shares nothing with its neighbours; a test that moves the clock or breaks
 * something opens its own.
 *
 *     const vedette = await openInstallation()
 *     afterAll(() => vedette.close())
 *
 *     test('lists the first key', async () => {
 *       const { organization, owner } = await found(vedette)
 *       const { status, body } = await vedette.get(`/projects/${organization.slug}/web/keys/`, owner.caller)
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { hashToken, sessionCookie } from '../../src/api/access.ts'
import { newApiKey, newOrganizationToken, newUserToken } from '../../src/api/tokens.ts'
import { type App, databaseFile, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { silentLog } from '../../src/log.ts'
import {
  categoryNumber,
  type DataCategory,
  type OutcomeKind,
  outcomeNumber,
} from '../../src/protocol/outcome.ts'
import { allScopes, type OrganizationRole, type Scope, type TeamRole } from '../../src/protocol/scopes.ts'
import { buildServer } from '../../src/server.ts'
import { insertSession, insertUser } from '../../src/store/accounts.ts'
import { type ClientKey, listKeys } from '../../src/store/client-keys.ts'
import type { Db, Tx } from '../../src/store/database.ts'
import { type Flush, openFlush } from '../../src/store/flush.ts'
import { insertMember } from '../../src/store/members.ts'
import { createProject } from '../../src/store/new-project.ts'
import { insertOrganization, type Organization } from '../../src/store/organizations.ts'
import { addProjectTeam } from '../../src/store/project-teams.ts'
import type { Project } from '../../src/store/projects.ts'
import { addTeamMember, insertTeam, type Team } from '../../src/store/teams.ts'
import { insertOrganizationToken, insertUserToken } from '../../src/store/tokens.ts'
import { DAY, heldClock } from '../../src/time.ts'
import { judgeOf } from './own-document.ts'
import { publicSchema } from './public-schema.ts'

/** Monday, half past nine: no edge of an hour or a day. */
export const startAt = Date.UTC(2026, 0, 5, 9, 30, 0)

/** Whose request it is: the headers that say so. */
export interface Caller {
  readonly headers: Readonly<Record<string, string>>
}

export const nobody: Caller = { headers: {} }

export function bearer(token: string): Caller {
  return { headers: { authorization: `Bearer ${token}` } }
}

/** An API key is the user name of Basic authentication; its password is empty. */
export function basic(userName: string, password = ''): Caller {
  return {
    headers: { authorization: `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}` },
  }
}

export interface Answer<T = unknown> {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  /** The parsed JSON; the text itself when it is not JSON. */
  readonly body: T
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is when it is text or a Buffer, as JSON otherwise. */
  readonly body?: unknown
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

export interface Installation extends AsyncDisposable {
  readonly app: App
  readonly server: FastifyInstance
  readonly clock: ReturnType<typeof heldClock>
  /** The database file, for other handles on it. */
  readonly file: string
  /** What the server has logged as an error. */
  readonly errors: readonly { message: string; cause: unknown; fields: unknown }[]
  /**
   * Sends a request. `path` is the whole path, with its query. A successful answer of an operation that the
   * public schema describes must agree with it.
   */
  send<T = unknown>(method: Method, path: string, caller?: Caller, sending?: Sending): Promise<Answer<T>>
  /** The same for the web API: `path` is below /api/0. */
  get<T = unknown>(path: string, caller?: Caller, sending?: Sending): Promise<Answer<T>>
  post<T = unknown>(path: string, caller: Caller, body?: unknown): Promise<Answer<T>>
  put<T = unknown>(path: string, caller: Caller, body?: unknown): Promise<Answer<T>>
  delete<T = unknown>(path: string, caller: Caller, body?: unknown): Promise<Answer<T>>
  /** Runs store functions in one transaction, as an operator command beside the server would. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** `url` is VEDETTE_URL, `env` any further settings, `ui` the folder of built pages; without it there are none. */
export async function openInstallation(
  options: { url?: string; env?: Readonly<Record<string, string>>; ui?: string } = {},
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'vedette-'))
  const config = readConfig({ data: folder, url: options.url }, options.env ?? {})
  const clock = heldClock(startAt)
  const errors: { message: string; cause: unknown; fields: unknown }[] = []
  const log = {
    ...silentLog,
    error: (message: string, cause?: unknown, fields?: unknown) =>
      void errors.push({ message, cause, fields }),
  }
  const app = await openApp(config, log, clock)
  const server = await buildServer(app, options.ui ?? join(folder, 'no-pages'))
  await server.ready()
  const judge = judgeOf((await server.inject('/api/0/openapi.json')).json())

  async function send<T>(
    method: Method,
    path: string,
    caller: Caller = nobody,
    sending: Sending = {},
  ): Promise<Answer<T>> {
    const { body } = sending
    const isRaw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
    const response = await server.inject({
      method,
      url: path,
      headers: {
        ...caller.headers,
        ...(isRaw ? {} : { 'content-type': 'application/json' }),
        ...sending.headers,
      },
      ...(body === undefined
        ? {}
        : { payload: (isRaw ? body : JSON.stringify(body)) as InjectOptions['payload'] }),
    } as InjectOptions)
    const { statusCode: status, payload: text } = response
    const isJson = /^application\/json/.test(String(response.headers['content-type'] ?? '')) && text !== ''
    const answer = {
      status,
      headers: response.headers as Answer['headers'],
      text,
      body: isJson ? JSON.parse(text) : text,
    }
    const judged = { method, path, status, body: answer.body }
    const problems = [...(publicSchema?.problems(judged) ?? []), ...judge(judged)]
    if (problems.length > 0)
      throw new Error(`${method} ${path} answers ${status}, but:\n${problems.join('\n')}`)
    return answer
  }

  async function close(): Promise<void> {
    await server.close()
    await app[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }

  return {
    app,
    server,
    clock,
    file: databaseFile(config),
    errors,
    send,
    get: (path, caller, sending) => send('GET', `/api/0${path}`, caller, sending),
    post: (path, caller, body) => send('POST', `/api/0${path}`, caller, { body }),
    put: (path, caller, body) => send('PUT', `/api/0${path}`, caller, { body }),
    delete: (path, caller, body) => send('DELETE', `/api/0${path}`, caller, { body }),
    write: (work) => app.db.write(work),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const

/** The methods that an address has, besides HEAD and OPTIONS; none if there is no such address. */
export async function methodsOf(
  vedette: Installation,
  path: string,
): Promise<readonly (typeof methods)[number][]> {
  const { headers } = await vedette.send('OPTIONS', `/api/0${path}`)
  return methods.filter((method) => headers.allow?.split(', ').includes(method))
}

/** A user of the server, and what they hold in an organization. */
export interface Person {
  readonly userId: number
  readonly email: string
  /** Undefined for somebody who belongs to no organization. */
  readonly memberId: number | undefined
  /** Speaks with a token that holds every scope. */
  readonly caller: Caller
}

/** An organization with an owner, and in it the team `crew` with the project `web`; the owner is in the team. */
export interface Founded {
  readonly organization: Organization
  readonly owner: Person
  readonly team: Team
  readonly project: Project
  /** The project's first key. */
  readonly key: ClientKey
}

let founded = 0

/** Founds an organization of the test's own. Slugs are `org-1`, `org-2` … unless one is given. */
export async function found(
  vedette: Installation,
  input: { slug?: string; platform?: string; options?: Readonly<Record<string, unknown>> } = {},
): Promise<Founded> {
  founded += 1
  const { slug = `org-${founded}`, platform = null, options } = input
  const now = vedette.clock.now()
  const made = await vedette.write(async (tx) => {
    const organization = await insertOrganization(tx, { slug, name: `Organization ${founded}`, now })
    const organizationId = organization.id
    const team = await insertTeam(tx, { organizationId, slug: 'crew', name: 'Crew', now })
    const project = await createProject(tx, {
      organizationId,
      teamId: team.id,
      name: 'Web',
      slug: 'web',
      platform,
      now,
    })
    const owner = await makePerson(tx, { organization, role: 'owner', teams: { [team.id]: 'admin' }, now })
    return { organization, owner, team, project, key: await firstKeyIn(tx, project) }
  })
  if (options !== undefined) await setOrganizationOptions(vedette, made.organization, options)
  return made
}

/** Settings of an organization, by their names in the API: `openMembership`, `allowMemberProjectCreation` … */
export async function setOrganizationOptions(
  vedette: Installation,
  organization: Organization,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  await vedette.write((tx) =>
    tx
      .updateTable('organization')
      .set({ options: JSON.stringify(options) })
      .where('id', '=', organization.id)
      .execute(),
  )
}

interface NewPerson {
  readonly organization?: Organization
  readonly role?: OrganizationRole
  /** Ids of teams → the person's role in them. */
  readonly teams?: Readonly<Record<number, TeamRole>>
  readonly email?: string
  readonly name?: string
  readonly isSuperuser?: boolean
}

export async function addPerson(vedette: Installation, input: NewPerson = {}): Promise<Person> {
  return vedette.write((tx) => makePerson(tx, { ...input, now: vedette.clock.now() }))
}

let people = 0

async function makePerson(tx: Tx, input: NewPerson & { readonly now: number }): Promise<Person> {
  people += 1
  const { organization, role = 'member', teams = {}, email = `person-${people}@example.net`, now } = input
  const { name = '', isSuperuser = false } = input
  const token = newUserToken()
  const userId = await insertUser(tx, { email, passwordHash: null, name, isSuperuser, now })
  await insertUserToken(tx, { userId, name: '', ...token, scopes: allScopes, now })
  const memberId = organization && (await enrolIn(tx, { organization, userId, email, role, teams, now }))
  return { userId, email, memberId, caller: bearer(token.token) }
}

/** Makes a person a member of a further organization. */
export async function enrol(
  vedette: Installation,
  { userId, email }: Person,
  input: { organization: Organization; role?: OrganizationRole; teams?: Readonly<Record<number, TeamRole>> },
): Promise<void> {
  const { organization, role = 'member', teams = {} } = input
  const now = vedette.clock.now()
  await vedette.write((tx) => enrolIn(tx, { organization, userId, email, role, teams, now }))
}

async function enrolIn(
  tx: Tx,
  input: {
    organization: Organization
    userId: number
    email: string
    role: OrganizationRole
    teams: Readonly<Record<number, TeamRole>>
    now: number
  },
): Promise<number> {
  const { organization, teams, ...member } = input
  const { id } = await insertMember(tx, { ...member, organizationId: organization.id, inviterId: null })
  for (const [teamId, role] of Object.entries(teams)) {
    await addTeamMember(tx, { teamId: Number(teamId), memberId: id, role })
  }
  return id
}

/** A user token with these scopes. */
export async function tokenOf(
  vedette: Installation,
  person: Person,
  scopes: readonly Scope[],
  expiresAt: number | null = null,
): Promise<Caller> {
  const token = newUserToken()
  const now = vedette.clock.now()
  await vedette.write((tx) =>
    insertUserToken(tx, { userId: person.userId, name: '', ...token, scopes, now, expiresAt }),
  )
  return bearer(token.token)
}

/** A browser session. */
export async function sessionOf(vedette: Installation, person: Person, lifetimeMs = DAY): Promise<Caller> {
  const value = randomBytes(16).toString('hex')
  const now = vedette.clock.now()
  await vedette.write((tx) =>
    insertSession(tx, {
      userId: person.userId,
      tokenHash: hashToken(value),
      now,
      expiresAt: now + lifetimeMs,
    }),
  )
  return { headers: { cookie: `${sessionCookie}=${value}` } }
}

/** A legacy API key of the organization, for Basic authentication. */
export async function apiKeyOf(
  vedette: Installation,
  organization: Organization,
  scopes: readonly Scope[],
): Promise<Caller> {
  const key = newApiKey()
  await insertTokenOf(vedette, organization, 'api-key', key, scopes)
  return basic(key.token)
}

/** An organization auth token: `sntrys_…`, with the one scope that they have. */
export async function organizationTokenOf(
  vedette: Installation,
  organization: Organization,
): Promise<Caller> {
  const token = newOrganizationToken({
    baseUrl: vedette.app.baseUrl,
    organizationSlug: organization.slug,
    now: vedette.clock.now(),
  })
  await insertTokenOf(vedette, organization, 'token', token, ['org:ci'])
  return bearer(token.token)
}

async function insertTokenOf(
  vedette: Installation,
  organization: Organization,
  kind: 'token' | 'api-key',
  token: { tokenHash: string; tokenLast4: string },
  scopes: readonly Scope[],
): Promise<void> {
  const { tokenHash, tokenLast4 } = token
  await vedette.write((tx) =>
    insertOrganizationToken(tx, {
      organizationId: organization.id,
      kind,
      name: '',
      tokenHash,
      tokenLast4,
      scopes,
      createdBy: null,
      now: vedette.clock.now(),
    }),
  )
}

export async function addTeam(
  vedette: Installation,
  organization: Organization,
  slug: string,
  name: string = slug,
): Promise<Team> {
  const now = vedette.clock.now()
  return vedette.write((tx) => insertTeam(tx, { organizationId: organization.id, slug, name, now }))
}

/** A further project, in every one of `teams`. */
export async function addProject(
  vedette: Installation,
  organization: Organization,
  input: { slug: string; name?: string; platform?: string; teams?: readonly Team[] },
): Promise<Project> {
  const { slug, name = slug, platform = null, teams = [] } = input
  return vedette.write(async (tx) => {
    const project = await createProject(tx, {
      organizationId: organization.id,
      teamId: undefined,
      name,
      slug,
      platform,
      now: vedette.clock.now(),
    })
    for (const team of teams) await addProjectTeam(tx, { projectId: project.id, teamId: team.id })
    return project
  })
}

export function firstKeyOf(vedette: Installation, project: Project): Promise<ClientKey> {
  return firstKeyIn(vedette.app.db.read, project)
}

async function firstKeyIn(db: Db, project: Project): Promise<ClientKey> {
  const whole = { limit: 100, position: undefined, backwards: false }
  const { rows } = await listKeys(db, { projectIds: [project.id] }, whole)
  const key = rows.at(-1)
  if (key === undefined) throw new Error(`Project ${project.slug} has no key`)
  return key
}

/** Writes what ingestion writes, in one flush of its own. */
export function flush(vedette: Installation, work: (flush: Flush) => void): void {
  using handle = openFlush(vedette.file)
  handle.transaction(work)
}

/** What became of data of a project. `at` is epoch seconds. */
export interface Happening {
  readonly project: Project
  readonly at: number
  readonly outcome: OutcomeKind
  readonly reason?: string
  readonly category?: DataCategory
  readonly keyId?: number
  readonly quantity?: number
}

/** Counts outcomes as ingestion does. */
export function count(vedette: Installation, ...happenings: readonly Happening[]): void {
  flush(vedette, (tx) => {
    for (const happening of happenings) {
      const { project, at, outcome, reason = '', category = 'error', keyId = 0, quantity = 1 } = happening
      tx.addOutcomes({
        projectId: project.id,
        keyId,
        category: categoryNumber(category),
        outcome: outcomeNumber(outcome),
        reason,
        bucket: at - (at % 10),
        quantity,
      })
    }
  })
}
