import { expect, test } from 'vitest'
import { platforms } from '../../parts/platforms/platforms.ts'
import { guideOf, guidesFor } from './guides.ts'
import type { GuideKey } from './snippets/guide.ts'

const key: GuideKey = {
  public: '0123456789abcdef0123456789abcdef',
  dsn: {
    public: 'http://0123456789abcdef0123456789abcdef@vedette.example/42',
    cdn: 'http://vedette.example/js-sdk-loader/0123456789abcdef0123456789abcdef.min.js',
    csp: 'http://vedette.example/api/42/csp-report/?sentry_key=0123456789abcdef0123456789abcdef',
    security: 'http://vedette.example/api/42/security/?sentry_key=0123456789abcdef0123456789abcdef',
    nel: 'http://vedette.example/api/42/nel/?sentry_key=0123456789abcdef0123456789abcdef',
    minidump: 'http://vedette.example/api/42/minidump/?sentry_key=0123456789abcdef0123456789abcdef',
    unreal: 'http://vedette.example/api/42/unreal/0123456789abcdef0123456789abcdef/',
    otlp_traces: 'http://vedette.example/api/42/integration/otlp/v1/traces',
    otlp_logs: 'http://vedette.example/api/42/integration/otlp/v1/logs',
  },
}

const all = platforms.flatMap(({ id }) => guidesFor(id))
const everyGuide = [...new Map(all.map((guide) => [guide.id, guide])).values()]

test('every platform but Other has a guide of its own, and at least one other way', () => {
  const without = platforms
    .filter(({ id }) => id !== 'other' && guidesFor(id)[0]?.id !== id)
    .map(({ id }) => id)
  expect(without).toEqual(['go-martini'])
  expect(platforms.filter(({ id }) => guidesFor(id).length < 2)).toEqual([])
})

test.each(everyGuide)(
  'the guide for $name ($id) names the key and says how to send a first event',
  ({ steps }) => {
    const made = steps(key)
    const code = made.flatMap(({ snippets }) => snippets.map((each) => each.code)).join('\n')
    expect(code).toContain('0123456789abcdef0123456789abcdef')
    expect(made.map(({ title }) => title).join()).toMatch(/first event|first span|Send a dump/)
    expect(code).not.toMatch(/undefined|___|\[object/)
  },
)

test.each(everyGuide)(
  'the code for $name ($id) starts at the left margin and has no blank ends',
  ({ steps }) => {
    for (const { code } of steps(key).flatMap(({ snippets }) => snippets)) {
      expect(code).toBe(code.trimEnd())
      expect(code.split('\n').some((line) => /^\S/.test(line))).toBe(true)
      expect(code.startsWith('\n')).toBe(false)
    }
  },
)

test.each([
  ['python-django', ['python-django', 'opentelemetry', 'curl']],
  ['javascript-react', ['javascript-react', 'loader', 'browser-reports', 'curl']],
  ['minidump', ['minidump', 'native', 'curl']],
  ['native', ['native', 'minidump', 'curl']],
  ['android', ['android', 'curl']],
  ['python-something', ['python', 'opentelemetry', 'curl']],
  ['csharp', ['dotnet', 'opentelemetry', 'curl']],
  ['other', ['curl', 'opentelemetry', 'minidump']],
  ['cobol', ['curl', 'opentelemetry', 'minidump']],
  [null, ['curl', 'opentelemetry', 'minidump']],
])('a project of platform %j can send by %j', (platform, ids) => {
  expect(guidesFor(platform).map(({ id }) => id)).toEqual(ids)
})

test('guides are found by their id', () => {
  expect(guideOf('loader')?.name).toBe('Loader tag')
  expect(guideOf('nothing')).toBeUndefined()
})
