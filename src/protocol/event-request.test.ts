import { describe, expect, test } from 'vitest'
import { type RequestJson, requestJson } from './event-request.ts'

const clientIp = '203.0.113.7'

function read(request: unknown): RequestJson | null {
  return requestJson({ request }, clientIp)
}

describe('requestJson', () => {
  test('shows a whole request', () => {
    const request = {
      method: 'post',
      url: 'https://example.net/cart?item=5#top',
      headers: { 'user-agent': 'curl', 'CONTENT-TYPE': 'text/plain; charset=utf-8', cookie: 'a=1; b=2=3' },
      data: 'hello',
      env: { REMOTE_ADDR: '{{auto}}', SERVER_NAME: 'web-1' },
    }
    expect(read(request)).toEqual({
      method: 'POST',
      url: 'https://example.net/cart',
      query: [['item', '5']],
      fragment: 'top',
      data: 'hello',
      headers: [
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['User-Agent', 'curl'],
      ],
      cookies: [
        ['a', '1'],
        ['b', '2=3'],
      ],
      env: { REMOTE_ADDR: clientIp, SERVER_NAME: 'web-1' },
      inferredContentType: 'text/plain',
    })
  })

  test('reads the request under its old name', () => {
    expect(requestJson({ 'sentry.interfaces.Http': { url: '/a' } }, null)?.url).toBe('/a')
  })

  test.each([undefined, null, 'GET /', 5, [], {}])('shows nothing of %j', (request) => {
    expect(read(request)).toBeNull()
  })

  test.each([
    ['get', 'GET'],
    ['M-SEARCH', 'M-SEARCH'],
    ['', null],
    ['GO', null],
    ['G ET', null],
    [{}, null],
  ])('reads the method %j as %j', (method, shown) => {
    expect(read({ method })?.method).toBe(shown)
  })

  test.each([
    [
      'text',
      'a=1&b=x%20y',
      [
        ['a', '1'],
        ['b', 'x y'],
      ],
    ],
    ['text with its question mark', '?a=1', [['a', '1']]],
    [
      'an object',
      { a: '1', b: 2, c: null },
      [
        ['a', '1'],
        ['b', '2'],
        ['c', ''],
      ],
    ],
    [
      'an object with lists',
      { a: ['1', '2'] },
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    [
      'pairs',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['pairs and what is none', [['a', '1'], 'b', [], [null, 1]], [['a', '1']]],
  ])('reads a query that is %s, and prefers it to that of the URL', (_, query_string, query) => {
    expect(read({ url: 'http://a.net/?other=1', query_string })?.query).toEqual(query)
  })

  test('prefers the fragment beside the URL to that in it', () => {
    expect(read({ url: '/a?b=1#in', fragment: 'beside' })).toMatchObject({ url: '/a', fragment: 'beside' })
    expect(read({ url: '#?a=1' })).toMatchObject({ url: null, query: [], fragment: '?a=1' })
  })

  test.each([
    [
      'text',
      'a=1; b = x ;c;=d',
      [
        ['a', '1'],
        ['b', 'x'],
        ['c', ''],
      ],
    ],
    [
      'an object',
      { b: '2', a: '1' },
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'pairs',
      [
        ['b', '2'],
        ['a', '1'],
      ],
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
  ])('reads cookies that are %s, and hides the header of them', (_, cookies, shown) => {
    expect(read({ cookies, headers: { Cookie: 'z=26' } })).toMatchObject({ cookies: shown, headers: [] })
  })

  test('keeps each value of a repeated header', () => {
    const headers = [
      ['accept', 'a'],
      ['X-B', ['1', '2']],
      ['Accept', 'b'],
    ]
    expect(read({ headers })?.headers).toEqual([
      ['Accept', 'a'],
      ['Accept', 'b'],
      ['X-B', '1'],
      ['X-B', '2'],
    ])
  })

  test.each([
    ['JSON', '{"a":[1]}', { a: [1] }, 'application/json'],
    ['a form', 'a=1&b=x+y', { a: '1', b: 'x y' }, 'application/x-www-form-urlencoded'],
    ['broken JSON', '{"a":', '{"a":', null],
    ['XML', '<?xml a="1"?>', '<?xml a="1"?>', null],
    ['base64', 'dGU=', 'dGU=', null],
    ['base64 with two signs of padding', 'dA==', 'dA==', null],
    ['a word', 'hello', 'hello', null],
    ['binary text', 'a=\u0000', 'a=\u0000', null],
    ['an object', { a: 1 }, { a: 1 }, null],
    ['nothing', undefined, null, null],
  ])('shows a body that is %s', (_, data, shown, inferredContentType) => {
    expect(read({ data, url: '/' })).toMatchObject({ data: shown, inferredContentType })
  })

  test('believes the body before the header', () => {
    const headers = { 'Content-Type': 'text/html' }
    expect(read({ data: '[1]', headers })?.inferredContentType).toBe('application/json')
    expect(read({ data: { a: 1 }, headers })?.inferredContentType).toBe('text/html')
  })

  test('cuts a long body', () => {
    const { data } = read({ data: 'x'.repeat(9000) }) ?? {}
    expect(data).toBe(`${'x'.repeat(8189)}...`)
  })
})
