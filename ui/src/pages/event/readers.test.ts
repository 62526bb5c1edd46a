import { describe, expect, test } from 'vitest'
import {
  breadcrumbsOf,
  contextsOf,
  curlOf,
  exceptionsOf,
  framesOf,
  groupFrames,
  imagesOf,
  messageOf,
  omittedOf,
  pairs,
  reportOf,
  requestOf,
  spansOf,
  spoken,
  stackOf,
  threadsOf,
} from './readers.ts'

const event = (...entries: { type: string; data: unknown }[]) => ({ entries })
const frame = (name: string, inApp: boolean) => ({ function: name, filename: `${name}.ts`, inApp, lineNo: 3 })

test('exceptions are told from the last to the first cause', () => {
  const found = exceptionsOf(
    event({
      type: 'exception',
      data: {
        values: [
          { type: 'TypeError', value: 'Failed to fetch', mechanism: { type: 'generic', handled: true } },
          { type: 'OrderError', value: null, stacktrace: { frames: [frame('a', true)] } },
          'nonsense',
        ],
      },
    }),
  )
  expect(found.map(({ type, value, isHandled }) => [type, value, isHandled])).toEqual([
    ['OrderError', undefined, undefined],
    ['TypeError', 'Failed to fetch', true],
  ])
})

test('a frame without a name, a place or lines is a frame still', () => {
  expect(
    framesOf({ frames: [{}, { context: [[1, 'a'], 'x', [2, null]], vars: { a: 1, b: { c: 2 } } }] }),
  ).toEqual([
    {
      isInApp: false,
      function: '<unknown>',
      place: '',
      line: undefined,
      column: undefined,
      context: [],
      variables: [],
      address: undefined,
      image: undefined,
    },
    {
      isInApp: false,
      function: '<unknown>',
      place: '',
      line: undefined,
      column: undefined,
      context: [
        [1, 'a'],
        [2, ''],
      ],
      variables: [
        ['a', '1'],
        ['b', '{\n  "c": 2\n}'],
      ],
      address: undefined,
      image: undefined,
    },
  ])
  expect(framesOf(null)).toEqual([])
})

describe('calls in a stack trace', () => {
  const frames = framesOf({
    frames: [frame('main', true), frame('lib1', false), frame('lib2', false), frame('handler', true)],
  })
  const names = (isOldestFirst: boolean) =>
    groupFrames(frames, isOldestFirst).map(({ isFolded, frames }) => [
      isFolded,
      frames.map((each) => each.function),
    ])

  test('begin with the newest, libraries folded', () => {
    expect(names(false)).toEqual([
      [false, ['handler']],
      [true, ['lib2', 'lib1']],
      [false, ['main']],
    ])
    expect(names(true)[0]).toEqual([false, ['main']])
  })

  test('lie open where none is of the app', () => {
    const foreign = framesOf({ frames: [frame('a', false), frame('b', false)] })
    expect(groupFrames(foreign, false).map(({ isFolded }) => isFolded)).toEqual([false, false])
  })
})

test('a request is read in either form, and said again for the shell without secrets', () => {
  const request = requestOf(
    event({
      type: 'request',
      data: {
        method: 'POST',
        url: 'https://shop.example.net/cart',
        headers: [
          ['Content-Type', 'application/json'],
          ['Authorization', 'Bearer x'],
          ['Cookie', 'a=b'],
        ],
        query: { page: 2 },
        data: { it: "isn't" },
      },
    }),
  )
  expect(request?.query).toEqual([['page', '2']])
  expect(request && curlOf(request)).toBe(
    `curl -X POST 'https://shop.example.net/cart?page=2' \\\n  -H 'Content-Type: application/json' \\\n  --data '{"it":"isn'\\''t"}'`,
  )
  expect(requestOf(event())).toBeUndefined()
})

test('a form is said again as a form', () => {
  const request = requestOf(
    event({
      type: 'request',
      data: {
        method: 'POST',
        url: 'https://shop.example.net/login',
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        data: { name: 'Ada L', age: '36' },
      },
    }),
  )
  expect(request && curlOf(request)).toContain("--data 'name=Ada+L&age=36'")
})

test('a stack beside a message is told, and what was left out of a long one', () => {
  expect(stackOf(event({ type: 'stacktrace', data: { frames: [frame('a', true)] } })).length).toBe(1)
  expect(omittedOf({ frames: [], framesOmitted: [26, 176] })).toBe(150)
  expect(omittedOf({ frames: [], framesOmitted: null })).toBe(0)
})

test('breadcrumbs come newest first', () => {
  const found = breadcrumbsOf(
    event({
      type: 'breadcrumbs',
      data: { values: [{ message: 'one' }, { category: 'fetch', data: { a: 1 } }] },
    }),
  )
  expect(found.map(({ message, category, level, data }) => [message, category, level, data])).toEqual([
    ['', 'fetch', 'info', [['a', '1']]],
    ['one', '', 'info', []],
  ])
})

test('what else there may be', () => {
  expect(messageOf(event({ type: 'message', data: { formatted: 'Hello' } }))).toBe('Hello')
  expect(threadsOf(event({ type: 'threads', data: { values: [{ id: 3, crashed: true }] } }))).toEqual([
    { name: 'Thread 3', isCrashed: true, frames: [] },
  ])
  expect(imagesOf(event({ type: 'debugmeta', data: { images: [{ code_file: 'C:\\a\\b.dll' }] } }))).toEqual([
    { name: 'b.dll', debugId: '', address: '' },
  ])
  expect(reportOf(event({ type: 'csp', data: { blocked_uri: 'inline', other: null } }))).toEqual([
    ['blocked_uri', 'inline'],
  ])
  expect(
    spansOf({
      ...event({
        type: 'spans',
        data: [{ span_id: 'b', start_timestamp: 11, timestamp: 11.5, op: 'db' }, {}],
      }),
      startTimestamp: 10,
    }),
  ).toEqual([{ id: 'b', op: 'db', description: '', start: 1000, duration: 500 }])
  expect(
    contextsOf({ contexts: { os: { name: 'Linux', type: 'os', kernel_version: '6.1' }, empty: {} } }),
  ).toEqual([
    {
      name: 'Operating system',
      rows: [
        ['Name', 'Linux'],
        ['Kernel version', '6.1'],
      ],
    },
  ])
  expect(spoken('deviceAppHash')).toBe('Device app hash')
  expect(pairs(null)).toEqual([])
})
