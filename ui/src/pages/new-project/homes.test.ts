import { expect, test } from 'vitest'
import type { Organization } from '../../api/organizations.ts'
import { homesOf } from './homes.ts'

type Setting = Pick<Organization, 'access' | 'role' | 'allowMemberProjectCreation'>

const contributor = ['project:read', 'team:read']
const admin = ['project:read', 'project:write', 'project:admin', 'team:admin']
const member: Setting = { access: ['org:read'], role: 'member', allowMemberProjectCreation: true }

const team = (slug: string, access: string[], isMember = true) => ({ slug, access, isMember })

function homes(organization: Setting, teams: ReturnType<typeof team>[]): string[] {
  const { teams: offered, ofOwn } = homesOf(organization, teams)
  return [...offered.map(({ slug }) => slug), ...(ofOwn ? ['of their own'] : [])]
}

test('a team that somebody only contributes to is not offered, since the server would refuse', () => {
  expect(homes(member, [team('search', contributor), team('web', admin)])).toEqual(['web', 'of their own'])
})

test('their own teams come first', () => {
  const owner: Setting = { ...member, access: ['org:write'], role: 'owner' }
  expect(homes(owner, [team('api', admin, false), team('web', admin)])).toEqual([
    'web',
    'api',
    'of their own',
  ])
})

test('where members may not make projects, the admins of a team still may, in it', () => {
  const closed: Setting = { ...member, allowMemberProjectCreation: false }
  expect(homes(closed, [team('web', admin), team('app', ['project:write'])])).toEqual(['web'])
  expect(homes(closed, [team('web', contributor)])).toEqual([])
})

test('a superuser who is no member needs a team that exists', () => {
  const superuser: Setting = { access: ['org:write'], allowMemberProjectCreation: true }
  expect(homes(superuser, [team('web', admin, false)])).toEqual(['web'])
  expect(homes(superuser, [])).toEqual([])
})
