import { describe, expect, test } from 'vitest'
import { enhancementsProblem, fingerprintingProblem } from './grouping-rules.ts'

describe('fingerprintingProblem', () => {
  test.each([
    '',
    '# a comment\n\n',
    'type:DatabaseError -> database',
    'error.type:DatabaseError message:"could not connect *" -> database-down, {{ default }}',
    '!release:1.* tags.server_name:canary-* -> canary title="Canary: {{ error.value }}"',
    'stack.function:evaluate_script stack.module:foo -> "script error" {{ error.type }}\r\nlevel:error -> a',
    '"tags.my:tag":x -> y',
    'message:ends   ->   a , b',
  ])('accepts %j', (rules) => {
    expect(fingerprintingProblem(rules)).toBeUndefined()
  })

  test.each([
    ['type:DatabaseError', 'Invalid syntax near "" (line 1, column 19)'],
    ['-> database', 'Invalid syntax near "-> database" (line 1, column 1)'],
    ['type:A -> a\nnonsense\n', 'Invalid syntax near "nonsense" (line 2, column 1)'],
    ['type:A ->', 'Invalid syntax near "" (line 1, column 10)'],
    ['type:A -> , b', 'Invalid syntax near ", b" (line 1, column 11)'],
    [`type:A => ${'x'.repeat(40)}`, `Invalid syntax near "=> ${'x'.repeat(29)}..." (line 1, column 8)`],
  ])('refuses %j', (rules, problem) => {
    expect(fingerprintingProblem(rules)).toBe(problem)
  })
})

describe('enhancementsProblem', () => {
  test.each([
    '',
    '# a comment',
    'path:**/node_modules/** -app',
    'stack.function:panic_handler ^-group -app',
    'family:native function:"std::*" max-frames=3',
    'module:core.* v+app v+group category=internal',
    '!path:src/* -app invert-stacktrace=1',
    '[ function:run ] | path:vendor/* | [ function:start ] +app',
    '[function:run] | path:vendor/* +group',
    'function:main +sentinel\r\nfunction:other +prefix min-frames = 2',
  ])('accepts %j', (rules) => {
    expect(enhancementsProblem(rules)).toBeUndefined()
  })

  test.each([
    ['path:src/*', 'Invalid syntax near "" (line 1, column 11)'],
    ['+app', 'Invalid syntax near "+app" (line 1, column 1)'],
    ['path:a +app\n\npath:b +nonsense', 'Invalid syntax near "+nonsense" (line 3, column 8)'],
    ['path:a max-frames=', 'Invalid syntax near "max-frames=" (line 1, column 8)'],
    ['[ function:run | path:a +app', 'Invalid syntax near "| path:a +app" (line 1, column 16)'],
    ['path:a +app trailing', 'Invalid syntax near "trailing" (line 1, column 13)'],
  ])('refuses %j', (rules, problem) => {
    expect(enhancementsProblem(rules)).toBe(problem)
  })
})
