/** The server process: config, open, listen, wait for a signal, close. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { defaultBaseUrl, openApp } from '../app.ts'
import { type Config, readConfig } from '../config.ts'
import { firstRun, welcome } from '../first-run.ts'
import { startJobs } from '../jobs/scheduler.ts'
import { makeLog } from '../log.ts'
import { buildServer } from '../server.ts'
import { SECOND } from '../time.ts'
import { noteServerUrl, OperatorError, opening } from './operator.ts'

/** How long a stop waits for requests under way. Senders that dawdle would hold it up until a supervisor kills it. */
const GRACE_MS = 5 * SECOND

export async function serve(flags: Record<string, string | undefined>): Promise<void> {
  const config = readConfig(flags)
  const log = makeLog('vedette', config.logLevel)
  await using app = await opening(config, () => openApp(config, log))
  const made = await firstRun(app)
  const server = await buildServer(app)
  let port: number
  try {
    port = await listen(server, config)
    app.baseUrl = defaultBaseUrl(config, port)
  } finally {
    // Also when the port is taken: this is the only time that what was made is shown.
    if (made !== undefined) console.log(welcome(made, app.baseUrl))
  }
  noteServerUrl(config, app.baseUrl)
  const stopJobs = startJobs(app)

  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  console.log(
    `Vedette listens on http://${host}:${port}, public URL ${app.baseUrl}, data in ${config.dataDir}`,
  )

  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name))
  })
  log.info('Stopping', { signal })
  await stopJobs()
  const hurry = app.clock.after(GRACE_MS, () => server.server.closeAllConnections())
  await server.close()
  hurry()
}

/** The port that was asked for, or a free one for 0. Errors: OperatorError when the address cannot be had. */
async function listen(server: FastifyInstance, { host, port }: Config): Promise<number> {
  try {
    await server.listen({ host, port })
  } catch (cause) {
    const problem = addressProblems[(cause as NodeJS.ErrnoException).code ?? '']
    if (problem === undefined) throw cause
    throw new OperatorError(`cannot listen on ${host}, port ${port}: ${problem}`, { cause })
  }
  return (server.server.address() as AddressInfo).port
}

const addressProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody listens there already. Stop them, or choose another port with --port or VEDETTE_PORT',
  EACCES: 'this user may not. Choose a port from 1024 with --port or VEDETTE_PORT',
  EADDRNOTAVAIL: 'this machine has no such address. Choose another with --host or VEDETTE_HOST',
  ENOTFOUND: 'there is no such host. Choose another with --host or VEDETTE_HOST',
  EAI_AGAIN: 'the host cannot be looked up. Choose another with --host or VEDETTE_HOST',
}
