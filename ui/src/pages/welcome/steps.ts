/** What somebody is asked on their first visit: what they may answer, and nothing else. */
import type { SignedInUser } from '../../api/session.ts'

export type Step = 'password' | 'organization' | 'project'

interface Access {
  /** Scopes in the organization that they belong to. */
  readonly ofOrganization: readonly string[]
  /** Projects. */
  readonly mayMake: boolean
}

/** Without access, somebody belongs to no organization, and will own the one that they make. */
export function stepsFor(
  { flags }: { readonly flags: Pick<SignedInUser['flags'], 'has_generated_password'> },
  access: Access | undefined,
): readonly Step[] {
  const steps: readonly (readonly [Step, boolean])[] = [
    ['password', flags.has_generated_password],
    ['organization', access === undefined || access.ofOrganization.includes('org:write')],
    ['project', access === undefined || access.mayMake],
  ]
  return steps.flatMap(([step, isAsked]) => (isAsked ? [step] : []))
}
