/** `vedette tail`: what becomes of a project's data, second by second, from a running server. */
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { LiveSecond } from '../ingest/live.ts'
import { eventReader } from '../protocol/server-sent-events.ts'
import { delay, SECOND } from '../time.ts'
import { liveLine, sparkLine } from './live-line.ts'
import { OperatorError, serverUrl } from './operator.ts'

interface TailOptions {
  readonly project: string
  readonly token: string
  readonly count?: string
  readonly data?: string
  readonly url?: string
  readonly json?: boolean
}

export function tailCommand(program: Command): void {
  program
    .command('tail')
    .description('Show what becomes of the data of a project, second by second, while the server runs')
    .requiredOption('--project <org/project>', 'slugs of the organization and the project')
    .requiredOption(
      '--token <token>',
      'API token with the scope project:read; - reads it from standard input, so that no list of processes shows it',
    )
    .option('--count <seconds>', 'end after so many seconds')
    .option('--data <folder>', 'folder of the server, where its URL is known (VEDETTE_DATA)')
    .option('--url <url>', 'URL of the server (VEDETTE_URL)')
    .option('--json', 'print each second as a line of JSON for machines')
    .action(tail)
}

/** How long a server that has gone is waited for: as long as a restart may take. */
const PATIENCE_TURNS = 30

async function tail(options: TailOptions): Promise<void> {
  const [organization, project, ...rest] = options.project.split('/')
  if (!organization || !project || rest.length > 0) {
    throw new OperatorError(`--project must look like my-team/my-app, got "${options.project}"`)
  }
  const count = options.count === undefined ? undefined : readCount(options.count)
  const token = options.token === '-' ? (await text(process.stdin)).trim() : options.token
  const address = `${serverUrl(options)}/api/0/projects/${encodeURIComponent(organization)}/${encodeURIComponent(project)}/usage/live/`
  const show = options.json ? showJson : screen(options.project)

  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  let seen = 0
  let failures = 0
  while (seen !== count && !stopping.signal.aborted) {
    const before = seen
    try {
      for await (const second of secondsOf({ address, token, signal: stopping.signal })) {
        failures = 0
        show(second)
        seen++
        if (seen === count) break
      }
      // A server that has nothing to say is not asked again and again.
      if (seen === before) await delay(SECOND)
    } catch (error) {
      if (stopping.signal.aborted) break
      if (!(error instanceof ServerAway) || seen === 0 || failures === PATIENCE_TURNS) throw error
      if (failures === 0) console.error(`vedette: ${error.message}. Waiting for it`)
      failures++
      await delay(SECOND)
    }
  }
  if (seen > 0 && process.stdout.isTTY && !options.json) process.stdout.write('\n')
}

function readCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count < 1) throw new OperatorError(`--count must be a whole number from 1, got "${text}"`)
  return count
}

/** The server does not answer now, and may later. */
class ServerAway extends OperatorError {}

/** Until the server ends the stream. Errors: OperatorError that says what to do. */
async function* secondsOf({
  address,
  token,
  signal,
}: {
  address: string
  token: string
  signal: AbortSignal
}): AsyncGenerator<LiveSecond> {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' }
  const response = await fetch(address, { headers, signal }).catch((cause: Error) => {
    const { code, message } = (cause.cause ?? cause) as NodeJS.ErrnoException
    throw new ServerAway(`nobody answers at ${address}: ${code ?? message}`, { cause })
  })
  if (!response.ok || response.body === null) {
    const answer = `${address} answered ${response.status}: ${await response.text()}`
    throw response.status >= 500 ? new ServerAway(answer) : new OperatorError(answer)
  }
  const read = eventReader()
  try {
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      for (const data of read(piece)) yield JSON.parse(data) as LiveSecond
    }
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause
    throw new ServerAway(`the connection to ${address} was lost`, { cause })
  }
}

function showJson(second: LiveSecond): void {
  console.log(JSON.stringify(second))
}

/** One line that is written anew each second; where that cannot be done, a line per second. */
function screen(project: string): (second: LiveSecond) => void {
  const { stdout } = process
  const history: number[] = []
  return ({ at, counts }) => {
    const { items, words } = liveLine(counts)
    history.push(items)
    if (history.length > HISTORY) history.shift()
    if (!stdout.isTTY) {
      console.log(
        `${new Date(at * SECOND).toISOString().slice(0, 19)}Z  ${String(items).padStart(6)}/s  ${words}`,
      )
      return
    }
    const columns = stdout.columns || 80
    const width = Math.min(HISTORY, Math.floor(columns / 4))
    const spark = sparkLine(history.slice(-width)).padStart(width)
    // A line that is too long would go on on the next one, and could not be written anew.
    stdout.write(`\r\u001b[K${`${project}  ${spark}  ${items}/s  ${words}`.slice(0, columns - 1)}`)
  }
}

/** Seconds that the spark line shows. */
const HISTORY = 30
