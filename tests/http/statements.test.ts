/** No list costs more statements for many rows than for few. */
import { afterAll, expect, test } from 'vitest'
import { newKey } from '../../src/protocol/ids.ts'
import { insertKey } from '../../src/store/client-keys.ts'
import { addProjectTeam } from '../../src/store/project-teams.ts'
import { statements } from '../../src/store/sqlite-dialect.ts'
import { addTeamMember } from '../../src/store/teams.ts'
import { addPerson, addProject, addTeam, type Founded, found, openInstallation } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

/** Fills an organization with so many of everything that a list can show. */
async function foundWith(count: number): Promise<Founded> {
  const made = await found(vedette)
  const { organization, owner, project } = made
  for (let turn = 0; turn < count; turn++) {
    const team = await addTeam(vedette, organization, `team-${turn}`)
    await addProject(vedette, organization, { slug: `project-${turn}`, teams: [team, made.team] })
    await addPerson(vedette, { organization, teams: { [team.id]: 'contributor', [made.team.id]: 'admin' } })
    await vedette.write(async (tx) => {
      await addTeamMember(tx, { teamId: team.id, memberId: owner.memberId ?? 0, role: 'contributor' })
      await addProjectTeam(tx, { projectId: project.id, teamId: team.id })
      await insertKey(tx, {
        projectId: project.id,
        publicKey: newKey(),
        secretKey: newKey(),
        label: `key ${turn}`,
        loaderOptions: {},
        now: vedette.clock.now(),
      })
    })
  }
  return made
}

const few = await foundWith(2)
const many = await foundWith(12)

async function cost(founded: Founded, path: string): Promise<{ rows: number; statements: number }> {
  let count = 0
  const note = () => {
    count++
  }
  statements.subscribe(note)
  try {
    const { status, body, text } = await vedette.get<unknown>(path, founded.owner.caller)
    expect(status, text).toBe(200)
    return { rows: Array.isArray(body) ? body.length : 0, statements: count }
  } finally {
    statements.unsubscribe(note)
  }
}

test.each([
  '/organizations/ORG/projects/?per_page=100',
  '/organizations/ORG/projects/?per_page=100&statsPeriod=24h&options=sentry:origins',
  '/organizations/ORG/teams/?per_page=100',
  '/organizations/ORG/members/?per_page=100',
  '/organizations/ORG/project-keys/?per_page=100',
  '/organizations/ORG/audit-logs/?per_page=100',
  '/organizations/ORG/user-teams/',
  '/organizations/ORG/',
  '/projects/?per_page=100',
  '/projects/ORG/web/keys/?per_page=100',
  '/projects/ORG/web/teams/?per_page=100',
  '/projects/ORG/web/members/?per_page=100',
  '/teams/ORG/crew/projects/?per_page=100',
  '/teams/ORG/crew/members/?per_page=100',
])('%s asks the database as often for twelve as for two', async (path) => {
  const [short, long] = [
    await cost(few, path.replace('ORG', few.organization.slug)),
    await cost(many, path.replace('ORG', many.organization.slug)),
  ]
  if (!path.endsWith('/ORG/') && !path.includes('audit-logs')) expect(long.rows).toBeGreaterThan(short.rows)
  expect(long.statements).toBe(short.statements)
  // Who is asking, what the path names, the page, and its extras.
  expect(long.statements).toBeLessThan(30)
})
