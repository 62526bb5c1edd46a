/** Rules for scrubbing personal data, as JSON text. They are kept, and checked for their form. */
import { isObject, parseJson } from './json.ts'
import { selectorProblem } from './selectors.ts'

/**
 * What is wrong with the text; undefined if nothing is.
 *
 * Shape: `rules` maps names to rules, each with a `type`; `applications` maps selectors to names of rules.
 * Source: https://docs.sentry.io/security-legal-pii/scrubbing/advanced-datascrubbing/
 */
export function piiConfigProblem(text: string): string | undefined {
  const config = parseJson(text)
  if (!isObject(config)) return 'Expected a JSON object.'
  const { rules = {}, applications = {}, vars = {} } = config
  if (!isObject(vars)) return '"vars" must be an object.'
  if (!isObject(rules)) return '"rules" must be an object.'
  for (const [name, rule] of Object.entries(rules)) {
    if (!isObject(rule) || typeof rule.type !== 'string')
      return `Rule "${name}" must be an object with a type.`
    if (rule.type === 'pattern' && typeof rule.pattern !== 'string') return `Rule "${name}" has no pattern.`
  }
  if (!isObject(applications)) return '"applications" must be an object.'
  for (const [selector, names] of Object.entries(applications)) {
    const isList = Array.isArray(names) && names.every((name) => typeof name === 'string')
    if (!isList) return `"${selector}" must be given a list of rule names.`
    const problem = selectorProblem(selector)
    if (problem !== undefined) return problem
  }
  return undefined
}
