/** The operator command that makes an organization to look at, with a month behind it. */
import type { Command } from 'commander'
import { dsnVariants } from '../protocol/dsn.ts'
import { organizationSlugProblem } from '../protocol/slugs.ts'
import { firstSuperuser } from '../store/accounts.ts'
import type { Database } from '../store/database.ts'
import { insertMember, memberOfUser } from '../store/members.ts'
import { organizationByIdOrSlug } from '../store/organizations.ts'
import { isUniqueViolation } from '../store/sqlite.ts'
import { systemClock } from '../time.ts'
import { type CommonOptions, commonOptions, OperatorError, openOperator, print } from './operator.ts'

interface DemoOptions extends CommonOptions {
  readonly org: string
  readonly name: string
  readonly days: string
  readonly seed: string
}

const MAX_DAYS = 90

export function demoCommand(program: Command): void {
  commonOptions(program.command('demo'))
    .description('Make an organization with six projects and a month of data to look at')
    .option('--org <slug>', 'its slug', 'demo')
    .option('--name <name>', 'its name', 'Acme')
    .option('--days <number>', `days of history, at most ${MAX_DAYS}`, '30')
    .option('--seed <text>', 'another one makes other numbers', 'acme')
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
  const taken = () =>
    new OperatorError(
      `--org: there is an organization "${slug}" already. Name another, such as --org ${slug}-2`,
    )
  if ((await organizationByIdOrSlug(db.read, slug)) !== undefined) throw taken()
  // Most of the program's start would go into it, and no other command needs it.
  const { seedDemo } = await import('../demo/seed.ts')
  const now = systemClock.now()
  const made = await seedDemo({ db, config, baseUrl, slug, name, now, days, seed }).catch((error) => {
    if (isUniqueViolation(error)) throw taken()
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
  if (options.json) {
    print(options, {
      organization: slug,
      url,
      projects,
      people,
      password: made.password,
      token: made.personalToken.token,
      organizationToken: made.organizationToken.token,
      events: made.events,
    })
    return
  }
  console.log(`The organization "${slug}" has ${days} days behind it: ${made.events} stored events, six projects.

  look at it  ${url}
  sign-in     yours, or one of these with the password ${made.password}
${people.map(({ email, role }) => `              ${email} (${role})`).join('\n')}`)
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
