/** Applying what a caller wants of a project: everything is checked against what is stored, then done at once. */
import { isDeepStrictEqual } from 'node:util'
import { optionOf, projectOptionDefaults, type StoredOptions } from '../protocol/project-options.ts'
import { usedProjectSlugText } from '../protocol/slugs.ts'
import {
  replaceSymbolSources,
  type SymbolSource,
  type SymbolSourceFault,
  storedSymbolSources,
} from '../protocol/symbol-sources.ts'
import { type Changer, recordChange } from '../store/audit-log.ts'
import type { Tx } from '../store/database.ts'
import {
  copySettings,
  nameOfSlugHolder,
  type ProjectRowChange,
  recordRedirect,
  setBookmark,
  updateProject,
} from '../store/project-changes.ts'
import { projectOptions, setProjectOptions } from '../store/project-options.ts'
import { teamIdsOfProject } from '../store/project-teams.ts'
import { type Project, projectById } from '../store/projects.ts'
import { type Access, canReach, scopesOn } from './access.ts'
import { type FieldErrors, invalid } from './errors.ts'
import { type OptionChange, optionChanges, type ProjectInput } from './project-settings.ts'
import { projectNotFound } from './targets.ts'

export interface Update {
  readonly projectId: number
  readonly input: ProjectInput
  readonly access: Access
  /** Whose bookmark is meant; undefined for callers that are no user. */
  readonly userId: number | undefined
  readonly by: Changer
  readonly now: number
}

/**
 * Changes a project; the answer is the project as it is then.
 *
 * Errors: ApiError 400 for fields that contradict what is stored, 404 when the project has gone meanwhile.
 */
export async function applyUpdate(tx: Tx, update: Update): Promise<Project> {
  const { projectId, input, access, userId, by, now } = update
  const project = await projectById(tx, projectId)
  if (project === undefined) throw projectNotFound()
  const stored = (await projectOptions(tx, [projectId])).get(projectId) ?? {}
  const sources = wantedSources(input, stored)
  const problems: Readonly<Record<string, string | undefined>> = {
    slug: await slugProblem(tx, project, input),
    digestsMinDelay: digestProblem(input, stored),
    symbolSources: sources !== undefined && 'message' in sources ? sources.message : undefined,
    copy_from_project: await copyProblem(tx, access, input),
  }
  const errors = Object.entries(problems).flatMap(([field, problem]) =>
    problem === undefined ? [] : [[field, [problem]] as const],
  )
  if (errors.length > 0) throw invalid(Object.fromEntries(errors) as FieldErrors)

  const row = rowChange(project, input)
  await updateProject(tx, { projectId, change: row })
  if (row.slug !== undefined) {
    const { organizationId, slug } = project
    await recordRedirect(tx, { organizationId, slug, projectId })
  }
  if (input.isBookmarked !== undefined && userId !== undefined) {
    await setBookmark(tx, { projectId, userId, isBookmarked: input.isBookmarked })
  }
  const changes = [...optionChanges(input), ...sourceChange(sources)]
  const options = Object.fromEntries(changes.map(({ option, value }) => [option, value]))
  await setProjectOptions(tx, { projectId, options })
  if (input.copy_from_project !== undefined) {
    await copySettings(tx, { from: input.copy_from_project, to: projectId, now })
  }

  const changed = [
    ...Object.keys(row),
    ...changes.filter((change) => isNew(change, stored)).map(({ field }) => field),
    ...(input.copy_from_project === undefined ? [] : ['copy_from_project']),
  ]
  const { organizationId } = project
  if (changed.length > 0) {
    const data = {
      slug: row.slug ?? project.slug,
      ...(row.slug === undefined ? {} : { old_slug: project.slug }),
      changed,
    }
    await recordChange(tx, by, { organizationId, event: 'project.edit', targetObject: projectId, data }, now)
  }
  return { ...project, ...row }
}

/** Fields of the row that will be different. */
function rowChange(project: Project, { name, slug, platform }: ProjectInput): ProjectRowChange {
  return {
    ...(name === undefined || name === project.name ? {} : { name }),
    ...(slug === undefined || slug === project.slug ? {} : { slug }),
    ...(!platform || platform === project.platform ? {} : { platform }),
  }
}

function isNew({ option, value }: OptionChange, stored: StoredOptions): boolean {
  const defaults: StoredOptions = projectOptionDefaults
  const before = option in stored ? stored[option] : defaults[option]
  return !isDeepStrictEqual(value ?? defaults[option], before)
}

async function slugProblem(tx: Tx, project: Project, { slug }: ProjectInput): Promise<string | undefined> {
  if (slug === undefined) return undefined
  const { organizationId, id } = project
  const holder = await nameOfSlugHolder(tx, { organizationId, slug, except: id })
  return holder === undefined ? undefined : usedProjectSlugText(holder)
}

function digestProblem(input: ProjectInput, stored: StoredOptions): string | undefined {
  const least = input.digestsMinDelay ?? optionOf<number>(stored, 'digests:mail:minimum_delay')
  const most = input.digestsMaxDelay ?? optionOf<number>(stored, 'digests:mail:maximum_delay')
  return least > most ? 'The minimum delay on digests must be lower than the maximum.' : undefined
}

/** Undefined when nothing is said about them. */
function wantedSources(
  { symbolSources }: ProjectInput,
  stored: StoredOptions,
): readonly SymbolSource[] | SymbolSourceFault | undefined {
  if (symbolSources === undefined) return undefined
  const text = optionOf<string>(stored, 'sentry:symbol_sources')
  return replaceSymbolSources(symbolSources ?? '', storedSymbolSources(text))
}

function sourceChange(sources: ReturnType<typeof wantedSources>): readonly OptionChange[] {
  if (sources === undefined || 'message' in sources) return []
  return [{ field: 'symbolSources', option: 'sentry:symbol_sources', value: JSON.stringify(sources) }]
}

async function copyProblem(
  tx: Tx,
  access: Access,
  { copy_from_project: id }: ProjectInput,
): Promise<string | undefined> {
  if (id === undefined) return undefined
  const source = await projectById(tx, id)
  if (source === undefined || source.organizationId !== access.organization.id) {
    return 'Project to copy settings from not found.'
  }
  const teamIds = await teamIdsOfProject(tx, id)
  if (!canReach(access, teamIds)) {
    return 'Project settings cannot be copied from a project you do not have access to.'
  }
  const mayWriteAll = teamIds.every((teamId) => scopesOn(access, [teamId]).has('team:write'))
  return mayWriteAll
    ? undefined
    : 'Project settings cannot be copied from a project with a team you do not have write access to.'
}
