/** Every command, with its options and help. */
import { Command } from 'commander'
import { settings } from '../config.ts'
import { accountCommands } from './accounts.ts'
import { dataCommands } from './data.ts'
import { demoCommand } from './demo.ts'
import { projectCommands } from './projects.ts'
import { tailCommand } from './tail.ts'

export function buildProgram(): Command {
  const program = new Command('vedette')
    .description('Self-hosted, Sentry-compatible server: one process, one folder, exact numbers.')
    .showHelpAfterError('Run with --help for the options.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  serveCommand(program)
  accountCommands(program)
  projectCommands(program)
  dataCommands(program)
  tailCommand(program)
  demoCommand(program)
  return program
}

function serveCommand(program: Command): void {
  const command = program.command('serve').description('Run the server')
  for (const { flag, value, env, default: fallback, meaning } of settings) {
    command.option(`--${flag} <${value.toLowerCase()}>`, `${meaning} (${env}, default ${fallback})`)
  }
  command.action(async (flags: Record<string, string | undefined>) => {
    // Most of the program is the server; the other commands start sooner without it.
    const { serve } = await import('./serve.ts')
    await serve(flags)
  })
}
