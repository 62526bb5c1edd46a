/** A request that another one overtakes, between looking up what it speaks of and changing it. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import type { Tx } from '../../src/store/database.ts'
import { deleteMembers, setMemberRole } from '../../src/store/members.ts'
import { updateProject } from '../../src/store/project-changes.ts'
import { removeProject } from '../../src/store/removed-projects.ts'
import { addTeamMember, deleteTeam, insertTeam, removeTeamMember } from '../../src/store/teams.ts'
import { deleteUserToken, revokeOrganizationToken } from '../../src/store/tokens.ts'
import {
  type Answer,
  addPerson,
  addProject,
  addTeam,
  type Founded,
  found,
  openInstallation,
  type Person,
  sessionOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

/** Lets a request look everything up, commits a change, and only then lets the request write. */
async function overtake(request: () => Promise<Answer>, change: (tx: Tx) => Promise<unknown>) {
  const lookedUp = Promise.withResolvers<void>()
  const changed = vedette.write(async (tx) => {
    await lookedUp.promise
    await change(tx)
  })
  const answer = request()
  // Nothing it waits for takes longer than a few turns, but for its turn to write.
  for (let turn = 0; turn < 50; turn++) await setImmediate()
  lookedUp.resolve()
  await changed
  return answer
}

async function recorded({ organization, owner }: Founded): Promise<readonly string[]> {
  const path = `/organizations/${organization.slug}/audit-logs/`
  const { body } = await vedette.get<{ rows: { event: string }[] }>(path, owner.caller)
  return body.rows.map(({ event }) => event)
}

interface Place extends Founded {
  readonly org: string
  /** A plain member, in no team. */
  readonly mate: Person
  readonly mateId: number
}

async function place(): Promise<Place> {
  const made = await found(vedette)
  const mate = await addPerson(vedette, { organization: made.organization })
  return { ...made, org: made.organization.slug, mate, mateId: mate.memberId ?? 0 }
}

const gone = { status: 404, body: { detail: 'The requested resource does not exist' } }

interface Case {
  readonly request: (place: Place) => Promise<Answer>
  readonly change: (tx: Tx, place: Place) => Promise<unknown>
  readonly answer: { status: number; body?: unknown }
}

const ofTeam = (tx: Tx, { team }: Place) => deleteTeam(tx, team.id)
const ofMember = (tx: Tx, { mateId }: Place) => deleteMembers(tx, [mateId])

test.each<readonly [string, Case]>([
  [
    'a project in a team that is removed',
    {
      request: ({ org, owner }) => vedette.post(`/teams/${org}/crew/projects/`, owner.caller, { name: 'x' }),
      change: ofTeam,
      answer: gone,
    },
  ],
  [
    'a member of a team that is removed',
    {
      request: ({ org, owner, mateId }) =>
        vedette.post(`/organizations/${org}/members/${mateId}/teams/crew/`, owner.caller),
      change: ofTeam,
      answer: gone,
    },
  ],
  [
    'a team that is removed, again',
    {
      request: ({ org, owner }) => vedette.delete(`/teams/${org}/crew/`, owner.caller),
      change: ofTeam,
      answer: gone,
    },
  ],
  [
    'the name of a team that is removed',
    {
      request: ({ org, owner }) => vedette.put(`/teams/${org}/crew/`, owner.caller, { name: 'Watch' }),
      change: ofTeam,
      answer: gone,
    },
  ],
  [
    'a place in a team for a member who is removed',
    {
      request: ({ org, owner, mateId }) =>
        vedette.post(`/organizations/${org}/members/${mateId}/teams/crew/`, owner.caller),
      change: ofMember,
      answer: gone,
    },
  ],
  [
    'a member who is removed, again',
    {
      request: ({ org, owner, mateId }) =>
        vedette.delete(`/organizations/${org}/members/${mateId}/`, owner.caller),
      change: ofMember,
      answer: gone,
    },
  ],
  [
    'the role of a member who is removed',
    {
      request: ({ org, owner, mateId }) =>
        vedette.put(`/organizations/${org}/members/${mateId}/`, owner.caller, { orgRole: 'manager' }),
      change: ofMember,
      answer: gone,
    },
  ],
  [
    'a project that is removed, again',
    {
      request: ({ org, owner }) => vedette.delete(`/projects/${org}/web/`, owner.caller),
      change: (tx, { project }) => removeProject(tx, { projectId: project.id, now: vedette.clock.now() }),
      answer: { status: 404, body: { detail: 'Project does not exist' } },
    },
  ],
  [
    'a project under a slug that another takes',
    {
      request: ({ org, owner }) =>
        vedette.post(`/teams/${org}/crew/projects/`, owner.caller, { name: 'x', slug: 'bridge' }),
      change: (tx, { project }) => updateProject(tx, { projectId: project.id, change: { slug: 'bridge' } }),
      answer: { status: 409, body: { detail: 'A project with this slug already exists.' } },
    },
  ],
  [
    'a team under a slug that another takes',
    {
      request: ({ org, owner }) =>
        vedette.post(`/organizations/${org}/teams/`, owner.caller, { slug: 'watch' }),
      change: (tx, { organization }) =>
        insertTeam(tx, {
          organizationId: organization.id,
          slug: 'watch',
          name: 'Watch',
          now: vedette.clock.now(),
        }),
      answer: { status: 409 },
    },
  ],
])('%s', async (_, { request, change, answer }) => {
  const made = await place()
  const { status, body } = await overtake(
    () => request(made),
    (tx) => change(tx, made),
  )
  expect({ status, body }).toEqual({ body: expect.anything(), ...answer })
  expect(await recorded(made)).toEqual([])
})

