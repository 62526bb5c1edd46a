/** Every field that a project can be given, and what is refused. */
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { optionFields } from '../../src/api/project-option-fields.ts'
import { projectFields } from '../../src/api/project-settings.ts'
import { addProject, type Caller, type Founded, found, openInstallation } from './installation.ts'
import { recorded } from './recorded-changes.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Detail {
  readonly options: Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

const at = ({ organization }: Founded, project = 'web') => `/projects/${organization.slug}/${project}/`

function put(place: Founded, body: unknown, caller: Caller = place.owner.caller) {
  return vedette.put<Detail>(at(place), caller, body)
}

async function get(place: Founded, project = 'web'): Promise<Detail> {
  return (await vedette.get<Detail>(at(place, project), place.owner.caller)).body
}

/** What is sent, what the answer and the next look show, and the option that keeps it. */
const fields: readonly (readonly [string, unknown, unknown?])[] = [
  ['name', 'Web Shop'],
  ['name', ' Ütf-8 ✓ ', 'Ütf-8 ✓'],
  ['name', 'x'.repeat(200)],
  ['slug', 'web-shop_2'],
  ['platform', 'javascript-react'],
  ['platform', 'playstation'],
  ['isBookmarked', true],
  ['isBookmarked', 'yes', true],
  ['subjectPrefix', '[Shop] '],
  ['subjectPrefix', ''],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the subject
  ['subjectTemplate', '$shortID ${tag:environment} $title'],
  ['resolveAge', 720],
  ['resolveAge', 0],
  ['resolveAge', '', 0],
  ['resolveAge', null, 0],
  ['resolveAge', '5', 5],
  ['digestsMinDelay', 60],
  ['digestsMinDelay', 1800],
  ['digestsMaxDelay', 3600],
  ['allowedDomains', ['example.com', 'https://*.example.net:8080', '*:80']],
  ['allowedDomains', ['*', ''], ['*']],
  ['securityToken', 'fizz-BUZZ+/= 1'],
  ['securityToken', ''],
  ['securityTokenHeader', 'X-Hello_World'],
  ['securityTokenHeader', 'x'.repeat(64)],
  ['securityTokenHeader', ''],
  ['verifySSL', true],
  ['dataScrubber', false],
  ['dataScrubberDefaults', false],
  ['scrubIPAddresses', true],
  ['scrapeJavaScript', false],
  ['scrapeJavaScript', 'off', false],
  ['sensitiveFields', ['Password', 'https://example.com']],
  ['sensitiveFields', []],
  ['safeFields', ['foobar', 'extra.fields.**']],
  ['storeCrashReports', 10],
  ['storeCrashReports', -1],
  ['storeCrashReports', null],
  ['relayPiiConfig', '{"applications": {"freeform": []}}\n'],
  ['relayPiiConfig', ''],
  ['relayPiiConfig', null],
  ['defaultEnvironment', 'dev'],
  ['defaultEnvironment', ''],
  ['defaultEnvironment', null],
  ['highlightTags', ['b', 'a', 'b']],
  ['highlightTags', []],
  ['highlightContext', { 'bird-words': ['red', 'blue', 'red'] }, { 'bird-words': ['red', 'blue'] }],
  ['highlightContext', {}],
  ['groupingEnhancements', 'path:vendor/* -app\n'],
  ['groupingEnhancements', null, ''],
  ['fingerprintingRules', '# ours\ntype:DatabaseError -> db\n'],
  ['fingerprintingRules', ''],
  ['builtinSymbolSources', ['ios', 'nuget']],
  ['builtinSymbolSources', []],
  ['symbolSources', '', '[]'],
  ['autofixAutomationTuning', 'medium'],
  ['seerScannerAutomation', false],
  ['tempestFetchScreenshots', true],
  ['enableAutoReleaseCreation', false],
  ['scmSourceContextEnabled', false],
  ['debugFilesRole', 'manager'],
  ['debugFilesRole', null],
  ['preprodSizeStatusChecksEnabled', true],
  ['preprodSizeStatusChecksRules', [{ id: 'a', value: 1 }]],
  ['preprodSizePrCommentsEnabled', false],
  ['preprodSizePrCommentsRules', []],
  ['preprodSizeEnabledQuery', 'app_id:x'],
  ['preprodDistributionEnabledQuery', ''],
  ['preprodSizeEnabledByCustomer', true],
  ['preprodDistributionEnabledByCustomer', true],
  ['preprodDistributionPrCommentsEnabledByCustomer', false],
]

