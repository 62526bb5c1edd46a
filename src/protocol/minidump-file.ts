/**
 * Minidumps: the file that Windows, Breakpad and Crashpad write of a crashed process → what it says of the crash.
 *
 * Source: the structures MINIDUMP_* of minidumpapiset.h, and of Breakpad's and Crashpad's extensions of it.
 */

export interface Minidump {
  /** Epoch milliseconds; undefined if the dump states none. */
  readonly writtenAt: number | undefined
  readonly writer: 'crashpad' | 'breakpad' | 'unknown'
  readonly system: SystemInfo | undefined
  readonly exception: DumpException | undefined
  readonly process: ProcessInfo | undefined
  readonly modules: readonly DumpModule[]
  readonly annotations: CrashpadAnnotations
}

export interface SystemInfo {
  readonly platformId: number
  readonly architecture: number
  /** `major.minor.build` */
  readonly version: string
  /** Service pack on Windows, build on macOS, the line of `uname` on Linux. */
  readonly extra: string | undefined
}

export interface DumpException {
  readonly threadId: number
  readonly code: number
  readonly flags: number
  readonly address: bigint
  readonly parameters: readonly bigint[]
  /** Where the thread was, by its registers. */
  readonly instruction: bigint | undefined
}

export interface ProcessInfo {
  readonly id: number | undefined
  /** Epoch milliseconds. */
  readonly startedAt: number | undefined
}

export interface DumpModule {
  readonly address: bigint
  readonly size: number
  readonly timestamp: number
  readonly name: string
  readonly debug: DebugRecord | undefined
}

/** How a module says which debug information belongs to it. */
export type DebugRecord =
  | { readonly kind: 'pdb70'; readonly signature: string; readonly age: number; readonly file: string }
  | { readonly kind: 'pdb20'; readonly signature: number; readonly age: number; readonly file: string }
  | { readonly kind: 'elf'; readonly buildId: Uint8Array }

export interface CrashpadAnnotations {
  /** Of the process. */
  readonly simple: Annotations
  readonly modules: readonly {
    /** Position in the list of modules. */
    readonly module: number
    readonly named: Annotations
    readonly unnamed: readonly string[]
  }[]
}

type Annotations = readonly (readonly [name: string, value: string])[]

const streamTypes = {
  moduleList: 4,
  exception: 6,
  systemInfo: 7,
  miscInfo: 15,
  breakpadInfo: 0x4767_0001,
  crashpadInfo: 0x4350_0001,
} as const

const FORMAT_VERSION = 0xa793
const HEADER_BYTES = 32
const DIRECTORY_ENTRY_BYTES = 12
const MODULE_BYTES = 108

/** What a dump may claim to hold. Real ones have fewer; all places in it may name the same long text. */
const MAX_STREAMS = 1000
const MAX_MODULES = 4000
const MAX_ANNOTATIONS = 1000
const MAX_TEXT_BYTES = 8192
const MAX_ALL_TEXT_BYTES = 2 * 1024 * 1024

/** The dump begins with one of these: the word `MDMP`, in either byte order. */
export function hasMinidumpMagic(bytes: Uint8Array): boolean {
  return byteOrderOf(bytes) !== undefined
}

function byteOrderOf(bytes: Uint8Array): 'little' | 'big' | undefined {
  const magic = String.fromCharCode(...bytes.subarray(0, 4))
  return magic === 'MDMP' ? 'little' : magic === 'PMDM' ? 'big' : undefined
}

/**
 * Reads what a dump says of the crash. What is missing, out of bounds or beyond reason in it is left out.
 *
 * Errors: undefined when it has no readable header and directory; never throws.
 */
export function readMinidump(bytes: Uint8Array): Minidump | undefined {
  const order = byteOrderOf(bytes)
  if (order === undefined) return undefined
  const reader = makeReader(bytes, order === 'little')
  const header = ifPresent(() => readHeader(reader))
  if (header === undefined) return undefined
  const { streams } = header
  const stream = <T>(type: number, read: (reader: Reader, at: Location) => T): T | undefined => {
    const location = streams.get(type)
    return location && ifPresent(() => read(reader, location))
  }

  const system = stream(streamTypes.systemInfo, readSystemInfo)
  const crashpad = streams.get(streamTypes.crashpadInfo)
  const breakpad = streams.get(streamTypes.breakpadInfo)
  return {
    writtenAt: header.time === 0 ? undefined : header.time * 1000,
    writer: crashpad ? 'crashpad' : breakpad ? 'breakpad' : 'unknown',
    system,
    exception: stream(streamTypes.exception, (_, at) => readException(reader, at, system?.architecture)),
    process: stream(streamTypes.miscInfo, readMiscInfo),
    modules: stream(streamTypes.moduleList, readModules) ?? [],
    annotations: stream(streamTypes.crashpadInfo, readAnnotations) ?? { simple: [], modules: [] },
  }
}

/** A place in the file that another place names. */
interface Location {
  readonly size: number
  readonly offset: number
}

