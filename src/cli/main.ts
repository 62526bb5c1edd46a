/** Parses arguments, runs one command, sets the exit code. */
import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config.ts'
import { accountCommands } from './accounts.ts'
import { dataCommands } from './data.ts'
import { OperatorError } from './operator.ts'
import { projectCommands } from './projects.ts'
import { serveCommand } from './serve.ts'

const program = new Command('vedette')
  .description('Self-hosted, Sentry-compatible server: one process, one folder, exact numbers.')
  .showHelpAfterError('Run with --help for the options.')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })

serveCommand(program)
accountCommands(program)
projectCommands(program)
dataCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else if (error instanceof ConfigError || error instanceof OperatorError) {
    console.error(`vedette: ${error.message}`)
    process.exitCode = 2
  } else {
    console.error('vedette: unexpected error:', error)
    process.exitCode = 1
  }
}