describe('a field that is set', () => {
  const cases = fields.map(([field, sent, shown = sent]) => ({ field, sent, shown }))
  test.each(cases)(
    '$field: $sent shows in the answer and in the next look',
    async ({ field, sent, shown }) => {
      const place = await found(vedette)
      const before = await get(place)
      const answer = await put(place, { [field]: sent })
      expect({ status: answer.status, value: answer.body[field] }).toEqual({ status: 200, value: shown })
      const after = await get(place, field === 'slug' ? String(sent) : 'web')
      expect(after).toEqual(answer.body)
      const moved = field === 'slug' ? { color: after.color } : {}
      const preset = field === 'platform' ? { highlightPreset: after.highlightPreset } : {}
      expect(after).toEqual({ ...before, [field]: shown, ...moved, ...preset })
    },
  )

  test.each(['platform', 'symbolSources'])('%s: null changes nothing', async (field) => {
    const place = await found(vedette, { platform: 'python' })
    const before = await get(place)
    expect((await put(place, { [field]: null })).body).toEqual(before)
  })

  test('may be one of many, and from a form', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.send<Detail>('PUT', `/api/0${at(place)}`, place.owner.caller, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'name=Shop&verifySSL=true&highlightTags=a&highlightTags=b&resolveAge=&options.filters%3Areleases=1.*',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      name: 'Shop',
      verifySSL: true,
      highlightTags: ['a', 'b'],
      resolveAge: 0,
      options: { 'filters:releases': '1.*' },
    })
  })

  test('by an infrastructure tool is exactly what it reads back', async () => {
    const place = await found(vedette)
    const sent = {
      name: 'Web Application',
      slug: 'web-application',
      platform: 'javascript',
      digestsMinDelay: 300,
      digestsMaxDelay: 1800,
      resolveAge: 720,
      fingerprintingRules: 'error.type:DatabaseUnavailable -> system-down\n',
      groupingEnhancements: 'stack.function:panic_handler ^-group -app\n',
      allowedDomains: ['*.Example.com', 'http://localhost:8000'],
      scrapeJavaScript: false,
      securityToken: 'abc',
      securityTokenHeader: 'X-Token',
      subjectTemplate: '$shortID - $title ',
      verifySSL: true,
      highlightTags: ['release', 'environment'],
      options: {
        'filters:blacklisted_ips': '127.0.0.1\n10.0.0.0/8\nFE80::1',
        'filters:releases': 'Shop@1.*\n[!3].[0-9].*',
        'filters:error_messages': 'TypeError*\n*: integer division or modulo by zero',
      },
    }
    const { body } = await put(place, sent)
    expect(body).toMatchObject(sent)
    expect(await get(place, 'web-application')).toMatchObject(sent)
  })
})

const wrong = (field: string, ...messages: unknown[]) => ({ [field]: messages })
const choice = (value: unknown) => `"${value}" is not a valid choice.`
const origin = (domain: string) => `${domain} is not an acceptable domain. Wildcard ports are not allowed.`
const isBad = { bool: 'Must be a valid boolean.', integer: 'A valid integer is required.' }
const atMost = (most: number) => `Ensure this value is less than or equal to ${most}.`
const atLeast = (least: number) => `Ensure this value is greater than or equal to ${least}.`
const longest = (most: number) => `Ensure this field has no more than ${most} characters.`
const noNull = 'This field may not be null.'
const noBlank = 'This field may not be blank.'
const noText = 'Not a valid string.'
const noMatch = 'This value does not match the required pattern.'
const noSlug =
  'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.'
const isList = (type: string) => `Expected a list of items but got type "${type}".`

