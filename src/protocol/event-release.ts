/** What the name of a release says: `package@version`, or a hash. */

export interface VersionInfo {
  readonly package: string | null
  readonly version: Readonly<Record<string, unknown>>
  readonly description: string
  readonly buildHash: string | null
}

const hashLengths: ReadonlySet<number> = new Set([12, 16, 20, 32, 40, 64])
const numbered =
  /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-?([a-z][\w.-]*)|-([\w.-]+))?(?:\+([\w.+-]+))?$/i

/**
 * Source: ingest protocol, release and environment names.
 */
export function versionInfo(release: string): VersionInfo {
  const at = release.indexOf('@')
  const [name, version] =
    at > 0 && at < release.length - 1 ? [release.slice(0, at), release.slice(at + 1)] : [null, release]
  if (/^[0-9a-f]+$/i.test(version) && hashLengths.has(version.length)) {
    return { package: name, version: { raw: version }, description: version.slice(0, 12), buildHash: version }
  }
  const match = numbered.exec(version)
  if (match === null)
    return { package: name, version: { raw: version }, description: version, buildHash: null }
  const [, major, minor, patch, revision, attached, pre = attached, build] = match
  const numbers = [major, minor, patch, revision].filter((part) => part !== undefined)
  const described = numbers.join('.') + (pre === undefined ? '' : `-${pre}`)
  return {
    package: name,
    version: {
      raw: version,
      major: Number(major),
      minor: Number(minor ?? 0),
      patch: Number(patch ?? 0),
      pre: pre ?? null,
      buildCode: build ?? null,
      components: numbers.length,
    },
    description: build === undefined ? described : `${described} (${build})`,
    buildHash: null,
  }
}
