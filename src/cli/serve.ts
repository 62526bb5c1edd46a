/** The server process: config, open, listen, wait for a signal, close. */
import type { AddressInfo } from 'node:net'
import type { Command } from 'commander'
import { defaultBaseUrl, openApp } from '../app.ts'
import { readConfig, settings } from '../config.ts'
import { firstRun, welcome } from '../first-run.ts'
import { startJobs } from '../jobs/scheduler.ts'
import { makeLog } from '../log.ts'
import { buildServer } from '../server.ts'
import { noteServerUrl } from './operator.ts'

export function serveCommand(program: Command): void {
  const command = program.command('serve').description('Run the server')
  for (const { flag, value, env, default: fallback, meaning } of settings) {
    command.option(`--${flag} <${value.toLowerCase()}>`, `${meaning} (${env}, default ${fallback})`)
  }
  command.action((flags: Record<string, string | undefined>) => serve(flags))
}

async function serve(flags: Record<string, string | undefined>): Promise<void> {
  const config = readConfig(flags)
  const log = makeLog('vedette', config.logLevel)
  await using app = await openApp(config, log)
  const made = await firstRun(app)
  const server = await buildServer(app)
  await server.listen({ host: config.host, port: config.port })
  const { port } = server.server.address() as AddressInfo
  app.baseUrl = defaultBaseUrl(config, port)
  noteServerUrl(config, app.baseUrl)
  const stopJobs = startJobs(app)

  if (made !== undefined) console.log(welcome(made, app.baseUrl))
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  console.log(
    `Vedette listens on http://${host}:${port}, public URL ${app.baseUrl}, data in ${config.dataDir}`,
  )

  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name))
  })
  log.info('Stopping', { signal })
  await stopJobs()
  await server.close()
}
