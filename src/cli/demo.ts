/** The operator command that makes an organization to look at, with a month behind it. */
import type { Command } from 'commander'
import { dsnVariants } from '../protocol/dsn.ts'
import { organizationSlugProblem } from '../protocol/slugs.ts'
import { firstSuperuser, userByEmail } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import { insertMember, memberOfUser } from '../store/members.ts'
import { isOrganizationSlugTaken } from '../store/organizations.ts'
import { isUniqueViolation } from '../store/sqlite.ts'
import { systemClock } from '../time.ts'
import { type CommonOptions, commonOptions, OperatorError, openOperator, print } from './operator.ts'

interface DemoOptions extends CommonOptions {
  readonly org: string
  readonly name: string
  readonly days: string
  readonly seed: string
  readonly tokens?: boolean
}

const MAX_DAYS = 90

export function demoCommand(program: Command): void {
  commonOptions(program.command('demo'))
    .description('Make an organization with six projects and a month of data to look at')
    .option('--org <slug>', 'its slug', 'demo')
    .option('--name <name>', 'its name', 'Acme')
    .option('--days <number>', `days of history, at most ${MAX_DAYS}`, '30')
    .option('--seed <text>', 'another one makes other numbers', 'acme')
    .option('--tokens', 'print its API tokens too')
    .action(demo)
}

async function demo(options: DemoOptions): Promise<void> {
  const { org: slug, name, seed } = options
  const problem = organizationSlugProblem(slug)
  if (problem !== undefined) throw new OperatorError(`--org: ${problem} (got "${slug}")`)
  const days = Number(options.days)
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS)
    throw new OperatorError(`--days: expected a whole number from 1 to ${MAX_DAYS}, got "${options.days}"`)
  await using operator = await openOperator(options)
  const { db, config, baseUrl } = operator
  const taken = (what: string) =>
    new OperatorError(
      `--org: there is ${what} already. Name another, such as --org ${slug}-2, or make it in a data folder of its own with --data`,
    )
  if (await isOrganizationSlugTaken(db.read, slug)) throw taken(`an organization "${slug}"`)
  // Most of the program's start would go into it, and no other command needs it.
  const { demoEmails, seedDemo } = await import('../demo/seed.ts')
  for (const email of demoEmails(slug)) {
    if ((await userByEmail(db.read, email)) !== undefined) throw taken(`a user ${email}`)
  }
  const now = systemClock.now()
  const made = await seedDemo({ db, config, baseUrl, slug, name, now, days, seed }).catch((error) => {
    if (isUniqueViolation(error)) throw taken(`an organization "${slug}"`)
    throw error
  })
  await letIn(db, made.organizationId, now)
  const projects = made.projects.map(({ id, project, keys }) => {
    const [key] = keys.values()
    const { publicKey = '', secretKey = '' } = key ?? {}
    const dsn = dsnVariants({ endpoint: baseUrl, projectId: id, publicKey, secretKey }).public
    return { id, slug: project.slug, name: project.name, platform: project.platform, dsn }
  })
  const people = made.people.flatMap(({ email, role, userId }) =>
    userId === undefined ? [] : [{ email, role }],
  )
  const url = `${baseUrl}/?org=${slug}`
  const tokens = options.tokens && {
    token: made.personalToken.token,
    organizationToken: made.organizationToken.token,
  }
  if (options.json) {
    print(options, {
      organization: slug,
      url,
      projects,
      people,
      password: made.password,
      events: made.events,
      ...tokens,
    })
    return
  }
  console.log(`The organization "${slug}" has ${days} days behind it: ${made.events} stored events, six projects.

  look at it  ${url}
  sign-in     yours, or one of these with the password ${made.password}
${people.map(({ email, role }) => `              ${email} (${role})`).join('\n')}`)
  if (tokens) console.log(`  tokens      ${tokens.token}\n              ${tokens.organizationToken}`)
}

/** Whoever runs the server sees it too. */
async function letIn(db: Database, organizationId: number, now: number): Promise<void> {
  const user = await firstSuperuser(db.read)
  if (user === undefined) return
  await db.write(async (tx) => {
    if ((await memberOfUser(tx, { organizationId, userId: user.id })) !== undefined) return
    await insertMember(tx, {
      organizationId,
      userId: user.id,
      email: user.email,
      role: 'owner',
      inviterId: null,
      now,
    })
  })
}
