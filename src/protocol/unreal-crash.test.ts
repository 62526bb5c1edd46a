import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linuxDump, unrealContainer } from '../../tests/crash-files.ts'
import { readUnrealCrash } from './unreal-crash.ts'

const files = [
  { name: 'CrashContext.runtime-xml', content: '<x/>' },
  { name: 'CrashReportClient.ini', content: '[a]' },
  { name: 'Lamp.log', content: 'Log file open' },
  { name: 'UE4Minidump.dmp', content: linuxDump },
  { name: 'report.crash', content: 'Incident Identifier: 7' },
  { name: '__sentry-event', content: '' },
  { name: '__sentry-breadcrumb1', content: '' },
  { name: '__sentry-breadcrumb2', content: '' },
  { name: 'Screenshot.png', content: 'a picture' },
]
const types = [
  'unreal.context',
  'event.attachment',
  'unreal.logs',
  'event.minidump',
  'event.applecrashreport',
  'event.payload',
  'event.breadcrumbs',
  'event.breadcrumbs',
  'event.attachment',
]

describe.each(['marked', 'trailing'] as const)('a container with its header %s', (layout) => {
  test('has its files, each of its type', () => {
    const read = readUnrealCrash(unrealContainer(files, layout))
    expect(
      read?.map(({ name, content }) => ({ name, content: Buffer.from(content).toString('latin1') })),
    ).toEqual(files.map(({ name, content }) => ({ name, content: Buffer.from(content).toString('latin1') })))
    expect(read?.map(({ type }) => type)).toEqual(types)
  })

  test('may have no files', () => {
    expect(readUnrealCrash(unrealContainer([], layout))).toEqual([])
  })

  test('is none without its end, or with more behind it', () => {
    const container = unrealContainer(files, layout)
    expect(readUnrealCrash(container.subarray(0, -1))).toBeUndefined()
    expect(readUnrealCrash(Buffer.concat([container, Buffer.from('x')]))).toBeUndefined()
  })

  test('is read or refused whatever is changed in it', () => {
    const container = unrealContainer(files.slice(0, 2), layout)
    const change = fc.record({ at: fc.nat(container.length - 1), byte: fc.constantFrom(0, 1, 0x7f, 0xff) })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(container.length), (changes, length) => {
        const bytes = Buffer.from(container)
        for (const { at, byte } of changes) bytes[at] = byte
        expect(() => readUnrealCrash(bytes.subarray(0, length))).not.toThrow()
      }),
    )
  })
})

test('names of more than ASCII are UTF-16, and their length is negative', () => {
  const name = Buffer.from('Lämp.log\0', 'utf16le')
  const size = Buffer.alloc(4)
  size.writeInt32LE(name.byteLength / -2)
  const container = unrealContainer([{ name: 'Lamp.log', content: 'x' }])
  const at = container.length - 4 - 264 - 1
  const renamed = Buffer.concat([container.subarray(0, at), size, name, container.subarray(at + 264)])
  expect(readUnrealCrash(renamed)?.map((file) => file.name)).toEqual(['Lämp.log'])
})

test.each([
  ['nothing', ''],
  ['text', 'a crash'],
  ['a mark alone', 'CR1'],
])('%s is no container', (_, text) => {
  expect(readUnrealCrash(Buffer.from(text))).toBeUndefined()
})
