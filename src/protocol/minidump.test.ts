import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type DumpParts,
  dumpFile,
  elf,
  linuxDump,
  pdb20,
  pdb70,
  registersAt,
} from '../../tests/crash-files.ts'
import type { JsonObject } from './json.ts'
import { writeAppleReport, writeMinidump } from './minidump.ts'
import { readMinidump } from './minidump-file.ts'

function eventOf(dump: Uint8Array, given: JsonObject = {}): JsonObject {
  const event = structuredClone(given)
  writeMinidump(event, dump)
  return event
}

const placeholder = {
  type: 'Minidump',
  value: 'Invalid Minidump',
  mechanism: { type: 'minidump', handled: false, synthetic: true },
}

test('the dump says when, where and why it crashed, and what was loaded', () => {
  expect(eventOf(linuxDump)).toEqual({
    platform: 'native',
    level: 'fatal',
    timestamp: 1_767_605_398,
    sdk: { name: 'minidump.crashpad', version: '0.0.0' },
    exception: {
      values: [
        {
          type: 'SIGSEGV / SEGV_MAPERR',
          value: 'Fatal Error: SIGSEGV / SEGV_MAPERR / 0x45',
          thread_id: 4242,
          mechanism: {
            type: 'minidump',
            handled: false,
            synthetic: true,
            data: { relevant_address: '0x45' },
            meta: { signal: { number: 11, code: 1, name: 'SIGSEGV', code_name: 'SEGV_MAPERR' } },
          },
          stacktrace: {
            frames: [{ instruction_addr: '0x401d72', package: '/opt/lamp/bin/lamp', image_addr: '0x400000' }],
          },
        },
      ],
    },
    contexts: {
      os: { type: 'os', name: 'Linux', version: '6.1.0-28', build: '#1 SMP PREEMPT_DYNAMIC' },
      device: { type: 'device', arch: 'x86_64' },
      app: { type: 'app', app_start_time: '2026-01-05T09:28:20.000Z' },
      crashpad: { channel: 'beta' },
    },
    debug_meta: {
      images: [
        {
          type: 'elf',
          code_id: 'f1c3bcc0279865fe3058404b2831d9e64135386c',
          code_file: '/opt/lamp/bin/lamp',
          debug_id: 'c0bcc3f1-9827-fe65-3058-404b2831d9e6',
          debug_file: '/opt/lamp/bin/lamp',
          image_addr: '0x400000',
          image_size: 0x1_a000,
        },
        {
          type: 'elf',
          code_file: '/lib/x86_64-linux-gnu/libm.so.6',
          image_addr: '0x7f513fe54000',
          image_size: 0x1000,
        },
      ],
    },
  })
})

test('what the event says of its surroundings stays, and what the dump says of the crash counts', () => {
  const given = {
    platform: 'c',
    level: 'warning',
    timestamp: 1,
    release: 'lamp@1',
    sdk: { name: 'sentry.native', version: '0.7.0' },
    exception: { values: [{ type: 'Guess' }] },
    'sentry.interfaces.Exception': [{ type: 'Guess' }],
    contexts: { os: { name: 'Debian', kernel_version: '6' }, crashpad: { channel: 'stable' } },
    debug_meta: { images: [{ type: 'elf' }], sdk_info: { sdk_name: 'Linux' } },
  }
  const event = eventOf(linuxDump, given)
  expect(event).toMatchObject({
    platform: 'native',
    level: 'warning',
    timestamp: 1_767_605_398,
    release: 'lamp@1',
    sdk: given.sdk,
    exception: { values: [{ type: 'SIGSEGV / SEGV_MAPERR' }] },
    contexts: {
      os: { type: 'os', name: 'Debian', kernel_version: '6', version: '6.1.0-28' },
      crashpad: { channel: 'stable' },
    },
    debug_meta: { images: [{ code_file: '/opt/lamp/bin/lamp' }, {}], sdk_info: { sdk_name: 'Linux' } },
  })
  expect((event.exception as { values: unknown[] }).values).toHaveLength(1)
  expect(event).not.toHaveProperty(['sentry.interfaces.Exception'])
})