interface Reader {
  readonly u16: (at: number) => number
  readonly u32: (at: number) => number
  readonly u64: (at: number) => bigint
  readonly location: (at: number) => Location
  readonly bytes: (at: number, length: number) => Uint8Array
  /** A length in bytes, then so much UTF-16. */
  readonly wideText: (at: number) => string
  /** A length in bytes, then so much UTF-8. */
  readonly text: (at: number) => string
  /** UTF-8 up to a zero or the end of the place. */
  readonly zeroText: (place: Location) => string
}

/** Its functions throw a RangeError beyond the end of the file, and when more text is wanted than is given. */
function makeReader(file: Uint8Array, isLittleEndian: boolean): Reader {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const wide = new TextDecoder(isLittleEndian ? 'utf-16le' : 'utf-16be')
  const narrow = new TextDecoder('utf-8')
  let textLeft = MAX_ALL_TEXT_BYTES

  function bytes(at: number, length: number): Uint8Array {
    if (at + length > file.byteLength) throw new RangeError(`${length} bytes at ${at} are beyond the end`)
    return file.subarray(at, at + length)
  }
  function textBytes(at: number, stated: number): Uint8Array {
    const length = Math.min(stated, MAX_TEXT_BYTES)
    textLeft -= length
    if (textLeft < 0) throw new RangeError('more text than a dump has')
    return bytes(at, length)
  }
  const u32 = (at: number) => view.getUint32(at, isLittleEndian)
  return {
    u16: (at) => view.getUint16(at, isLittleEndian),
    u32,
    u64: (at) => view.getBigUint64(at, isLittleEndian),
    location: (at) => ({ size: u32(at), offset: u32(at + 4) }),
    bytes,
    wideText: (at) => wide.decode(textBytes(at + 4, u32(at) - (u32(at) % 2))),
    text: (at) => narrow.decode(textBytes(at + 4, u32(at))),
    zeroText({ size, offset }) {
      const all = textBytes(offset, Math.max(0, size))
      const zero = all.indexOf(0)
      return narrow.decode(zero < 0 ? all : all.subarray(0, zero))
    },
  }
}

/** Undefined when the dump ends before what is read. */
function ifPresent<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readHeader(reader: Reader): { time: number; streams: ReadonlyMap<number, Location> } {
  reader.bytes(0, HEADER_BYTES)
  if ((reader.u32(4) & 0xffff) !== FORMAT_VERSION) throw new RangeError('another version of the format')
  const count = reader.u32(8)
  const directory = reader.u32(12)
  if (count > MAX_STREAMS) throw new RangeError(`${count} streams`)
  const streams = new Map<number, Location>()
  for (let index = 0; index < count; index++) {
    const at = directory + index * DIRECTORY_ENTRY_BYTES
    const type = reader.u32(at)
    if (!streams.has(type)) streams.set(type, reader.location(at + 4))
  }
  return { time: reader.u32(20), streams }
}

function readSystemInfo(reader: Reader, { offset }: Location): SystemInfo {
  const [major, minor, build] = [reader.u32(offset + 8), reader.u32(offset + 12), reader.u32(offset + 16)]
  const extraAt = reader.u32(offset + 24)
  const extra = extraAt === 0 ? undefined : ifPresent(() => reader.wideText(extraAt))
  return {
    platformId: reader.u32(offset + 20),
    architecture: reader.u16(offset),
    version: `${major}.${minor}.${build}`,
    extra: extra?.trim() || undefined,
  }
}

const MAX_PARAMETERS = 15

function readException(
  reader: Reader,
  { offset }: Location,
  architecture: number | undefined,
): DumpException {
  const parameters = Math.min(reader.u32(offset + 32), MAX_PARAMETERS)
  return {
    threadId: reader.u32(offset),
    code: reader.u32(offset + 8),
    flags: reader.u32(offset + 12),
    address: reader.u64(offset + 24),
    parameters: Array.from({ length: parameters }, (_, index) => reader.u64(offset + 40 + index * 8)),
    instruction: ifPresent(() => readInstruction(reader, reader.location(offset + 160), architecture)),
  }
}

/** Where the program counter lies in the registers of a thread, and how wide it is. */
const programCounters: ReadonlyMap<number | undefined, { readonly at: number; readonly bits: 32 | 64 }> =
  new Map([
    [0, { at: 184, bits: 32 }],
    [5, { at: 64, bits: 32 }],
    [9, { at: 248, bits: 64 }],
    [12, { at: 264, bits: 64 }],
    [0x8003, { at: 264, bits: 64 }],
  ] as const)

function readInstruction(
  reader: Reader,
  registers: Location,
  architecture: number | undefined,
): bigint | undefined {
  const counter = programCounters.get(architecture)
  if (counter === undefined || counter.at + counter.bits / 8 > registers.size) return undefined
  const at = registers.offset + counter.at
  return counter.bits === 32 ? BigInt(reader.u32(at)) : reader.u64(at)
}

