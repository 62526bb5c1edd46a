/** What stored events say of themselves: counts by environment, release and SDK, written as ingestion writes them. */
import { categoryNumber, type DataCategory, isErrorCategory } from '../protocol/outcome.ts'
import type { Flush } from '../store/flush.ts'
import { HOUR, MINUTE, SECOND } from '../time.ts'
import type { DemoProject, Flow } from './project.ts'
import type { Random } from './random.ts'
import { releasesAt } from './shares.ts'

/** Of one hour. */
export interface Described {
  add(flush: Flush, kind: Flow['kind'], at: number, quantity: number): void
  /** Writes what came of every category. */
  writeTo(flush: Flush, from: number): void
}

const categories: Readonly<Partial<Record<Flow['kind'], DataCategory>>> = {
  error: 'error',
  security: 'security',
  transaction: 'transaction',
  feedback: 'feedback',
}

/** Reports of browsers do not say where they come from. */
const nowhere = [{ name: '', share: 1 }] as const

/** Epoch milliseconds → start of the 10-second bucket in epoch seconds. */
export function bucketOf(at: number): number {
  const seconds = Math.floor(at / SECOND)
  return seconds - (seconds % 10)
}

/** `noted` is what has been seen of the project before. */
export function openDescribed(input: {
  readonly projectId: number
  readonly project: DemoProject
  readonly random: Random
  readonly now: number
}): Described {
  const { projectId, project, random, now } = input
  const { environments, releases, sdks, runtime } = project
  const noted = new Set<string>()
  const sums = new Map<DataCategory, Map<string, number>>()

  function once(what: string, note: () => void): void {
    if (noted.has(what)) return
    noted.add(what)
    note()
  }

  /** Within the hour, and not before it was made. */
  function releaseSeenAt(version: string, from: number): number {
    const releasedAt = releases.find((release) => release.version === version)?.at ?? from
    return Math.min(from + HOUR - MINUTE, now, Math.max(from, releasedAt))
  }

  function describe(
    flush: Flush,
    category: DataCategory,
    name: string,
    quantity: number,
    from: number,
  ): void {
    const facets = {
      projectId,
      category: categoryNumber(category),
      environment: name,
      bucket: bucketOf(from),
    }
    const environment = environments.find((each) => each.name === name)
    if (environment === undefined) {
      flush.addEventFacets({ ...facets, release: '', sdk: '', quantity })
      return
    }
    once(`environment ${name}`, () => flush.noteEnvironment(projectId, name, from))
    const used = releasesAt(releases, environment, from + HOUR / 2)
    const ofReleases = random.split(
      quantity,
      used.map(({ share }) => share),
    )
    used.forEach(({ version: release }, index) => {
      const ofSdks = random.split(
        ofReleases[index] ?? 0,
        sdks.map(({ share }) => share),
      )
      sdks.forEach(({ name: sdk }, position) => {
        const part = ofSdks[position] ?? 0
        if (part === 0) return
        flush.addEventFacets({ ...facets, release, sdk, quantity: part })
        once(`release ${release}`, () => flush.noteRelease(projectId, release, releaseSeenAt(release, from)))
      })
    })
  }

  return {
    add(flush, kind, at, quantity) {
      const category = categories[kind]
      if (category === undefined) return
      const places = kind === 'security' ? nowhere : environments
      const parts = random.split(
        quantity,
        places.map(({ share }) => share),
      )
      const ofCategory = sums.get(category) ?? new Map<string, number>()
      sums.set(category, ofCategory)
      places.forEach(({ name }, index) => {
        const part = parts[index] ?? 0
        if (part === 0) return
        ofCategory.set(name, (ofCategory.get(name) ?? 0) + part)
        if (isErrorCategory(category)) {
          flush.addStoredEvents({ projectId, environment: name, bucket: bucketOf(at), quantity: part })
        }
      })
      const type = kind === 'security' ? 'csp' : kind
      once(`event:${type}`, () => flush.noteSeen(projectId, `event:${type}`, at))
      if (kind !== 'error') return
      once(`platform:${runtime}`, () => flush.noteSeen(projectId, `platform:${runtime}`, at))
      once('first event', () => flush.noteFirstEvent(projectId, at))
    },
    writeTo(flush, from) {
      for (const [category, ofCategory] of sums) {
        for (const [name, quantity] of ofCategory) describe(flush, category, name, quantity, from)
      }
      sums.clear()
    },
  }
}