test('a project is not put into a team that is removed', async () => {
  const made = await place()
  const team = await addTeam(vedette, made.organization, 'watch')
  const path = `/projects/${made.org}/web/teams/watch/`
  const { status, body } = await overtake(
    () => vedette.post(path, made.owner.caller),
    (tx) => deleteTeam(tx, team.id),
  )
  expect({ status, body }).toEqual(gone)
})

test('nobody removes a member who has risen above them, nor the last owner', async () => {
  const made = await place()
  const { organization, org, owner, mateId } = made
  const manager = await addPerson(vedette, { organization, role: 'manager' })
  const path = `/organizations/${org}/members/${mateId}/`
  const byManager = await overtake(
    () => vedette.delete(path, manager.caller),
    (tx) => setMemberRole(tx, { memberId: mateId, role: 'owner' }),
  )
  expect(byManager).toMatchObject({
    status: 400,
    body: { detail: 'You cannot remove a member who has more access than you.' },
  })
  const last = await overtake(
    () => vedette.delete(path, owner.caller),
    (tx) => deleteMembers(tx, [owner.memberId ?? 0]),
  )
  expect(last).toMatchObject({
    status: 403,
    body: { detail: 'You cannot remove the only remaining owner of the organization.' },
  })
})

test('who joins a team twice is in it once, in the role they have there by then', async () => {
  const made = await place()
  const { org, owner, team, mateId } = made
  const path = `/organizations/${org}/members/${mateId}/teams/crew/`
  const { status } = await overtake(
    () => vedette.post(path, owner.caller),
    (tx) => addTeamMember(tx, { teamId: team.id, memberId: mateId, role: 'admin' }),
  )
  expect(status).toBe(204)
  expect((await vedette.get(path, owner.caller)).body).toEqual({ isActive: true, teamRole: 'admin' })
  expect(await recorded(made)).toEqual([])
})

test('a role in a team brings nobody back into it', async () => {
  const made = await place()
  const { org, owner, team, mateId } = made
  await vedette.write((tx) => addTeamMember(tx, { teamId: team.id, memberId: mateId, role: 'contributor' }))
  const path = `/organizations/${org}/members/${mateId}/teams/crew/`
  const { status, body } = await overtake(
    () => vedette.put(path, owner.caller, { teamRole: 'admin' }),
    (tx) => removeTeamMember(tx, { teamId: team.id, memberId: mateId }),
  )
  expect({ status, body }).toEqual(gone)
  expect((await vedette.get(path, owner.caller)).status).toBe(404)
  expect(await recorded(made)).toEqual([])
})

test('a personal token that is revoked is not renamed', async () => {
  const { owner } = await place()
  const session = await sessionOf(vedette, owner)
  const made = await vedette.post<{ id: string }>('/api-tokens/', session, { name: 'a', scopes: [] })
  const tokenId = Number(made.body.id)
  const { status, body } = await overtake(
    () => vedette.put(`/api-tokens/${tokenId}/`, session, { name: 'b' }),
    (tx) => deleteUserToken(tx, { userId: owner.userId, tokenId }),
  )
  expect({ status, body }).toEqual({ status: 404, body: { detail: 'Invalid token ID' } })
})

test('an organization token that is revoked is neither renamed nor revoked again', async () => {
  const made = await place()
  const { org, owner } = made
  const revoke = (tokenId: number) => (tx: Tx) =>
    revokeOrganizationToken(tx, { tokenId, now: vedette.clock.now() })
  for (const method of ['PUT', 'DELETE'] as const) {
    const token = await vedette.post<{ id: string }>(`/organizations/${org}/org-auth-tokens/`, owner.caller, {
      name: 'a',
    })
    const path = `/api/0/organizations/${org}/org-auth-tokens/${token.body.id}/`
    const sending = method === 'PUT' ? { body: { name: 'b' } } : {}
    const { status, body } = await overtake(
      () => vedette.send(method, path, owner.caller, sending),
      revoke(Number(token.body.id)),
    )
    expect({ status, body }).toEqual(gone)
  }
  expect(await recorded(made)).toEqual(['org-auth-token.create', 'org-auth-token.create'])
})

test('of two requests for one thing, one gets it', async () => {
  const { organization, org, owner, project, key } = await place()
  await addProject(vedette, organization, { slug: 'api' })
  const twice = async (request: () => Promise<Answer>) =>
    (await Promise.all([request(), request()])).map(({ status }) => status)
  const { caller } = owner
  expect({
    rotated: await twice(() =>
      vedette.post(`/projects/${org}/${project.id}/keys/${key.publicKey}/rotate/`, caller),
    ),
    created: await twice(() => vedette.post('/organizations/', caller, { name: 'x', slug: `${org}-x` })),
    invited: await twice(() =>
      vedette.post(`/organizations/${org}/members/`, caller, { email: 'new@example.net' }),
    ),
    deleted: await twice(() =>
      vedette.delete(`/projects/${org}/${project.id}/keys/${key.publicKey}/`, caller),
    ),
  }).toEqual({ rotated: [201, 409], created: [201, 409], invited: [201, 400], deleted: [204, 404] })
})
