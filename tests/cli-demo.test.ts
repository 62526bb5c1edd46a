/** `vedette demo`: an organization to look at, in which every number agrees with every other. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { node, type RunningServer, root, startServer } from '../e2e/server.ts'

const run = promisify(execFile)

interface Demo {
  readonly organization: string
  readonly url: string
  readonly projects: readonly { readonly slug: string; readonly platform: string; readonly dsn: string }[]
  readonly people: readonly { readonly email: string; readonly role: string }[]
  readonly password: string
  readonly events: number
}

interface Usage {
  readonly total: number
  readonly series: readonly number[]
  readonly groups: readonly { readonly by: Record<string, string | null>; readonly total: number }[]
}

/** What `received` counts: all that had a fate by the rules of its project. */
const received: ReadonlySet<string> = new Set(['accepted', 'filtered', 'rate_limited'])

describe('vedette demo, beside a running server', () => {
  let server: RunningServer
  let demo: Demo

  const command = (...args: string[]) =>
    run(node, ['bin/vedette.js', 'demo', '--data', server.dataDir, '--url', server.url, ...args], {
      cwd: root,
    })

  beforeAll(async () => {
    server = await startServer()
    demo = JSON.parse((await command('--days', '10', '--json')).stdout) as Demo
  }, 60_000)

  afterAll(() => server?.close())

  test('says what it has made', () => {
    expect(demo.organization).toBe('demo')
    expect(demo.url).toBe(`${server.url}/?org=demo`)
    expect(demo.projects.map(({ slug, platform }) => [slug, platform])).toEqual([
      ['storefront', 'javascript-react'],
      ['checkout-api', 'node'],
      ['billing', 'python-django'],
      ['mobile-android', 'android'],
      ['ios-app', 'apple-ios'],
      ['search-go', 'go'],
    ])
    expect([...new Set(demo.people.map(({ role }) => role))].sort()).toEqual([
      'admin',
      'manager',
      'member',
      'owner',
    ])
    expect(demo.events).toBeGreaterThan(300)
  })

  test('lets in the people it names, and whoever runs the server', async () => {
    const [first] = demo.people
    const response = await fetch(`${server.url}/api/0/auth/login/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: first?.email, password: demo.password }),
    })
    expect(response.status).toBe(200)
    const organizations = await server.get<{ slug: string }[]>('/organizations/')
    expect(organizations.map(({ slug }) => slug)).toContain('demo')
  })

  test('has the same numbers at every resolution and in every statistic', async () => {
    const hour = 3600
    const until = Math.floor(Date.now() / 1000 / hour) * hour
    for (const { slug } of demo.projects) {
      const path = `/projects/demo/${slug}`
      const sum = async (resolution: string, from: number) => {
        const query = `stat=received&resolution=${resolution}&since=${from}&until=${until}`
        const series = await server.get<[number, number][]>(`${path}/stats/?${query}`)
        return series.filter(([at]) => at >= from && at < until).reduce((all, [, count]) => all + count, 0)
      }
      const usage = async (from: number, interval: string) => {
        const query = `start=${from}&end=${until}&interval=${interval}&groupBy=outcome`
        const { groups } = await server.get<Usage>(`${path}/usage/?${query}`)
        return groups
          .filter(({ by }) => received.has(by.outcome ?? ''))
          .reduce((all, { total }) => all + total, 0)
      }
      const [hourAgo, dayAgo] = [until - hour, until - 24 * hour]
      const fine = await sum('10s', dayAgo)
      const coarse = [await sum('1h', dayAgo), await usage(dayAgo, '1h')]
      expect([slug, coarse]).toEqual([slug, [fine, fine]])
      const lately = await sum('10s', hourAgo)
      expect([slug, await usage(hourAgo, '10s'), await usage(hourAgo, '1h')]).toEqual([slug, lately, lately])
      expect(fine).toBeGreaterThan(0)
    }
  })

  test('has the organization’s numbers add up from those of its projects', async () => {
    const whole = await server.get<Usage>('/organizations/demo/usage/?statsPeriod=10d&interval=1d')
    const parts = await server.get<Usage>(
      '/organizations/demo/usage/?statsPeriod=10d&interval=1d&groupBy=project',
    )
    expect(parts.groups.reduce((all, { total }) => all + total, 0)).toBe(whole.total)
    expect(whole.total).toBeGreaterThan(10_000)
    expect(parts.groups).toHaveLength(6)
  })

  test('has nothing that is yet to happen', async () => {
    const now = Date.now()
    for (const { slug } of demo.projects) {
      const [newest] = await server.get<{ dateCreated: string }[]>(
        `/projects/demo/${slug}/events/?per_page=1`,
      )
      expect(Date.parse(newest?.dateCreated ?? '')).toBeLessThanOrEqual(now)
      const dropped = await server.get<{ dateCreated: string; message: string }[]>(
        `/projects/demo/${slug}/usage/dropped/?per_page=100`,
      )
      expect(dropped.every(({ dateCreated }) => Date.parse(dateCreated) <= now)).toBe(true)
    }
  })

  test('is refused a second time, and with an organization that cannot be', async () => {
    await expect(command()).rejects.toThrow('there is an organization "demo" already')
    await expect(command('--org', 'x')).rejects.toThrow('too short')
    await expect(command('--org', 'other', '--days', '0')).rejects.toThrow('--days')
  })
})