test('an event whose fields are not what they should be is completed where it can be', () => {
  const event = eventOf(linuxDump, { contexts: 7, sdk: 'native', debug_meta: [] })
  expect(event).toMatchObject({ contexts: 7, sdk: 'native', exception: { values: [{}] } })
  expect(event.debug_meta).toEqual({ images: [expect.anything(), expect.anything()] })
})

describe('a dump that says little', () => {
  const table: [title: string, dump: Uint8Array, expected: JsonObject][] = [
    ['is only a magic word', Buffer.from('MDMP'), { timestamp: 1 }],
    ['is no dump', Buffer.from('a dump'), { timestamp: 1 }],
    ['is of another version', versioned(0x1234), { timestamp: 1 }],
    ['has a directory beyond its end', linuxDump.subarray(0, 40), { timestamp: 1 }],
    ['has no streams', dumpFile({ time: 1_767_605_398 }), { timestamp: 1_767_605_398, sdk: sdk('unknown') }],
    ['has no time', dumpFile(), { timestamp: 1, sdk: sdk('unknown') }],
    ['is of Breakpad', dumpFile({ breakpad: true }), { timestamp: 1, sdk: sdk('breakpad') }],
  ]
  test.each(table)('%s', (_, dump, expected) => {
    const event = eventOf(dump, { timestamp: 1 })
    const crash = { platform: 'native', level: 'fatal', exception: { values: [placeholder] } }
    expect(event).toEqual({ ...crash, ...expected })
  })

  function sdk(writer: string): JsonObject {
    return { name: `minidump.${writer}`, version: '0.0.0' }
  }

  function versioned(version: number): Buffer {
    const dump = Buffer.from(linuxDump)
    dump.writeUInt32LE(version, 4)
    return dump
  }
})

