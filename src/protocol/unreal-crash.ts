/** What Unreal Engine's crash reporter sends: the files of a crash in one container. */

export interface UnrealFile {
  readonly name: string
  readonly type: UnrealFileType
  /** A view into the container. */
  readonly content: Uint8Array
}

/** As attachment types. */
export type UnrealFileType =
  | 'event.minidump'
  | 'event.applecrashreport'
  | 'event.payload'
  | 'event.breadcrumbs'
  | 'unreal.context'
  | 'unreal.logs'
  | 'event.attachment'

const MAX_FILES = 1000
const MAGIC = 'CR1'

/**
 * The files of a container that is unpacked already. Newer engines begin it with `CR1` and one header; older ones
 * begin it with an empty header and end it with the true one, whose last number counts the files.
 *
 * Errors: undefined for what is no such container; never throws.
 * Source: FCompressedHeader and FCompressedCrashFile of Unreal Engine's CrashUpload.cpp.
 */
export function readUnrealCrash(container: Uint8Array): UnrealFile[] | undefined {
  try {
    const cursor = makeCursor(container)
    const isNew = new TextDecoder().decode(container.subarray(0, MAGIC.length)) === MAGIC
    if (isNew) cursor.skip(MAGIC.length)
    const header = readHeader(cursor)
    const count = isNew ? header.fileCount : cursor.i32At(container.byteLength - 4)
    if (count < 0 || count > MAX_FILES) return undefined
    const files = Array.from({ length: count }, () => readFile(cursor))
    if (!isNew) readHeader(cursor)
    return cursor.isAtEnd() ? files : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

interface Cursor {
  readonly i32: () => number
  readonly i32At: (at: number) => number
  readonly take: (length: number) => Uint8Array
  readonly skip: (length: number) => void
  readonly isAtEnd: () => boolean
}

/** Its functions throw a RangeError beyond the end. */
function makeCursor(bytes: Uint8Array): Cursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (length: number) => {
    if (length < 0 || at + length > bytes.byteLength) throw new RangeError(`${length} bytes at ${at}`)
    at += length
    return bytes.subarray(at - length, at)
  }
  return {
    i32() {
      const value = view.getInt32(at, true)
      at += 4
      return value
    },
    i32At: (position) => view.getInt32(position, true),
    take,
    skip: (length) => void take(length),
    isAtEnd: () => at === bytes.byteLength,
  }
}

/** Directory and file it was made from, its size, and how many files it has. */
function readHeader(cursor: Cursor): { fileCount: number } {
  readText(cursor)
  readText(cursor)
  cursor.i32()
  return { fileCount: cursor.i32() }
}

function readFile(cursor: Cursor): UnrealFile {
  cursor.i32()
  const name = readText(cursor)
  const content = cursor.take(cursor.i32())
  return { name, type: typeOf(name, content), content }
}

/** A length, then so many bytes, filled up with zeros; a negative length counts units of UTF-16. */
function readText(cursor: Cursor): string {
  const length = cursor.i32()
  const bytes = cursor.take(length < 0 ? length * -2 : length)
  return new TextDecoder(length < 0 ? 'utf-16le' : 'utf-8').decode(bytes).replace(/\0+$/, '')
}

const namedTypes: ReadonlyMap<string, UnrealFileType> = new Map([
  ['CrashReportClient.ini', 'event.attachment'],
  ['CrashContext.runtime-xml', 'unreal.context'],
  ['__sentry-event', 'event.payload'],
  ['__sentry-breadcrumb1', 'event.breadcrumbs'],
  ['__sentry-breadcrumb2', 'event.breadcrumbs'],
])

function typeOf(name: string, content: Uint8Array): UnrealFileType {
  const named = namedTypes.get(name)
  if (named !== undefined) return named
  if (name.endsWith('.log')) return 'unreal.logs'
  const start = Buffer.from(content.subarray(0, 20)).toString('latin1')
  if (start.startsWith('MDMP')) return 'event.minidump'
  return start === 'Incident Identifier:' ? 'event.applecrashreport' : 'event.attachment'
}
