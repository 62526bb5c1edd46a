/** Accepted scopes per family of endpoints and method: any one of them passes. Source: web API, section 2. */
import type { Permission } from './endpoint.ts'

export const projectPermission: Permission = {
  GET: ['project:read', 'project:write', 'project:admin'],
  POST: ['project:write', 'project:admin'],
  PUT: ['project:write', 'project:admin'],
  DELETE: ['project:admin'],
}

export const organizationPermission: Permission = {
  GET: ['org:read', 'org:write', 'org:admin'],
  POST: ['org:write', 'org:admin'],
  PUT: ['org:write', 'org:admin'],
  DELETE: ['org:admin'],
}

export const organizationTeamsPermission: Permission = {
  GET: ['org:read', 'org:write', 'org:admin'],
  POST: ['org:write', 'org:admin', 'team:write'],
  PUT: ['org:write', 'org:admin', 'team:write'],
  DELETE: ['org:admin', 'team:write'],
}

/** Every member may try to create a project; whether they may is the organization's decision. */
export const organizationProjectsPermission: Permission = {
  GET: ['org:read', 'org:write', 'org:admin'],
  POST: ['project:read', 'project:write', 'project:admin'],
  PUT: ['project:read', 'project:write', 'project:admin'],
  DELETE: ['project:admin'],
}

export const memberPermission: Permission = {
  GET: ['member:read', 'member:write', 'member:admin'],
  POST: ['member:write', 'member:admin', 'member:invite'],
  PUT: ['member:write', 'member:admin', 'member:invite'],
  DELETE: ['member:admin'],
}

/** Whoever reads members may remove themselves; whoever invites may change nothing but their own invitations. */
export const memberDetailsPermission: Permission = {
  GET: ['member:read', 'member:write', 'member:admin'],
  POST: ['member:write', 'member:admin'],
  PUT: ['member:invite', 'member:write', 'member:admin'],
  DELETE: ['member:read', 'member:write', 'member:admin'],
}

/** What a caller may do beyond their own memberships depends on the team. */
export const memberTeamPermission: Permission = {
  GET: ['org:read', 'org:write', 'org:admin', 'member:read', 'member:write', 'member:admin'],
  POST: ['org:read', 'org:write', 'team:write'],
  PUT: [
    'org:read',
    'org:write',
    'org:admin',
    'member:read',
    'member:write',
    'member:admin',
    'team:write',
    'team:admin',
  ],
  DELETE: ['org:read', 'org:write', 'org:admin', 'team:admin'],
}

export const organizationTokenPermission: Permission = {
  GET: ['org:read', 'org:write', 'org:admin'],
  POST: ['org:read', 'org:write', 'org:admin'],
  PUT: ['org:read', 'org:write', 'org:admin'],
  DELETE: ['org:write', 'org:admin'],
}

export const auditLogPermission: Permission = { GET: ['org:write'], POST: [], PUT: [], DELETE: [] }

/** The gate alone: each project wants more. */
export const spikeProtectionPermission: Permission = {
  GET: [],
  POST: ['project:read', 'project:write', 'project:admin'],
  PUT: [],
  DELETE: ['project:read', 'project:write', 'project:admin'],
}

export const teamPermission: Permission = {
  GET: ['team:read', 'team:write', 'team:admin'],
  POST: ['team:write', 'team:admin'],
  PUT: ['team:write', 'team:admin'],
  DELETE: ['team:admin'],
}

export const teamProjectsPermission: Permission = {
  GET: ['project:read', 'project:write', 'project:admin'],
  POST: ['project:write', 'project:admin'],
  PUT: ['project:write', 'project:admin'],
  DELETE: ['project:admin'],
}
