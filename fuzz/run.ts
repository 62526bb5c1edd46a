/**
 * Sends broken requests to every door of a real server and looks whether it bears them: no 5xx, no crash, no
 * answer that takes a second, memory that comes back, and counts that are what was sent.
 *
 *     npm run fuzz -- --seed 7 --requests 200000
 */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { drive, type Shot } from '../benchmarks/load.ts'
import { openLedger } from '../e2e/ledger.ts'
import { type Project, type RunningServer, startServer } from '../e2e/server.ts'
import { parseEnvelope } from '../src/protocol/envelope.ts'
import { isInternalItem, itemTypeOf, quantitiesOf } from '../src/protocol/items.ts'
import { mutate, mutateHeader } from './mutations.ts'
import { type Random, seeded } from './random.ts'
import { codings, countable, other } from './samples.ts'

export interface FuzzReport {
  readonly requests: number
  readonly answers: Readonly<Record<string, number>>
  /** What went wrong, with what was sent; empty when all is well. */
  readonly problems: readonly string[]
  readonly restingMib: number
  readonly peakMib: number
  readonly afterMib: number
}

interface FuzzShot extends Shot {
  /** What has to be counted if the request is let in; undefined where that cannot be told beforehand. */
  readonly expected: ReadonlyMap<string, number> | undefined
}

const SLOW_MS = 1000
const CONNECTIONS = 16
/** How much more memory than at rest the server may hold once it is at rest again. */
const MEMORY_MARGIN_MIB = 120

export async function fuzz(input: { readonly seed: number; readonly requests: number }): Promise<FuzzReport> {
  const random = seeded(input.seed)
  await using server = await startServer()
  const counted = await server.createProject('counted')
  const rough = await server.createProject('rough')
  const port = Number(new URL(server.url).port)
  const restingMib = residentMib(server)
  const answers: Record<string, number> = {}
  const problems: string[] = []
  const expected = new Map<string, number>()
  let sent = 0
  let peakMib = restingMib

  await drive<FuzzShot>({
    port,
    connections: CONNECTIONS,
    next() {
      if (sent === input.requests || problems.length > 20) return undefined
      sent++
      if (sent % 500 === 0) peakMib = Math.max(peakMib, residentMib(server))
      return random.chance(0.6) ? countableShot(random, port, counted) : roughShot(random, port, rough)
    },
    answered(shot, status, ms) {
      answers[status] = (answers[status] ?? 0) + 1
      if (status >= 500) problems.push(`${status}: ${shown(shot)}`)
      if (ms > SLOW_MS) problems.push(`took ${ms.toFixed(0)} ms: ${shown(shot)}`)
      for (const [category, quantity] of shot.expected ?? []) {
        expected.set(category, (expected.get(category) ?? 0) + quantity)
      }
    },
    lost(shot) {
      problems.push(`no answer: ${shown(shot)}`)
    },
  })

  if ((await server.api('/')).status !== 200) problems.push('the server does not answer any more')
  problems.push(...miscounts(server, counted, expected))
  const afterMib = await settledMib(server, restingMib)
  if (afterMib > restingMib + MEMORY_MARGIN_MIB) {
    problems.push(`memory stays at ${afterMib.toFixed(0)} MiB, it was ${restingMib.toFixed(0)} MiB`)
  }
  return { requests: sent, answers, problems, restingMib, peakMib, afterMib }
}

/** A request whose items can be told from its bytes, because what reads them here is what reads them there. */
function countableShot(random: Random, port: number, project: Project): FuzzShot {
  const sample = countable(random)
  const body = mutate(sample.body, random)
  const isEnvelope = sample.path === '/envelope/'
  return {
    ...shotOf(port, project, sample.path, sample.contentType, body, auth(project), undefined),
    expected: isEnvelope ? itemsOf(body, project) : undefined,
  }
}

