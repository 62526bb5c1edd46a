/** No list costs more statements for many rows than for few. */
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { newKey } from '../../src/protocol/ids.ts'
import { insertKey } from '../../src/store/client-keys.ts'
import { addProjectTeam } from '../../src/store/project-teams.ts'
import { statements } from '../../src/store/sqlite-dialect.ts'
import { addTeamMember } from '../../src/store/teams.ts'
import {
  addPerson,
  addProject,
  addTeam,
  type Caller,
  enrol,
  type Founded,
  found,
  openInstallation,
  type Person,
} from './installation.ts'

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

async function statementsOf(path: string, caller: Caller): Promise<{ rows: number; sql: readonly string[] }> {
  const sql: string[] = []
  const note = (message: unknown) => void sql.push((message as { sql: string }).sql)
  statements.subscribe(note)
  try {
    const { status, body, text } = await vedette.get<unknown>(path, caller)
    expect(status, text).toBe(200)
    return { rows: Array.isArray(body) ? body.length : 0, sql }
  } finally {
    statements.unsubscribe(note)
  }
}

async function cost(founded: Founded, path: string): Promise<{ rows: number; statements: number }> {
  const { rows, sql } = await statementsOf(path, founded.owner.caller)
  return { rows, statements: sql.length }
}

/** Lists, in an organization that takes the place of ORG. */
const lists = [
  '/organizations/ORG/projects/?per_page=100',
  '/organizations/ORG/projects/?per_page=100&statsPeriod=24h&options=sentry:origins',
  '/organizations/ORG/teams/?per_page=100',
  '/organizations/ORG/members/?per_page=100',
  '/organizations/ORG/project-keys/?per_page=100',
  '/organizations/ORG/audit-logs/?per_page=100',
  '/organizations/ORG/user-teams/',
  '/organizations/ORG/project-usage/',
  '/organizations/ORG/',
  '/projects/?per_page=100',
  '/projects/ORG/web/keys/?per_page=100',
  '/projects/ORG/web/teams/?per_page=100',
  '/projects/ORG/web/members/?per_page=100',
  '/teams/ORG/crew/projects/?per_page=100',
  '/teams/ORG/crew/members/?per_page=100',
]

test.each(lists)('%s asks the database as often for twelve as for two', async (path) => {
  const [short, long] = [
    await cost(few, path.replace('ORG', few.organization.slug)),
    await cost(many, path.replace('ORG', many.organization.slug)),
  ]
  if (!/\/ORG\/$|audit-logs|project-usage/.test(path)) expect(long.rows).toBeGreaterThan(short.rows)
  expect(long.statements).toBe(short.statements)
  // Who is asking, what the path names, the page, and its extras.
  expect(long.statements).toBeLessThan(30)
})

test('projects of twelve organizations ask the database as often as those of two', async () => {
  const memberOf = async (count: number): Promise<Person> => {
    const person = await addPerson(vedette)
    for (let turn = 0; turn < count; turn++) {
      const { organization, team } = await found(vedette)
      await enrol(vedette, person, { organization, teams: { [team.id]: 'contributor' } })
    }
    return person
  }
  const [short, long] = [
    await statementsOf('/projects/', (await memberOf(2)).caller),
    await statementsOf('/projects/', (await memberOf(12)).caller),
  ]
  expect([short.rows, long.rows]).toEqual([2, 12])
  expect(long.sql.length).toBe(short.sql.length)
})

test('teams that a search names are looked up together', async () => {
  const search = (count: number) =>
    `/organizations/${many.organization.slug}/projects/?query=${Array.from({ length: count }, (_, turn) => `team:team-${turn}`).join('%20')}`
  const [short, long] = [await cost(many, search(1)), await cost(many, search(9))]
  // The project of all teams is among them.
  expect([short.rows, long.rows]).toEqual([2, 10])
  expect(long.statements).toBe(short.statements)
})

/** How SQLite carries a statement out, step by step. */
function planOf(sql: string): readonly string[] {
  using database = new DatabaseSync(vedette.file, { readOnly: true })
  const parameters = Array(sql.split('?').length - 1).fill(1)
  const plan = database.prepare(`explain query plan ${sql}`)
  return plan.all(...parameters).map(({ detail }) => String(detail))
}

/** What grows with the use of the server. */
const large = /^SCAN (project|organization|user|team|event|release|environment|client_key|outcome|audit)/

test.each([
  ...lists,
  '/organizations/',
  '/projects/?query=dsn:0',
  '/projects/ORG/web/',
  '/projects/ORG/web/environments/',
  '/projects/ORG/web/events/?sample=1',
])('%s reads no table from end to end', async (path) => {
  const { organization, owner } = many
  const { sql } = await statementsOf(path.replace('ORG', organization.slug), owner.caller)
  const steps = sql.flatMap(planOf)
  expect(steps.length).toBeGreaterThan(0)
  expect(steps.filter((step) => large.test(step))).toEqual([])
})

test('a sample of events walks along their ids and sorts nothing', async () => {
  const { organization, owner } = many
  const path = `/projects/${organization.slug}/web/events/?sample=1&statsPeriod=1h`
  const { sql } = await statementsOf(path, owner.caller)
  const steps = sql.filter((each) => each.includes('from "event"')).flatMap(planOf)
  expect(steps).toEqual([expect.stringMatching(/^SEARCH event USING INDEX \w+ \(project_id=\?\)$/)])
})
