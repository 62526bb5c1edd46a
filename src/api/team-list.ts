/** Lists of teams → JSON, with their projects where wanted. */
import type { App } from '../app.ts'
import { listProjectsBySlug } from '../store/project-lists.ts'
import { projectTeamLinks } from '../store/project-teams.ts'
import { memberCounts, type Team } from '../store/teams.ts'
import { type Access, type Actor, userOf } from './access.ts'
import { factsOf } from './project-facts.ts'
import { projectJson } from './serialize/project.ts'
import { teamJson } from './serialize/team.ts'

/** Teams without their projects, in order. */
export async function teamsJson(app: App, actor: Actor, access: Access, teams: readonly Team[]) {
  const ids = teams.map((team) => team.id)
  const counts =
    userOf(actor) === undefined ? new Map<number, number>() : await memberCounts(app.db.read, ids)
  return teams.map((team) => teamJson(team, { access, memberCount: counts.get(team.id) ?? 0 }))
}

/** Teams with their active projects: one query for all of them. */
export async function teamsWithProjectsJson(app: App, actor: Actor, access: Access, teams: readonly Team[]) {
  const plain = await teamsJson(app, actor, access, teams)
  const teamIds = teams.map((team) => team.id)
  if (teamIds.length === 0) return plain
  const { rows } = await listProjectsBySlug(app.db.read, { organizationId: access.organization.id, teamIds })
  const facts = await factsOf(app, actor, rows, () => access)
  const links = await projectTeamLinks(app.db.read, teamIds)
  return plain.map((team) => {
    const projectIds = links.get(Number(team.id)) ?? new Set<number>()
    return { ...team, projects: facts.filter(({ project }) => projectIds.has(project.id)).map(projectJson) }
  })
}
