/** What a dump's exception is called on its system: `SIGSEGV / SEGV_MAPERR`, `EXCEPTION_ACCESS_VIOLATION_READ`. */
import type { DumpException } from './minidump-file.ts'

export type CrashedSystem = 'windows' | 'linux' | 'apple'

export interface CrashReason {
  readonly name: string
  /** The parts of it, in the words of an event's mechanism. */
  readonly meta?: Readonly<Record<string, unknown>>
}

/** Never undefined: what has no name is called by its numbers. */
export function crashReason(
  exception: Pick<DumpException, 'code' | 'flags' | 'parameters'>,
  system: CrashedSystem | undefined,
): CrashReason {
  switch (system) {
    case 'windows':
      return { name: windowsReason(exception) }
    case 'linux':
      return linuxReason(exception)
    case 'apple':
      return appleReason(exception)
    case undefined:
      return { name: `unknown ${hex(exception.code)} / ${hex(exception.flags)}` }
    default:
      return system satisfies never
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}

const ACCESS_VIOLATION = 0xc000_0005
const IN_PAGE_ERROR = 0xc000_0006
const STACK_BUFFER_OVERRUN = 0xc000_0409

/** Whether Windows names the memory that was wanted, beside the instruction that wanted it. */
export function namesMemory({ code, parameters }: Pick<DumpException, 'code' | 'parameters'>): boolean {
  return (code === ACCESS_VIOLATION || code === IN_PAGE_ERROR) && parameters.length >= 2
}

/** Source: winnt.h and ntstatus.h; the last five are those of Chromium, .NET, Visual C++ and Crashpad. */
const windowsCodes = new Map<number, string>([
  [0x8000_0001, 'EXCEPTION_GUARD_PAGE'],
  [0x8000_0002, 'EXCEPTION_DATATYPE_MISALIGNMENT'],
  [0x8000_0003, 'EXCEPTION_BREAKPOINT'],
  [0x8000_0004, 'EXCEPTION_SINGLE_STEP'],
  [ACCESS_VIOLATION, 'EXCEPTION_ACCESS_VIOLATION'],
  [IN_PAGE_ERROR, 'EXCEPTION_IN_PAGE_ERROR'],
  [0xc000_0008, 'EXCEPTION_INVALID_HANDLE'],
  [0xc000_000d, 'STATUS_INVALID_PARAMETER'],
  [0xc000_0017, 'STATUS_NO_MEMORY'],
  [0xc000_001d, 'EXCEPTION_ILLEGAL_INSTRUCTION'],
  [0xc000_0025, 'EXCEPTION_NONCONTINUABLE_EXCEPTION'],
  [0xc000_0026, 'EXCEPTION_INVALID_DISPOSITION'],
  [0xc000_008c, 'EXCEPTION_BOUNDS_EXCEEDED'],
  [0xc000_008d, 'EXCEPTION_FLT_DENORMAL_OPERAND'],
  [0xc000_008e, 'EXCEPTION_FLT_DIVIDE_BY_ZERO'],
  [0xc000_008f, 'EXCEPTION_FLT_INEXACT_RESULT'],
  [0xc000_0090, 'EXCEPTION_FLT_INVALID_OPERATION'],
  [0xc000_0091, 'EXCEPTION_FLT_OVERFLOW'],
  [0xc000_0092, 'EXCEPTION_FLT_STACK_CHECK'],
  [0xc000_0093, 'EXCEPTION_FLT_UNDERFLOW'],
  [0xc000_0094, 'EXCEPTION_INT_DIVIDE_BY_ZERO'],
  [0xc000_0095, 'EXCEPTION_INT_OVERFLOW'],
  [0xc000_0096, 'EXCEPTION_PRIV_INSTRUCTION'],
  [0xc000_00fd, 'EXCEPTION_STACK_OVERFLOW'],
  [0xc000_0135, 'STATUS_DLL_NOT_FOUND'],
  [0xc000_0142, 'STATUS_DLL_INIT_FAILED'],
  [0xc000_0194, 'EXCEPTION_POSSIBLE_DEADLOCK'],
  [0xc000_0374, 'STATUS_HEAP_CORRUPTION'],
  [STACK_BUFFER_OVERRUN, 'EXCEPTION_STACK_BUFFER_OVERRUN'],
  [0xc000_0417, 'STATUS_INVALID_CRUNTIME_PARAMETER'],
  [0xc000_0420, 'STATUS_ASSERTION_FAILURE'],
  [0xc06d_007e, 'FACILITY_VISUALCPP / ERROR_MOD_NOT_FOUND'],
  [0xc06d_007f, 'FACILITY_VISUALCPP / ERROR_PROC_NOT_FOUND'],
  [0xe000_0008, 'Out of Memory'],
  [0xe043_4352, 'MANAGED_EXCEPTION_CODE_V4'],
  [0xe06d_7363, 'Unhandled C++ Exception'],
  [0x0517_a7ed, 'Simulated Exception'],
])

const memoryAccess = new Map<bigint | undefined, string>([
  [0n, 'READ'],
  [1n, 'WRITE'],
  [8n, 'EXEC'],
])

/** Position is the code. Source: FAST_FAIL_* of winnt.h. */
const fastFails = [
  'LEGACY_GS_VIOLATION',
  'VTGUARD_CHECK_FAILURE',
  'STACK_COOKIE_CHECK_FAILURE',
  'CORRUPT_LIST_ENTRY',
  'INCORRECT_STACK',
  'INVALID_ARG',
  'GS_COOKIE_INIT',
  'FATAL_APP_EXIT',
  'RANGE_CHECK_FAILURE',
  'UNSAFE_REGISTRY_ACCESS',
  'GUARD_ICALL_CHECK_FAILURE',
  'GUARD_WRITE_CHECK_FAILURE',
  'INVALID_FIBER_SWITCH',
  'INVALID_SET_OF_CONTEXT',
  'INVALID_REFERENCE_COUNT',
] as const

function windowsReason({ code, parameters }: Pick<DumpException, 'code' | 'parameters'>): string {
  const name = windowsCodes.get(code)
  const [first, , third] = parameters
  if (name === undefined) return `unknown ${hex(code)}`
  if (code === STACK_BUFFER_OVERRUN && first !== undefined) {
    const fastFail = Number(BigInt.asUintN(32, first))
    const known = fastFails[fastFail]
    return `${name} / ${known === undefined ? hex(fastFail) : `FAST_FAIL_${known}`}`
  }
  const access = memoryAccess.get(first)
  if (access === undefined) return name
  if (code === ACCESS_VIOLATION) return `${name}_${access}`
  if (code === IN_PAGE_ERROR && third !== undefined) {
    const status = Number(BigInt.asUintN(32, third))
    return `${name}_${access} / ${windowsCodes.get(status) ?? hex(status)}`
  }
  return name
}

/** Position is the signal's number. Source: signal(7). */
const signals = [
  undefined,
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
] as const

/** The first of each has the code 1. Source: si_code in sigaction(2). */
const signalCodes: Readonly<Record<string, readonly string[]>> = {
  SIGILL: [
    'ILL_ILLOPC',
    'ILL_ILLOPN',
    'ILL_ILLADR',
    'ILL_ILLTRP',
    'ILL_PRVOPC',
    'ILL_PRVREG',
    'ILL_COPROC',
    'ILL_BADSTK',
    'ILL_BADIADDR',
  ],
  SIGTRAP: ['TRAP_BRKPT', 'TRAP_TRACE', 'TRAP_BRANCH', 'TRAP_HWBKPT', 'TRAP_UNK', 'TRAP_PERF'],
  SIGBUS: ['BUS_ADRALN', 'BUS_ADRERR', 'BUS_OBJERR', 'BUS_MCEERR_AR', 'BUS_MCEERR_AO'],
  SIGFPE: [
    'FPE_INTDIV',
    'FPE_INTOVF',
    'FPE_FLTDIV',
    'FPE_FLTOVF',
    'FPE_FLTUND',
    'FPE_FLTRES',
    'FPE_FLTINV',
    'FPE_FLTSUB',
  ],
  SIGSEGV: ['SEGV_MAPERR', 'SEGV_ACCERR', 'SEGV_BNDERR', 'SEGV_PKUERR'],
  SIGSYS: ['SYS_SECCOMP', 'SYS_USER_DISPATCH'],
}

/** Who sent it, for signals of any number. */
const senders = new Map<number, string>([
  [0x80, 'SI_KERNEL'],
  [-1, 'SI_QUEUE'],
  [-2, 'SI_TIMER'],
  [-3, 'SI_MESGQ'],
  [-4, 'SI_ASYNCIO'],
  [-5, 'SI_SIGIO'],
  [-6, 'SI_TKILL'],
])

/** What Crashpad and Breakpad write when nothing crashed and a dump was wanted. */
const DUMP_REQUESTED = 0xffff_ffff
const SI_USER = 0

function linuxReason({ code, flags }: Pick<DumpException, 'code' | 'flags'>): CrashReason {
  if (code === DUMP_REQUESTED) return { name: 'DUMP_REQUESTED' }
  const name = signals[code]
  if (name === undefined) return { name: `unknown ${hex(code)} / ${hex(flags)}` }
  const siCode = flags | 0
  const codeName = signalCodes[name]?.[siCode - 1] ?? senders.get(siCode)
  const signal = {
    number: code,
    code: siCode,
    name,
    ...(codeName === undefined ? {} : { code_name: codeName }),
  }
  const detail = siCode === SI_USER ? undefined : (codeName ?? hex(flags))
  return { name: detail === undefined ? name : `${name} / ${detail}`, meta: { signal } }
}

const machExceptions = new Map<number, string>([
  [1, 'EXC_BAD_ACCESS'],
  [2, 'EXC_BAD_INSTRUCTION'],
  [3, 'EXC_ARITHMETIC'],
  [4, 'EXC_EMULATION'],
  [5, 'EXC_SOFTWARE'],
  [6, 'EXC_BREAKPOINT'],
  [7, 'EXC_SYSCALL'],
  [8, 'EXC_MACH_SYSCALL'],
  [9, 'EXC_RPC_ALERT'],
  [10, 'EXC_CRASH'],
  [11, 'EXC_RESOURCE'],
  [12, 'EXC_GUARD'],
])

/** What Crashpad writes for a dump that was wanted. */
const SIMULATED = 0x4350_7378

/** Source: mach/kern_return.h, and mach/i386/exception.h with mach/arm/exception.h. */
const machCodes: Readonly<Record<string, ReadonlyMap<number, string>>> = {
  EXC_BAD_ACCESS: new Map([
    [1, 'KERN_INVALID_ADDRESS'],
    [2, 'KERN_PROTECTION_FAILURE'],
    [5, 'KERN_FAILURE'],
    [8, 'KERN_NO_ACCESS'],
    [9, 'KERN_MEMORY_FAILURE'],
    [10, 'KERN_MEMORY_ERROR'],
    [13, 'EXC_I386_GPFLT'],
    [50, 'KERN_CODESIGN_ERROR'],
    [0x101, 'EXC_ARM_DA_ALIGN'],
    [0x102, 'EXC_ARM_DA_DEBUG'],
    [0x103, 'EXC_ARM_SP_ALIGN'],
    [0x104, 'EXC_ARM_SWP'],
    [0x105, 'EXC_ARM_PAC_FAIL'],
  ]),
  EXC_SOFTWARE: new Map([
    [0x1_0002, 'SIGABRT'],
    [0xdead_c0de, 'UNCAUGHT_NS_EXCEPTION'],
  ]),
}

function appleReason({
  code,
  flags,
  parameters,
}: Omit<DumpException, 'threadId' | 'address' | 'instruction'>): CrashReason {
  if (code === SIMULATED) return { name: 'Simulated Exception' }
  const name = machExceptions.get(code)
  if (name === undefined) return { name: `unknown ${hex(code)} / ${hex(flags)}` }
  const subcode = parameters[1]
  return {
    name: `${name} / ${machCodes[name]?.get(flags) ?? hex(flags)}`,
    meta: {
      mach_exception: {
        exception: code,
        code: flags,
        ...(subcode === undefined ? {} : { subcode: Number(subcode) }),
        name,
      },
    },
  }
}
