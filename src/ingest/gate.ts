/** Key → project: allowed in, or refused and why. */

import { keyFaults } from '../protocol/drop-words.ts'
import { originAllowed } from '../protocol/origins.ts'
import { drop, type Fate, withDetail } from '../protocol/outcome.ts'
import { type Quota, quotasOfKey } from '../protocol/rate-limits.ts'
import { type KeyConfig, keyConfig, projectExists } from '../store/client-keys.ts'
import type { Database } from '../store/database.ts'
import { compileFilters, type InboundFilters } from './filters/index.ts'

/** What ingestion knows of a key and its project, with options in the form the pipeline needs. */
export interface KnownKey extends KeyConfig {
  readonly allowedOrigins: readonly string[]
  readonly quotas: readonly Quota[]
  readonly filters: InboundFilters
}

export interface Gate {
  /**
   * The key's configuration as it stands in the database: a committed change of this process is in force for
   * the next call, that of another one soon. A failed look-up rejects only the calls that asked for the same key.
   */
  keyOf(publicKey: string): Promise<KnownKey | undefined>
  /** True when the project exists, so that a refusal can be counted on it. */
  projectExists(projectId: number): Promise<boolean>
}

/** Keys remembered at a time; unknown ones are remembered too, so that a storm of them stays cheap. */
const REMEMBERED_KEYS = 10_000

export function openGate(db: Pick<Database, 'read' | 'configVersion'>): Gate {
  let keys = new Map<string, Promise<KnownKey | undefined>>()
  let version = -1

  function forgetWhenChanged(): void {
    const current = db.configVersion()
    if (current === version && keys.size < REMEMBERED_KEYS) return
    keys = new Map()
    version = current
  }

  return {
    keyOf(publicKey) {
      forgetWhenChanged()
      const remembered = keys.get(publicKey)
      if (remembered !== undefined) return remembered
      const lookUp = keyConfig(db.read, publicKey).then((key) => key && known(key))
      const home = keys
      home.set(publicKey, lookUp)
      lookUp.catch(() => home.delete(publicKey))
      return lookUp
    },
    projectExists: (projectId) => projectExists(db.read, projectId),
  }
}

function known(key: KeyConfig): KnownKey {
  const stored = key.projectOptions['sentry:origins']
  const allowedOrigins = Array.isArray(stored) ? stored.map(String) : ['*']
  return { ...key, allowedOrigins, quotas: quotasOfKey(key), filters: compileFilters(key.projectOptions) }
}

export interface Refusal {
  readonly kind: 'refused'
  /** The word after `with_reason: ` in the answer. */
  readonly reason: 'ProjectId' | 'Cors'
  readonly fate: Fate
  /** Where the refusal is counted; undefined when there is no such project. */
  readonly projectId: number | undefined
  readonly keyId: number
}

export interface Admission {
  readonly kind: 'admitted'
  readonly key: KnownKey
}

/**
 * Decides whether a request may enter the project.
 *
 * `projectId` is the one stated in the path or the envelope; undefined on the legacy path that states none.
 * Source: order of checks 6 of the ingest protocol: project id agrees, origin allowed, key active.
 */
export async function admit(
  gate: Gate,
  request: { publicKey: string; projectId: number | undefined; origin: string | undefined },
): Promise<Admission | Refusal> {
  const { publicKey, projectId, origin } = request
  const key = await gate.keyOf(publicKey)
  if (key === undefined || (projectId !== undefined && key.projectId !== projectId)) {
    const isKnown = projectId !== undefined && (await gate.projectExists(projectId))
    const fate = withDetail(badKey, key === undefined ? keyFaults.unknown : keyFaults.elsewhere)
    return {
      kind: 'refused',
      reason: 'ProjectId',
      fate,
      projectId: isKnown ? projectId : undefined,
      keyId: 0,
    }
  }
  const { keyId } = key
  if (!originAllowed(origin, key.allowedOrigins)) {
    const fate = withDetail(badOrigin, origin)
    return { kind: 'refused', reason: 'Cors', fate, projectId: key.projectId, keyId }
  }
  if (!key.isActive) {
    const fate = withDetail(badKey, keyFaults.off)
    return { kind: 'refused', reason: 'ProjectId', fate, projectId: key.projectId, keyId }
  }
  return { kind: 'admitted', key }
}

const badKey = drop('invalid', 'project_id')
const badOrigin = drop('invalid', 'cors')
