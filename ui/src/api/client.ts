/**
 * Requests to the server's API with the session's cookie. Every answer that is no success is thrown as ApiError;
 * 401 and the password that is wanted once more are dealt with in one place each.
 */
import createClient from 'openapi-fetch'
import { ApiError, readProblem, unreachable } from './errors.ts'
import { type ListPage, nextCursor } from './pages.ts'
import type { components, paths } from './schema.ts'

/** Where the server is: the document's `<base>`, without a slash at the end. Empty outside of a browser. */
export const baseUrl: string =
  typeof document === 'undefined' ? '' : new URL('.', document.baseURI).href.replace(/\/$/, '')

/** The path of that address, without a slash at the end: what the router leaves out. */
export const basePath: string = baseUrl === '' ? '' : new URL(baseUrl).pathname.replace(/\/$/, '')

export type Schemas = components['schemas']

/** Asks for the password and answers whether it was given. The frame says how. */
let askPassword: () => Promise<boolean> = async () => false

export function onPasswordWanted(ask: () => Promise<boolean>): void {
  askPassword = ask
}

/** Told when the server does not know the session any more. The router says where to go then. */
let signedOut: () => void = () => {}

export function onSignedOut(tell: () => void): void {
  signedOut = tell
}

export const api = createClient<paths>({
  baseUrl,
  credentials: 'same-origin',
  // Repeated, as the API reads lists: `groupBy=key&groupBy=outcome`.
  querySerializer: { array: { style: 'form', explode: true } },
  fetch: (request) => send(request),
})

/** Errors: ApiError. */
async function send(request: Request): Promise<Response> {
  // A body can be read once, and what wants a password is sent twice.
  const again = request.clone()
  const response = await reach(request)
  if (response.ok) return response
  const error = await errorOf(response)
  const wantsPassword = error.code === 'sudo-required'
  if (error.status === 401 && !wantsPassword) signedOut()
  if (!wantsPassword || !(await askPassword())) throw error
  const second = await reach(again)
  if (second.ok) return second
  throw await errorOf(second)
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(unreachable, { cause })
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '')
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return new ApiError(
    readProblem(
      response.status,
      isJson ? parse(text) : text.slice(0, 300),
      response.headers.get('retry-after'),
    ),
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface Answer<T> {
  readonly data?: T
  readonly response: Response
}

/** The body of a success. */
export async function read<T>(answer: Promise<Answer<T>>): Promise<NonNullable<T>> {
  return (await answer).data as NonNullable<T>
}

/** One page of a list, with the cursor of the next. */
export async function readPage<T>(answer: Promise<Answer<readonly T[]>>): Promise<ListPage<T>> {
  const { data, response } = await answer
  return { items: data ?? [], next: nextCursor(response.headers.get('link')) }
}

/** Path parameters as the API document names them. */
export function inOrganization(org: string) {
  return { organization_id_or_slug: org }
}

export function inProject(org: string, project: string) {
  return { organization_id_or_slug: org, project_id_or_slug: project }
}
