/** Operator commands for people and tokens. */
import type { Command } from 'commander'
import { hashPassword } from '../api/passwords.ts'
import { labelOfToken, newApiKey, newOrganizationToken, newUserToken } from '../api/tokens.ts'
import { allScopes, parseScope, type Scope } from '../protocol/scopes.ts'
import { insertUser, setPassword, userByEmail } from '../store/accounts.ts'
import { recordChange, recordPersonalChange } from '../store/audit-log.ts'
import { linkInvitations } from '../store/members.ts'
import { insertOrganizationToken, insertUserToken } from '../store/tokens.ts'
import { systemClock } from '../time.ts'
import {
  type CommonOptions,
  commandLine,
  commonOptions,
  type Operator,
  OperatorError,
  openOperator,
  organizationNamed,
  print,
} from './operator.ts'

export function accountCommands(program: Command): void {
  const user = program.command('user').description('Accounts of people')
  commonOptions(user.command('create'))
    .description('Create a user; invitations to their address take effect')
    .requiredOption('--email <email>', 'sign-in of the user')
    .requiredOption('--password <password>', 'at least 8 characters')
    .option('--name <name>', 'name to show')
    .option('--superuser', 'may do everything everywhere')
    .action(createUser)

  commonOptions(user.command('set-password'))
    .description('Give a user another password; their sessions end')
    .requiredOption('--email <email>', 'sign-in of the user')
    .requiredOption('--password <password>', 'at least 8 characters')
    .action(changePassword)

  const token = program.command('token').description('API tokens of users')
  commonOptions(token.command('create'))
    .description('Create a token that acts for a user; it is shown once')
    .requiredOption('--user <email>', 'whose token it is')
    .requiredOption('--scope <scope...>', 'scopes such as project:read; `all` for every scope')
    .option('--name <name>', 'what it is for', '')
    .action(createToken)

  const organizationToken = program.command('org-token').description('Tokens of organizations, for CI')
  commonOptions(organizationToken.command('create'))
    .description('Create an organization token; it is shown once')
    .requiredOption('--org <slug>', 'organization')
    .requiredOption('--name <name>', 'what it is for')
    .action(createOrganizationToken)

  const apiKey = program
    .command('api-key')
    .description('Legacy API keys of organizations (Basic authentication)')
  commonOptions(apiKey.command('create'))
    .description('Create a legacy API key; it is shown once')
    .requiredOption('--org <slug>', 'organization')
    .requiredOption('--scope <scope...>', 'scopes such as project:read; `all` for every scope')
    .option('--name <name>', 'what it is for', '')
    .action(createApiKey)
}

async function createUser(
  options: CommonOptions & { email: string; password: string; name?: string; superuser?: boolean },
): Promise<void> {
  const { email, password, name, superuser } = options
  if (!/^[^@\s]+@[^@\s]+$/.test(email))
    throw new OperatorError(`--email must be an email address, got "${email}"`)
  if (password.length < 8) throw new OperatorError('--password must have at least 8 characters')
  await using operator = await openOperator(options)
  const passwordHash = await hashPassword(password)
  const now = systemClock.now()
  const id = await operator.db.write(async (tx) => {
    if ((await userByEmail(tx, email)) !== undefined)
      throw new OperatorError(`there is a user ${email} already`)
    const userId = await insertUser(tx, {
      email,
      passwordHash,
      isSuperuser: superuser === true,
      now,
      ...(name === undefined ? {} : { name }),
    })
    await linkInvitations(tx, { userId, email })
    return userId
  })
  print(options, { id: String(id), email: email.toLowerCase(), isSuperuser: superuser === true })
}

async function changePassword(options: CommonOptions & { email: string; password: string }): Promise<void> {
  const { email, password } = options
  if (password.length < 8) throw new OperatorError('--password must have at least 8 characters')
  await using operator = await openOperator(options)
  const passwordHash = await hashPassword(password)
  const id = await operator.db.write(async (tx) => {
    const user = await userByEmail(tx, email)
    if (user === undefined) throw new OperatorError(`there is no user ${email}`)
    await setPassword(tx, { userId: user.id, passwordHash })
    return user.id
  })
  print(options, { id: String(id), email: email.toLowerCase() })
}

function readScopes(texts: readonly string[]): readonly Scope[] {
  const words = texts.flatMap((text) => text.split(',')).map((word) => word.trim())
  if (words.includes('all')) return allScopes
  return words.map((word) => {
    const scope = parseScope(word)
    if (scope === undefined) {
      throw new OperatorError(
        `"${word}" is not a scope. Expected \`all\` or some of: ${allScopes.join(', ')}`,
      )
    }
    return scope
  })
}

async function createToken(
  options: CommonOptions & { user: string; scope: string[]; name: string },
): Promise<void> {
  const scopes = readScopes(options.scope)
  await using operator = await openOperator(options)
  const user = await userByEmail(operator.db.read, options.user)
  if (user === undefined) throw new OperatorError(`there is no user ${options.user}`)
  const made = newUserToken()
  const now = systemClock.now()
  const token = { userId: user.id, name: options.name, ...made, scopes, now }
  const id = await operator.db.write(async (tx) => {
    const tokenId = await insertUserToken(tx, token)
    const data = { name: labelOfToken(token), scopes }
    const change = { userId: user.id, event: 'user-auth-token.create', targetObject: tokenId, data } as const
    await recordPersonalChange(tx, commandLine, change, now)
    return tokenId
  })
  print(options, { token: made.token, id: String(id), scopes })
}

async function createOrganizationToken(
  options: CommonOptions & { org: string; name: string },
): Promise<void> {
  if (options.name.trim() === '') throw new OperatorError('--name cannot be blank')
  await using operator = await openOperator(options)
  const organization = await organizationNamed(operator.db, options.org)
  const now = systemClock.now()
  const made = newOrganizationToken({ baseUrl: operator.baseUrl, organizationSlug: organization.slug, now })
  const id = await makeOrganizationToken(operator, organization.id, {
    ...made,
    kind: 'token',
    name: options.name,
    scopes: ['org:ci'],
    now,
  })
  print(options, { token: made.token, id: String(id), organization: organization.slug })
}

async function createApiKey(
  options: CommonOptions & { org: string; scope: string[]; name: string },
): Promise<void> {
  const scopes = readScopes(options.scope)
  await using operator = await openOperator(options)
  const organization = await organizationNamed(operator.db, options.org)
  const made = newApiKey()
  const now = systemClock.now()
  const id = await makeOrganizationToken(operator, organization.id, {
    ...made,
    kind: 'api-key',
    name: options.name,
    scopes,
    now,
  })
  print(options, { key: made.token, id: String(id), organization: organization.slug, scopes })
}

type NewOrganizationToken = Omit<
  Parameters<typeof insertOrganizationToken>[1],
  'organizationId' | 'createdBy'
>

async function makeOrganizationToken(
  { db }: Operator,
  organizationId: number,
  token: NewOrganizationToken,
): Promise<number> {
  const event = token.kind === 'api-key' ? 'api-key.create' : 'org-auth-token.create'
  const data = { name: labelOfToken(token) }
  return db.write(async (tx) => {
    const id = await insertOrganizationToken(tx, { ...token, organizationId, createdBy: null })
    await recordChange(tx, commandLine, { organizationId, event, targetObject: id, data }, token.now)
    return id
  })
}