/** Anything at all: other doors, broken credentials, broken compression. */
function roughShot(random: Random, port: number, project: Project): FuzzShot {
  const sample = random.chance(0.5) ? other(random) : countable(random)
  const plain = mutate(sample.body, random)
  const coding = random.chance(0.5)
    ? undefined
    : random.pick(Object.keys(codings) as (keyof typeof codings)[])
  const compressed = coding === undefined ? plain : codings[coding](plain)
  const body = coding !== undefined && random.chance(0.5) ? mutate(compressed, random) : compressed
  const header = random.chance(0.3) ? mutateHeader(auth(project), random) : auth(project)
  const contentType = random.chance(0.2) ? mutateHeader(sample.contentType, random) : sample.contentType
  const path = sample.path.replace('KEY', project.publicKey)
  return { ...shotOf(port, project, path, contentType, body, header, coding), expected: undefined }
}

function auth({ publicKey }: Project): string {
  return `Sentry sentry_version=7, sentry_key=${publicKey}, sentry_client=fuzz/1.0`
}

function shotOf(
  port: number,
  project: Project,
  path: string,
  contentType: string,
  body: Buffer,
  authorization: string,
  coding: string | undefined,
): Shot {
  const head = [
    `POST /api/${project.id}${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...(path.includes(project.publicKey) ? [] : [`X-Sentry-Auth: ${authorization}`]),
    `Content-Type: ${contentType}`,
    ...(coding === undefined ? [] : [`Content-Encoding: ${coding}`]),
    `Content-Length: ${body.byteLength}`,
  ]
  return { id: path, bytes: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]) }
}

/** What an envelope has to be counted as, whatever becomes of its items: also when all of them are refused. */
function itemsOf(body: Buffer, { publicKey, id }: Project): ReadonlyMap<string, number> {
  const unreadable = new Map([['default', 1]])
  const envelope = body.byteLength === 0 ? undefined : parseEnvelope(body)
  if (envelope === undefined || 'fault' in envelope) return unreadable
  // A mutation may have put a DSN of nobody into the header.
  const { dsn } = envelope.header
  if (dsn !== undefined && !(dsn.includes(publicKey) && dsn.endsWith(`/${id}`))) return new Map()
  if (envelope.items.some((item) => isInternalItem(item.type))) return unreadable
  const known = envelope.items.filter((item) => itemTypeOf(item.type) !== undefined)
  const sums = new Map<string, number>()
  for (const { category, quantity } of known.flatMap(quantitiesOf)) {
    sums.set(category, (sums.get(category) ?? 0) + quantity)
  }
  return sums
}

/** Categories that only envelopes have; the others are also what store bodies are counted as. */
const onlyInEnvelopes = ['attachment', 'attachment_item', 'session', 'log_item', 'log_byte', 'monitor']

/** Each amount that was sent must be counted once, under some outcome. */
function miscounts(server: RunningServer, project: Project, expected: ReadonlyMap<string, number>): string[] {
  using ledger = openLedger(server.dataDir)
  const found = new Map<string, number>()
  for (const [name, quantity] of Object.entries(ledger.counts(project.id))) {
    const [outcome = '', category = ''] = name.split(' ')
    if (outcome.startsWith('client_discard')) continue
    found.set(category, (found.get(category) ?? 0) + quantity)
  }
  return onlyInEnvelopes.flatMap((category) => {
    const [wanted, counted] = [expected.get(category) ?? 0, found.get(category) ?? 0]
    return wanted === counted ? [] : [`${wanted} of ${category} were sent, ${counted} are counted`]
  })
}

function residentMib({ pid }: RunningServer): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib ?? Number.NaN) / 1024
}

/** Memory once the server has had a moment to collect what it let go. */
async function settledMib(server: RunningServer, restingMib: number): Promise<number> {
  for (let left = 20; left > 0; left--) {
    if (residentMib(server) <= restingMib + MEMORY_MARGIN_MIB / 2) break
    await delay(250)
  }
  return residentMib(server)
}

function shown({ bytes }: Shot): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1').slice(0, 2000))
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      requests: { type: 'string', default: '200000' },
    },
  })
  const seed = Number(values.seed)
  console.log(`seed ${seed}, ${values.requests} requests`)
  const { problems, ...report } = await fuzz({ seed, requests: Number(values.requests) })
  console.log(report)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
