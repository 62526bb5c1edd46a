import { describe, expect, test } from 'vitest'
import { contextLines, stacktraceJson } from './event-frames.ts'

/** One frame as the API shows it. */
function shown(frame: unknown) {
  return stacktraceJson({ frames: [frame] })?.frames[0]
}

describe('stacktraceJson', () => {
  test('shows every field of a frame', () => {
    const frame = {
      filename: 'app/main.py',
      abs_path: '/srv/app/main.py',
      module: 'app.main',
      package: 'app',
      platform: 'python',
      function: 'run',
      raw_function: 'run()',
      symbol: '_run',
      lineno: 3,
      colno: 7,
      pre_context: ['one', 'two'],
      context_line: '  three',
      post_context: ['four'],
      in_app: true,
      vars: { x: '1' },
      instruction_addr: '0x1F',
      symbol_addr: 4096,
      addr_mode: 'rel:0',
      trust: 'cfi',
      lock: { type: 1 },
      source_link: 'https://example.net/main.py#L3',
    }
    expect(stacktraceJson({ frames: [frame], registers: { rip: '0x1f' } })).toEqual({
      frames: [
        {
          filename: 'app/main.py',
          absPath: '/srv/app/main.py',
          module: 'app.main',
          package: 'app',
          platform: 'python',
          instructionAddr: '0x001f',
          symbolAddr: '0x1000',
          addrMode: 'rel:0',
          function: 'run',
          rawFunction: 'run()',
          symbol: '_run',
          context: [
            [1, 'one'],
            [2, 'two'],
            [3, '  three'],
            [4, 'four'],
          ],
          lineNo: 3,
          colNo: 7,
          inApp: true,
          trust: 'cfi',
          errors: null,
          lock: { type: 1 },
          sourceLink: 'https://example.net/main.py#L3',
          vars: { x: '1' },
        },
      ],
      framesOmitted: null,
      registers: { rip: '0x1f' },
      hasSystemFrames: true,
    })
  })

  test('leaves out what has a wrong type', () => {
    const frame = { filename: {}, function: [], lineno: '3', colno: null, in_app: 'yes', vars: 5, lock: [] }
    const { inApp, context, ...others } = shown(frame) ?? {}
    expect({ inApp, context }).toEqual({ inApp: false, context: [] })
    expect(new Set(Object.values(others))).toEqual(new Set([null]))
  })

  test.each([undefined, null, 5, 'at x', {}, { frames: [] }, { frames: 'x' }, { frames: [null, 'x'] }])(
    'shows nothing of %j',
    (stacktrace) => {
      expect(stacktraceJson(stacktrace)).toBeNull()
    },
  )

  test.each([
    ['a file name alone', { filename: 'a.js' }, 'a.js', 'a.js'],
    ['a path alone', { abs_path: '/srv/a.js' }, '/srv/a.js', '/srv/a.js'],
    ['a URL', { filename: 'https://a.net/b/c.js?v=1' }, '/b/c.js', 'https://a.net/b/c.js?v=1'],
    ['a URL as path', { abs_path: 'http://a.net/c.js' }, '/c.js', 'http://a.net/c.js'],
    ['both', { filename: 'c.js', abs_path: 'http://a.net/c.js' }, 'c.js', 'http://a.net/c.js'],
    ['a broken URL', { filename: 'http://[a' }, 'http://[a', 'http://[a'],
    ['another scheme', { filename: 'app:///c.js' }, 'app:///c.js', 'app:///c.js'],
  ])('tells file name and path of %s', (_, frame, filename, absPath) => {
    expect(shown(frame)).toMatchObject({ filename, absPath })
  })

  test.each([
    ['0x10', '0x10'],
    ['0X1F', '0x1f'],
    ['255', '0xff'],
    [16, '0x10'],
    ['18446744073709551615', '0xffffffffffffffff'],
    [-1, null],
    [1.5, null],
    ['0x', null],
    ['main', null],
    [`0x${'f'.repeat(40)}`, null],
  ])('reads the address %j as %j', (address, hex) => {
    expect(shown({ instruction_addr: address })?.instructionAddr).toBe(hex)
  })

  test('gives all addresses of a stack the same length', () => {
    const frames = [{ instruction_addr: '0x1' }, { symbol_addr: '0x12345' }, {}]
    expect(stacktraceJson({ frames })?.frames.map((f) => [f.instructionAddr, f.symbolAddr])).toEqual([
      ['0x00001', null],
      [null, '0x12345'],
      [null, null],
    ])
  })

  test('shows a list of variables by position', () => {
    expect(shown({ vars: ['a', { b: 1 }] })?.vars).toEqual({ 0: 'a', 1: { b: 1 } })
  })

  test('tells which frames an SDK left out', () => {
    expect(stacktraceJson({ frames: [{}], frames_omitted: [3, 9] })?.framesOmitted).toEqual([3, 9])
    expect(stacktraceJson({ frames: [{}], frames_omitted: [3] })?.framesOmitted).toBeNull()
  })

  test('keeps 50 frames of a longer stack and cuts its middle', () => {
    const frames = Array.from({ length: 60 }, (_, index) => ({ lineno: index + 1 }))
    const cut = stacktraceJson({ frames })
    const lines = cut?.frames.map((frame) => frame.lineNo)
    expect(lines).toHaveLength(50)
    expect(lines?.slice(23, 27)).toEqual([24, 25, 36, 37])
    expect(cut?.framesOmitted).toEqual([26, 36])
    expect(stacktraceJson({ frames: frames.slice(10) })?.framesOmitted).toBeNull()
  })

  test.each([
    [[{ in_app: true }, { in_app: false }], true],
    [[{ in_app: false }, {}], false],
  ])('says of %j that hasSystemFrames is %j', (frames, hasSystemFrames) => {
    expect(stacktraceJson({ frames })?.hasSystemFrames).toBe(hasSystemFrames)
  })
})

describe('contextLines', () => {
  test.each([
    [{ context_line: 'a' }, 5, [[5, 'a']]],
    [
      { context_line: 'c', pre_context: ['b', null] },
      5,
      [
        [3, 'b'],
        [4, ''],
        [5, 'c'],
      ],
    ],
    [
      { post_context: ['d'] },
      5,
      [
        [5, ''],
        [6, 'd'],
      ],
    ],
    [{}, 5, []],
    [{ context_line: 'a' }, null, []],
    [{ context_line: 5, pre_context: 'b' }, 5, []],
  ])('of %j at line %j', (frame, lineNo, lines) => {
    expect(contextLines(frame, lineNo)).toEqual(lines)
  })
})
