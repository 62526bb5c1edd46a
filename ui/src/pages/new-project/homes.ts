/** Where somebody may put a new project: into which teams, and whether into a new one of their own. */
import { useQuery } from '@tanstack/react-query'
import { type Organization, organizationQuery } from '../../api/organizations.ts'
import { createProject, createProjectWithTeam } from '../../api/projects.ts'
import { type Team, teamsQuery } from '../../api/teams.ts'

export interface Homes<T = Team> {
  /** Their own teams first. */
  readonly teams: readonly T[]
  readonly ofOwn: boolean
}

/** In a team; those who hold neither may still make a project in a team of their own. */
const makers = ['project:write', 'project:admin']

export function homesOf<T extends Pick<Team, 'access' | 'isMember'>>(
  {
    access,
    role,
    allowMemberProjectCreation,
  }: Pick<Organization, 'access' | 'role' | 'allowMemberProjectCreation'>,
  teams: readonly T[],
): Homes<T> {
  const isFree = allowMemberProjectCreation || access.includes('org:write')
  const open = teams.filter(
    (team) =>
      makers.some((scope) => team.access.includes(scope)) && (isFree || team.access.includes('team:admin')),
  )
  return {
    teams: [...open.filter(({ isMember }) => isMember), ...open.filter(({ isMember }) => !isMember)],
    // A superuser who is no member cannot be in a team.
    ofOwn: isFree && role !== undefined,
  }
}

export function isHoused({ teams, ofOwn }: Homes): boolean {
  return teams.length > 0 || ofOwn
}

/**
 * `homes` is undefined until it is known, and `error` says that it will not be. `mayMake` is known before, for those
 * who need no team.
 */
export function useHomes(org: string) {
  const isAny = org !== ''
  const organization = useQuery({ ...organizationQuery(org), enabled: isAny })
  const teams = useQuery({ ...teamsQuery(org), enabled: isAny })
  const known = organization.data && homesOf(organization.data, teams.data ?? [])
  return {
    homes: teams.data && known,
    mayMake: known !== undefined && isHoused(known),
    error: organization.error ?? teams.error,
    retry: () => void Promise.all([organization.refetch(), teams.refetch()]),
  }
}

/** In that team, or without one in a new team of one's own. */
export function makeProject(org: string, team: string | undefined, body: { name: string; platform: string }) {
  return team === undefined ? createProjectWithTeam(org, body) : createProject(org, team, body)
}
