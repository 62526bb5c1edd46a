/** Ownership rules of a project: read, change. */
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import type { App } from '../app.ts'
import {
  isOwnershipFault,
  type Owner,
  type OwnershipRule,
  parseOwnershipRules,
} from '../protocol/ownership-rules.ts'
import { teamSlugProblem } from '../protocol/slugs.ts'
import { recordChange } from '../store/audit-log.ts'
import { type Ownership, ownerIds, ownershipOf, saveOwnership } from '../store/ownership.ts'
import { holdsAny } from './access.ts'
import { bool, check, choice, isObject, nullable, objectSchema, readBody, text } from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, endpoint, ok, type Permission } from './endpoint.ts'
import { forbidden } from './errors.ts'
import { projectPermission } from './permissions.ts'
import { DateTime, isoDateOrNull } from './serialize/dates.ts'
import { type ProjectTarget, resolveProject } from './targets.ts'

/** Readers of a project may write its rules, and nothing else of this. */
const permission: Permission = { ...projectPermission, PUT: projectPermission.GET }

const assignments = [
  'Auto Assign to Issue Owner',
  'Auto Assign to Suspect Commits',
  'Turn off Auto-Assignment',
] as const

const MAX_RAW_CHARACTERS = 100_000

const ownershipFields = {
  raw: nullable(check(text({ blank: true, trim: false }), rawProblem)),
  fallthrough: bool(),
  autoAssignment: choice(assignments),
  codeownersAutoSync: bool(),
}

function rawProblem(raw: string): string | undefined {
  if ([...raw].length > MAX_RAW_CHARACTERS) {
    return `Raw needs to be <= ${MAX_RAW_CHARACTERS} characters in length`
  }
  const parsed = parseOwnershipRules(raw)
  return isOwnershipFault(parsed) ? parsed.message : undefined
}

const OwnerJson = Type.Object({
  type: Type.String(),
  name: Type.String(),
  /** Absent when nobody here goes by that name. */
  id: Type.Optional(Type.String()),
})

const OwnershipJson = Type.Object({
  raw: Type.Union([Type.String(), Type.Null()]),
  fallthrough: Type.Boolean(),
  dateCreated: Type.Union([DateTime, Type.Null()]),
  lastUpdated: Type.Union([DateTime, Type.Null()]),
  isActive: Type.Boolean(),
  autoAssignment: Type.String(),
  codeownersAutoSync: Type.Boolean(),
  schema: Type.Union([
    Type.Object({
      $version: Type.Integer(),
      rules: Type.Array(
        Type.Object({
          matcher: Type.Object({ type: Type.String(), pattern: Type.String() }),
          owners: Type.Array(OwnerJson),
        }),
      ),
    }),
    Type.Null(),
  ]),
})

type Settings = Omit<Ownership, 'createdAt' | 'updatedAt'>

/** What holds while nothing has been set. */
const defaults: Settings = {
  raw: null,
  fallthrough: true,
  autoAssignment: assignments[0],
  codeownersAutoSync: true,
}

export function ownershipRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/ownership/',
    gate: permission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'Who owns what in the project',
        response: { 200: OwnershipJson },
        handle: async ({ target }) => ok(await ownershipJson(app, target)),
      },
      PUT: {
        summary: 'Change the rules or what is done with them: what is left out stays',
        body: objectSchema(ownershipFields),
        response: { 200: OwnershipJson },
        handle: async (context) => {
          await change(app, context)
          return ok(await ownershipJson(app, context.target))
        },
      },
    },
  })
}

async function change(app: App, context: Context<ProjectTarget>): Promise<void> {
  const { target, body, now } = context
  const { organization, project, scopes } = target
  const sent = isObject(body.value) ? Object.keys(body.value) : []
  const isRulesOnly = sent.length === 1 && sent[0] === 'raw'
  if (!isRulesOnly && !holdsAny(scopes, projectPermission.PUT)) throw forbidden()
  const { raw, ...others } = readBody(ownershipFields, body)
  const input = { ...others, ...(raw === undefined ? {} : { raw: raw?.trim() ? raw : null }) }

  await app.db.write(async (tx) => {
    const stored = await ownershipOf(tx, project.id)
    const before: Settings = stored ?? defaults
    const after = { ...before, ...input, createdAt: stored?.createdAt ?? now, updatedAt: now }
    await saveOwnership(tx, { projectId: project.id, ownership: after })
    const changed = (Object.keys(defaults) as (keyof Settings)[]).filter(
      (name) => after[name] !== before[name],
    )
    if (changed.length === 0) return
    await recordChange(
      tx,
      changerOf(context),
      {
        organizationId: organization.id,
        event: 'project.ownership-rule.edit',
        targetObject: project.id,
        data: { slug: project.slug, changed },
      },
      now,
    )
  })
}

async function ownershipJson(
  app: App,
  { organization, project }: ProjectTarget,
): Promise<Static<typeof OwnershipJson>> {
  const stored = await ownershipOf(app.db.read, project.id)
  const { raw, fallthrough, autoAssignment, codeownersAutoSync } = stored ?? defaults
  const parsed = raw === null ? undefined : parseOwnershipRules(raw)
  return {
    raw,
    fallthrough,
    dateCreated: isoDateOrNull(stored?.createdAt ?? null),
    lastUpdated: isoDateOrNull(stored?.updatedAt ?? null),
    isActive: true,
    autoAssignment,
    codeownersAutoSync,
    schema:
      parsed === undefined || isOwnershipFault(parsed)
        ? null
        : { $version: 1, rules: await rulesJson(app, organization.id, parsed) },
  }
}

/** Owners that are people or teams of the organization carry their ids. */
async function rulesJson(app: App, organizationId: number, rules: readonly OwnershipRule[]) {
  const named = (type: Owner['type']) => [
    ...new Set(rules.flatMap(({ owners }) => owners.filter((o) => o.type === type).map((o) => o.name))),
  ]
  const { users, teams } = await ownerIds(app.db.read, {
    organizationId,
    emails: named('user'),
    slugs: named('team').filter((slug) => teamSlugProblem(slug) === undefined),
  })
  return rules.map(({ matcher, owners }) => ({
    matcher,
    owners: owners.map(({ type, name }) => {
      const id = type === 'user' ? users.get(name.toLowerCase()) : teams.get(name)
      return { type, name, ...(id === undefined ? {} : { id: String(id) }) }
    }),
  }))
}
