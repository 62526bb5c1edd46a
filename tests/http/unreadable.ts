/** Bodies that no address can read, and what is said of them. */
import type { Sending } from './installation.ts'

export interface Unreadable {
  readonly name: string
  readonly sending: Sending
  readonly answer: { readonly status: number; readonly body: unknown }
}

const json = { 'content-type': 'application/json' }

function notObject(type: string) {
  return { non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] }
}

export const unreadable: readonly Unreadable[] = [
  {
    name: 'broken JSON',
    sending: { headers: json, body: '{"name": ' },
    answer: { status: 400, body: { detail: 'JSON parse error - Unexpected end of JSON input' } },
  },
  {
    name: 'another content type',
    sending: { headers: { 'content-type': 'text/plain' }, body: 'name=x' },
    answer: { status: 415, body: { detail: 'Unsupported media type "text/plain" in request.' } },
  },
  {
    name: 'more than a megabyte',
    sending: { body: { name: 'x'.repeat(1024 * 1024) } },
    answer: { status: 413, body: { detail: 'The request body is too large.' } },
  },
]

/** For addresses that read a body field by field. */
export const unreadableFields: readonly Unreadable[] = [
  ...unreadable,
  {
    name: 'a list',
    sending: { body: [] },
    answer: { status: 400, body: notObject('list') },
  },
  {
    name: 'a text',
    sending: { headers: json, body: '"name"' },
    answer: { status: 400, body: notObject('str') },
  },
  {
    name: 'a number',
    sending: { headers: json, body: '12' },
    answer: { status: 400, body: notObject('int') },
  },
]