describe('the reason', () => {
  type Exception = NonNullable<DumpParts['exception']>
  const windows = { platformId: 2, architecture: 9 }
  const narrow = { platformId: 2, architecture: 0 }
  const linux = { platformId: 0x8201, architecture: 9 }
  const android = { platformId: 0x8203, architecture: 12 }
  const mac = { platformId: 0x8101, architecture: 12 }
  const unheardOf = { platformId: 0x9999, architecture: 0x9999 }
  type System = typeof windows | undefined

  const table: [system: System, exception: Exception, reason: string, address: string][] = [
    [windows, { code: 0xc000_0005, parameters: [0n, 0x10n] }, 'EXCEPTION_ACCESS_VIOLATION_READ', '0x10'],
    [windows, { code: 0xc000_0005, parameters: [1n, 0n] }, 'EXCEPTION_ACCESS_VIOLATION_WRITE', '0x0'],
    [windows, { code: 0xc000_0005, parameters: [8n, 1n] }, 'EXCEPTION_ACCESS_VIOLATION_EXEC', '0x1'],
    [windows, { code: 0xc000_0005, parameters: [7n, 1n] }, 'EXCEPTION_ACCESS_VIOLATION', '0x1'],
    [windows, { code: 0xc000_0005, address: 9n }, 'EXCEPTION_ACCESS_VIOLATION', '0x9'],
    [
      windows,
      { code: 0xc000_0006, parameters: [0n, 5n, 0xc000_0017n] },
      'EXCEPTION_IN_PAGE_ERROR_READ / STATUS_NO_MEMORY',
      '0x5',
    ],
    [
      windows,
      { code: 0xc000_0006, parameters: [0n, 5n, 0xc123_4567n] },
      'EXCEPTION_IN_PAGE_ERROR_READ / 0xc1234567',
      '0x5',
    ],
    [
      windows,
      { code: 0xc000_0409, parameters: [7n] },
      'EXCEPTION_STACK_BUFFER_OVERRUN / FAST_FAIL_FATAL_APP_EXIT',
      '0x0',
    ],
    [windows, { code: 0xc000_0409, parameters: [99n] }, 'EXCEPTION_STACK_BUFFER_OVERRUN / 0x00000063', '0x0'],
    [windows, { code: 0xc000_00fd, address: 0x7ff6n }, 'EXCEPTION_STACK_OVERFLOW', '0x7ff6'],
    [windows, { code: 0xe06d_7363 }, 'Unhandled C++ Exception', '0x0'],
    [windows, { code: 0x1234 }, 'unknown 0x00001234', '0x0'],
    [
      narrow,
      { code: 0xc000_0094, address: 0xffff_ffff_8040_429en },
      'EXCEPTION_INT_DIVIDE_BY_ZERO',
      '0x8040429e',
    ],
    [linux, { code: 11, flags: 2 }, 'SIGSEGV / SEGV_ACCERR', '0x0'],
    [linux, { code: 11, flags: 0x80 }, 'SIGSEGV / SI_KERNEL', '0x0'],
    [linux, { code: 11, flags: 99 }, 'SIGSEGV / 0x00000063', '0x0'],
    [linux, { code: 6, flags: 0xffff_fffa }, 'SIGABRT / SI_TKILL', '0x0'],
    [linux, { code: 8, flags: 1 }, 'SIGFPE / FPE_INTDIV', '0x0'],
    [linux, { code: 5 }, 'SIGTRAP', '0x0'],
    [linux, { code: 0xffff_ffff }, 'DUMP_REQUESTED', '0x0'],
    [linux, { code: 200, flags: 3 }, 'unknown 0x000000c8 / 0x00000003', '0x0'],
    [android, { code: 7, flags: 1 }, 'SIGBUS / BUS_ADRALN', '0x0'],
    [mac, { code: 1, flags: 1, address: 0x45n }, 'EXC_BAD_ACCESS / KERN_INVALID_ADDRESS', '0x45'],
    [mac, { code: 6, flags: 1 }, 'EXC_BREAKPOINT / 0x00000001', '0x0'],
    [mac, { code: 5, flags: 0x1_0002 }, 'EXC_SOFTWARE / SIGABRT', '0x0'],
    [mac, { code: 0x4350_7378 }, 'Simulated Exception', '0x0'],
    [mac, { code: 77 }, 'unknown 0x0000004d / 0x00000000', '0x0'],
    [unheardOf, { code: 11, flags: 1 }, 'unknown 0x0000000b / 0x00000001', '0x0'],
    [undefined, { code: 11, flags: 1 }, 'unknown 0x0000000b / 0x00000001', '0x0'],
  ]
  test.each(table)('of %o and %o is %s', (system, exception, reason, address) => {
    const event = eventOf(dumpFile({ exception, ...(system === undefined ? {} : { system }) }))
    expect(event.exception).toMatchObject({
      values: [
        {
          type: reason,
          value: `Fatal Error: ${reason} / ${address}`,
          mechanism: { type: 'minidump', data: { relevant_address: address } },
        },
      ],
    })
  })

  test('of Mach has its numbers', () => {
    const exception = { code: 1, flags: 13, parameters: [1n, 0x10n] }
    expect(eventOf(dumpFile({ system: mac, exception })).exception).toMatchObject({
      values: [
        {
          type: 'EXC_BAD_ACCESS / EXC_I386_GPFLT',
          mechanism: {
            meta: { mach_exception: { exception: 1, code: 13, subcode: 16, name: 'EXC_BAD_ACCESS' } },
          },
        },
      ],
    })
  })
})

