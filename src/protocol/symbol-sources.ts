/** Custom symbol sources of a project: where debug files may be found, with the secrets to get in. */
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { isDeeperThan, isObject, type JsonObject, parseJson } from './json.ts'

export interface SymbolSource extends JsonObject {
  id: string
  type: SourceType
}

interface SourceKind {
  readonly required: readonly string[]
  readonly optional: readonly string[]
  readonly secret: string
}

const common = ['name', 'layout', 'filetypes']

/** Every property but `layout` and `filetypes` is text. */
const sourceKinds = {
  http: { required: ['url', 'layout'], optional: ['username', 'password', ...common], secret: 'password' },
  s3: {
    required: ['bucket', 'region', 'access_key', 'secret_key', 'layout'],
    optional: ['prefix', ...common],
    secret: 'secret_key',
  },
  gcs: {
    required: ['bucket', 'client_email', 'private_key', 'layout'],
    optional: ['prefix', ...common],
    secret: 'private_key',
  },
  appStoreConnect: {
    required: [
      'name',
      'appconnectIssuer',
      'appconnectKey',
      'appconnectPrivateKey',
      'appName',
      'appId',
      'bundleId',
    ],
    optional: [],
    secret: 'appconnectPrivateKey',
  },
} as const satisfies Record<string, SourceKind>

type SourceType = keyof typeof sourceKinds
const secretNames: ReadonlySet<string> = new Set(Object.values(sourceKinds).map(({ secret }) => secret))

const layouts = [
  'native',
  'symstore',
  'symstore_index2',
  'ssqp',
  'unified',
  'debuginfod',
  'slashsymbols',
] as const
const casings = ['lowercase', 'uppercase', 'default'] as const
const fileTypes = ['pe', 'pdb', 'mach_debug', 'mach_code', 'elf_debug', 'elf_code', 'breakpad'] as const

/** Levels of a list of sources that are looked at: sound ones have three. */
const DEEPEST = 20

/** What stands for a secret that the server keeps to itself. */
const hidden = { 'hidden-secret': true }

export interface SymbolSourceFault {
  readonly message: string
}

/**
 * Reads what a caller wants the sources to be. Hidden secrets are filled in from the stored source of the same
 * id; a source that is new or changed gets a new id, so that nobody takes what was found there before for true.
 *
 * Shape: `text` is a JSON list, or empty for none.
 */
export function replaceSymbolSources(
  text: string,
  stored: readonly SymbolSource[],
): readonly SymbolSource[] | SymbolSourceFault {
  const wanted = text.trim() === '' ? [] : parseJson(text)
  if (wanted === undefined || isDeeperThan(DEEPEST, wanted))
    return { message: 'Sources are not valid serialised JSON' }
  if (!Array.isArray(wanted) || !wanted.every(isObject))
    return { message: 'Sources must be a list of objects' }
  const ids = new Set<string>()
  const sources: SymbolSource[] = []
  for (const source of wanted) {
    const previous = stored.find(({ id }) => id === source.id)
    const secret = secretOf(source)
    const isHidden = secret !== undefined && isDeepStrictEqual(source[secret], hidden)
    const value = isHidden ? previous?.[secret] : undefined
    if (isHidden && value === undefined) {
      return { message: 'Hidden symbol source secret is missing a value' }
    }
    const filled = isHidden ? { ...source, [secret]: value } : source
    if (!isSymbolSource(filled)) {
      return { message: `Failed to validate source ${JSON.stringify(withoutSecret(source))}` }
    }
    if (filled.id.startsWith('sentry')) return { message: 'Source ids must not start with "sentry:"' }
    if (ids.has(filled.id)) return { message: `Duplicate source id: ${filled.id}` }
    ids.add(filled.id)
    const keepsId = filled.type === 'appStoreConnect' || isDeepStrictEqual(filled, previous)
    sources.push(keepsId ? filled : { ...filled, id: randomUUID() })
  }
  return sources
}

/** The stored text as sources: it was checked when it was stored. Text that is no list is read as an empty one. */
export function storedSymbolSources(text: string): readonly SymbolSource[] {
  const sources = parseJson(text)
  return Array.isArray(sources) ? (sources.filter(isObject) as SymbolSource[]) : []
}

/** The sources as anybody may see them. */
export function hideSymbolSecrets(sources: readonly SymbolSource[]): string {
  return JSON.stringify(sources.map(withoutSecret))
}

/** Whatever the type: a field by the name of a secret is one. */
function withoutSecret(source: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(source).map(([name, value]) => (secretNames.has(name) ? [name, hidden] : [name, value])),
  )
}

function secretOf({ type }: JsonObject): string | undefined {
  return isSourceType(type) ? sourceKinds[type].secret : undefined
}

function isSourceType(type: unknown): type is SourceType {
  return typeof type === 'string' && Object.hasOwn(sourceKinds, type)
}

function isSymbolSource(source: JsonObject): source is SymbolSource {
  const { id, type } = source
  if (typeof id !== 'string' || id === '' || !isSourceType(type)) return false
  const { required, optional }: SourceKind = sourceKinds[type]
  const known = new Set(['id', 'type', ...required, ...optional])
  return (
    required.every((name) => name in source) &&
    Object.entries(source).every(([name, value]) => known.has(name) && isProperty(name, value))
  )
}

function isProperty(name: string, value: unknown): boolean {
  if (name === 'filetypes') return Array.isArray(value) && value.every((type) => oneOf(fileTypes, type))
  if (name !== 'layout') return typeof value === 'string'
  if (!isObject(value)) return false
  const { type, casing = 'default', ...others } = value
  return oneOf(layouts, type) && oneOf(casings, casing) && Object.keys(others).length === 0
}

function oneOf(choices: readonly string[], value: unknown): boolean {
  return choices.some((choice) => choice === value)
}
