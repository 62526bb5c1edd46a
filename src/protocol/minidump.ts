/** Crash dumps and Apple's crash reports → what they add to an event. */
import { type CrashedSystem, type CrashReason, crashReason, namesMemory } from './crash-reasons.ts'
import type { JsonObject } from './json.ts'
import { isObject } from './json.ts'
import { mergeInto, objectAt, setPath } from './json-merge.ts'
import {
  type CrashpadAnnotations,
  type DebugRecord,
  type DumpException,
  type DumpModule,
  type Minidump,
  readMinidump,
} from './minidump-file.ts'

/**
 * Makes an event one of a crash, by what its dump says. What the dump says of the crash itself, its time and its
 * modules counts more than what the event says; of the surroundings the event may know better.
 *
 * Shape: a dump that cannot be read leaves an exception that says so.
 * Source: ingest protocol 9.3.
 */
export function writeMinidump(event: JsonObject, bytes: Uint8Array): void {
  const dump = readMinidump(bytes)
  const exception = writeCrash(event, 'minidump', { type: 'Minidump', value: 'Invalid Minidump' })
  if (dump === undefined) return
  if (dump.exception !== undefined) describe(exception, dump.exception, dump)
  if (dump.writtenAt !== undefined) event.timestamp = dump.writtenAt / 1000
  if (dump.modules.length > 0) writeModules(event, dump)
  setPath(event, ['sdk'], { name: `minidump.${dump.writer}`, version: '0.0.0' })
  writeSystem(event, dump)
  writeAnnotations(event, dump.annotations, dump.modules)
}

/** Apple's reports are text for people; an event of one says no more than that it is there. */
export function writeAppleReport(event: JsonObject): void {
  writeCrash(event, 'applecrashreport', { type: 'AppleCrashReport', value: 'Invalid Apple Crash Report' })
}

/** The only exception from now on: what a program says while it crashes is a guess. */
function writeCrash(
  event: JsonObject,
  mechanism: string,
  named: { type: string; value: string },
): JsonObject {
  const exception = { ...named, mechanism: { type: mechanism, handled: false, synthetic: true } }
  event.platform = 'native'
  event.level ??= 'fatal'
  delete event['sentry.interfaces.Exception']
  event.exception = { values: [exception] }
  return exception
}

function describe(exception: JsonObject, crash: DumpException, dump: Minidump): void {
  const system = systemOf(dump.system?.platformId)
  const architecture = architectures.get(dump.system?.architecture)
  const reason: CrashReason = crashReason(crash, system?.kind)
  const wanted = system?.kind === 'windows' && namesMemory(crash) ? crash.parameters[1] : undefined
  const address = hex(wideAs(wanted ?? crash.address, architecture?.bits))
  exception.type = reason.name
  exception.value = `Fatal Error: ${reason.name} / ${address}`
  exception.thread_id = crash.threadId
  exception.mechanism = {
    type: 'minidump',
    handled: false,
    synthetic: true,
    data: { relevant_address: address },
    ...(reason.meta === undefined ? {} : { meta: reason.meta }),
  }
  const { instruction } = crash
  if (instruction === undefined) return
  const module = dump.modules.find(
    (m) => m.address <= instruction && instruction < m.address + BigInt(m.size),
  )
  const image = module && { package: module.name, image_addr: hex(module.address) }
  exception.stacktrace = { frames: [{ instruction_addr: hex(instruction), ...image }] }
}

/** Addresses of narrow systems are at times written with the sign stretched out. */
function wideAs(address: bigint, bits: 32 | 64 | undefined): bigint {
  return bits === 32 ? BigInt.asUintN(32, address) : address
}

