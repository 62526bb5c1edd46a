/** The first start on an empty database: superuser, token, organization, team, project; and what is printed. */
import { randomBytes } from 'node:crypto'
import { hashPassword } from './api/passwords.ts'
import { describeToken, newUserToken } from './api/tokens.ts'
import type { App } from './app.ts'
import { dsnVariants } from './protocol/dsn.ts'
import { newKey } from './protocol/ids.ts'
import { allScopes } from './protocol/scopes.ts'
import { hasAnyUser, insertUser } from './store/accounts.ts'
import { insertMember } from './store/members.ts'
import { createProject } from './store/new-project.ts'
import { insertOrganization } from './store/organizations.ts'
import { addTeamMember, insertTeam } from './store/teams.ts'
import { insertUserToken } from './store/tokens.ts'

/** What the operator is told once; generated secrets are nowhere else. */
export interface FirstRun {
  readonly email: string
  /** Undefined when the operator chose it. */
  readonly password: string | undefined
  readonly token: string | undefined
  readonly projectId: number
  readonly publicKey: string
}

/** Undefined when the database has users already. Two processes that start at once make one set. */
export async function firstRun(app: App): Promise<FirstRun | undefined> {
  if (await hasAnyUser(app.db.read)) return undefined
  const { admin } = app.config
  const email = admin.email ?? 'admin@localhost'
  const generatedPassword = admin.password === undefined ? randomBytes(12).toString('base64url') : undefined
  const passwordHash = await hashPassword(admin.password ?? generatedPassword ?? '')
  const token = admin.token === undefined ? newUserToken() : describeToken(admin.token)
  const publicKey = newKey()
  const now = app.clock.now()

  const projectId = await app.db.write(async (tx) => {
    if (await hasAnyUser(tx)) return undefined
    const hasGeneratedPassword = generatedPassword !== undefined
    const userId = await insertUser(tx, { email, passwordHash, hasGeneratedPassword, isSuperuser: true, now })
    await insertUserToken(tx, { userId, name: 'First start', ...token, scopes: allScopes, now })
    const organization = await insertOrganization(tx, { slug: 'default', name: 'Default', now })
    const organizationId = organization.id
    const member = await insertMember(tx, {
      organizationId,
      userId,
      email,
      role: 'owner',
      inviterId: null,
      now,
    })
    const team = await insertTeam(tx, { organizationId, slug: 'default', name: 'Default', now })
    await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: 'admin' })
    const project = await createProject(tx, {
      organizationId,
      teamId: team.id,
      name: 'First project',
      slug: 'first-project',
      platform: null,
      publicKey,
      now,
    })
    return project.id
  })
  if (projectId === undefined) return undefined
  return {
    email,
    password: generatedPassword,
    token: admin.token === undefined ? token.token : undefined,
    projectId,
    publicKey,
  }
}

/** The text of the first start: where to go, how to sign in, where to send events. */
export function welcome(made: FirstRun, baseUrl: string): string {
  const { email, password, token, projectId, publicKey } = made
  const { public: dsn } = dsnVariants({ endpoint: baseUrl, projectId, publicKey, secretKey: '' })
  const event = JSON.stringify({ message: 'Hello from curl', level: 'info' })
  return `
  Vedette is ready for its first event.

    URL        ${baseUrl}
    sign-in    ${email} / ${password ?? '(the password you set)'}
    API token  ${token ?? '(the token you set)'}
    DSN        ${dsn}

  Send a test event:

    curl '${baseUrl}/api/${projectId}/store/?sentry_key=${publicKey}' -H 'Content-Type: application/json' -d '${event}'

  Read how many arrived:

    curl '${baseUrl}/api/0/projects/default/first-project/stats/' -H 'Authorization: Bearer ${token ?? '<your token>'}'

  This is shown once. Keep the password and the token.
`
}
