/** What projects are written down from: everything that a page of them needs is loaded first. */
import type { App } from '../app.ts'
import { projectExtras } from '../store/project-extras.ts'
import type { Project } from '../store/projects.ts'
import type { Access, Actor } from './access.ts'
import { userOf } from './access.ts'
import type { ProjectFacts } from './serialize/project.ts'

/** Facts of each project, in order. `accessOf` gives the caller's access to the project's organization. */
export async function factsOf(
  app: App,
  actor: Actor,
  projects: readonly Project[],
  accessOf: (project: Project) => Access,
): Promise<readonly ProjectFacts[]> {
  const extras = await projectExtras(app.db.read, {
    projectIds: projects.map((project) => project.id),
    userId: userOf(actor)?.id,
  })
  return projects.flatMap((project) => {
    const own = extras.get(project.id)
    return own === undefined ? [] : [{ project, extras: own, access: accessOf(project) }]
  })
}

export async function factsOfOne(
  app: App,
  actor: Actor,
  access: Access,
  project: Project,
): Promise<ProjectFacts> {
  const [facts] = await factsOf(app, actor, [project], () => access)
  if (facts === undefined) throw new Error(`Project ${project.id} has no facts`)
  return facts
}