const refusals: readonly (readonly [unknown, unknown])[] = [
  [{ name: 'x'.repeat(201) }, wrong('name', longest(200))],
  [{ name: '  ' }, wrong('name', noBlank)],
  [{ name: null }, wrong('name', noNull)],
  [{ name: ['a'] }, wrong('name', noText)],
  [{ slug: 'Web' }, wrong('slug', noSlug)],
  [{ slug: '1234' }, wrong('slug', noSlug)],
  [{ slug: '' }, wrong('slug', noBlank)],
  [{ slug: 'a'.repeat(101) }, wrong('slug', longest(100))],
  [{ slug: 'settings' }, wrong('slug', 'The slug "settings" is reserved and not allowed.')],
  [{ slug: 'other' }, wrong('slug', 'Another project (Other One) is already using that slug')],
  [{ platform: 'cobol' }, wrong('platform', 'Invalid platform')],
  [{ platform: 7 }, wrong('platform', 'Invalid platform')],
  [{ isBookmarked: 'maybe' }, wrong('isBookmarked', isBad.bool)],
  [{ isBookmarked: null }, wrong('isBookmarked', noNull)],
  [{ subjectPrefix: 'x'.repeat(201) }, wrong('subjectPrefix', longest(200))],
  [{ subjectTemplate: '' }, wrong('subjectTemplate', noBlank)],
  [{ subjectTemplate: '   ' }, wrong('subjectTemplate', noBlank)],
  [{ subjectTemplate: 'x'.repeat(201) }, wrong('subjectTemplate', longest(200))],
  [{ resolveAge: 'soon' }, wrong('resolveAge', isBad.integer)],
  [{ resolveAge: 1.5 }, wrong('resolveAge', isBad.integer)],
  [{ digestsMinDelay: 59 }, wrong('digestsMinDelay', atLeast(60))],
  [{ digestsMinDelay: 3601 }, wrong('digestsMinDelay', atMost(3600))],
  [{ digestsMaxDelay: 59 }, wrong('digestsMaxDelay', atLeast(60))],
  [{ digestsMaxDelay: null }, wrong('digestsMaxDelay', noNull)],
  ...[
    { digestsMaxDelay: 299 },
    { digestsMinDelay: 1801 },
    { digestsMinDelay: 120, digestsMaxDelay: 100 },
  ].map(
    (body) =>
      [
        body,
        wrong('digestsMinDelay', 'The minimum delay on digests must be lower than the maximum.'),
      ] as const,
  ),
  ...['', [], ['', ' ']].map(
    (allowedDomains) =>
      [
        { allowedDomains },
        wrong('allowedDomains', 'Empty value will block all requests, use * to accept from all domains'),
      ] as const,
  ),
  [{ allowedDomains: ['example.com:*'] }, wrong('allowedDomains', origin('example.com:*'))],
  [{ allowedDomains: 'example.com' }, wrong('allowedDomains', isList('str'))],
  [{ allowedDomains: null }, wrong('allowedDomains', noNull)],
  [{ securityToken: 'fizz!' }, wrong('securityToken', noMatch)],
  [{ securityToken: 'x'.repeat(256) }, wrong('securityToken', longest(255))],
  [{ securityTokenHeader: 'X Hello' }, wrong('securityTokenHeader', noMatch)],
  [{ securityTokenHeader: 'x'.repeat(65) }, wrong('securityTokenHeader', longest(64))],
  ...[
    'verifySSL',
    'dataScrubber',
    'dataScrubberDefaults',
    'scrubIPAddresses',
    'scrapeJavaScript',
    'seerScannerAutomation',
    'tempestFetchScreenshots',
    'enableAutoReleaseCreation',
    'scmSourceContextEnabled',
  ].map((field) => [{ [field]: {} }, wrong(field, isBad.bool)] as const),
  [
    { sensitiveFields: ['x'.repeat(4001)] },
    wrong('sensitiveFields', 'List of sensitive fields is too long.'),
  ],
  [{ sensitiveFields: 'a' }, wrong('sensitiveFields', isList('str'))],
  [
    { safeFields: ['er ror', 'double.**.wildcard.**'] },
    wrong('safeFields', 'Invalid syntax near "er ror" (line 1),\nDeep wildcard used more than once (line 2)'),
  ],
  [{ storeCrashReports: 101 }, wrong('storeCrashReports', atMost(100))],
  [{ storeCrashReports: -2 }, wrong('storeCrashReports', atLeast(-1))],
  [{ relayPiiConfig: 'nonsense' }, wrong('relayPiiConfig', 'Expected a JSON object.')],
  [{ highlightTags: [1, [], null] }, wrong('highlightTags', noText, noNull)],
  [{ highlightContext: ['a'] }, wrong('highlightContext', 'Expected a dictionary.')],
  [{ highlightContext: { '': ['a'] } }, wrong('highlightContext', "Key '' is invalid.")],
  [
    { highlightContext: { a: ['b', 1] } },
    wrong('highlightContext', "Value for 'a' must be a list of strings."),
  ],
  [{ highlightContext: null }, wrong('highlightContext', noNull)],
  [
    { groupingEnhancements: 'nonsense' },
    wrong('groupingEnhancements', 'Invalid syntax near "nonsense" (line 1, column 1)'),
  ],
  [
    { fingerprintingRules: 'a:b -> c\nnonsense' },
    wrong('fingerprintingRules', 'Invalid syntax near "nonsense" (line 2, column 1)'),
  ],
  [{ groupingConfig: 'legacy' }, wrong('groupingConfig', 'Grouping config cannot be manually set.')],
  [
    { secondaryGroupingConfig: 'legacy' },
    wrong('secondaryGroupingConfig', 'Secondary grouping config cannot be manually set.'),
  ],
  [
    { secondaryGroupingExpiry: 0 },
    wrong('secondaryGroupingExpiry', 'Secondary grouping expiry cannot be manually set.'),
  ],
  [{ builtinSymbolSources: 'ios' }, wrong('builtinSymbolSources', isList('str'))],
  [{ symbolSources: '[' }, wrong('symbolSources', 'Sources are not valid serialised JSON')],
  [{ copy_from_project: 'web' }, wrong('copy_from_project', isBad.integer)],
  [{ copy_from_project: 1_234_567 }, wrong('copy_from_project', 'Project to copy settings from not found.')],
  [{ targetSampleRate: 2 }, wrong('targetSampleRate', atMost(1))],
  [
    { targetSampleRate: 0.1 },
    wrong('targetSampleRate', 'Organization does not have the custom dynamic sample rate feature enabled.'),
  ],
  [{ dynamicSamplingBiases: [{ id: 'foo' }] }, wrong('dynamicSamplingBiases', { id: [choice('foo')] })],
  [
    {
      dynamicSamplingBiases: [
        { id: 'boostReplayId', active: true },
        { id: 'boostReplayId', more: 1 },
      ],
    },
    wrong(
      'dynamicSamplingBiases',
      {},
      { non_field_errors: ["Error: Only 'id' and 'active' fields are allowed for bias."] },
    ),
  ],
  [{ autofixAutomationTuning: 'full' }, wrong('autofixAutomationTuning', choice('full'))],
  [{ debugFilesRole: 'admiral' }, wrong('debugFilesRole', choice('admiral'))],
  [{ team: 'No Team' }, wrong('team', noMatch)],
  [
    { options: 'a' },
    { options: { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] } },
  ],
  [{ options: { 'filters:releases': ['1.*'] } }, { options: { 'filters:releases': [noText] } }],
  [{ options: { 'sentry:scrub_data': 'maybe' } }, { options: { 'sentry:scrub_data': [isBad.bool] } }],
  [{ options: { 'sentry:safe_fields': 'a' } }, { options: { 'sentry:safe_fields': [isList('str')] } }],
  [
    { options: { 'sentry:relay_pii_config': 'a' } },
    { options: { 'sentry:relay_pii_config': ['Expected a JSON object.'] } },
  ],
  [['name'], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
]

