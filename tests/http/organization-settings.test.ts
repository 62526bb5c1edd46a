/** Changing an organization: its name, its slug, its settings, and what they bring about. */
import { afterAll, describe, expect, test } from 'vitest'
import type { organizationDefaults } from '../../src/api/serialize/organization.ts'
import { allScopes } from '../../src/protocol/scopes.ts'
import { DAY, MINUTE } from '../../src/time.ts'
import { entriesOf, trailOf } from './audit-trail.ts'
import { addPerson, apiKeyOf, type Founded, found, openInstallation, sessionOf } from './installation.ts'
import { unreadableFields } from './unreadable.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const at = ({ organization }: Pick<Founded, 'organization'>) => `/organizations/${organization.slug}/`

type Details = Record<string, unknown>

/** The organization as its owner reads it. */
async function detailsOf(place: Founded): Promise<Details> {
  return (await vedette.get<Details>(`${at(place)}?detailed=0`, place.owner.caller)).body
}

/** Another value than the default for everything that is stored. */
const settings: Readonly<Record<Exclude<keyof typeof organizationDefaults, 'trustedRelays'>, unknown>> = {
  isEarlyAdopter: true,
  require2FA: false,
  allowMemberInvite: false,
  allowMemberProjectCreation: false,
  allowSuperuserAccess: false,
  defaultRole: 'manager',
  openMembership: false,
  allowSharedIssues: false,
  enhancedPrivacy: true,
  dataScrubber: true,
  dataScrubberDefaults: true,
  sensitiveFields: ['shoe-size'],
  safeFields: ['$frame.vars', 'extra.*'],
  storeCrashReports: -1,
  attachmentsRole: 'owner',
  debugFilesRole: 'member',
  eventsMemberAdmin: false,
  alertsMemberWrite: false,
  scrubIPAddresses: true,
  scrapeJavaScript: false,
  allowJoinRequests: false,
  relayPiiConfig: '{"rules":{"0":{"type":"creditcard"}},"applications":{"$message":["0"]}}',
}

describe('a setting', () => {
  test.each(Object.entries(settings))('%s is answered, kept and shown as sent: %j', async (name, value) => {
    const place = await found(vedette)
    const { status, body } = await vedette.put<Details>(at(place), place.owner.caller, { [name]: value })
    expect([status, body[name]]).toEqual([200, value])
    expect((await detailsOf(place))[name]).toEqual(value)
  })

  test('leaves the others as they are, and goes back to what it was', async () => {
    const place = await found(vedette)
    const before = await detailsOf(place)
    await vedette.put(at(place), place.owner.caller, settings)
    expect(await detailsOf(place)).toMatchObject(settings)
    const original = Object.fromEntries(Object.keys(settings).map((name) => [name, before[name]]))
    await vedette.put(at(place), place.owner.caller, original)
    expect(await detailsOf(place)).toEqual(before)
    const stored = await vedette.app.db.read
      .selectFrom('organization')
      .select('options')
      .where('id', '=', place.organization.id)
      .executeTakeFirst()
    expect(stored).toEqual({ options: '{}' })
  })

  test('is understood from a form', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.send('PUT', `/api/0${at(place)}`, place.owner.caller, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'openMembership=off&sensitiveFields=a&sensitiveFields=b&storeCrashReports=5',
    })
    const expected = { openMembership: false, sensitiveFields: ['a', 'b'], storeCrashReports: 5 }
    expect({ status, body }).toMatchObject({ status: 200, body: expected })
  })
})

test('the answer is the long shape, with features only on demand', async () => {
  const place = await found(vedette)
  const plain = await vedette.put<Details>(at(place), place.owner.caller, { name: 'Renamed' })
  expect(plain.body).toMatchObject({
    name: 'Renamed',
    teams: [{ slug: 'crew' }],
    projects: [{ slug: 'web' }],
    role: 'owner',
  })
  expect(plain.body.features).toBeUndefined()
  const full = await vedette.put<Details>(`${at(place)}?include_feature_flags=1`, place.owner.caller, {})
  expect(full.body.features).toContain('open-membership')
})