const HAS_PROCESS_ID = 1
const HAS_PROCESS_TIMES = 2

function readMiscInfo(reader: Reader, { offset }: Location): ProcessInfo {
  const flags = reader.u32(offset + 4)
  const startedAt = reader.u32(offset + 12) * 1000
  return {
    id: flags & HAS_PROCESS_ID ? reader.u32(offset + 8) : undefined,
    startedAt: flags & HAS_PROCESS_TIMES && startedAt > 0 ? startedAt : undefined,
  }
}

function readModules(reader: Reader, { size, offset }: Location): DumpModule[] {
  const count = reader.u32(offset)
  // Some writers align the list to eight bytes.
  const start = offset + (size === 8 + count * MODULE_BYTES ? 8 : 4)
  const modules: DumpModule[] = []
  for (let index = 0; index < Math.min(count, MAX_MODULES); index++) {
    const module = ifPresent(() => readModule(reader, start + index * MODULE_BYTES))
    if (module === undefined) break
    modules.push(module)
  }
  return modules
}

function readModule(reader: Reader, at: number): DumpModule {
  reader.bytes(at, MODULE_BYTES)
  const nameAt = reader.u32(at + 20)
  return {
    address: reader.u64(at),
    size: reader.u32(at + 8),
    timestamp: reader.u32(at + 16),
    name: ifPresent(() => reader.wideText(nameAt)) ?? '',
    debug: ifPresent(() => readDebugRecord(reader, reader.location(at + 76))),
  }
}

const RSDS = 0x5344_5352
const NB10 = 0x3031_424e
const BP_ELF = 0x4270_454c
/** A build id is a SHA-1 at most times. */
const MAX_BUILD_ID_BYTES = 64

function readDebugRecord(reader: Reader, { size, offset }: Location): DebugRecord | undefined {
  if (size < 4) return undefined
  const file = (from: number) =>
    ifPresent(() => reader.zeroText({ size: size - from, offset: offset + from })) ?? ''
  switch (reader.u32(offset)) {
    case RSDS:
      return {
        kind: 'pdb70',
        signature: readGuid(reader, offset + 4),
        age: reader.u32(offset + 20),
        file: file(24),
      }
    case NB10:
      return {
        kind: 'pdb20',
        signature: reader.u32(offset + 8),
        age: reader.u32(offset + 12),
        file: file(16),
      }
    case BP_ELF:
      return { kind: 'elf', buildId: reader.bytes(offset + 4, Math.min(size - 4, MAX_BUILD_ID_BYTES)) }
    default:
      return undefined
  }
}

/** As UUID text. The first three groups are numbers in the byte order of the file. */
function readGuid(reader: Reader, at: number): string {
  const digits = (value: number, length: number) => value.toString(16).padStart(length, '0')
  const rest = Array.from(reader.bytes(at + 8, 8), (byte) => digits(byte, 2)).join('')
  const groups = [digits(reader.u32(at), 8), digits(reader.u16(at + 4), 4), digits(reader.u16(at + 6), 4)]
  return [...groups, rest.slice(0, 4), rest.slice(4)].join('-')
}

const STRING_ANNOTATION = 1

function readAnnotations(reader: Reader, { offset }: Location): CrashpadAnnotations {
  const links = reader.location(offset + 44)
  return {
    simple: readDictionary(reader, reader.location(offset + 36)),
    modules: readList(reader, links, 12, (at) => {
      const info = reader.location(at + 4).offset
      return {
        module: reader.u32(at),
        unnamed: readList(reader, reader.location(info + 4), 4, (entry) => reader.text(reader.u32(entry))),
        named: [
          ...readDictionary(reader, reader.location(info + 12)),
          ...readObjects(reader, reader.location(info + 20)),
        ],
      }
    }),
  }
}

function readDictionary(reader: Reader, place: Location): Annotations {
  return readList(
    reader,
    place,
    8,
    (at) => [reader.text(reader.u32(at)), reader.text(reader.u32(at + 4))] as const,
  )
}

/** Annotations with a type; those that are no text are for the program that made them. */
function readObjects(reader: Reader, place: Location): Annotations {
  const objects = readList(reader, place, 12, (at) => ({
    type: reader.u16(at + 4),
    entry: [reader.text(reader.u32(at)), reader.text(reader.u32(at + 8))] as const,
  }))
  return objects.flatMap(({ type, entry }) => (type === STRING_ANNOTATION ? [entry] : []))
}

/** A number of entries, then the entries: those that can be read. */
function readList<T>(
  reader: Reader,
  { size, offset }: Location,
  entryBytes: number,
  read: (at: number) => T,
): T[] {
  if (size < 4) return []
  const count = Math.min(ifPresent(() => reader.u32(offset)) ?? 0, MAX_ANNOTATIONS)
  const entries: T[] = []
  for (let index = 0; index < count; index++) {
    const entry = ifPresent(() => read(offset + 4 + index * entryBytes))
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}
