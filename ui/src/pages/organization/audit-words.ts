/** The audit log in words. */

const eventNames: Readonly<Record<string, string>> = {
  'project.enable': 'Filter switched on',
  'project.disable': 'Filter switched off',
  'projectkey.enable': 'Key switched on',
  'projectkey.disable': 'Key switched off',
  'member.accept-invite': 'Invitation accepted',
  'member.join-team': 'Joined a team',
  'member.leave-team': 'Left a team',
  'project-team.add': 'Team put on a project',
  'project-team.remove': 'Team taken off a project',
  'user-auth-token.create': 'Personal token made',
  'user-auth-token.remove': 'Personal token revoked',
  'org-auth-token.create': 'Organization token made',
  'org-auth-token.remove': 'Organization token revoked',
}

const subjects: Readonly<Record<string, string>> = {
  project: 'Project',
  projectkey: 'Key',
  member: 'Member',
  team: 'Team',
  org: 'Organization',
}

const deeds: Readonly<Record<string, string>> = {
  create: 'made',
  edit: 'changed',
  remove: 'removed',
  rotate: 'rotated',
  invite: 'invited',
  add: 'added',
}

/** Kinds of changes by what they change, for a list to choose from. */
export const auditAreas = [
  {
    group: 'Projects',
    items: choices('project.create', 'project.edit', 'project.remove', 'project.enable', 'project.disable'),
  },
  {
    group: 'Keys',
    items: choices(
      'projectkey.create',
      'projectkey.edit',
      'projectkey.rotate',
      'projectkey.enable',
      'projectkey.disable',
      'projectkey.remove',
    ),
  },
  {
    group: 'Members',
    items: choices(
      'member.invite',
      'member.add',
      'member.accept-invite',
      'member.edit',
      'member.remove',
      'member.join-team',
      'member.leave-team',
    ),
  },
  {
    group: 'Teams',
    items: choices('team.create', 'team.edit', 'team.remove', 'project-team.add', 'project-team.remove'),
  },
  {
    group: 'Tokens',
    items: choices(
      'user-auth-token.create',
      'user-auth-token.remove',
      'org-auth-token.create',
      'org-auth-token.remove',
    ),
  },
  { group: 'Organization', items: choices('org.create', 'org.edit') },
]

function choices(...events: readonly string[]): { value: string; label: string }[] {
  return events.map((value) => ({ value, label: eventName(value) }))
}

/** `Key rotated`; one without words goes by its name. */
export function eventName(event: string): string {
  const [subject = '', deed = ''] = event.split('.')
  const spoken = subjects[subject] && deeds[deed] && `${subjects[subject]} ${deeds[deed]}`
  return eventNames[event] ?? spoken ?? event
}

/** Somebody's name, else their address; what was no person says what it was. */
export function actorName(actor: { readonly name?: string; readonly email?: string }): string {
  return actor.name || actor.email || 'Somebody'
}

/** Undefined when the sentence has said everything. */
export function detailsOf(data: Readonly<Record<string, unknown>>): string | undefined {
  const more = Object.entries(data).filter(([name]) => name !== 'slug' && name !== 'email' && name !== 'name')
  return more.length === 0
    ? undefined
    : more.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join('\n')
}
