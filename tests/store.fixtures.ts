/** What the store's contract is written with: an open store, behaviours of it, and things to put into it. */
import { newKey } from '../src/protocol/ids.ts'
import { insertUser } from '../src/store/accounts.ts'
import { type ClientKey, listKeys } from '../src/store/client-keys.ts'
import type { Database } from '../src/store/database.ts'
import type {
  EventFacetCount,
  Flush,
  NewAttachment,
  NewDrop,
  NewEvent,
  NewItem,
  OutcomeCount,
} from '../src/store/flush.ts'
import { insertMember, type Member } from '../src/store/members.ts'
import { createProject, type NewProject } from '../src/store/new-project.ts'
import { insertOrganization, type Organization } from '../src/store/organizations.ts'
import type { KeyPageRequest, PageRequest } from '../src/store/page.ts'
import type { Project } from '../src/store/projects.ts'
import { insertTeam, type Team } from '../src/store/teams.ts'

export interface OpenStore extends AsyncDisposable {
  readonly db: Database
  /** What the writer does, in a transaction of its own. */
  flush<T>(work: (flush: Flush) => T): Promise<T>
  /** Further handles on the same data, as another process has them. They close with the store. */
  another(): Promise<Database>
}

/** Each title is a sentence that holds for every database. */
export type Behaviours = Readonly<Record<string, (store: OpenStore) => Promise<void>>>

/** Monday, half past nine: no edge of an hour or a day. */
export const startAt = Date.UTC(2026, 0, 5, 9, 30)
/** The same in epoch seconds: where a 10-second bucket starts. */
export const startBucket = startAt / 1000

export const wholePage: PageRequest = { limit: 100, offset: 0 }
export const wholeKeyPage: KeyPageRequest = { limit: 100, position: undefined, backwards: false }

export function addUser({ db }: OpenStore, email: string, now = startAt): Promise<number> {
  return db.write((tx) => insertUser(tx, { email, passwordHash: null, isSuperuser: false, now }))
}

export function addOrganization({ db }: OpenStore, slug: string, name = slug): Promise<Organization> {
  return db.write((tx) => insertOrganization(tx, { slug, name, now: startAt }))
}

export function addTeam({ db }: OpenStore, { id }: Organization, slug: string, name = slug): Promise<Team> {
  return db.write((tx) => insertTeam(tx, { organizationId: id, slug, name, now: startAt }))
}

/** A member with a user of that address, or an invitation. */
export async function addMember(
  store: OpenStore,
  { id }: Organization,
  email: string,
  more: { role?: string; isInvited?: boolean } = {},
): Promise<Member> {
  const userId = more.isInvited ? null : await addUser(store, email)
  const role = more.role ?? 'member'
  return store.db.write((tx) =>
    insertMember(tx, { organizationId: id, userId, email, role, inviterId: null, now: startAt }),
  )
}

export function addProject(
  { db }: OpenStore,
  { id }: Organization,
  slug: string,
  more: Partial<NewProject> = {},
): Promise<Project> {
  const basics = { organizationId: id, teamId: undefined, name: slug, slug, platform: null, now: startAt }
  return db.write((tx) => createProject(tx, { ...basics, ...more }))
}

/** An organization with one project in it, and the project's first key. */
export async function addProjectOfItsOwn(
  store: OpenStore,
  slug = 'web',
): Promise<{ organization: Organization; project: Project; key: ClientKey }> {
  const organization = await addOrganization(store, `${slug}-makers`)
  const project = await addProject(store, organization, slug)
  const { rows } = await listKeys(store.db.read, { projectIds: [project.id] }, wholeKeyPage)
  const [key] = rows
  if (key === undefined) throw new Error('The project has no key')
  return { organization, project, key }
}

const encoder = new TextEncoder()

export function eventOf(projectId: number, more: Partial<NewEvent> = {}): NewEvent {
  return {
    projectId,
    keyId: 1,
    eventId: newKey(),
    type: 'error',
    level: 'error',
    platform: 'python',
    title: 'ValueError: no such order',
    culprit: 'shop.orders in find',
    release: 'shop@1.2.3',
    dist: null,
    environment: 'production',
    transactionName: '/orders/{id}',
    sdkName: 'sentry.python',
    sdkVersion: '2.20.0',
    timestampAt: startAt - 1500,
    receivedAt: startAt,
    sentAt: startAt - 500,
    clientIp: '192.0.2.7',
    payload: encoder.encode('{"message":"no such order"}'),
    ...more,
  }
}

/** Stores them as one batch; answers which of them were new. */
export function storeEvents(into: Flush, ...events: readonly NewEvent[]): readonly boolean[] {
  return into.insertEvents(events)
}

export function attachmentOf(projectId: number, more: Partial<NewAttachment> = {}): NewAttachment {
  return {
    projectId,
    eventId: newKey(),
    name: 'basket.json',
    contentType: 'application/json',
    attachmentType: 'event.attachment',
    sizeBytes: 12,
    sha1: 'b'.repeat(40),
    sha256: 'a'.repeat(64),
    receivedAt: startAt,
    content: encoder.encode('{"apples":3}'),
    ...more,
  }
}

export function itemOf(projectId: number, more: Partial<NewItem> = {}): NewItem {
  return {
    projectId,
    eventId: null,
    type: 'session',
    receivedAt: startAt,
    headers: '{"type":"session"}',
    payload: encoder.encode('{"sid":"1"}'),
    ...more,
  }
}

/** Accepted errors, unless told otherwise. */
export function countOf(projectId: number, more: Partial<OutcomeCount> = {}): OutcomeCount {
  return {
    projectId,
    keyId: 1,
    category: 1,
    outcome: 0,
    reason: '',
    bucket: startBucket,
    quantity: 1,
    ...more,
  }
}

/** Errors of one release in production. */
export function facetsOf(projectId: number, more: Partial<EventFacetCount> = {}): EventFacetCount {
  return {
    projectId,
    category: 1,
    environment: 'production',
    release: 'shop@1.2.3',
    sdk: 'sentry.python',
    bucket: startBucket,
    quantity: 1,
    ...more,
  }
}

/** An error that a filter took. */
export function dropOf(more: Partial<NewDrop> = {}): NewDrop {
  return {
    receivedAt: startAt,
    keyId: 1,
    client: 'sentry.python/2.20.0',
    category: 1,
    outcome: 1,
    reason: 'web-crawlers',
    detail: 'Googlebot',
    quantity: 1,
    sizeBytes: 27,
    ...more,
  }
}
