/** An organization with a month behind it, so that there is something to look at. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { hashPassword } from '../api/passwords.ts'
import { type NewToken, newOrganizationToken, newUserToken } from '../api/tokens.ts'
import { databaseFile } from '../app.ts'
import type { Config } from '../config.ts'
import type { Database } from '../store/database.ts'
import { people } from './company.ts'
import { emailOf, type Founding, found } from './founding.ts'
import { writeHistory } from './history.ts'
import type { DemoProject } from './project.ts'
import { billing } from './projects/billing.ts'
import { checkoutApi } from './projects/checkout-api.ts'
import { iosApp } from './projects/ios-app.ts'
import { mobileAndroid } from './projects/mobile-android.ts'
import { searchGo } from './projects/search-go.ts'
import { storefront } from './projects/storefront.ts'
import { type Timeline, timelineOf } from './timeline.ts'

/** Every project, the largest first. */
const projects: readonly ((time: Timeline) => DemoProject)[] = [
  storefront,
  checkoutApi,
  billing,
  mobileAndroid,
  iosApp,
  searchGo,
]

/** The addresses of everybody in an organization of that name. */
export function demoEmails(slug: string): readonly string[] {
  return people.map((person) => emailOf(person, slug))
}

export interface Demo extends Founding {
  readonly slug: string
  readonly name: string
  /** Of everybody; it is nowhere else. */
  readonly password: string
  readonly personalToken: NewToken
  readonly organizationToken: NewToken
  /** Stored ones. */
  readonly events: number
  readonly time: Timeline
}

/**
 * Makes the organization and writes its history. The same seed and time make the same history; keys, tokens and the
 * password are new each time.
 *
 * Units: `now` is epoch milliseconds.
 * Errors: the driver's unique violation when the slug or somebody's address is taken.
 */
export async function seedDemo(input: {
  readonly db: Database
  readonly config: Config
  readonly baseUrl: string
  readonly slug: string
  readonly name: string
  readonly now: number
  readonly days: number
  readonly seed?: string
}): Promise<Demo> {
  const { db, config, baseUrl, slug, name, now, days, seed = 'acme' } = input
  const time = timelineOf({ now, days })
  const password = randomBytes(12).toString('base64url')
  const passwordHash = await hashPassword(password)
  const personalToken = newUserToken()
  const organizationToken = newOrganizationToken({ baseUrl, organizationSlug: slug, now })
  const founding = await db.write((tx) =>
    found(tx, {
      slug,
      name,
      time,
      projects: projects.map((project) => project(time)),
      passwordHash,
      personalToken,
      organizationToken,
    }),
  )
  const events = await writeHistory({
    db,
    databaseFile: databaseFile(config),
    blobFolder: join(config.dataDir, 'blobs'),
    config,
    founding,
    time,
    seed,
  })
  return { ...founding, slug, name, password, personalToken, organizationToken, events, time }
}
