import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import {
  addBreadcrumbs,
  breadcrumbsOfLog,
  eventOfContext,
  readUnrealContext,
  userReportOfContext,
  writeUnrealContext,
  writeUnrealUser,
} from './unreal-context.ts'

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<FGenericCrashContext>
  <RuntimeProperties>
    <CrashGUID>UECC-1</CrashGUID>
    <IsAssert>true</IsAssert>
    <IsUE4Release>1</IsUE4Release>
    <UserName>bruno</UserName>
    <LoginId>l-7</LoginId>
    <UserDescription>It &quot;went&quot; dark &#x2014; &amp;#65; &#65;&bogus;</UserDescription>
    <ErrorMessage>Assertion failed: lamp &lt; 1</ErrorMessage>
    <CallStack>a
b</CallStack>
    <Misc.PrimaryGPUBrand>A card</Misc.PrimaryGPUBrand>
    <Misc.OSVersionMajor>Windows 11</Misc.OSVersionMajor>
    <Misc.OSVersionMinor />
    <MemoryStats.TotalPhysical>6896832512</MemoryStats.TotalPhysical>
    <MemoryStats.PageSize>4096</MemoryStats.PageSize>
    <CrashReportClientVersion>1.2</CrashReportClientVersion>
    <Modules>many</Modules>
    <Empty>  </Empty>
  </RuntimeProperties>
  <EngineData>
    <RHI.AdapterName>Another card</RHI.AdapterName>
    <RHI.DeviceId>1234</RHI.DeviceId>
    <RHI.RHIName>D3D12</RHI.RHIName>
  </EngineData>
  <GameData>
    <__sentry>{&quot;release&quot;:&quot;lamp@1&quot;}</__sentry>
    <level>cellar</level>
  </GameData>
</FGenericCrashContext>`

function written(event: JsonObject = {}, text: string | Uint8Array = xml): JsonObject {
  const result = structuredClone(event)
  writeUnrealContext(result, readUnrealContext(Buffer.from(text)))
  return result
}

describe('the context of a crash', () => {
  test('completes the event', () => {
    expect(written()).toEqual({
      logentry: { formatted: 'Assertion failed: lamp < 1' },
      level: 'error',
      user: { username: 'bruno', id: 'l-7' },
      sdk: { name: 'unreal.crashreporter', version: '1.2' },
      contexts: {
        device: { memory_size: 6_896_832_512 },
        os: { raw_description: 'Windows 11' },
        gpu: { name: 'Another card', id: '1234', api_type: 'D3D12' },
        game: { level: 'cellar' },
        unreal: {
          crash_guid: 'UECC-1',
          is_assert: 'true',
          is_ue4_release: '1',
          login_id: 'l-7',
          legacy_call_stack: 'a\nb',
          memory_stats_page_size: '4096',
          crash_report_client_version: '1.2',
        },
      },
    })
  })

  test('says nothing where the event has said it', () => {
    const event = {
      level: 'info',
      message: 'dark',
      user: { id: '1', username: 'anna' },
      sdk: { name: 'sentry.unreal' },
      contexts: { gpu: { name: 'mine' } },
    }
    expect(written(event)).toMatchObject({ ...event, contexts: { gpu: { name: 'mine', id: '1234' } } })
    expect(written(event)).not.toHaveProperty('logentry')
  })

  test('may be UTF-16, in either order', () => {
    const bytes = Buffer.from(`\ufeff${xml}`, 'utf16le')
    expect(written({}, bytes)).toEqual(written())
    expect(written({}, Buffer.from(bytes).swap16())).toEqual(written())
  })

  test('has the event of the game, and the words of the player', () => {
    const context = readUnrealContext(Buffer.from(xml))
    expect(eventOfContext(context)).toEqual({ release: 'lamp@1' })
    expect(userReportOfContext(context)).toEqual({
      name: 'bruno',
      comments: 'It "went" dark — &#65; A&bogus;',
    })
  })

  test('has an ensure as a warning', () => {
    const text = '<RuntimeProperties><IsEnsure>true</IsEnsure></RuntimeProperties>'
    expect(written({}, text).level).toBe('warning')
  })

  test('without anything says who reported', () => {
    const sdk = { name: 'unreal.crashreporter', version: '0.0.0' }
    expect(written({}, '')).toEqual({ sdk })
    expect(written({}, '<RuntimeProperties><a>b</RuntimeProperties>')).toEqual({ sdk })
    const context = readUnrealContext(Buffer.from('<GameData><__sentry>{</__sentry></GameData>'))
    expect([eventOfContext(context), userReportOfContext(context)]).toEqual([undefined, undefined])
  })

  test('is read as far as it goes, whatever it is', () => {
    const piece = fc.constantFrom(...xml.split(/(?=[<>&;])/), '&#x110000;', '&#1114112;', '<n>')
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(() => written({}, pieces.join(''))).not.toThrow()
      }),
    )
  })
})

describe('the user', () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      'login|epic|machine',
      {},
      { user: { id: 'login' }, tags: { epic_account_id: 'epic', machine_id: 'machine' } },
    ],
    ['|epic|', {}, { tags: { epic_account_id: 'epic' } }],
    ['||', {}, {}],
    ['login', { user: { id: '7' }, tags: [['a', 'b']] }, { user: { id: '7' }, tags: [['a', 'b']] }],
    [
      'l|e|m',
      { tags: [] },
      {
        user: { id: 'l' },
        tags: [
          ['epic_account_id', 'e'],
          ['machine_id', 'm'],
        ],
      },
    ],
  ])('of %s', (userId, event, expected) => {
    const result = structuredClone(event)
    writeUnrealUser(result, userId)
    expect(result).toEqual(expected)
  })
})

describe('the log', () => {
  test('ends in breadcrumbs', () => {
    const log = [
      'Log file open, 12/13/18 15:54:53',
      'LogWindows: Failed to load',
      '[2018.11.20-11.47.15:510][  0]LogInit: Display: Starting',
      '',
      'plain words',
    ].join('\r\n')
    expect(breadcrumbsOfLog(Buffer.from(log))).toEqual([
      { category: 'LogWindows', message: 'Failed to load' },
      { timestamp: '2018-11-20T11:47:15.510Z', category: 'LogInit', message: 'Display: Starting' },
      { message: 'plain words' },
    ])
  })

  test('of many lines has its last forty', () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `LogLamp: line ${index}`)
    const breadcrumbs = breadcrumbsOfLog(Buffer.from(lines.join('\n')))
    expect(breadcrumbs).toHaveLength(40)
    expect(breadcrumbs[0]).toEqual({ category: 'LogLamp', message: 'line 9960' })
    expect(breadcrumbsOfLog(Buffer.alloc(0))).toEqual([])
  })

  test('is added to what the event has', () => {
    const results = [{}, { breadcrumbs: [{ message: 'a' }] }, { breadcrumbs: { values: [{ message: 'a' }] } }]
    for (const event of results) addBreadcrumbs(event, [{ message: 'b' }])
    const [none, list, values] = results
    expect(none).toEqual({ breadcrumbs: { values: [{ message: 'b' }] } })
    expect(list).toEqual({ breadcrumbs: { values: [{ message: 'a' }, { message: 'b' }] } })
    expect(values).toEqual(list)
  })
})
