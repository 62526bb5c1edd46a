/**
 * What do inbound filters cost? One server takes the same envelopes in turn for two projects: one with the filters
 * of a new project, one with every filter on and lists to look through.
 */
import { parseArgs } from 'node:util'
import { type Project, type RunningServer, startServer } from '../e2e/server.ts'
import { makeGzipEnvelopes } from './envelopes.ts'
import { drive, envelopeRequest, median, type Shot } from './load.ts'
import { machine, record, table } from './record.ts'

const ABOUT = `Requests per second for a project with every inbound filter on, beside one as it is made, on the same server, in
turn. \`npm run bench filters -- --record\` adds a section.`

/** With all filters on, no more than this may be lost. */
const LIMIT_RATIO = 0.95

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      requests: { type: 'string', default: '2500' },
      rounds: { type: 'string', default: '40' },
      record: { type: 'boolean', default: false },
    },
  })
  const requests = Number(values.requests)
  console.log(machine())
  await using server = await startServer()
  const plain = await server.createProject('plain')
  const filtered = await server.createProject('filtered')
  await switchEverythingOn(server, filtered)

  let turn = 0
  const rateOf = async (project: Project): Promise<number> => {
    const shots = shotsFor(server, project, requests, turn)
    turn += requests
    let position = 0
    const startedAt = performance.now()
    await drive<Shot>({
      port: Number(new URL(server.url).port),
      connections: 32,
      next: () => shots[position++],
      answered(shot, status, _ms, body) {
        if (status !== 200 || !body.includes(shot.id)) throw new Error(`Expected 200, got ${status} ${body}`)
      },
    })
    return requests / ((performance.now() - startedAt) / 1000)
  }
  await rateOf(plain)
  await rateOf(filtered)
  const rounds: [number, number][] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    // Who comes first takes turns too.
    const first = round % 2 === 0 ? plain : filtered
    const rates = new Map([[first, await rateOf(first)]])
    const second = first === plain ? filtered : plain
    rates.set(second, await rateOf(second))
    rounds.push([rates.get(plain) ?? 0, rates.get(filtered) ?? 0])
  }
  const stored = await server.stat('filtered', 'generated', { resolution: '1d' })
  if (stored !== requests * (Number(values.rounds) + 1))
    throw new Error('The filters took events they should not')

  // The database grows from leg to leg, so whoever comes second is a little slower: two rounds in which each was
  // first once leave that out. The median of such pairs leaves out what else the machine had to do.
  const logs = rounds.map(([without, within]) => Math.log(within / without))
  const pairs = logs.flatMap((log, index) => (index % 2 === 1 ? [(log + (logs[index - 1] ?? 0)) / 2] : []))
  const ratio = Math.exp(median(pairs))
  const figures = table([
    ['', 'as made', 'all filters on'],
    [
      'requests per second, median',
      median(rounds.map(([without]) => without)).toFixed(0),
      median(rounds.map(([, within]) => within)).toFixed(0),
    ],
    ['ratio, median of pairs of rounds', '', ratio.toFixed(3)],
  ])
  console.log(`\n${figures}`)
  if (ratio < LIMIT_RATIO) process.exitCode = 1
  if (values.record) console.log(`\nRecorded in ${record('filters', ABOUT, figures)}`)
}

/** Every filter there is, with twenty lines in each list, none of which speaks of the envelopes. */
async function switchEverythingOn(server: RunningServer, { slug }: Project): Promise<void> {
  const put = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const response = await server.api(path, { method: 'PUT', headers, body: JSON.stringify(body) })
    if (response.status >= 300) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`)
  }
  for (const filter of [
    'browser-extensions',
    'legacy-browsers',
    'localhost',
    'web-crawlers',
    'filtered-transaction',
  ]) {
    await put(`/projects/default/${slug}/filters/${filter}/`, { active: true })
  }
  const lines = (line: (index: number) => string) =>
    Array.from({ length: 20 }, (_, index) => line(index)).join('\n')
  await put(`/projects/default/${slug}/`, {
    options: {
      'filters:blacklisted_ips': lines((index) => `10.9.${index}.0/24`),
      'filters:releases': lines((index) => `never@${index}.*`),
      'filters:error_messages': lines((index) => `*never said ${index}*`),
      'filters:react-hydration-errors': true,
      'filters:chunk-load-error': true,
    },
  })
}

function shotsFor(server: RunningServer, project: Project, count: number, turn: number): Shot[] {
  const port = Number(new URL(server.url).port)
  return makeGzipEnvelopes(count, turn).map(({ eventId, body }) => ({
    id: eventId,
    bytes: envelopeRequest({
      port,
      projectId: project.id,
      publicKey: project.publicKey,
      body,
      encoding: 'gzip',
    }),
  }))
}