describe('a change is refused whole', () => {
  test.each(refusals)('%j', async (sent, errors) => {
    const place = await found(vedette)
    await addProject(vedette, place.organization, { slug: 'other', name: 'Other One' })
    const before = await get(place)
    const good = { isBookmarked: true, verifySSL: true, options: { 'filters:releases': '1.*' } }
    const { status, body } = await put(place, Array.isArray(sent) ? sent : { ...good, ...(sent as object) })
    expect({ status, body }).toEqual({ status: 400, body: errors })
    expect(await get(place)).toEqual(before)
    expect(await recorded(vedette, place.organization)).toEqual([])
  })

  test('with every bad field named', async () => {
    const place = await found(vedette)
    const { body } = await put(place, { name: '', verifySSL: 'perhaps', platform: 'cobol' })
    expect(body).toEqual({
      name: [noBlank],
      verifySSL: [isBad.bool],
      platform: ['Invalid platform'],
    })
  })

  test('when there is no dynamic sampling to bias', async () => {
    const place = await found(vedette)
    const dynamicSamplingBiases = [{ id: 'boostReplayId', active: false }]
    const { status, body } = await put(place, { name: 'Else', dynamicSamplingBiases })
    expect({ status, body }).toEqual({
      status: 403,
      body: { detail: 'dynamicSamplingBiases is not a valid field' },
    })
    expect(await get(place)).toMatchObject({ name: 'Web' })
    expect((await put(place, { dynamicSamplingBiases: [] })).status).toBe(200)
  })

  test.each([
    ['application/json', '{"name": ', 400],
    ['text/plain', 'name=Shop', 415],
    ['application/json', JSON.stringify({ name: 'x'.repeat(1024 * 1024) }), 413],
  ])('in a body of %s', async (type, body, expected) => {
    const place = await found(vedette)
    const { status } = await vedette.send('PUT', `/api/0${at(place)}`, place.owner.caller, {
      headers: { 'content-type': type },
      body,
    })
    expect(status).toBe(expected)
  })
})

test('whatever a field is given, it is taken or refused', async () => {
  const place = await found(vedette)
  const names = Object.keys(projectFields).filter((name) => name !== 'slug')
  const keys = Object.keys(optionFields)
  const values = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.constant('0'.repeat(5000)),
  )
  const change = fc.oneof(
    fc.tuple(fc.constantFrom(...names), values).map(([name, value]) => ({ [name]: value })),
    fc.tuple(fc.constantFrom(...keys), values).map(([key, value]) => ({ options: { [key]: value } })),
  )
  await fc.assert(
    fc.asyncProperty(change, async (sent) => {
      const before = await get(place)
      const { status, body } = await put(place, sent)
      expect([200, 400]).toContain(status)
      expect(await get(place)).toEqual(status === 200 ? body : before)
    }),
    { numRuns: 300 },
  )
})
