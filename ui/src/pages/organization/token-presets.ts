/** What people want tokens for, and the scopes that go with it. */

export interface TokenPreset {
  readonly id: string
  readonly label: string
  readonly explanation: string
  /** Undefined: whoever chooses picks them one by one. */
  readonly scopes: readonly string[] | undefined
}

const reading = ['org:read', 'member:read', 'team:read', 'project:read']

export const tokenPresets: readonly TokenPreset[] = [
  {
    id: 'read',
    label: 'Read only',
    explanation: 'Sees everything you see and changes nothing: dashboards, reports, monitoring.',
    scopes: reading,
  },
  {
    id: 'ci',
    label: 'Scripts and CI',
    explanation: 'Makes and changes projects and keys: sentry-cli, Terraform, your own scripts.',
    scopes: [...reading, 'project:write', 'project:admin', 'team:write'],
  },
  {
    id: 'everything',
    label: 'Everything',
    explanation: 'All that you may do. Whoever has it acts as you.',
    scopes: [
      'org:read',
      'org:write',
      'org:admin',
      'member:invite',
      'member:read',
      'member:write',
      'member:admin',
      'team:read',
      'team:write',
      'team:admin',
      'project:read',
      'project:write',
      'project:admin',
    ],
  },
  { id: 'chosen', label: 'Choose', explanation: 'Scope by scope.', scopes: undefined },
]

/** By the name of a preset when it has all scopes of one and none beyond; else one by one, or how many. */
export function scopesInWords(scopes: readonly string[]): string {
  const has = (wanted: readonly string[] | undefined) =>
    wanted?.every((each) => scopes.includes(each)) ?? false
  if (has(tokenPresets.find(({ id }) => id === 'everything')?.scopes)) return 'Everything'
  const preset = tokenPresets.find(({ scopes: wanted }) => wanted?.length === scopes.length && has(wanted))
  return preset?.label ?? (scopes.length <= 3 ? scopes.join(', ') : `${scopes.length} scopes`)
}
