/** Files that crash reporters send, written by the rules of their formats: minidumps and Unreal's containers. */
import { deflateSync } from 'node:zlib'

export interface DumpParts {
  /** Epoch seconds. */
  readonly time?: number
  readonly system?: {
    readonly platformId: number
    readonly architecture: number
    readonly version?: readonly [major: number, minor: number, build: number]
    readonly extra?: string
  }
  readonly exception?: {
    readonly code: number
    readonly threadId?: number
    readonly flags?: number
    readonly address?: bigint
    readonly parameters?: readonly bigint[]
    /** The registers of the thread as they lie in memory. */
    readonly registers?: Uint8Array
  }
  /** Epoch seconds. */
  readonly process?: { readonly id: number; readonly startedAt: number }
  readonly modules?: readonly {
    readonly address: bigint
    readonly name: string
    readonly size?: number
    readonly timestamp?: number
    /** The whole record, its signature included. */
    readonly debug?: Uint8Array
  }[]
  readonly breakpad?: true
  readonly crashpad?: {
    readonly simple?: Readonly<Record<string, string>>
    readonly modules?: readonly {
      readonly module: number
      readonly simple?: Readonly<Record<string, string>>
      readonly objects?: readonly { readonly name: string; readonly type: number; readonly value: string }[]
      readonly list?: readonly string[]
    }[]
  }
  readonly order?: 'little' | 'big'
  /** Eight bytes before the first module, as some writers have it. */
  readonly alignedModules?: true
}

/** Numbers in the byte order of the file, one after the other. */
function makeNumbers(isLittleEndian: boolean) {
  const whole = (size: 2 | 4 | 8) => (value: number | bigint) => {
    const bytes = Buffer.alloc(size)
    const view = new DataView(bytes.buffer, bytes.byteOffset, size)
    if (size === 8) view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), isLittleEndian)
    else if (size === 4) view.setUint32(0, Number(value), isLittleEndian)
    else view.setUint16(0, Number(value), isLittleEndian)
    return bytes
  }
  return { u16: whole(2), u32: whole(4), u64: whole(8) }
}

export function dumpFile(parts: DumpParts = {}): Buffer {
  const { u16, u32, u64 } = makeNumbers(parts.order !== 'big')
  const body: Buffer[] = []
  const streams: { readonly type: number; readonly place: Buffer }[] = []
  const count = [
    parts.system,
    parts.exception,
    parts.process,
    parts.modules,
    parts.breakpad,
    parts.crashpad,
  ].filter((part) => part !== undefined).length
  let offset = 32 + count * 12

  /** Where it comes to lie. */
  function put(bytes: Uint8Array): number {
    const at = offset
    body.push(Buffer.from(bytes))
    offset += bytes.byteLength
    return at
  }
  /** Its size, and where it comes to lie. */
  const place = (bytes: Uint8Array) => Buffer.concat([u32(bytes.byteLength), u32(put(bytes))])
  const nowhere = Buffer.alloc(8)
  const wide = (text: string) => {
    const units = [...Buffer.from(text, 'utf16le')]
    const bytes = Buffer.from(units)
    if (parts.order === 'big') bytes.swap16()
    return put(Buffer.concat([u32(bytes.byteLength), bytes, Buffer.alloc(2)]))
  }
  const text = (value: string) => {
    const bytes = Buffer.from(value)
    return put(Buffer.concat([u32(bytes.byteLength), bytes, Buffer.alloc(1)]))
  }
  const list = (entries: readonly Uint8Array[]) => place(Buffer.concat([u32(entries.length), ...entries]))
  const dictionary = (entries: Readonly<Record<string, string>> = {}) =>
    list(Object.entries(entries).map(([name, value]) => Buffer.concat([u32(text(name)), u32(text(value))])))
  const stream = (type: number, bytes: Uint8Array) => void streams.push({ type, place: place(bytes) })

  const { system, exception, process, modules, crashpad } = parts
  if (system !== undefined) {
    const [major, minor, build] = system.version ?? [0, 0, 0]
    const extra = system.extra === undefined ? 0 : wide(system.extra)
    stream(
      7,
      Buffer.concat([
        u16(system.architecture),
        Buffer.alloc(6),
        u32(major),
        u32(minor),
        u32(build),
        u32(system.platformId),
        u32(extra),
        Buffer.alloc(28),
      ]),
    )
  }
  if (exception !== undefined) {
    const { parameters = [], registers } = exception
    const values = Buffer.concat([...parameters.map(u64), Buffer.alloc(120)]).subarray(0, 120)
    stream(
      6,
      Buffer.concat([
        u32(exception.threadId ?? 1),
        u32(0),
        u32(exception.code),
        u32(exception.flags ?? 0),
        u64(0),
        u64(exception.address ?? 0n),
        u32(parameters.length),
        u32(0),
        values,
        registers === undefined ? nowhere : place(registers),
      ]),
    )
  }
  if (process !== undefined) {
    stream(15, Buffer.concat([u32(24), u32(3), u32(process.id), u32(process.startedAt), u64(0)]))
  }
  if (modules !== undefined) {
    const entries = modules.map((module) =>
      Buffer.concat([
        u64(module.address),
        u32(module.size ?? 0x1000),
        u32(0),
        u32(module.timestamp ?? 0),
        u32(wide(module.name)),
        Buffer.alloc(52),
        module.debug === undefined ? nowhere : place(module.debug),
        Buffer.alloc(24),
      ]),
    )
    const padding = Buffer.alloc(parts.alignedModules ? 4 : 0)
    stream(4, Buffer.concat([u32(modules.length), padding, ...entries]))
  }
  if (parts.breakpad) stream(0x4767_0001, Buffer.concat([u32(0), u32(0), u32(0)]))
  if (crashpad !== undefined) {
    const links = (crashpad.modules ?? []).map(({ module, simple, objects = [], list: unnamed = [] }) => {
      const lists = list(unnamed.map((value) => u32(text(value))))
      const named = dictionary(simple)
      const typed = list(
        objects.map(({ name, type, value }) =>
          Buffer.concat([u32(text(name)), u16(type), u16(0), u32(text(value))]),
        ),
      )
      return Buffer.concat([u32(module), place(Buffer.concat([u32(1), lists, named, typed]))])
    })
    const annotations = dictionary(crashpad.simple)
    stream(0x4350_0001, Buffer.concat([u32(1), Buffer.alloc(32), annotations, list(links), u32(0), u64(0)]))
  }
  return Buffer.concat([
    Buffer.from(parts.order === 'big' ? 'PMDM' : 'MDMP'),
    u32(0xa793),
    u32(count),
    u32(32),
    u32(0),
    u32(parts.time ?? 0),
    u64(0),
    ...streams.flatMap(({ type, place: at }) => [u32(type), at]),
    ...body,
  ])
}

