/** Stack traces in the API's spelling. */
import { lenientText, valuesOf } from './event-fields.ts'
import { freeData, freeObject, numberPair, textOrNull, truth, wholeNumber } from './event-values.ts'
import { isObject, type JsonObject } from './json.ts'

export type Line = readonly [number: number, text: string]

export interface StacktraceJson {
  /** Oldest call first. */
  readonly frames: readonly JsonObject[]
  /** The first frame that was left out and the one after the last, counted from one. */
  readonly framesOmitted: readonly [number, number] | null
  readonly registers: JsonObject | null
  readonly hasSystemFrames: boolean
}

/** Frames that are kept of one stack; the middle of a longer one is cut. */
const MAX_FRAMES = 50

/** Null if it holds no frame. */
export function stacktraceJson(stacktrace: unknown): StacktraceJson | null {
  const frames = framesOf(stacktrace)
  if (!isObject(stacktrace) || frames.length === 0) return null
  const { kept, omitted } = cutMiddle(frames)
  const addresses = kept.flatMap((frame) => [
    hexAddress(frame.instruction_addr),
    hexAddress(frame.symbol_addr),
  ])
  const addressLength = Math.max(0, ...addresses.map((address) => address?.length ?? 0))
  return {
    frames: kept.map((frame) => frameJson(frame, addressLength)),
    framesOmitted: omitted ?? numberPair(stacktrace.frames_omitted),
    registers: freeObject(stacktrace.registers),
    // The name says otherwise, but this is what Sentry answers: whether any frame is the application's own.
    hasSystemFrames: kept.some((frame) => frame.in_app === true),
  }
}

/** The frames as they were sent, oldest call first. */
export function framesOf(stacktrace: unknown): readonly JsonObject[] {
  return isObject(stacktrace) ? valuesOf(stacktrace.frames).filter(isObject) : []
}

function cutMiddle(frames: readonly JsonObject[]): {
  kept: readonly JsonObject[]
  omitted?: readonly [number, number]
} {
  if (frames.length <= MAX_FRAMES) return { kept: frames }
  const head = MAX_FRAMES / 2
  const tail = frames.length - (MAX_FRAMES - head)
  return { kept: [...frames.slice(0, head), ...frames.slice(tail)], omitted: [head + 1, tail + 1] }
}

function frameJson(frame: JsonObject, addressLength: number): JsonObject {
  const { filename, absPath } = framePaths(frame)
  const lineNo = wholeNumber(frame.lineno)
  return {
    filename,
    absPath,
    module: textOrNull(frame.module),
    package: textOrNull(frame.package),
    platform: textOrNull(frame.platform),
    instructionAddr: padded(hexAddress(frame.instruction_addr), addressLength),
    symbolAddr: padded(hexAddress(frame.symbol_addr), addressLength),
    addrMode: textOrNull(frame.addr_mode),
    function: textOrNull(frame.function),
    rawFunction: textOrNull(frame.raw_function),
    symbol: textOrNull(frame.symbol),
    context: contextLines(frame, lineNo),
    lineNo,
    colNo: wholeNumber(frame.colno),
    inApp: truth(frame.in_app) ?? false,
    trust: textOrNull(frame.trust),
    errors: Array.isArray(frame.errors) ? freeData(frame.errors) : null,
    lock: freeObject(frame.lock),
    sourceLink: textOrNull(frame.source_link),
    vars: Array.isArray(frame.vars) ? freeObject({ ...frame.vars }) : freeObject(frame.vars),
  }
}

/** A lone file name or path stands for both; the file name of a URL is its path. */
export function framePaths(frame: JsonObject): { filename: string | null; absPath: string | null } {
  const filename = lenientText(frame.filename)
  const absPath = lenientText(frame.abs_path)
  const either = filename ?? absPath
  return { filename: either === undefined ? null : pathOfUrl(either), absPath: absPath ?? filename ?? null }
}

function pathOfUrl(filename: string): string {
  if (!/^(file|https?):/.test(filename)) return filename
  const path = URL.parse(filename)?.pathname
  return path === undefined || path === '' ? filename : path
}

/** The source around a line, each line with its number; empty when the line's number or all text is missing. */
export function contextLines(frame: JsonObject, lineNo: number | null): readonly Line[] {
  if (lineNo === null) return []
  const before = linesOf(frame.pre_context)
  const after = linesOf(frame.post_context)
  const line = typeof frame.context_line === 'string' ? frame.context_line : undefined
  if (line === undefined && before.length === 0 && after.length === 0) return []
  return [...before, line ?? '', ...after].map((text, index) => [lineNo - before.length + index, text])
}

function linesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((line) => (typeof line === 'string' ? line : '')) : []
}

/** SDKs write addresses as hex text, as decimal text or as a number. */
function hexAddress(value: unknown): string | null {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? `0x${value.toString(16)}` : null
  if (typeof value !== 'string') return null
  if (/^0x[0-9a-f]{1,22}$/i.test(value)) return value.toLowerCase()
  return /^\d{1,20}$/.test(value) ? `0x${BigInt(value).toString(16)}` : null
}

/** All addresses of a stack have the length of the longest. */
function padded(address: string | null, length: number): string | null {
  return address === null ? null : `0x${address.slice(2).padStart(length - 2, '0')}`
}
