import fastify, { type FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { type Log, silentLog } from '../log.ts'
import { ApiError, errorHandler, forbidden, invalid, notFound, unauthenticated } from './errors.ts'

/** A server whose one route throws this. */
function throwing(error: unknown, log: Log = silentLog): FastifyInstance {
  const server = fastify({ bodyLimit: 100 })
  server.setErrorHandler(errorHandler(log))
  server.post('/', async () => {
    throw error
  })
  return server
}

async function answer(error: unknown) {
  const response = await throwing(error).inject({ method: 'POST', url: '/' })
  return { status: response.statusCode, body: response.body }
}

test.each([
  ['a text as its detail', new ApiError(409, 'Taken'), 409, '{"detail":"Taken"}'],
  ['an object as it is', new ApiError(400, { tokenId: null }), 400, '{"tokenId":null}'],
  ['a list as it is', new ApiError(400, ['Invalid stat: foo']), 400, '["Invalid stat: foo"]'],
  ['nothing with an empty body', new ApiError(400, undefined), 400, ''],
  [
    'a bare text as a JSON string',
    ApiError.bareText(403, '{"error": "no"}'),
    403,
    '"{\\"error\\": \\"no\\"}"',
  ],
  [
    'field errors',
    invalid({ name: ['Wrong.'], a: { b: ['c'] } }),
    400,
    '{"name":["Wrong."],"a":{"b":["c"]}}',
  ],
  [
    'that it is forbidden',
    forbidden(),
    403,
    '{"detail":"You do not have permission to perform this action."}',
  ],
  ['that there is no such thing', notFound(), 404, '{"detail":"The requested resource does not exist"}'],
  ['who does not say who they are', unauthenticated('Invalid token'), 401, '{"detail":"Invalid token"}'],
])('answers %s', async (_, error, status, body) => {
  expect(await answer(error)).toEqual({ status, body })
})

test('asks who does not say who they are for it, as JSON', async () => {
  const response = await throwing(unauthenticated('Invalid token')).inject({ method: 'POST', url: '/' })
  expect(response.headers).toMatchObject({
    'content-type': expect.stringContaining('application/json'),
    'www-authenticate': 'xBasic realm="api"',
  })
})

test("answers the framework's own complaints in words that clients know", async () => {
  const server = throwing(undefined)
  const post = async (type: string, payload: string) => {
    const response = await server.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': type },
      payload,
    })
    return [response.statusCode, response.json()]
  }
  expect(await post('text/csv', 'a,b')).toEqual([
    415,
    { detail: 'Unsupported media type "text/csv" in request.' },
  ])
  expect(await post('application/json', `"${'a'.repeat(100)}"`)).toEqual([
    413,
    { detail: 'The request body is too large.' },
  ])
  expect(await post('application/json', '{')).toEqual([400, { detail: expect.any(String) }])
})

test('answers anything else with a 500 that tells nothing, and logs it under the id that it tells', async () => {
  const cause = new Error('the disk is full')
  const logged: unknown[] = []
  const log: Log = { ...silentLog, error: (...record) => logged.push(record) }
  const response = await throwing(cause, log).inject({ method: 'POST', url: '/' })
  const { errorId } = response.json() as { errorId: string }
  expect(response.statusCode).toBe(500)
  expect(response.json()).toEqual({ detail: 'Internal Error', errorId: expect.any(String) })
  expect(logged).toEqual([['A request failed', cause, { errorId, method: 'POST', route: '/' }]])
})
