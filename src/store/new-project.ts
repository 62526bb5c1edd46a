/** What makes a project complete: its own row, first client key, initial options and team. */
import { newKey } from '../protocol/ids.ts'
import { initialOptions } from '../protocol/project-options.ts'
import { uniqueSlug } from '../protocol/slugs.ts'
import { defaultLoaderOptions, insertKey } from './client-keys.ts'
import type { Tx } from './database.ts'
import { setProjectOptions } from './project-options.ts'
import { addProjectTeam } from './project-teams.ts'
import { insertProject, isProjectSlugTaken, type Project } from './projects.ts'

export interface NewProject {
  readonly organizationId: number
  readonly teamId: number | undefined
  readonly name: string
  /** Made from the name when absent. */
  readonly slug?: string | undefined
  readonly platform: string | null
  /** Carried over from another server, so that its DSNs stay valid. */
  readonly id?: number | undefined
  readonly publicKey?: string | undefined
  readonly secretKey?: string | undefined
  readonly now: number
}

/**
 * Creates a project with a client key called `Default`, which is the name that infrastructure tools look for.
 *
 * Errors: the driver's unique violation when slug, id or key are taken.
 */
export async function createProject(tx: Tx, input: NewProject): Promise<Project> {
  const { organizationId, teamId, name, platform, now } = input
  const taken = (slug: string) => isProjectSlugTaken(tx, { organizationId, slug })
  const slug = input.slug ?? (await uniqueSlug(name, taken))
  const project = await insertProject(tx, {
    ...(input.id === undefined ? {} : { id: input.id }),
    organizationId,
    slug,
    name,
    platform,
    now,
  })
  await setProjectOptions(tx, {
    projectId: project.id,
    options: { 'sentry:token': newKey(), ...initialOptions(platform) },
  })
  if (teamId !== undefined) await addProjectTeam(tx, { projectId: project.id, teamId })
  await insertKey(tx, {
    projectId: project.id,
    publicKey: input.publicKey ?? newKey(),
    secretKey: input.secretKey ?? newKey(),
    label: 'Default',
    loaderOptions: defaultLoaderOptions,
    now,
  })
  return project
}
