/** Parses arguments, runs one command, sets the exit code. */
import { CommanderError } from 'commander'
import { ConfigError } from '../config.ts'
import { OperatorError } from './operator.ts'
import { buildProgram } from './program.ts'

try {
  await buildProgram().parseAsync()
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