/** Registers of x86-64 with a program counter. */
export function registersAt(instruction: bigint): Buffer {
  const registers = Buffer.alloc(1232)
  registers.writeBigUInt64LE(instruction, 248)
  return registers
}

/** `uuid` is the signature, whose first three groups are numbers. */
export function pdb70(uuid: string, age: number, file: string): Buffer {
  const [a = '', b = '', c = '', ...rest] = uuid.split('-')
  const numbers = [a, b, c].map((group) => Buffer.from(group, 'hex').reverse())
  const tail = Buffer.alloc(4)
  tail.writeUInt32LE(age)
  return Buffer.concat([
    Buffer.from('RSDS'),
    ...numbers,
    Buffer.from(rest.join(''), 'hex'),
    tail,
    Buffer.from(`${file}\0`),
  ])
}

export function pdb20(signature: number, age: number, file: string): Buffer {
  const numbers = Buffer.alloc(12)
  numbers.writeUInt32LE(signature, 4)
  numbers.writeUInt32LE(age, 8)
  return Buffer.concat([Buffer.from('NB10'), numbers, Buffer.from(`${file}\0`)])
}

export function elf(buildId: string): Buffer {
  return Buffer.concat([Buffer.from('LEpB'), Buffer.from(buildId, 'hex')])
}

/** A crash of a small program on Linux: half past nine on the fifth of January 2026, less two seconds. */
export const linuxDump = dumpFile({
  time: 1_767_605_398,
  system: { platformId: 0x8201, architecture: 9, extra: 'Linux 6.1.0-28 #1 SMP PREEMPT_DYNAMIC x86_64' },
  exception: {
    code: 11,
    flags: 1,
    threadId: 4242,
    address: 0x45n,
    registers: registersAt(0x40_1d72n),
  },
  process: { id: 4242, startedAt: 1_767_605_300 },
  modules: [
    {
      address: 0x40_0000n,
      size: 0x1_a000,
      name: '/opt/lamp/bin/lamp',
      debug: elf('f1c3bcc0279865fe3058404b2831d9e64135386c'),
    },
    { address: 0x7f51_3fe5_4000n, name: '/lib/x86_64-linux-gnu/libm.so.6' },
  ],
  crashpad: { simple: { channel: 'beta' } },
})

export interface ContainedFile {
  readonly name: string
  readonly content: string | Uint8Array
}

/** Names as Unreal Engine writes them: 260 bytes, filled up with zeros. */
function paddedName(name: string): Buffer {
  const bytes = Buffer.alloc(264)
  bytes.writeInt32LE(260)
  bytes.write(name, 4)
  return bytes
}

/** Not compressed yet. `layout` is that of engines before the marker `CR1`, and after. */
export function unrealContainer(
  files: readonly ContainedFile[],
  layout: 'marked' | 'trailing' = 'marked',
): Buffer {
  const i32 = (value: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(value)
    return bytes
  }
  const content = files.flatMap(({ name, content: stated }, index) => {
    const bytes = Buffer.from(stated)
    return [i32(index), paddedName(name), i32(bytes.byteLength), bytes]
  })
  const header = (count: number) =>
    Buffer.concat([paddedName('UECC-1'), paddedName('UECC-1.uecrash'), i32(0), i32(count)])
  return layout === 'marked'
    ? Buffer.concat([Buffer.from('CR1'), header(files.length), ...content])
    : Buffer.concat([header(0), ...content, header(files.length)])
}

export function unrealCrash(files: readonly ContainedFile[], layout?: 'marked' | 'trailing'): Buffer {
  return deflateSync(unrealContainer(files, layout))
}