describe('a slug', () => {
  test('is the new address, and the old one leads nowhere', async () => {
    const place = await found(vedette)
    const slug = `renamed-${place.organization.id}`
    expect((await vedette.put(at(place), place.owner.caller, { slug })).status).toBe(200)
    expect((await vedette.get(`/organizations/${slug}/`, place.owner.caller)).status).toBe(200)
    expect((await vedette.get(at(place), place.owner.caller)).status).toBe(404)
  })

  test('of another organization is refused, one’s own is not', async () => {
    const [place, other] = [await found(vedette), await found(vedette)]
    const { slug } = other.organization
    const answer = await vedette.put(at(place), place.owner.caller, { name: 'Never', slug })
    expect(answer).toMatchObject({ status: 400, body: { slug: [`The slug "${slug}" is already in use.`] } })
    expect(await detailsOf(place)).toMatchObject({ name: place.organization.name })
    const own = await vedette.put(at(place), place.owner.caller, { slug: place.organization.slug })
    expect(own.status).toBe(200)
  })
})

const notNull = ['This field may not be null.']
const notText = ['Not a valid string.']
const notBoolean = ['Must be a valid boolean.']
const notList = (type: string) => [`Expected a list of items but got type "${type}".`]
const badSlug = [
  'Enter a valid slug consisting of letters, numbers, or hyphens. It cannot be entirely numeric or start/end with a hyphen.',
]