describe('the system', () => {
  const versions: [parts: NonNullable<DumpParts['system']>, os: JsonObject, arch: string][] = [
    [
      { platformId: 2, architecture: 0, version: [10, 0, 19045] },
      { name: 'Windows', version: '10.0.19045' },
      'x86',
    ],
    [
      { platformId: 0x8101, architecture: 12, version: [14, 5, 0], extra: '23F79' },
      { name: 'macOS', version: '14.5.0', build: '23F79' },
      'arm64',
    ],
    [
      { platformId: 0x8201, architecture: 0x8003, version: [6, 1, 0], extra: 'Debian' },
      { name: 'Linux', version: '6.1.0', build: 'Debian' },
      'arm64',
    ],
    [
      { platformId: 0x8201, architecture: 5, extra: 'Linux 5.4 armv7l GNU/Linux' },
      { name: 'Linux', version: '5.4' },
      'arm',
    ],
    [
      { platformId: 0x8203, architecture: 12, version: [13, 0, 0] },
      { name: 'Android', version: '13.0.0' },
      'arm64',
    ],
  ]
  test.each(versions)('%o', (system, os, arch) => {
    expect(eventOf(dumpFile({ system })).contexts).toEqual({
      os: { type: 'os', ...os },
      device: { type: 'device', arch },
    })
  })

  test('of a kind that nobody knows has a version and no name', () => {
    const system = { platformId: 0x9999, architecture: 0x9999, version: [1, 2, 3] } as const
    expect(eventOf(dumpFile({ system })).contexts).toEqual({ os: { type: 'os', version: '1.2.3' } })
  })

  test('writes its numbers in its own order', () => {
    const dump = dumpFile({
      order: 'big',
      time: 1_767_605_398,
      system: { platformId: 0x8201, architecture: 3, extra: 'Linux 2.6 #1 ppc' },
      exception: { code: 4, flags: 5 },
      modules: [{ address: 0x1000n, name: '/bin/lamp' }],
    })
    expect(eventOf(dump)).toMatchObject({
      timestamp: 1_767_605_398,
      exception: { values: [{ type: 'SIGILL / ILL_PRVOPC' }] },
      contexts: { os: { version: '2.6', build: '#1' }, device: { arch: 'ppc' } },
      debug_meta: { images: [{ code_file: '/bin/lamp', image_addr: '0x1000' }] },
    })
  })
})

describe('a module', () => {
  const uuid = '5a9832e5-2872-41c1-838e-d98914e9b7ff'
  const at = { address: 0x40_0000n, size: 0x2_d000, timestamp: 0x05d3_5f6c, name: 'c:\\lamp.exe' }
  const place = { code_file: 'c:\\lamp.exe', image_addr: '0x400000', image_size: 0x2_d000 }
  const table: [title: string, platformId: number, debug: Buffer | undefined, image: JsonObject][] = [
    [
      'with its age, on Windows',
      2,
      pdb70(uuid, 0x1f, 'c:\\lamp.pdb'),
      { type: 'pe', code_id: '05d35f6c2d000', debug_id: `${uuid}-1f`, debug_file: 'c:\\lamp.pdb' },
    ],
    [
      'without a file, on Windows',
      2,
      pdb70(uuid, 0, ''),
      { type: 'pe', code_id: '05d35f6c2d000', debug_id: uuid },
    ],
    [
      'of an old compiler, on Windows',
      2,
      pdb20(0x3df1_2345, 0x1a, 'lamp.pdb'),
      { type: 'pe', code_id: '05d35f6c2d000', debug_id: '3df12345-1a', debug_file: 'lamp.pdb' },
    ],
    ['without a record, on Windows', 2, undefined, { type: 'pe', code_id: '05d35f6c2d000' }],
    ['with half a record, on Windows', 2, Buffer.from('RS'), { type: 'pe', code_id: '05d35f6c2d000' }],
    [
      'with a strange record, on Windows',
      2,
      Buffer.from('WHAT IS IT'),
      { type: 'pe', code_id: '05d35f6c2d000' },
    ],
    [
      'on macOS',
      0x8101,
      pdb70(uuid, 0, 'lamp'),
      { type: 'macho', code_id: uuid.replaceAll('-', ''), debug_id: uuid, debug_file: 'lamp' },
    ],
    ['without a record, on macOS', 0x8101, undefined, { type: 'macho' }],
    [
      'with a short build id, on Linux',
      0x8201,
      elf('0102'),
      {
        type: 'elf',
        code_id: '0102',
        debug_id: '00000201-0000-0000-0000-000000000000',
        debug_file: 'c:\\lamp.exe',
      },
    ],
    ['without a build id, on Linux', 0x8201, elf('00000000'), { type: 'elf', debug_file: 'c:\\lamp.exe' }],
    [
      'as Breakpad once wrote them, on Linux',
      0x8201,
      pdb70(uuid, 0, 'lamp'),
      { type: 'elf', debug_id: uuid, debug_file: 'lamp' },
    ],
    ['on a system that nobody knows', 0x9999, undefined, { type: 'unknown' }],
  ]
  test.each(table)('%s', (_, platformId, debug, image) => {
    const module = debug === undefined ? at : { ...at, debug }
    const dump = dumpFile({ system: { platformId, architecture: 9 }, modules: [module] })
    expect(eventOf(dump).debug_meta).toEqual({ images: [{ ...place, ...image }] })
  })

  test('may be aligned to eight bytes', () => {
    const modules = [
      { address: 0x1000n, name: 'a' },
      { address: 0x2000n, name: 'b' },
    ]
    const names = (dump: Uint8Array) => readMinidump(dump)?.modules.map(({ name }) => name)
    expect(names(dumpFile({ modules, alignedModules: true }))).toEqual(['a', 'b'])
    expect(names(dumpFile({ modules }))).toEqual(['a', 'b'])
  })

  test('is not named in the frame of a crash outside of all', () => {
    const dump = dumpFile({
      system: { platformId: 2, architecture: 9 },
      exception: { code: 0xc000_0005, registers: registersAt(0x77n) },
      modules: [at],
    })
    expect(eventOf(dump).exception).toMatchObject({
      values: [{ stacktrace: { frames: [{ instruction_addr: '0x77' }] } }],
    })
  })
})

