import { expect, test } from 'vitest'
import { piiConfigProblem } from './pii-config.ts'

test.each([
  {},
  { applications: { freeform: [] } },
  {
    rules: {
      device: { type: 'pattern', pattern: 'd/[a-f0-9]{12}', redaction: { method: 'hash' } },
      ips: { type: 'ip' },
    },
    vars: { hashKey: 'k' },
    applications: { '$string || extra.**': ['device', '@ip'] },
  },
])('%j is a configuration', (config) => {
  expect(piiConfigProblem(JSON.stringify(config))).toBeUndefined()
})

test.each([
  ['nonsense', 'Expected a JSON object.'],
  ['[]', 'Expected a JSON object.'],
  ['null', 'Expected a JSON object.'],
  ['{"rules": []}', '"rules" must be an object.'],
  ['{"vars": 1}', '"vars" must be an object.'],
  ['{"applications": "all"}', '"applications" must be an object.'],
  ['{"rules": {"a": {}}}', 'Rule "a" must be an object with a type.'],
  ['{"rules": {"a": {"type": "pattern"}}}', 'Rule "a" has no pattern.'],
  ['{"applications": {"a": "b"}}', '"a" must be given a list of rule names.'],
  ['{"applications": {"a": [1]}}', '"a" must be given a list of rule names.'],
  ['{"applications": {"a b": []}}', 'Invalid syntax near "a b"'],
])('%j is none: %s', (text, problem) => {
  expect(piiConfigProblem(text)).toBe(problem)
})
