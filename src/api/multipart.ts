/** Forms with files, read while they come in: the body is never held beside its parts. */
import type { IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { FormField } from '../protocol/crash-form.ts'
import { type BodyFault, type BodyRules, readRequestBody } from './request-body.ts'

export interface FormFile {
  /** Of the field. */
  readonly name: string
  readonly filename: string
  readonly contentType: string
  readonly content: Buffer
}

export interface Form {
  readonly fields: readonly FormField[]
  readonly files: readonly FormFile[]
}

export type FormFault =
  | BodyFault
  /** With what came of its files. */
  | { readonly fault: 'malformed'; readonly files: readonly FormFile[] }
  /** Names and values of its fields are over the limit. */
  | { readonly fault: 'too_many_fields' }

/** Bytes of all fields' names and values together: they become parts of an event. */
const MAX_FIELD_BYTES = 1024 * 1024
/** Each part costs some work, be it ever so small. */
const MAX_PARTS = 2000

/** The form in a request's body, in the encoding that its content type states. */
export async function readForm(request: IncomingMessage, rules: BodyRules): Promise<Form | FormFault> {
  const parser = await openParser(request.headers['content-type'])
  if (parser === undefined) {
    const body = await readRequestBody(request, { ...rules, sink: () => undefined })
    return 'fault' in body ? body : { fault: 'malformed', files: [] }
  }
  const body = await readRequestBody(request, { ...rules, sink: parser.write })
  return 'fault' in body ? body : parser.end()
}

/** A form that is the content of a file itself. */
export async function parseForm(content: Buffer, boundary: string): Promise<Form | FormFault> {
  const parser = await openParser(`multipart/form-data; boundary="${boundary}"`)
  parser?.write(content)
  return parser === undefined ? { fault: 'malformed', files: [] } : parser.end()
}

interface FormParser {
  readonly write: (chunk: Buffer) => void
  readonly end: () => Promise<Form | FormFault>
}

/** Undefined when the content type is none of a form with files, or states no boundary. */
async function openParser(contentType: string | undefined): Promise<FormParser | undefined> {
  if (contentType === undefined || !/^multipart\/form-data\s*;/i.test(contentType)) return undefined
  const { Busboy } = await import('@fastify/busboy')
  const parser = (() => {
    try {
      return new Busboy({
        headers: { 'content-type': contentType },
        // Other programs call any part a file that has the content type of one.
        isPartAFile: (_name, _type, filename) => filename !== undefined,
        limits: { fieldSize: MAX_FIELD_BYTES, headerSize: MAX_FIELD_BYTES, parts: MAX_PARTS },
      })
    } catch {
      // It has no boundary, which the package says with an error like any other.
      return undefined
    }
  })()
  if (parser === undefined) return undefined

  const fields: FormField[] = []
  const files: FormFile[] = []
  let fieldBytes = 0
  let fault: 'malformed' | 'too_many_fields' | undefined
  const stop = (reason: 'malformed' | 'too_many_fields') => {
    fault ??= reason
  }

  parser.on('field', (name, value, _nameTruncated, isTruncated) => {
    fieldBytes += Buffer.byteLength(name ?? '') + Buffer.byteLength(value)
    if (isTruncated || fieldBytes > MAX_FIELD_BYTES) stop('too_many_fields')
    else fields.push({ name: name ?? '', value })
  })
  parser.on('file', (name, stream, filename, _encoding, contentType) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => stop('malformed'))
    stream.on('end', () => files.push({ name: name ?? '', filename, contentType, content: joined(chunks) }))
  })
  parser.on('partsLimit', () => stop('too_many_fields'))
  const finished = new Promise<void>((resolve) => {
    parser.on('finish', resolve)
    parser.on('error', () => {
      stop('malformed')
      resolve()
    })
  })

  return {
    write(chunk) {
      if (fault === undefined) parser.write(chunk)
    },
    async end() {
      parser.end()
      if (fault !== 'too_many_fields') await finished
      if (fault === undefined) return { fields, files }
      if (fault === 'too_many_fields') return { fault }
      // Files that began before the fault have their end on its way.
      await setImmediate()
      return { fault, files }
    },
  }
}

/** The chunks in one piece; they are views of what came over the wire, and let go of here. */
function joined(chunks: Buffer[]): Buffer {
  const [first] = chunks
  const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
  chunks.length = 0
  return whole
}
