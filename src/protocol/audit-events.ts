/**
 * The changes that an audit log records, and the sentence that tells a person what was done.
 *
 * Source: Sentry's audit log events, by their API names.
 */
import { type JsonObject, textOf } from './json.ts'

type Sentence = (data: JsonObject) => string

const sentences = {
  'member.invite': (data) => `invited member ${textOf(data.email) ?? ''}`,
  'member.add': (data) => `added member ${textOf(data.email) ?? ''}`,
  'member.reinvite': (data) => `made a new invitation link for ${textOf(data.email) ?? ''}`,
  'member.accept-invite': (data) => `accepted the invitation of ${textOf(data.email) ?? ''}`,
  'member.edit': (data) => `edited member ${textOf(data.email) ?? ''}${changed(data)}`,
  'member.remove': (data) => `removed member ${textOf(data.email) ?? ''}`,
  'member.join-team': (data) => `joined team ${textOf(data.team_slug) ?? ''}`,
  'member.leave-team': (data) => `left team ${textOf(data.team_slug) ?? ''}`,
  'org.create': () => 'created the organization',
  'org.edit': (data) => `edited the organization setting${changed(data)}`,
  'team.create': (data) => `created team ${textOf(data.slug) ?? ''}`,
  'team.edit': (data) => `edited team ${textOf(data.slug) ?? ''}${changed(data)}`,
  'team.remove': (data) => `removed team ${textOf(data.slug) ?? ''}`,
  'project.create': (data) => `created project ${textOf(data.slug) ?? ''}`,
  'project.edit': (data) => `edited project ${textOf(data.slug) ?? ''}${changed(data)}`,
  'project.remove': (data) => `removed project ${textOf(data.slug) ?? ''}`,
  'project.enable': (data) => `enabled project filter setting ${textOf(data.state) ?? ''}`,
  'project.disable': (data) => `disabled project filter setting ${textOf(data.state) ?? ''}`,
  'project.ownership-rule.edit': () => 'modified ownership rules',
  'project-team.add': (data) =>
    `added team ${textOf(data.team_slug) ?? ''} to project ${textOf(data.slug) ?? ''}`,
  'project-team.remove': (data) =>
    `removed team ${textOf(data.team_slug) ?? ''} from project ${textOf(data.slug) ?? ''}`,
  'project.environment-edit': (data) =>
    `${data.isHidden === true ? 'hid' : 'showed'} environment ${textOf(data.name) ?? ''}`,
  'projectkey.create': (data) => `added project key ${textOf(data.public_key) ?? ''}`,
  'projectkey.edit': (data) => `edited project key ${textOf(data.public_key) ?? ''}${changed(data)}`,
  'projectkey.rotate': (data) =>
    `rotated project key ${textOf(data.rotated_from) ?? ''} to ${textOf(data.public_key) ?? ''}`,
  'projectkey.remove': (data) => `removed project key ${textOf(data.public_key) ?? ''}`,
  'projectkey.enable': (data) => `enabled project key ${textOf(data.public_key) ?? ''}`,
  'projectkey.disable': (data) => `disabled project key ${textOf(data.public_key) ?? ''}`,
  'org-auth-token.create': (data) => `added org auth token ${textOf(data.name) ?? ''}`,
  'org-auth-token.edit': (data) => `renamed org auth token to ${textOf(data.name) ?? ''}`,
  'org-auth-token.remove': (data) => `removed org auth token ${textOf(data.name) ?? ''}`,
  'api-key.create': (data) => `added api key ${textOf(data.name) ?? ''}`,
  'user-auth-token.create': (data) => `added personal token ${textOf(data.name) ?? ''}`,
  'user-auth-token.edit': (data) => `renamed personal token to ${textOf(data.name) ?? ''}`,
  'user-auth-token.remove': (data) => `removed personal token ${textOf(data.name) ?? ''}`,
  'spike-protection.enable': (data) => `enabled spike protection for ${textOf(data.slug) ?? ''}`,
  'spike-protection.disable': (data) => `disabled spike protection for ${textOf(data.slug) ?? ''}`,
} as const satisfies Record<string, Sentence>

export type AuditEvent = keyof typeof sentences

export const auditEvents = Object.keys(sentences) as readonly AuditEvent[]

/** Undefined if it is the name of no event. */
export function parseAuditEvent(name: string): AuditEvent | undefined {
  return Object.hasOwn(sentences, name) ? (name as AuditEvent) : undefined
}

/** What was done, without who did it: `removed project web`. */
export function auditNote(event: AuditEvent, data: JsonObject): string {
  const sentence: Sentence = sentences[event]
  return sentence(data).trim()
}

/** ` in name, slug`: the fields that a change touched, if it says so. */
function changed({ changed: fields }: JsonObject): string {
  return Array.isArray(fields) && fields.length > 0 ? ` (${fields.map(String).join(', ')})` : ''
}