test('annotations of modules are contexts by the name of their file', () => {
  const dump = dumpFile({
    modules: [
      { address: 0x1000n, name: '/usr/lib/dyld' },
      { address: 0x2000n, name: 'C:\\game\\Lamp.dll' },
    ],
    crashpad: {
      modules: [
        { module: 0, list: ['dyld2 mode', 'one more'] },
        {
          module: 1,
          simple: { channel: 'beta' },
          objects: [
            { name: 'level', type: 1, value: 'cellar' },
            { name: 'secret', type: 0x8001, value: 'bytes' },
          ],
        },
        { module: 7, simple: { of: 'nothing' } },
      ],
    },
  })
  expect(eventOf(dump).contexts).toEqual({
    dyld: { type: 'crashpad', annotations: ['dyld2 mode', 'one more'] },
    'Lamp.dll': { type: 'crashpad', channel: 'beta', level: 'cellar' },
  })
})

test("Apple's report leaves a mark", () => {
  const event: JsonObject = { exception: { values: [{ type: 'Guess' }] }, level: 'error' }
  writeAppleReport(event)
  expect(event).toEqual({
    platform: 'native',
    level: 'error',
    exception: {
      values: [
        {
          type: 'AppleCrashReport',
          value: 'Invalid Apple Crash Report',
          mechanism: { type: 'applecrashreport', handled: false, synthetic: true },
        },
      ],
    },
  })
})

describe('whatever the bytes are', () => {
  test('a dump with some of them changed, or without its end, is read as far as it goes', () => {
    const change = fc.record({
      at: fc.integer({ min: 0, max: linuxDump.length - 1 }),
      byte: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff),
    })
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 12 }),
        fc.integer({ min: 0, max: linuxDump.length }),
        (changes, length) => {
          const dump = Buffer.from(linuxDump)
          for (const { at, byte } of changes) dump[at] = byte
          const event = eventOf(dump.subarray(0, length))
          expect(event).toMatchObject({ platform: 'native', exception: { values: [{}] } })
          expect(JSON.stringify(event).length).toBeLessThan(100_000)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('bytes behind the magic word make an event', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const dump = Buffer.concat([linuxDump.subarray(0, 8), bytes])
        expect(eventOf(dump)).toMatchObject({ platform: 'native', exception: { values: [{}] } })
      }),
    )
  })

  test('a dump that names the same long text everywhere does not grow beyond reason', () => {
    const name = 'x'.repeat(4000)
    const dump = dumpFile({
      modules: Array.from({ length: 5000 }, (_, index) => ({
        address: BigInt(index) * 0x1000n,
        name: index === 0 ? name : '',
      })),
    })
    // Every module's name is now that of the first.
    const list = dump.indexOf(Buffer.from([0x88, 0x13, 0, 0]))
    for (let index = 1; index < 5000; index++)
      dump.copy(dump, list + 4 + index * 108 + 20, list + 24, list + 28)
    const { modules } = readMinidump(dump) ?? { modules: [] }
    expect(modules.length).toBe(4000)
    const characters = modules.reduce((sum, module) => sum + module.name.length, 0)
    expect(characters).toBeGreaterThan(1_000_000)
    expect(characters).toBeLessThanOrEqual(1024 * 1024)
  })
})
