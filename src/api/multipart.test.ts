import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { field, file, formBody, formHeaders } from '../../tests/form-body.ts'
import { type Form, type FormFault, parseForm, readForm } from './multipart.ts'

const mark = 'b-7'

/** With contents as text, which can be compared at a glance. */
function outline(form: Form | FormFault): unknown {
  if ('fault' in form) return 'files' in form ? { ...form, files: form.files.map((f) => f.filename) } : form
  return {
    fields: form.fields.map(({ name, value }) => [name, value]),
    files: form.files.map((f) => [f.name, f.filename, f.contentType, f.content.toString('latin1')]),
  }
}

describe('a form', () => {
  test('has its fields and files in order', async () => {
    const form = await parseForm(
      formBody(
        field('a', '1'),
        file('f', 'a.png', 'a\r\n--b\0'),
        field('a', 'ä\xff'),
        file('g', '', '', 'image/png'),
      ),
      mark,
    )
    expect(outline(form)).toEqual({
      fields: [
        ['a', '1'],
        ['a', 'äÿ'],
      ],
      files: [
        ['f', 'a.png', 'application/octet-stream', 'a\r\n--b\0'],
        ['g', '', 'image/png', ''],
      ],
    })
  })

  test('has fields that are no UTF-8 with characters in place of what is wrong', async () => {
    const bytes = formBody(field('a', 'x'))
    bytes[bytes.indexOf('x')] = 0xff
    expect(outline(await parseForm(bytes, mark))).toEqual({ fields: [['a', '\ufffd']], files: [] })
  })

  test('has no file in a part of bytes without a file name', async () => {
    const head = 'Content-Disposition: form-data; name="a"\r\nContent-Type: application/octet-stream'
    expect(outline(await parseForm(formBody({ head, content: '1' }), mark))).toEqual({
      fields: [['a', '1']],
      files: [],
    })
  })

  test('may be empty', async () => {
    expect(outline(await parseForm(formBody(), mark))).toEqual({ fields: [], files: [] })
  })

  const whole = formBody(file('f', 'a.png', 'abc'), file('g', 'b.png', 'def'))
  test.each<[string, Buffer, unknown]>([
    ['without bytes', Buffer.alloc(0), { fault: 'malformed', files: [] }],
    ['of another boundary', Buffer.from('--other--'), { fault: 'malformed', files: [] }],
    ['that ends in a part', whole.subarray(0, -12), { fault: 'malformed', files: ['a.png', 'b.png'] }],
    ['that ends before a part', whole.subarray(0, -60), { fault: 'malformed', files: ['a.png'] }],
    [
      'with a field over the limit',
      formBody(file('f', 'a.png', ''), field('a', 'x'.repeat(1024 * 1024 + 1))),
      { fault: 'too_many_fields' },
    ],
    [
      'with fields over the limit together',
      formBody(...Array.from({ length: 5 }, (_, index) => field(String(index), 'x'.repeat(250_000)))),
      { fault: 'too_many_fields' },
    ],
    [
      'with too many parts',
      formBody(...Array.from({ length: 2001 }, () => field('a', ''))),
      { fault: 'too_many_fields' },
    ],
  ])('%s is refused', async (_, bytes, expected) => {
    expect(outline(await parseForm(bytes, mark))).toEqual(expected)
  })

  test('with a name of some hundred thousand characters is read', async () => {
    const name = `sentry${'[a]'.repeat(50_000)}`
    const form = await parseForm(formBody(field(name, 'x')), mark)
    expect('fields' in form && form.fields).toEqual([{ name, value: 'x' }])
  })

  test('is read or refused, but never waited for in vain', async () => {
    const pieces = [
      '--b-7',
      '\r\n',
      '--',
      ' ',
      'Content-Disposition: form-data',
      '; name="a"',
      '; filename="b"',
      'x',
    ]
    const noise = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), {
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(noise, async (parts) => {
        const form = await parseForm(Buffer.from(parts.join('')), mark)
        expect('fields' in form || form.fault === 'malformed').toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a form on the wire', () => {
  const content = randomBytes(300_000)
  const bytes = formBody(field('a', '1'), file('f', 'a.bin', content))
  const type = formHeaders['content-type']

  /** Sends a request over a socket and hands back what was read of it. */
  async function sent(headers: Record<string, string>, payload: Buffer, limitBytes = 1024 * 1024) {
    const { promise, resolve, reject } = Promise.withResolvers<Form | FormFault>()
    const server = createServer((incoming: IncomingMessage, answer) => {
      readForm(incoming, { limitBytes }).then(resolve, reject)
      incoming.on('close', () => answer.end())
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', headers })
    outgoing.on('error', () => undefined)
    outgoing.end(payload)
    const form = await promise
    outgoing.destroy()
    server.close()
    return form
  }

  test.each<[string, Record<string, string>, Buffer]>([
    ['plain', {}, bytes],
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(bytes)],
  ])('is read as it comes: %s', async (_, headers, payload) => {
    const form = await sent({ 'content-type': type, ...headers }, payload)
    expect('files' in form && form.files[0]?.content.equals(content)).toBe(true)
    expect('fields' in form && form.fields).toEqual([{ name: 'a', value: '1' }])
  })

  test.each<[string, Record<string, string>, Buffer, unknown]>([
    [
      'over the limit',
      { 'content-type': type },
      formBody(file('f', 'a', randomBytes(1024 * 1024))),
      'too_large',
    ],
    [
      'that unfolds over the limit',
      { 'content-type': type, 'content-encoding': 'gzip' },
      gzipSync(formBody(file('f', 'a', Buffer.alloc(2 ** 21)))),
      'too_large',
    ],
    [
      'not compressed as it says',
      { 'content-type': type, 'content-encoding': 'gzip' },
      bytes,
      'bad_encoding',
    ],
    ['of no content type', {}, bytes, 'malformed'],
    ['of another content type', { 'content-type': 'text/plain' }, bytes, 'malformed'],
    ['without a boundary', { 'content-type': 'multipart/form-data' }, bytes, 'malformed'],
    [
      'of another kind',
      { 'content-type': 'application/x-www-form-urlencoded' },
      Buffer.from('a=1'),
      'malformed',
    ],
  ])('is refused: %s', async (_, headers, payload, fault) => {
    expect(await sent(headers, payload)).toMatchObject({ fault })
  })
})