describe('what is wrong is said, and nothing comes of it', () => {
  test.each<[unknown, unknown]>([
    [{ name: '' }, { name: ['This field may not be blank.'] }],
    [{ name: null }, { name: notNull }],
    [{ name: {} }, { name: notText }],
    [{ name: 'x'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
    [{ slug: '' }, { slug: ['This field may not be blank.'] }],
    [{ slug: '123' }, { slug: badSlug }],
    [{ slug: 'under_score' }, { slug: badSlug }],
    [{ slug: '-edge' }, { slug: badSlug }],
    [{ slug: 'ab' }, { slug: ['This slug "ab" is too short. Minimum of 3 characters.'] }],
    [{ slug: 'Acme' }, { slug: ['This slug "Acme" should not contain uppercase symbols.'] }],
    [{ slug: 'settings' }, { slug: ['This slug "settings" is reserved and not allowed.'] }],
    [{ slug: 'x'.repeat(51) }, { slug: ['Ensure this field has no more than 50 characters.'] }],
    [{ openMembership: 'perhaps' }, { openMembership: notBoolean }],
    [{ allowMemberInvite: null }, { allowMemberInvite: notNull }],
    [{ isEarlyAdopter: [] }, { isEarlyAdopter: notBoolean }],
    [{ defaultRole: 'king' }, { defaultRole: ['"king" is not a valid choice.'] }],
    [{ attachmentsRole: 'king' }, { attachmentsRole: ['Invalid role'] }],
    [{ debugFilesRole: null }, { debugFilesRole: notNull }],
    [{ storeCrashReports: 101 }, { storeCrashReports: ['Ensure this value is less than or equal to 100.'] }],
    [{ storeCrashReports: -2 }, { storeCrashReports: ['Ensure this value is greater than or equal to -1.'] }],
    [{ storeCrashReports: 'all' }, { storeCrashReports: ['A valid integer is required.'] }],
    [{ sensitiveFields: 'password' }, { sensitiveFields: notList('str') }],
    [{ sensitiveFields: [''] }, { sensitiveFields: ['This field may not be blank.'] }],
    [{ sensitiveFields: ['x'.repeat(4001)] }, { sensitiveFields: ['List of sensitive fields is too long.'] }],
    [
      { safeFields: ['er ror', '**.**'] },
      { safeFields: ['Invalid syntax near "er ror" (line 1),\nDeep wildcard used more than once (line 2)'] },
    ],
    [{ relayPiiConfig: '{"rules": ' }, { relayPiiConfig: ['Expected a JSON object.'] }],
    [{ trustedRelays: {} }, { trustedRelays: notList('dict') }],
    [
      { trustedRelays: [{ name: 'a', publicKey: 'key' }, { name: 'b' }] },
      { trustedRelays: [{}, { publicKey: ['This field is required.'] }] },
    ],
    [
      {
        trustedRelays: [
          { name: 'a', publicKey: 'key' },
          { name: 'b', publicKey: 'key' },
        ],
      },
      { trustedRelays: ["Duplicated key in Trusted Relays: 'key'"] },
    ],
    [
      { require2FA: true },
      { require2FA: ['Cannot require two-factor authentication without personal two-factor enabled.'] },
    ],
    [{ avatarType: 'upload' }, { avatarType: ['Cannot set avatarType to upload without avatar'] }],
  ])('%j', async (input, errors) => {
    const place = await found(vedette)
    const before = await detailsOf(place)
    const body = { enhancedPrivacy: true, ...(input as object) }
    expect(await vedette.put(at(place), place.owner.caller, body)).toMatchObject({
      status: 400,
      body: errors,
    })
    expect(await detailsOf(place)).toEqual(before)
    expect(await trailOf(vedette, place)).toEqual([])
  })

  test.each(unreadableFields)('$name', async ({ sending, answer }) => {
    const place = await found(vedette)
    const before = await detailsOf(place)
    expect(await vedette.send('PUT', `/api/0${at(place)}`, place.owner.caller, sending)).toMatchObject(answer)
    expect(await detailsOf(place)).toEqual(before)
  })
})

test('what nobody knows is ignored', async () => {
  const place = await found(vedette)
  const before = await detailsOf(place)
  const input = { cancelDeletion: true, id: '1', features: [], avatarType: 'letter_avatar' }
  expect((await vedette.put(at(place), place.owner.caller, input)).status).toBe(200)
  expect(await detailsOf(place)).toEqual(before)
})

describe('who may change it', () => {
  test.each([
    ['member', 403],
    ['admin', 403],
    ['manager', 200],
    ['owner', 200],
  ] as const)('%s: %i', async (role, expected) => {
    const { organization } = await found(vedette)
    const person = await addPerson(vedette, { organization, role })
    for (const caller of [person.caller, await sessionOf(vedette, person)]) {
      expect((await vedette.put(at({ organization }), caller, { enhancedPrivacy: true })).status).toBe(
        expected,
      )
    }
  })

  test('an API key may', async () => {
    const { organization } = await found(vedette)
    const key = await apiKeyOf(vedette, organization, allScopes)
    const { status, body } = await vedette.put(at({ organization }), key, { name: 'By key' })
    expect({ status, body }).toMatchObject({ status: 200, body: { name: 'By key' } })
  })

  test('what new members become is for owners: others’ wish is ignored', async () => {
    const place = await found(vedette)
    const manager = await addPerson(vedette, { organization: place.organization, role: 'manager' })
    const answer = await vedette.put(at(place), manager.caller, { defaultRole: 'owner', name: 'New' })
    expect(answer).toMatchObject({ status: 200, body: { defaultRole: 'member', name: 'New' } })
    expect(await vedette.put(at(place), place.owner.caller, { defaultRole: 'manager' })).toMatchObject({
      body: { defaultRole: 'manager' },
    })
  })

  test('nobody deletes an organization', async () => {
    const place = await found(vedette)
    expect((await vedette.delete(at(place), place.owner.caller)).status).toBe(405)
  })
})

describe('what settings bring about', () => {
  test('closed membership keeps members to their teams', async () => {
    const place = await found(vedette)
    const { caller } = await addPerson(vedette, { organization: place.organization })
    const project = `/projects/${place.organization.slug}/web/`
    const statuses: number[] = []
    for (const openMembership of [true, false, true]) {
      await vedette.put(at(place), place.owner.caller, { openMembership })
      statuses.push((await vedette.get(project, caller)).status)
    }
    expect(statuses).toEqual([200, 403, 200])
  })

  test.each([
    ['eventsMemberAdmin', 'event:admin'],
    ['alertsMemberWrite', 'alerts:write'],
  ] as const)('%s takes %s from plain members alone', async (setting, scope) => {
    const place = await found(vedette)
    const held: Record<string, boolean> = {}
    await vedette.put(at(place), place.owner.caller, { [setting]: false })
    for (const role of ['member', 'admin', 'manager', 'owner'] as const) {
      const { caller } = await addPerson(vedette, { organization: place.organization, role })
      const { body } = await vedette.get<{ access: string[] }>(at(place), caller)
      held[role] = body.access.includes(scope)
    }
    expect(held).toEqual({ member: false, admin: true, manager: true, owner: true })
  })

  test('a trusted relay keeps its first day, and has a new one when it changes', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    const first = '2026-01-05T09:30:00Z'
    const steady = { name: 'Steady', publicKey: 'steady', description: '' }
    const moving = { name: 'Moving', publicKey: 'moving', description: 'Port side' }
    const dated = (relay: object, lastModified: string) => ({ ...relay, created: first, lastModified })
    const put = async (...trustedRelays: object[]) =>
      (await own.put<Details>(at(place), place.owner.caller, { trustedRelays })).body.trustedRelays
    expect(await put({ name: 'Steady', publicKey: 'steady' }, moving)).toEqual([
      dated(steady, first),
      dated(moving, first),
    ])
    own.clock.advance(DAY)
    const moved = { ...moving, description: 'Starboard' }
    expect(await put(steady, moved)).toEqual([dated(steady, first), dated(moved, '2026-01-06T09:30:00Z')])
    expect(await put()).toEqual([])
  })
})

describe('the audit log', () => {
  test('names what was changed, and by whom', async () => {
    const place = await found(vedette)
    const { organization, owner } = place
    const slug = `audited-${organization.id}`
    await vedette.put(at(place), owner.caller, {
      name: 'New',
      slug,
      openMembership: false,
      isEarlyAdopter: false,
    })
    const renamed = { ...place, organization: { ...organization, slug } }
    expect(await entriesOf(vedette, renamed)).toMatchObject([
      {
        event: 'org.edit',
        actor: { id: String(owner.userId) },
        targetObject: organization.id,
        data: { slug, changed: ['name', 'slug', 'openMembership'] },
        note: 'edited the organization setting (name, slug, openMembership)',
      },
    ])
  })

  test('has nothing when nothing is changed', async () => {
    const place = await found(vedette)
    await vedette.put(at(place), place.owner.caller, { name: place.organization.name, openMembership: true })
    await vedette.put(at(place), place.owner.caller, {})
    expect(await trailOf(vedette, place)).toEqual([])
  })

  test('begins with the founding', async () => {
    const person = await addPerson(vedette)
    const slug = `founded-${person.userId}`
    const answer = await vedette.post<{ id: string }>('/organizations/', person.caller, {
      name: 'Founded',
      slug,
      defaultTeam: true,
    })
    expect(answer.status).toBe(201)
    const organization = { slug } as Founded['organization']
    const entries = await entriesOf(vedette, { organization, owner: person })
    expect(entries.map(({ event, data, note }) => [event, data, note])).toEqual([
      ['org.create', {}, 'created the organization'],
      ['team.create', { slug: 'founded', name: 'Founded' }, 'created team founded'],
    ])
    expect(entries[0]).toMatchObject({ targetObject: Number(answer.body.id) })
  })

  test('an edit of a minute ago is dated so', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    own.clock.advance(MINUTE)
    await own.put(at(place), place.owner.caller, { name: 'Later' })
    expect(await entriesOf(own, place)).toMatchObject([{ dateCreated: '2026-01-05T09:31:00Z' }])
  })
})
