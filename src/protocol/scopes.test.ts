import { describe, expect, test } from 'vitest'
import {
  allScopes,
  assignableRoles,
  isGlobalRole,
  minimumTeamRole,
  type OrganizationRole,
  organizationRoles,
  orgRoleList,
  parseOrganizationRole,
  parseScope,
  teamRoleList,
  teamRoles,
} from './scopes.ts'

const words = (text: string) => text.trim().split(/\s+/)
const roles: OrganizationRole[] = ['member', 'admin', 'manager', 'owner']

describe('scopes', () => {
  test('are these', () => {
    expect([...allScopes].sort()).toEqual(
      words(`
        org:read org:write org:admin org:integrations org:ci
        member:invite member:read member:write member:admin
        team:read team:write team:admin
        project:read project:write project:admin project:releases project:distribution
        event:read event:write event:admin
        alerts:read alerts:write
        openid profile email
      `).sort(),
    )
  })

  test('are known by their name alone', () => {
    expect(allScopes.map(parseScope)).toEqual(allScopes)
    for (const value of ['', 'org', 'org:delete', 'ORG:READ', 'constructor', 5, null, undefined, {}]) {
      expect(parseScope(value), String(value)).toBeUndefined()
    }
  })
})

const events = 'event:read event:write event:admin'
const memberScopes = `${events} project:releases project:read org:read member:invite member:read team:read alerts:read alerts:write`
const adminScopes = `${events} org:read member:read member:invite project:read project:write project:admin project:releases team:read team:write team:admin org:integrations alerts:read alerts:write`
const managerScopes = `${adminScopes} member:write member:admin org:write`

describe('organization roles', () => {
  test.each([
    ['member', memberScopes],
    ['admin', adminScopes],
    ['manager', managerScopes],
    ['owner', `${managerScopes} org:admin`],
  ] as const)('%s holds its scopes', (role, scopes) => {
    expect([...organizationRoles[role].scopes].sort()).toEqual(words(scopes).sort())
  })

  test('manager and owner reach everything, admin is retired', () => {
    expect(roles.filter(isGlobalRole)).toEqual(['manager', 'owner'])
    expect(roles.filter((role) => organizationRoles[role].isRetired)).toEqual(['admin'])
  })

  test('all but member are admin of their teams', () => {
    expect(roles.map(minimumTeamRole)).toEqual(['contributor', 'admin', 'admin', 'admin'])
  })

  test('only who may administer members gives roles, up to their own', () => {
    expect(roles.map(assignableRoles)).toEqual([
      [],
      [],
      ['member', 'admin', 'manager'],
      ['member', 'admin', 'manager', 'owner'],
    ])
  })

  test('are known by their name alone', () => {
    expect(roles.map(parseOrganizationRole)).toEqual(roles)
    for (const value of ['', 'Owner', 'contributor', 'constructor', '__proto__', 5, null, undefined]) {
      expect(parseOrganizationRole(value), String(value)).toBeUndefined()
    }
  })

  test('are listed in order, with every field that clients need', () => {
    expect(orgRoleList.map(({ id }) => id)).toEqual(roles)
    expect(orgRoleList[2]).toEqual({
      id: 'manager',
      name: 'Manager',
      desc: expect.any(String),
      scopes: organizationRoles.manager.scopes,
      allowed: true,
      isAllowed: true,
      isRetired: false,
      isTeamRolesAllowed: true,
      is_global: true,
      isGlobal: true,
      minimumTeamRole: 'admin',
    })
    expect(orgRoleList.map(({ isRetired }) => isRetired)).toEqual([false, true, false, false])
  })
})

const contributorScopes =
  'event:read event:write project:releases project:read org:read member:read team:read alerts:read'

describe('team roles', () => {
  test.each([
    ['contributor', contributorScopes],
    [
      'admin',
      `${contributorScopes} event:admin project:write project:admin team:write team:admin org:integrations alerts:write`,
    ],
  ] as const)('%s holds its scopes', (role, scopes) => {
    expect([...teamRoles[role].scopes].sort()).toEqual(words(scopes).sort())
  })

  test('are listed in order, with every field that clients need', () => {
    expect(teamRoleList).toEqual([
      {
        id: 'contributor',
        name: 'Contributor',
        desc: expect.any(String),
        scopes: teamRoles.contributor.scopes,
        allowed: true,
        isAllowed: true,
        isRetired: false,
        isTeamRolesAllowed: true,
        isMinimumRoleFor: null,
      },
      {
        id: 'admin',
        name: 'Team Admin',
        desc: expect.any(String),
        scopes: teamRoles.admin.scopes,
        allowed: true,
        isAllowed: true,
        isRetired: false,
        isTeamRolesAllowed: true,
        isMinimumRoleFor: 'admin',
      },
    ])
  })
})
