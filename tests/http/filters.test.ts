/** Inbound filters of a project: what is on, and switching it. */
import { afterAll, describe, expect, test } from 'vitest'
import { legacyBrowsers } from '../../src/protocol/inbound-filters.ts'
import { projectOptions } from '../../src/store/project-options.ts'
import { addPerson, type Founded, found, openInstallation } from './installation.ts'
import { recorded } from './recorded-changes.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const at = ({ organization }: Founded, filter = '') => `/projects/${organization.slug}/web/filters/${filter}`

async function states(place: Founded): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await vedette.get<{ id: string; active: unknown }[]>(at(place), place.owner.caller)
  return Object.fromEntries(body.map(({ id, active }) => [id, active]))
}

const initial = {
  'browser-extensions': false,
  'filtered-transaction': true,
  'legacy-browsers': false,
  localhost: false,
  'web-crawlers': false,
}

test('a new project lets everything in but health checks', async () => {
  const place = await found(vedette)
  const { status, body, headers } = await vedette.get(at(place), place.owner.caller)
  expect(status).toBe(200)
  expect(body).toEqual(Object.entries(initial).map(([id, active]) => ({ id, active })))
  expect(headers.link).toBeUndefined()
})

test('a new project for browsers filters what they send without being asked', async () => {
  const place = await found(vedette, { platform: 'javascript-vue' })
  expect(await states(place)).toEqual({
    ...initial,
    'browser-extensions': true,
    'legacy-browsers': ['android', 'chrome', 'edge', 'firefox', 'ie', 'opera', 'opera_mini', 'safari'],
    'web-crawlers': true,
  })
})

const toggles = ['browser-extensions', 'filtered-transaction', 'localhost', 'web-crawlers'] as const

describe.each(toggles)('the filter %s', (id) => {
  test.each([
    [{ active: true }, true],
    [{ active: 'on' }, true],
    [{ active: false }, false],
    // A body that says nothing switches off.
    [{}, false],
    [{ subfilters: ['ie'] }, false],
  ])('is switched by %j', async (sent, active) => {
    const place = await found(vedette)
    await vedette.put(at(place, `${id}/`), place.owner.caller, { active: !active })
    const answer = await vedette.put(at(place, `${id}/`), place.owner.caller, sent)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(await states(place)).toEqual({ ...initial, [id]: active })
  })
})

describe('the filter legacy-browsers', () => {
  test.each([
    [{ active: true }, true],
    [{ active: false }, false],
    [{ active: false, subfilters: ['ie'] }, false],
    [{ active: true, subfilters: ['ie'] }, true],
    [{ subfilters: ['safari', 'ie', 'safari'] }, ['ie', 'safari']],
    [{ subfilters: ['opera_pre_15', 'ie11'] }, ['ie11', 'opera_pre_15']],
    [{ subfilters: [...legacyBrowsers] }, [...legacyBrowsers].sort()],
    [{ subfilters: [] }, false],
    [{}, false],
  ])('is switched by %j', async (sent, active) => {
    for (const before of [true, false]) {
      const place = await found(vedette)
      const path = at(place, 'legacy-browsers/')
      await vedette.put(path, place.owner.caller, { active: before })
      expect((await vedette.put(path, place.owner.caller, sent)).status).toBe(204)
      expect(await states(place)).toEqual({ ...initial, 'legacy-browsers': active })
    }
  })

  test('takes its browsers from a form, too', async () => {
    const place = await found(vedette)
    await vedette.send('PUT', `/api/0${at(place, 'legacy-browsers/')}`, place.owner.caller, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'subfilters=ie&subfilters=edge',
    })
    expect(await states(place)).toMatchObject({ 'legacy-browsers': ['edge', 'ie'] })
  })
})

test('filters are kept as options of the project, which keep the other ones', async () => {
  const place = await found(vedette)
  const { caller } = place.owner
  await vedette.put(`/projects/${place.organization.slug}/web/`, caller, {
    options: { 'filters:chunk-load-error': false },
  })
  await vedette.put(at(place, 'localhost/'), caller, { active: true })
  await vedette.put(at(place, 'legacy-browsers/'), caller, { subfilters: ['ie'] })
  const options = (await projectOptions(vedette.app.db.read, [place.project.id])).get(place.project.id)
  expect(options).toMatchObject({
    'filters:localhost': '1',
    'filters:legacy-browsers': ['ie'],
    'filters:chunk-load-error': '0',
  })
})

describe('a change is refused', () => {
  test.each([
    ['localhost', { active: 'perhaps' }, { active: ['Must be a valid boolean.'] }],
    ['localhost', { active: null }, { active: ['This field may not be null.'] }],
    ['localhost', { active: [] }, { active: ['Must be a valid boolean.'] }],
    ['localhost', [], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
    [
      'legacy-browsers',
      { subfilters: ['ie', 'netscape'] },
      { subfilters: ['"netscape" is not a valid choice.'] },
    ],
    [
      'legacy-browsers',
      { subfilters: 'ie' },
      { subfilters: ['Expected a list of items but got type "str".'] },
    ],
    ['legacy-browsers', { subfilters: null }, { subfilters: ['This field may not be null.'] }],
    [
      'legacy-browsers',
      { active: 'perhaps', subfilters: [1] },
      { active: ['Must be a valid boolean.'], subfilters: ['"1" is not a valid choice.'] },
    ],
  ])('%s: %j', async (id, sent, errors) => {
    const place = await found(vedette)
    const { status, body } = await vedette.put(at(place, `${id}/`), place.owner.caller, sent)
    expect({ status, body }).toEqual({ status: 400, body: errors })
    expect(await states(place)).toEqual(initial)
    expect(await recorded(vedette, place.organization)).toEqual([])
  })

  test.each(['no-such', 'Localhost', 'filters:localhost', 'releases'])('%s is no filter', async (id) => {
    const place = await found(vedette)
    const { status, body } = await vedette.put(at(place, `${id}/`), place.owner.caller, { active: true })
    expect({ status, body }).toEqual({
      status: 404,
      body: { detail: 'The requested resource does not exist' },
    })
  })

  test('to those who only read the project', async () => {
    const place = await found(vedette)
    const { organization, team } = place
    const { caller } = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    expect((await vedette.get(at(place), caller)).status).toBe(200)
    expect((await vedette.put(at(place, 'localhost/'), caller, { active: true })).status).toBe(403)
  })
})

test('one filter cannot be read alone', async () => {
  const place = await found(vedette)
  const { status, body } = await vedette.get(at(place, 'localhost/'), place.owner.caller)
  expect({ status, body }).toEqual({ status: 405, body: { detail: 'Method "GET" not allowed.' } })
})

test('what is switched on and off is recorded, and what stays as it was is not', async () => {
  const place = await found(vedette)
  const { caller } = place.owner
  for (const active of [true, true, false]) await vedette.put(at(place, 'localhost/'), caller, { active })
  for (const subfilters of [['ie'], ['ie'], ['ie', 'edge'], []]) {
    await vedette.put(at(place, 'legacy-browsers/'), caller, { subfilters })
  }
  expect(await recorded(vedette, place.organization)).toEqual([
    ['project.enable', { slug: 'web', state: 'localhost' }],
    ['project.disable', { slug: 'web', state: 'localhost' }],
    ['project.enable', { slug: 'web', state: 'legacy-browsers', subfilters: ['ie'] }],
    ['project.enable', { slug: 'web', state: 'legacy-browsers', subfilters: ['edge', 'ie'] }],
    ['project.disable', { slug: 'web', state: 'legacy-browsers' }],
  ])
})
