/** Bodies of forms with files, as browsers and crash reporters write them. */

export interface FormPart {
  readonly head: string
  readonly content: string | Uint8Array
}

const boundary = 'b-7'

/** Headers that go with a body. */
export const formHeaders = { 'content-type': `multipart/form-data; boundary=${boundary}` } as const

export function field(name: string, content: string): FormPart {
  return { head: `Content-Disposition: form-data; name="${name}"`, content }
}

export function file(
  name: string,
  filename: string,
  content: string | Uint8Array,
  contentType = 'application/octet-stream',
): FormPart {
  const disposition = `Content-Disposition: form-data; name="${name}"; filename="${filename}"`
  return { head: `${disposition}\r\nContent-Type: ${contentType}`, content }
}

export function formBody(...parts: readonly FormPart[]): Buffer {
  return formBodyWith(boundary, ...parts)
}

export function formBodyWith(mark: string, ...parts: readonly FormPart[]): Buffer {
  const pieces = parts.flatMap(({ head, content }) => [
    Buffer.from(`--${mark}\r\n${head}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from(`--${mark}--\r\n`)])
}