function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`
}

interface KnownSystem {
  readonly name: string
  readonly kind?: CrashedSystem
  /** What its programs and libraries are called in `debug_meta`. */
  readonly image?: 'pe' | 'elf' | 'macho'
}

const windows: KnownSystem = { name: 'Windows', kind: 'windows', image: 'pe' }

/** Source: VER_PLATFORM_* of winnt.h, and MD_OS_* of Breakpad's minidump_format.h. */
const systems = new Map<number | undefined, KnownSystem>([
  [1, windows],
  [2, windows],
  [3, windows],
  [0x8101, { name: 'macOS', kind: 'apple', image: 'macho' }],
  [0x8102, { name: 'iOS', kind: 'apple', image: 'macho' }],
  [0x8201, { name: 'Linux', kind: 'linux', image: 'elf' }],
  [0x8202, { name: 'Solaris', image: 'elf' }],
  [0x8203, { name: 'Android', kind: 'linux', image: 'elf' }],
  [0x8204, { name: 'PS3' }],
  [0x8205, { name: 'NaCl' }],
  [0x8206, { name: 'Fuchsia', image: 'elf' }],
])

function systemOf(platformId: number | undefined): KnownSystem | undefined {
  return systems.get(platformId)
}

/** Source: PROCESSOR_ARCHITECTURE_* of winnt.h, and MD_CPU_ARCHITECTURE_* of Breakpad. */
const architectures = new Map<number | undefined, { readonly name: string; readonly bits: 32 | 64 }>([
  [0, { name: 'x86', bits: 32 }],
  [1, { name: 'mips', bits: 32 }],
  [3, { name: 'ppc', bits: 32 }],
  [5, { name: 'arm', bits: 32 }],
  [9, { name: 'x86_64', bits: 64 }],
  [10, { name: 'x86', bits: 32 }],
  [12, { name: 'arm64', bits: 64 }],
  [0x8001, { name: 'sparc', bits: 32 }],
  [0x8002, { name: 'ppc64', bits: 64 }],
  [0x8003, { name: 'arm64', bits: 64 }],
  [0x8004, { name: 'mips64', bits: 64 }],
])

function writeSystem(event: JsonObject, { system, process }: Minidump): void {
  if (system !== undefined) {
    const name = systemOf(system.platformId)?.name
    const arch = architectures.get(system.architecture)?.name
    const os = { type: 'os', ...(name === undefined ? {} : { name }), ...versionOf(system, name) }
    addContext(event, 'os', os)
    if (arch !== undefined) addContext(event, 'device', { type: 'device', arch })
  }
  if (process?.startedAt !== undefined) {
    addContext(event, 'app', { type: 'app', app_start_time: new Date(process.startedAt).toISOString() })
  }
}

function addContext(event: JsonObject, name: string, context: JsonObject): void {
  const present = objectAt(event, ['contexts', name])
  if (present !== undefined) mergeInto(present, context)
}

/** On Linux the numbers are zero at times, and a line of `uname` has them: `Linux 5.4.0 #1 SMP x86_64`. */
function versionOf(
  { version, extra }: { version: string; extra: string | undefined },
  name: string | undefined,
): { version: string; build?: string } {
  if (extra === undefined) return { version }
  if (name !== 'Linux' || version !== '0.0.0') return { version, build: extra }
  const [, stated = version, ...rest] = extra.replace(/ (GNU\/Linux|Linux\/GNU)$/, '').split(' ')
  const build = rest.slice(0, -1).join(' ')
  return build === '' ? { version: stated } : { version: stated, build }
}

function writeModules(event: JsonObject, { modules, system }: Minidump): void {
  const known = systemOf(system?.platformId)
  const images = modules.map((module) => imageOf(module, known))
  // Only those that are in the process count: the event has seen them at another time, if at all.
  const meta = isObject(event.debug_meta) ? event.debug_meta : {}
  event.debug_meta = { ...meta, images }
}

function imageOf(module: DumpModule, system: KnownSystem | undefined): JsonObject {
  const { debug } = module
  return {
    type: system?.image ?? 'unknown',
    ...present('code_id', codeIdOf(module, system)),
    ...present('code_file', module.name || undefined),
    ...present('debug_id', debug && debugIdOf(debug)),
    ...present('debug_file', (debug && (debug.kind === 'elf' ? module.name : debug.file)) || undefined),
    image_addr: hex(module.address),
    image_size: module.size,
  }
}

function present(name: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value }
}

/** How a symbol server calls the program itself. */
function codeIdOf(
  { debug, timestamp, size }: DumpModule,
  system: KnownSystem | undefined,
): string | undefined {
  if (debug?.kind === 'elf')
    return isZero(debug.buildId) ? undefined : Buffer.from(debug.buildId).toString('hex')
  if (system?.image === 'macho')
    return debug?.kind === 'pdb70' ? debug.signature.replaceAll('-', '') : undefined
  if (system?.image === 'pe') return timestamp.toString(16).padStart(8, '0') + size.toString(16)
  return undefined
}

/** How a symbol server calls the debug information of it. */
function debugIdOf(debug: DebugRecord): string | undefined {
  switch (debug.kind) {
    case 'pdb70':
      return withAge(debug.signature, debug.age)
    case 'pdb20':
      return `${debug.signature.toString(16).padStart(8, '0')}-${debug.age.toString(16)}`
    case 'elf':
      return isZero(debug.buildId) ? undefined : uuidOfBuildId(debug.buildId)
    default:
      return debug satisfies never
  }
}

function withAge(uuid: string, age: number): string {
  return age === 0 ? uuid : `${uuid}-${age.toString(16)}`
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** The first sixteen bytes as if Windows had written them: three numbers, lowest byte first, and the rest. */
function uuidOfBuildId(buildId: Uint8Array): string {
  const bytes = Buffer.alloc(16)
  bytes.set(buildId.subarray(0, 16))
  const digits = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)].map((group) =>
    Buffer.from(group).reverse().toString('hex'),
  )
  return [...digits, bytes.toString('hex', 8, 10), bytes.toString('hex', 10)].join('-')
}

/** What the program noted while it ran: of the process, and of each of its modules by its name. */
function writeAnnotations(
  event: JsonObject,
  { simple, modules: annotated }: CrashpadAnnotations,
  modules: readonly DumpModule[],
): void {
  if (simple.length > 0) addContext(event, 'crashpad', Object.fromEntries(simple))
  for (const { module, named, unnamed } of annotated) {
    const name = modules[module]?.name.split(/[\\/]/).at(-1)
    if (name === undefined || name === '') continue
    addContext(event, name, {
      type: 'crashpad',
      ...Object.fromEntries(named),
      ...(unnamed.length === 0 ? {} : { annotations: unnamed }),
    })
  }
}
